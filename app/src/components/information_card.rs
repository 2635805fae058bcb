//! What an integration is and does: the overview of a detail page.

use crate::components::{Alert, AlertKind, Card, Icon, Symbol};
use crate::text::detail as text;
use domain::catalogue::{Resource, ScopeText};
use domain::detail::{Detail, GatedFeature};
use domain::integrations::AspectAlert;
use leptos::prelude::*;

/// Notes, description and features; at the right who made it, what it may do and where to read on.
#[component]
pub fn InformationCard(
    /// The entry.
    detail: Detail,
) -> impl IntoView {
    let resources = resources(&detail);
    view! {
        <div class="columns">
            <div class="columns-main">
                <AspectAlerts alerts=detail.alerts />
                <Card title=text::ABOUT>
                    <Description html=detail.description_html />
                </Card>
                <FeatureList features=detail.features />
            </div>
            <div class="columns-side">
                <Made
                    author=detail.provider.metadata.author
                    sign_in=detail.sign_in
                    proven_against=detail.proven_against
                />
                <Permissions permissions=detail.permissions />
                <Resources resources=resources />
            </div>
        </div>
    }
    .into_any()
}

/// The notes of a provider.
#[component]
pub fn AspectAlerts(
    /// In order.
    alerts: Vec<AspectAlert>,
) -> impl IntoView {
    let alert = |alert: AspectAlert| view! { <Alert kind=AlertKind::of_aspect(&alert.kind)>{alert.text}</Alert> };
    alerts.into_iter().map(alert).collect_view()
}

/// The about text. The server has rendered it from Markdown and cleaned it; nothing else may be put in here.
#[component]
fn Description(
    /// Clean HTML.
    html: String,
) -> impl IntoView {
    view! { <div class="prose" inner_html=html></div> }
}

/// What it can do. A feature the organization lacks shows a lock and the reason.
#[component]
pub fn FeatureList(
    /// In order.
    features: Vec<GatedFeature>,
) -> impl IntoView {
    let count = features.iter().filter(|feature| feature.locked.is_some()).count();
    if features.is_empty() {
        return ().into_any();
    }
    let aside = move || (count > 0).then(|| text::locked_features(count));
    view! {
        <Card title=text::FEATURES aside=aside>
            <ul class="features">{features.into_iter().map(feature).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

fn feature(feature: GatedFeature) -> AnyView {
    let (symbol, class) = match feature.locked {
        Some(_) => (Symbol::Lock, "feature feature-locked"),
        None => (Symbol::Check, "feature"),
    };
    view! {
        <li class=class>
            <Icon symbol=symbol />
            <div>
                <p>{feature.feature.description}</p>
                {feature.locked.map(|reason| view! { <p class="feature-reason">{text::locked(&reason)}</p> })}
            </div>
        </li>
    }
    .into_any()
}

/// Who made it, how one signs in and what it was proven against.
#[component]
fn Made(
    /// Who made it.
    author: String,
    /// How one signs in.
    sign_in: String,
    /// What it was proven against.
    proven_against: String,
) -> impl IntoView {
    let rows = [(text::AUTHOR, author), (text::SIGN_IN, sign_in), (text::PROVEN_AGAINST, proven_against)];
    let row = |(label, value): (&'static str, String)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty()).map(row).collect_view();
    view! {
        <Card title=text::FACTS>
            <dl class="facts facts-stacked">{rows}</dl>
        </Card>
    }
    .into_any()
}

/// What it may do at the provider, in plain words with the provider's word behind.
#[component]
fn Permissions(
    /// In order.
    permissions: Vec<ScopeText>,
) -> impl IntoView {
    let permission = |scope: ScopeText| {
        view! { <li><span>{scope.text}</span> " " <code class="permission-name">{scope.name}</code></li> }
    };
    let list = match permissions.is_empty() {
        true => view! { <p class="muted">{text::NO_PERMISSIONS}</p> }.into_any(),
        false => view! {
            <ul
                class="permissions"
            >
                {permissions.into_iter().map(permission).collect_view()}
            </ul>
        }
        .into_any(),
    };
    view! { <Card title=text::PERMISSIONS>{list}</Card> }.into_any()
}

/// Where to read on. Each opens beside Patchbay.
#[component]
fn Resources(
    /// In order.
    resources: Vec<Resource>,
) -> impl IntoView {
    let link = |resource: Resource| {
        view! {
            <li>
                <a
                    href=resource.url
                    target="_blank"
                    rel="noreferrer"
                >
                    {resource.title}<Icon symbol=Symbol::External />
                </a>
            </li>
        }
    };
    if resources.is_empty() {
        return ().into_any();
    }
    view! {
        <Card title=text::RESOURCES>
            <ul class="resources">{resources.into_iter().map(link).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

/// The entry's links, and those to its source and issues unless they are among them. Only web addresses are links.
fn resources(detail: &Detail) -> Vec<Resource> {
    let metadata = &detail.provider.metadata;
    let more = [(text::VIEW_SOURCE, &metadata.source_url), (text::REPORT_ISSUE, &metadata.issue_url)];
    let mut resources = detail.resources.clone();
    for (title, url) in more {
        if !resources.iter().any(|resource| resource.url == *url) {
            resources.push(Resource { title: title.to_owned(), url: url.clone() });
        }
    }
    resources.retain(|resource| resource.url.starts_with("https://") || resource.url.starts_with("http://"));
    resources
}
