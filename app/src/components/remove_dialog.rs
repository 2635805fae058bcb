//! The question before a removal.

use crate::components::{Button, ButtonKind, Dialog};
use crate::text::detail as text;
use domain::integrations::Integration;
use leptos::prelude::*;

/// Says what goes with an installation and asks.
#[component]
pub fn RemoveDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The installation.
    #[prop(into)]
    integration: Signal<Integration>,
    /// What goes with it, in words.
    #[prop(into)]
    removal: Signal<Vec<String>>,
    /// Called when the person says yes.
    on_confirm: Callback<()>,
) -> impl IntoView {
    let title = integration.with_untracked(|integration| text::remove_title(&integration.name));
    let cancel = Callback::new(move |()| open.set(false));
    let confirm = Callback::new(move |()| {
        open.set(false);
        on_confirm.run(());
    });
    let word = move || {
        let aspect = integration.with(|integration| integration.provider.aspects.removal_dialog.clone());
        aspect.map_or(text::REMOVE.to_owned(), |aspect| aspect.action_text)
    };
    view! {
        <Dialog open=open title=title>
            <RemovalWords integration=integration removal=removal />
            <footer class="form-foot form-foot-end">
                <Button on_click=cancel>{text::CANCEL}</Button>
                <Button kind=ButtonKind::Danger on_click=confirm>{word()}</Button>
            </footer>
        </Dialog>
    }
    .into_any()
}

/// What goes with an installation.
#[component]
pub fn RemovalWords(
    /// The installation.
    integration: Signal<Integration>,
    /// What goes with it, in words.
    removal: Signal<Vec<String>>,
) -> impl IntoView {
    let body = move || {
        let aspect = integration.with(|integration| integration.provider.aspects.removal_dialog.clone());
        aspect.map(|aspect| view! { <p>{aspect.body}</p> })
    };
    let goes = move || {
        let said = removal.get();
        let goes = if said.is_empty() { integration.with(text::goes_with) } else { said };
        goes.into_iter().map(|thing| view! { <li>{thing}</li> }).collect_view()
    };
    view! {
        <div class="removal">
            {body}
            <p>{text::GOES_WITH_IT}</p>
            <ul class="removal-list">{goes}</ul>
            <p class="muted">{text::CAN_BE_UNDONE}</p>
        </div>
    }
    .into_any()
}
