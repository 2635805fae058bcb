//! Buttons and links that look like them.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// What a button is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one main action of a page.
    Primary,
    /// Everything else.
    #[default]
    Plain,
    /// Takes something away.
    Danger,
    /// Hardly there: dismiss, cancel.
    Quiet,
}

/// How high a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// 32 pixels.
    #[default]
    Normal,
    /// 28 pixels, for rows.
    Small,
}

fn class(kind: ButtonKind, size: ButtonSize) -> String {
    let kind = match kind {
        ButtonKind::Primary => "button-primary",
        ButtonKind::Plain => "button-plain",
        ButtonKind::Danger => "button-danger",
        ButtonKind::Quiet => "button-quiet",
    };
    match size {
        ButtonSize::Normal => format!("button {kind}"),
        ButtonSize::Small => format!("button {kind} button-small"),
    }
}

/// A button. A refused one stays reachable and says why, as its description and below itself when focused.
#[component]
pub fn Button(
    /// What it is for.
    #[prop(optional)]
    kind: ButtonKind,
    /// How high it is.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it sends the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// The key it sends with the form.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value it sends with the form.
    #[prop(optional, into)]
    value: Option<String>,
    /// Whether its work is under way; it does nothing meanwhile.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be used, where it cannot.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// What it is called where its text alone does not say it.
    #[prop(optional, into)]
    label: Option<String>,
    /// What it does; a button that sends a form needs nothing here.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    let refused = move || busy.get() || disabled_reason.with(Option::is_some);
    let click = move |event: MouseEvent| {
        if refused() {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(());
        }
    };
    view! {
        <button
            class=class(kind, size)
            type=if submit { "submit" } else { "button" }
            name=name
            value=value
            aria-label=label
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || refused().then_some("true")
            aria-description=move || disabled_reason.get()
            data-reason=move || disabled_reason.get()
            on:click=click
        >
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button: it leads somewhere.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it is for.
    #[prop(optional)]
    kind: ButtonKind,
    /// How high it is.
    #[prop(optional)]
    size: ButtonSize,
    /// What it is called where its text alone does not say it.
    #[prop(optional, into)]
    label: Option<String>,
    /// Leads to another site.
    #[prop(optional)]
    external: bool,
    /// Takes the click over when the page is awake; the link is then not followed.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        let plain =
            event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        if let (true, Some(on_click)) = (plain, on_click) {
            event.prevent_default();
            on_click.run(());
        }
    };
    view! {
        <a
            class=class(kind, size)
            href=href
            aria-label=label
            rel=external.then_some("noreferrer")
            target=external.then_some("_blank")
            on:click=click
        >
            {children()}
        </a>
    }
    .into_any()
}
