//! `GET /api/0/organizations/{org}/integrations/`.

use super::caller::Entered;
use super::error::Refusal;
use super::paging::Page;
use super::params::Params;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use domain::config::ConfigData;
use domain::integrations::{Installation, Integration};
use hub::Ctx;
use hub::integrations::present;
use serde::Serialize;

/// Groups of providers that can be asked for by one word.
const TYPES: [(&str, &[&str]); 4] = [
    ("messaging", &["slack", "discord", "msteams"]),
    ("project_management", &["jira", "jira_server"]),
    (
        "source_code_management",
        &["github", "github_enterprise", "gitlab", "bitbucket", "bitbucket_server", "vsts", "perforce"],
    ),
    ("on_call_scheduling", &["pagerduty", "opsgenie"]),
];

/// A row without its settings: no form, and null for the values.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bare {
    #[serde(flatten)]
    integration: Integration,
    config_data: Option<ConfigData>,
}

/// The organization's installations by name. Every filter applies before the list is cut into pages.
pub async fn list(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    params: Params,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut rows = hub::integrations::list(&ctx, &access, None).await?;
    let page = Page::read(&params)?;
    if let Some(key) = params.either(["providerKey", "provider_key"]).map(str::to_lowercase) {
        rows.retain(|row| row.provider == key);
    }
    if let Some(word) = params.last("integrationType") {
        let known = TYPES.iter().find(|(name, _)| *name == word);
        let (_, keys) = known.ok_or_else(|| Refusal::bad("Invalid integration type"))?;
        rows.retain(|row| keys.contains(&row.provider.as_str()));
    }
    let features: Vec<_> = params.all("features").filter(|word| !word.is_empty()).map(feature).collect();
    if !features.is_empty() {
        rows.retain(|row| has_any(row, &features));
    }
    // `false` is what one of Sentry's own clients sends, though its server knows only `0`.
    if matches!(params.last("includeConfig"), Some("0" | "false")) {
        let bare = |row: &Installation| Bare { integration: present::any(row), config_data: None };
        return Ok(page.answer(&ctx, &uri, &params, &rows, bare));
    }
    let shown = hub::integrations::with_config(&ctx, &access, page.cut(&rows).to_vec()).await?;
    Ok(page.answer(&ctx, &uri, &params, &rows, |row| {
        shown.iter().find(|whole| whole.integration.id == row.integration_id).cloned()
    }))
}

/// A feature word as it is compared: `Alert_Rule` is `alert-rule`.
fn feature(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

fn has_any(row: &Installation, wanted: &[String]) -> bool {
    let manifest = present::manifest_of(row);
    manifest.is_some_and(|manifest| manifest.features.iter().any(|has| wanted.contains(&feature(&has.key))))
}
