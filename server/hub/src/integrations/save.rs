//! Saving settings: field by field from the page, several at once from the API.

use super::connect::seal_all;
use super::{TARGET, load};
use crate::access::{self, Access};
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::catalogue::Manifest;
use domain::config::{ConfigData, ConfigField, FieldKind, Saved, describe_change};
use domain::error::Fields;
use domain::events::Topic;
use domain::ids::IntegrationId;
use domain::integrations::Installation;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::connect::Secrets;
use serde_json::Value;

/// Saves one field as a form sent it. `seen` is the JSON of the value that the page showed: when the stored one is
/// another, somebody else saved in between and the caller decides.
///
/// # Errors
/// A field error; [`domain::Code::Conflict`] with the stored value, as JSON, under the field's name.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    field: &str,
    value: Option<&str>,
    seen: &str,
) -> Outcome<Saved> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, &access, id).await?;
    let manifest = manifest(&row)?;
    let known = manifest.config.iter().find(|known| known.name == field);
    let known = known.ok_or_else(|| AppError::field(field, "There is no such field."))?;
    let value = known.check(&known.from_form(value)).map_err(|message| AppError::field(field, message))?;
    let stored = known.shown(&row.config.0);
    if !known.is_secret() {
        let seen: Value =
            serde_json::from_str(seen).map_err(|_| AppError::invalid("The page is out of date. Reload it."))?;
        if seen != stored && value != stored {
            return Err(overtaken(&mut change, &row, known, &stored).await?);
        }
    }
    let summary = describe_change(known, &stored, &value);
    let saved = Saved {
        field: field.to_owned(),
        value: if known.is_secret() { Value::Null } else { value.clone() },
        previous: if known.is_secret() { Value::Null } else { stored },
        sentence: sentence(known, &value),
    };
    let values: ConfigData = [(field.to_owned(), value)].into_iter().collect();
    write(ctx, change, &row, manifest, values, vec![summary]).await?;
    Ok(saved)
}

/// Saves several settings from the API: all or none. Unknown keys are ignored, as Sentry's clients expect.
///
/// # Errors
/// Field errors.
pub async fn save_all(ctx: &Ctx, access: &Access, id: IntegrationId, values: &ConfigData) -> Outcome<()> {
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, access, id).await?;
    let manifest = manifest(&row)?;
    let mut errors = Fields::default();
    let mut checked = ConfigData::new();
    let mut summaries = Vec::new();
    for field in &manifest.config {
        let Some(value) = values.get(&field.name) else { continue };
        let Some(value) = errors.take(&field.name, field.check(value)) else { continue };
        let stored = field.shown(&row.config.0);
        if field.is_secret() || stored != value {
            summaries.push(describe_change(field, &stored, &value));
            checked.insert(field.name.clone(), value);
        }
    }
    errors.finish()?;
    if checked.is_empty() {
        return Ok(());
    }
    write(ctx, change, &row, manifest, checked, summaries).await
}

fn manifest(row: &Installation) -> Outcome<&'static Manifest> {
    super::present::manifest_of(row).ok_or_else(|| {
        AppError::conflict("This provider is no longer in the catalogue. The installation can only be removed.")
    })
}

async fn write(
    ctx: &Ctx,
    mut change: Change<'_>,
    row: &Installation,
    manifest: &Manifest,
    values: ConfigData,
    summaries: Vec<String>,
) -> Outcome<()> {
    let mut config = row.config.clone();
    let mut secrets = Secrets::default();
    for (name, value) in values {
        let is_secret = manifest.config.iter().any(|field| field.name == name && field.is_secret());
        match value {
            Value::String(secret) if is_secret => drop(secrets.0.insert(name, secret.into())),
            value => drop(config.0.insert(name, value)),
        }
    }
    seal_all(ctx, &mut change, row.organization_id, row.id, &secrets).await?;
    // A version that moved on means that another field was saved between our read and our write.
    if store::installations::set_config(&mut change.conn, row.id, &config, row.config_version).await.or_internal()? == 0
    {
        return Err(AppError::conflict("Somebody saved another field at the same moment. Try again."));
    }
    change
        .commit(Record {
            action: "integration.edit",
            target_kind: TARGET,
            target_id: row.id.to_string(),
            summary: summaries.join(", "),
            event: Some((Topic::Integration, row.provider.clone())),
        })
        .await
}

/// The conflict, with who was faster.
async fn overtaken(
    change: &mut Change<'_>,
    row: &Installation,
    field: &ConfigField,
    stored: &Value,
) -> Outcome<AppError> {
    let target = row.id.to_string();
    let entries =
        store::audit::of_target(&mut change.conn, row.organization_id, TARGET, &target, 20).await.or_internal()?;
    let last = entries.iter().find(|entry| entry.action == "integration.edit" && entry.summary.contains(&field.label));
    let who = last.map_or("Somebody", |entry| entry.actor.as_str());
    Ok(AppError::conflict(format!("{who} changed {} while you were editing it.", field.label))
        .with(&field.name, stored.to_string()))
}

/// A choice by the label that the page shows.
fn in_words<'a>(field: &'a ConfigField, text: &'a str) -> &'a str {
    match &field.kind {
        FieldKind::Select { choices } => {
            choices.iter().find(|(value, _)| value == text).map_or(text, |(_, label)| label)
        }
        _ => text,
    }
}

fn sentence(field: &ConfigField, value: &Value) -> String {
    let label = &field.label;
    match value {
        _ if field.is_secret() => format!("{label} was replaced."),
        Value::Bool(true) => format!("{label} is on."),
        Value::Bool(false) => format!("{label} is off."),
        Value::Null => format!("{label} is empty now."),
        Value::String(text) if text.is_empty() => format!("{label} is empty now."),
        Value::String(text) if text.chars().count() <= 40 => format!("{label} is now “{}”.", in_words(field, text)),
        Value::Number(number) => format!("{label} is now {number}."),
        _ => format!("{label} is saved."),
    }
}
