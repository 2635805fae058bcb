//! The links of a tracker, as rows.

use crate::api::issue_sync::Unlink;
use crate::components::form_field::read_form;
use crate::components::{Button, ButtonSize, Clock, Icon, LinkButton, Symbol, TimeAgo};
use crate::links;
use crate::text::issue_sync as text;
use domain::ids::{IntegrationId, LinkId};
use domain::issue_sync::{IssueLink, LogFilter};
use domain::slug::OrgSlug;
use leptos::html::Ul;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Both ends of each link, with what was last known of them, and what can be done.
#[component]
pub fn LinkRows(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The tracker's connection.
    id: IntegrationId,
    /// Newest first.
    #[prop(into)]
    links: Signal<Vec<IssueLink>>,
    /// The one that was just made.
    #[prop(into)]
    added: Signal<Option<LinkId>>,
    /// Why the viewer may not unlink, where that is so.
    #[prop(into)]
    refused: Signal<Option<String>>,
    /// The one that is being unlinked.
    #[prop(into)]
    unlinking: Signal<Option<LinkId>>,
    /// Unlinks one.
    on_unlink: Callback<IssueLink>,
    /// The present.
    clock: Clock,
    /// The list.
    element: NodeRef<Ul>,
) -> impl IntoView {
    let place = StoredValue::new((org, provider));
    let row = move |first: IssueLink| {
        let (key, before) = (first.id, first.clone());
        let link = Memo::new(move |_| {
            let now = links.with(|links| links.iter().find(|link| link.id == key).cloned());
            now.unwrap_or_else(|| before.clone())
        });
        let (org, provider) = place.get_value();
        let log = links::sync_log(&org, &provider, id, &LogFilter { link: Some(key), ..LogFilter::default() });
        let submit = move |event| {
            if read_form::<Unlink>(&event).is_some() {
                on_unlink.run(link.get_untracked());
            }
        };
        let busy = Signal::derive(move || unlinking.get() == Some(key));
        view! {
            <li class="link-row" class:link-row-added=move || added.get() == Some(key) id=format!("link-{key}")>
                <div class="link-ends">
                    {move || ends(&link.read())}
                </div>
                <p class="link-made">
                    {text::linked_by(&first.created_by)} " · "
                    {move || view! { <TimeAgo at=first.created_at now=clock.now() /> }}
                </p>
                <div class="link-actions">
                    <LinkButton href=log size=ButtonSize::Small label=text::log_label(&first)>{text::LOG}</LinkButton>
                    <form class="button-form" method="post" action=Unlink::url() on:submit=submit>
                        <input type="hidden" name="org" value=org.to_string() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="link" value=key.to_string() />
                        <Button
                            submit=true
                            size=ButtonSize::Small
                            label=text::unlink_label(&first)
                            busy=busy
                            disabled_reason=refused
                        >
                            {text::UNLINK}
                        </Button>
                    </form>
                </div>
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="link-rows" aria-label=text::LIST node_ref=element>
            <For each=move || links.get() key=|link| link.id children=row />
        </ul>
    }
    .into_any()
}

fn ends(link: &IssueLink) -> AnyView {
    view! {
        {end(&link.issue_name, &link.issue_title, &link.issue_url, &link.issue_status)}
        <span class="link-between">
            <span aria-hidden="true">"↔"</span>
            <span class="unseen">{text::LINKED_WITH}</span>
        </span>
        {end(&link.item_name, &link.item_title, &link.item_url, &link.item_status)}
    }
    .into_any()
}

fn end(name: &str, title: &str, url: &str, status: &str) -> AnyView {
    // Only web addresses are links.
    let web = url.starts_with("https://") || url.starts_with("http://");
    let name = match web {
        true => view! {
            <a class="link-name" href=url.to_owned() target="_blank" rel="noreferrer">
                {name.to_owned()} <Icon symbol=Symbol::External />
            </a>
        }
        .into_any(),
        false => view! { <span class="link-name">{name.to_owned()}</span> }.into_any(),
    };
    let status = (!status.is_empty()).then(|| {
        view! { <span class="unseen">{text::LAST_KNOWN}</span> " " <span class="chip">{status.to_owned()}</span> }
    });
    view! {
        <div class="link-end">
            <p class="link-head">{name} " " {status}</p>
            <p class="link-title">{title.to_owned()}</p>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use crate::components::issue_sync::fixtures::link;

    fn rendered(links: Vec<IssueLink>, refused: Option<String>) -> String {
        html(move || {
            let org = OrgSlug::parse("acme").expect("acme is a slug");
            let (clock, unlink) = (Clock::starting(domain::Timestamp(0)), Callback::new(|_: IssueLink| ()));
            view! {
                <LinkRows
                    org=org
                    provider="vsts".to_owned()
                    id=IntegrationId(7)
                    links=Signal::stored(links)
                    added=Signal::stored(Some(LinkId(3)))
                    refused=Signal::stored(refused)
                    unlinking=Signal::stored(None)
                    on_unlink=unlink
                    clock=clock
                    element=NodeRef::new()
                />
            }
        })
    }

    #[test]
    fn a_link_shows_both_ends_with_their_states_and_leads_to_them_and_to_its_log() {
        let html = rendered(vec![link(3)], None);
        for part in [
            "https://acme.sentry.io/issues/12/",
            "https://dev.azure.com/fabrikam/_workitems/edit/42",
            ">unresolved<",
            ">Active<",
            "Linked by ada@acme.test",
            "/settings/acme/integrations/vsts/7/sync-log/?link=3",
            "/_api/issue-sync/unlink",
            "Unlink API-1 and #42",
            "link-row-added",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn hostile_titles_stay_text_and_hostile_addresses_are_no_links() {
        let mut hostile = link(4);
        hostile.issue_title = "</textarea><script>alert(1)</script>".into();
        hostile.item_title = "\"><img onerror>".into();
        hostile.item_url = "javascript:alert(1)".into();
        let html = rendered(vec![hostile], None);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("javascript:"), "{html}");
    }

    #[test]
    fn who_may_not_unlink_is_told_why() {
        let html = rendered(vec![link(3)], Some("A manager can unlink it.".into()));
        assert!(html.contains("aria-disabled=\"true\"") && html.contains("A manager can unlink it."), "{html}");
    }
}
