//! Requests to install an integration, for those who may decide.

use crate::api::install_requests::Decide;
use crate::components::form_field::read_form;
use crate::components::{Button, ButtonSize, Card, LinkButton};
use crate::links;
use crate::text::requests as text;
use domain::install_requests::InstallRequest;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Who asks, why and since when. Installing agrees to every request of the provider; each can be declined.
#[component]
pub fn RequestsCard(
    /// The organization.
    org: OrgSlug,
    /// Those that wait, oldest first.
    #[prop(into)]
    requests: Signal<Vec<InstallRequest>>,
    /// Whether it can be installed from here.
    #[prop(into)]
    can_install: Signal<bool>,
    /// Whether one is being decided.
    #[prop(into)]
    busy: Signal<bool>,
    /// Opens the install dialog.
    on_install: Callback<()>,
    /// Declines one.
    on_decline: Callback<InstallRequest>,
) -> impl IntoView {
    let org = StoredValue::new(org);
    let row = move |request: InstallRequest| {
        let InstallRequest { id, provider, user_name, message, created_at, .. } = request.clone();
        let org = org.get_value();
        let href = links::install(&org, &provider);
        let install = move || {
            can_install.get().then(|| {
                let href = href.clone();
                view! { <LinkButton href=href size=ButtonSize::Small on_click=on_install>{text::INSTALL}</LinkButton> }
            })
        };
        let decline = move |event| {
            if read_form::<Decide>(&event).is_some() {
                on_decline.run(request.clone());
            }
        };
        view! {
            <li class="request-row">
                <div class="request-words">
                    <p>
                        <strong>{text::asks(&user_name)}</strong> " "
                        <time class="time muted" datetime=created_at.to_rfc3339()>{created_at.to_words()}</time>
                    </p>
                    {(!message.is_empty()).then(|| view! { <p class="request-message">{message}</p> })}
                </div>
                <div class="request-actions">
                    {install}
                    <form class="button-form" method="post" action=Decide::url() on:submit=decline>
                        <input type="hidden" name="org" value=org.to_string() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="approve" value="false" />
                        <Button submit=true size=ButtonSize::Small label=text::decline_label(&user_name) busy=busy>
                            {text::DECLINE}
                        </Button>
                    </form>
                </div>
            </li>
        }
        .into_any()
    };
    let some = Memo::new(move |_| requests.with(|requests| !requests.is_empty()));
    view! {
        <Show when=move || some.get()>
            <Card title=text::TITLE>
                <ul class="requests">
                    <For each=move || requests.get() key=|request| request.id let:request>{row(request)}</For>
                </ul>
            </Card>
        </Show>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{html, request};
    use domain::install_requests::RequestStatus;

    fn rendered(requests: Vec<InstallRequest>) -> String {
        html(move || {
            let org = OrgSlug::parse("acme").expect("acme is a slug");
            let (nothing, decline) = (Callback::new(|()| ()), Callback::new(|_: InstallRequest| ()));
            view! {
                <RequestsCard
                    org=org
                    requests=Signal::stored(requests)
                    can_install=true
                    busy=false
                    on_install=nothing
                    on_decline=decline
                />
            }
        })
    }

    #[test]
    fn a_request_says_who_asks_and_why_and_can_be_met_or_declined() {
        let mut request = request(RequestStatus::Pending);
        request.message = "<b>For the on-call rota</b>".into();
        let html = rendered(vec![request]);
        assert!(html.contains("Grace asks for it") && html.contains("&lt;b&gt;For the on-call rota"), "{html}");
        assert!(html.contains("/settings/acme/integrations/postgres/install/"), "{html}");
        assert!(html.contains("/_api/requests/decide") && html.contains("Decline the request of Grace"), "{html}");
    }

    #[test]
    fn without_requests_there_is_no_card() {
        assert!(!rendered(Vec::new()).contains(text::TITLE));
    }
}
