//! A sign-in at the provider: in a window of its own, or in this tab.

use super::{Parts, popup};
use crate::components::{Alert, AlertKind};
use crate::text::install as text;
use domain::catalogue::ScopeText;
use domain::pipelines::{PipelineId, StepBody};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// How the window stands, as far as a page can know: the provider's page is cut off from ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Popup {
    /// Not asked for yet.
    Unasked,
    /// Opened; whether it still is, nobody can tell.
    Opened,
    /// The browser did not open it.
    Blocked,
}

/// What is asked for, the button, and what goes on in the other window. While it is shown it looks again and again
/// whether the sign-in has come to an end.
#[component]
pub(super) fn AuthorizeStep(
    /// The step.
    parts: Parts,
    /// The provider's name.
    name: String,
    /// The pipeline.
    pipeline: PipelineId,
    /// Asked for, in plain words.
    scopes: Vec<ScopeText>,
    /// Why an earlier try failed.
    problem: Option<String>,
) -> impl IntoView {
    let (state, awake) = (RwSignal::new(Popup::Unasked), RwSignal::new(false));
    Effect::new(move || awake.set(true));
    popup::watch(&pipeline, true, parts.on_look);
    let addresses = Memo::new(move |_| parts.step.with(|step| addresses(&step.body)));
    let url = move || addresses.with(|(url, _)| url.clone());
    let open = move |event: MouseEvent| {
        let plain =
            event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        if plain {
            event.prevent_default();
            let opened = addresses.with_untracked(|(_, popup_url)| popup::open(popup_url, &pipeline));
            state.set(if opened { Popup::Opened } else { Popup::Blocked });
        }
    };
    let (word, help) = (text::sign_in(&name), text::sign_in_help(&name));
    let (help_here, waiting) = (text::sign_in_help_here(&name), text::waiting(&name));
    let help = move || if awake.get() { help.clone() } else { help_here.clone() };
    let word = move || if state.get() == Popup::Opened { text::OPEN_AGAIN.to_owned() } else { word.clone() };
    let waiting = move || (state.get() == Popup::Opened).then(|| waiting.clone());
    let blocked =
        move || (state.get() == Popup::Blocked).then(|| view! { <Alert kind=AlertKind::Warn>{text::BLOCKED}</Alert> });
    let this_tab = move || {
        (state.get() != Popup::Unasked)
            .then(|| view! { <a class="button button-plain" href=url rel="external">{text::THIS_TAB}</a> })
    };
    view! {
        {problem.map(|problem| view! { <Alert kind=AlertKind::Bad>{problem}</Alert> })}
        <p class="muted">{help}</p>
        {asks_for(scopes)}
        <p class="step-waiting" role="status">{waiting}</p>
        <div role="alert">{blocked}</div>
        <footer class="form-foot">
            <a class="button button-primary" href=url rel="external" on:click=open>{word}</a>
            {this_tab}
            {parts.cancel()}
        </footer>
    }
    .into_any()
}

/// What is asked for, in plain words with the provider's word behind.
fn asks_for(scopes: Vec<ScopeText>) -> Option<AnyView> {
    let scope = |scope: ScopeText| {
        view! { <li><span>{scope.text}</span> " " <code class="permission-name">{scope.name}</code></li> }
    };
    (!scopes.is_empty()).then(|| {
        view! {
            <section class="needs">
                <h3 class="needs-title">{text::ASKS_FOR}</h3>
                <ul class="permissions">{scopes.into_iter().map(scope).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// The address for this tab and the one for the window.
fn addresses(body: &StepBody) -> (String, String) {
    match body {
        StepBody::Authorize { url, popup_url, .. } => (url.clone(), popup_url.clone()),
        _ => Default::default(),
    }
}
