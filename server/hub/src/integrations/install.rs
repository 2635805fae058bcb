//! Installing by a form: the credential is checked at the provider before anything is saved.

use super::connect::{Proven, connect};
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{access, provider_apps};
use domain::catalogue::Manifest;
use domain::config::{ConfigData, ConfigField, check_all};
use domain::ids::IntegrationId;
use domain::integrations::IntegrationWithConfig;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::catalogue;
use providers::connect::Secrets;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// Installs a provider from its install form, or brings the existing installation of the same outside account up to
/// date (which also ends a pause or a removal and keeps its settings).
///
/// # Errors
/// Field errors for the form; what the provider answered; nothing is saved then.
pub async fn install(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    values: BTreeMap<String, String>,
    again: Option<IntegrationId>,
) -> Outcome<IntegrationWithConfig> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let manifest = catalogue::find(provider).ok_or_else(|| AppError::not_found("This integration"))?;
    let (plain, secrets) = read_form(manifest, &values)?;
    let reach = {
        let mut conn = ctx.store.read().await.or_internal()?;
        provider_apps::reach(ctx, &mut conn, manifest, &plain, &secrets).await?
    };
    let begin = Instant::now();
    let accounts = providers::connect::accounts(&reach.provider(ctx, manifest), &plain, &secrets, None).await;
    let accounts = accounts.map_err(|error| error.to_app_error())?;
    let account = accounts.first().ok_or_else(|| AppError::not_found("The account"))?;
    let duration_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    let proven = Proven { account, form: plain, secrets, tokens: None, duration_ms, again };
    connect(ctx, &access, &permit, manifest, proven).await
}

fn read_form(manifest: &Manifest, values: &BTreeMap<String, String>) -> Outcome<(ConfigData, Secrets)> {
    let name = &manifest.name;
    match manifest.auth.form() {
        _ if !manifest.installable => Err(AppError::invalid(format!(
            "Connecting {name} is not built yet, so it cannot be installed in this version."
        ))),
        Some(fields) => split(fields, values),
        None => Err(AppError::invalid(format!("{name} is not connected by a form. Use its sign-in."))),
    }
}

/// Checks what a form sent and puts its secrets apart.
pub(crate) fn split(fields: &[ConfigField], values: &BTreeMap<String, String>) -> Outcome<(ConfigData, Secrets)> {
    let unknown = values.keys().filter(|name| !fields.iter().any(|field| field.name == **name));
    let mut data: ConfigData = unknown.map(|name| (name.clone(), Value::Null)).collect();
    for field in fields {
        let text = values.get(&field.name).map(String::as_str);
        data.insert(field.name.clone(), field.from_form(text));
    }
    let mut plain = check_all(fields, &data)?;
    let mut secrets = BTreeMap::new();
    for field in fields.iter().filter(|field| field.is_secret()) {
        if let Some(Value::String(secret)) = plain.remove(&field.name)
            && !secret.is_empty()
        {
            secrets.insert(field.name.clone(), secret.into());
        }
    }
    Ok((plain, Secrets(secrets)))
}
