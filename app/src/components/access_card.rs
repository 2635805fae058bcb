//! The account behind a connection.

use crate::components::{Card, Clock, TimeAgo};
use crate::text::configure as text;
use domain::integrations::Integration;
use leptos::prelude::*;

/// Which account is connected, what the provider told of it, what was granted and since when.
#[component]
pub fn AccessCard(
    /// The installation.
    #[prop(into)]
    integration: Signal<Integration>,
    /// Whether a card of its own says what was granted.
    #[prop(optional, into)]
    has_grant: Signal<bool>,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let facts = move || {
        let row = |(label, value): (String, String)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
        integration.with(|integration| facts(integration, has_grant.get())).into_iter().map(row).collect_view()
    };
    let installed_at = move || integration.with(|integration| integration.patchbay.installed_at);
    view! {
        <Card title=text::ACCESS>
            <dl class="facts">
                {facts}
                <div>
                    <dt>{text::INSTALLED}</dt>
                    <dd>{move || view! { <TimeAgo at=installed_at() now=clock.now() /> }}</dd>
                </div>
            </dl>
        </Card>
    }
    .into_any()
}

fn facts(integration: &Integration, has_grant: bool) -> Vec<(String, String)> {
    let mut rows = vec![(text::ACCOUNT.to_owned(), integration.name.clone())];
    rows.extend(integration.domain_name.clone().map(|domain| (text::DOMAIN.to_owned(), domain)));
    rows.extend(integration.account_type.clone().map(|kind| (text::ACCOUNT_TYPE.to_owned(), kind)));
    rows.extend(integration.patchbay.facts.iter().cloned());
    let granted = integration.scopes.as_ref().filter(|scopes| !scopes.is_empty() && !has_grant);
    rows.extend(granted.map(|scopes| (text::GRANTED.to_owned(), scopes.join(", "))));
    rows
}
