//! Asking those who may install for an integration.

use crate::api::install_requests::Ask;
use crate::api::{field_error, form_error};
use crate::components::fields::KeepTyped;
use crate::components::form_field::{focus_in, read_form};
use crate::components::{Button, ButtonKind, Dialog, ErrorNote, FieldRow, LinkButton, TextArea};
use crate::links;
use crate::text::requests as text;
use domain::Timestamp;
use domain::install_requests::{InstallRequest, MAX_MESSAGE, RequestStatus};
use domain::integrations::IntegrationProvider;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The button that asks, and what became of the last request.
#[component]
pub fn RequestInstallation(
    /// The organization.
    org: OrgSlug,
    /// The provider.
    provider: IntegrationProvider,
    /// Who may install it.
    reason: String,
    /// The person's own request, whatever became of it.
    #[prop(into)]
    mine: Signal<Option<InstallRequest>>,
    /// Called when it was sent.
    on_sent: Callback<InstallRequest>,
) -> impl IntoView {
    let (open, action) = (RwSignal::new(false), ServerAction::<Ask>::new());
    let element = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(Ok(request)) = action.value().get() {
            open.set(false);
            on_sent.run(request);
            // The link that opened the dialog is gone; its place takes the focus.
            request_animation_frame(move || {
                element.try_get_untracked().flatten().iter().for_each(|place| focus_in(place, "a, button"));
            });
        }
    });
    let ask = Callback::new(move |()| {
        action.clear();
        open.set(true);
    });
    let close = Callback::new(move |()| open.set(false));
    let href = links::install(&org, &provider.slug);
    let status = Memo::new(move |_| mine.with(|mine| mine.as_ref().map(|request| request.status)));
    let pending = action.pending();
    let button = move || match (pending.get(), status.get()) {
        (true, _) => view! { <Button kind=ButtonKind::Primary busy=true>{text::REQUESTING}</Button> }.into_any(),
        (false, Some(RequestStatus::Pending)) => {
            let reason = mine.with(|mine| mine.as_ref().map(|request| text::asked(request.created_at)));
            view! { <Button kind=ButtonKind::Primary disabled_reason=reason>{text::REQUESTED}</Button> }.into_any()
        }
        (false, status) => {
            let word = if status == Some(RequestStatus::Declined) { text::REQUEST_AGAIN } else { text::REQUEST };
            let href = href.clone();
            view! { <LinkButton href=href kind=ButtonKind::Primary on_click=ask>{word}</LinkButton> }.into_any()
        }
    };
    let title = text::title(&provider.name);
    let about = StoredValue::new((org, provider, reason.clone()));
    let form = move || {
        let (org, provider, reason) = about.get_value();
        view! { <RequestForm org=org provider=provider reason=reason action=action on_cancel=close /> }
    };
    view! {
        <div class="request" node_ref=element>
            {button}
            <p class="install-note">{move || mine.with(|mine| became(mine.as_ref(), &reason))}</p>
        </div>
        <Dialog open=open title=title>{form()}</Dialog>
    }
    .into_any()
}

/// What became of the last request; without one, who may install it.
fn became(mine: Option<&InstallRequest>, reason: &str) -> AnyView {
    match mine {
        Some(request) if request.status == RequestStatus::Pending => {
            view! { <span>{text::ASKED} " " {time(request.created_at)} "."</span> }.into_any()
        }
        Some(request) if request.status == RequestStatus::Declined => {
            let at = request.decided_at.unwrap_or(request.created_at);
            view! { <span>{text::declined(request.decided_by.as_deref())} " " {time(at)} "."</span> }.into_any()
        }
        _ => view! { <span>{reason.to_owned()}</span> }.into_any(),
    }
}

fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_rfc3339()>{at.to_words()}</time> }.into_any()
}

/// The form: an optional message. The same form stands in the dialog and on the install page.
#[component]
pub fn RequestForm(
    /// The organization.
    org: OrgSlug,
    /// The provider.
    provider: IntegrationProvider,
    /// Who may install it.
    reason: String,
    /// Asks; its refusal is shown here.
    action: ServerAction<Ask>,
    /// Called when the person leaves; without one there is no button for it.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let answer = move || action.value().get();
    let (error, rest) = (field_error(answer, "message"), form_error(answer));
    let busy = action.pending();
    let submit = move |event| {
        if let (Some(ask), false) = (read_form::<Ask>(&event), busy.get_untracked()) {
            action.dispatch(ask);
        }
    };
    view! {
        <form class="install-form" method="post" action=Ask::url() on:submit=submit>
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="provider" value=provider.key />
            {move || rest.get().map(|error| view! { <ErrorNote error=error /> })}
            <p>{text::explains(&reason)}</p>
            <KeepTyped form=Ask::PATH>
                <FieldRow
                    id="request-message"
                    label=text::MESSAGE
                    help=text::MESSAGE_HELP
                    error=error
                    may_be_empty=true
                >
                    <TextArea id="request-message" name="message" max_length=MAX_MESSAGE />
                </FieldRow>
            </KeepTyped>
            <footer class="form-foot">
                <Button kind=ButtonKind::Primary submit=true busy=busy>{text::SEND}</Button>
                {on_cancel.map(|cancel| view! {
                    <Button kind=ButtonKind::Quiet on_click=cancel>{text::CANCEL}</Button>
                })}
            </footer>
        </form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{html, provider, request};

    fn rendered(mine: Option<InstallRequest>) -> String {
        html(move || {
            let org = OrgSlug::parse("acme").expect("acme is a slug");
            let (reason, mine) = ("A manager can install it.".to_owned(), Signal::stored(mine));
            let on_sent = Callback::new(|_| ());
            view! { <RequestInstallation org=org provider=provider() reason=reason mine=mine on_sent=on_sent /> }
        })
    }

    #[test]
    fn who_has_not_asked_is_offered_to_and_told_who_can() {
        let html = rendered(None);
        assert!(html.contains(text::REQUEST) && html.contains("A manager can install it."), "{html}");
        assert!(
            html.contains("/settings/acme/integrations/postgres/install/"),
            "without JavaScript it is a page: {html}"
        );
    }

    #[test]
    fn a_request_that_was_sent_is_still_known_after_a_reload() {
        let html = rendered(Some(request(RequestStatus::Pending)));
        assert!(html.contains(text::REQUESTED) && html.contains("aria-disabled=\"true\""), "{html}");
        assert!(!html.contains(text::REQUEST_AGAIN) && !html.contains(">Request installation<"), "{html}");
    }

    #[test]
    fn a_declined_request_says_who_and_when_and_can_be_made_again() {
        let html = rendered(Some(request(RequestStatus::Declined)));
        assert!(html.contains("ada@acme.test declined this on"), "{html}");
        assert!(html.contains("2 Jan 1970") && html.contains(text::REQUEST_AGAIN), "{html}");
    }
}
