//! Saving settings: field by field from the page, several at once from the API.

use super::connect::seal_all;
use super::organization_config::named_fields_of;
use super::rows::{
    forget_later, refuse_foreign_projects, refuse_lost_secrets, replaces, take_secrets, unknown_statuses, without_nulls,
};
use super::{TARGET, load, present};
use crate::access::{self, Access};
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::issue_sync;
use domain::config::{ConfigData, ConfigField, FieldKind, Overlap, Rows, Saved, describe_change, is_same, merge};
use domain::error::Fields;
use domain::events::Topic;
use domain::ids::IntegrationId;
use domain::integrations::Installation;
use domain::issue_sync::settings;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::connect::Secrets;
use serde_json::Value;

/// Saves one field as a form sent it: a text, or, of a field with rows, the rows of a plain form. `seen` is the JSON of
/// the value that the page showed, of a secret how often it was written: what somebody else saved in between is kept
/// where it is not the same thing, and otherwise the caller decides. A secret that is empty is left as it is, and what is
/// stored already is not saved again.
///
/// # Errors
/// A field error; [`domain::Code::Conflict`] with the stored value, as JSON, under the field's name;
/// [`domain::Code::Forbidden`] for an option of issue sync where the organization has none.
#[expect(clippy::too_many_arguments, reason = "who saves what where, over what")]
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    field: &str,
    value: Option<&str>,
    rows: Option<Rows>,
    seen: &str,
) -> Outcome<Saved> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, &access, id).await?;
    in_catalogue(&row)?;
    let fields = named_fields_of(&mut change.conn, &row).await?;
    let known = fields.iter().find(|known| known.name == field);
    let known = known.ok_or_else(|| AppError::field(field, "There is no such field."))?;
    refuse_gated(&access, &row, [field].into_iter())?;
    let value = match rows.filter(|_| known.has_rows()) {
        Some(rows) => known.from_rows(&rows),
        None => known.from_form(value),
    };
    let value = known.check(&value).map_err(|message| AppError::field(field, message))?;
    let stored = match known.is_secret() {
        true => times_written(&mut change, &row, known).await?,
        false => stored_in(&row, known),
    };
    if known.is_secret() && value == "" {
        return Ok(unchanged(known, stored));
    }
    let seen: Value =
        serde_json::from_str(seen).map_err(|_| AppError::invalid("The page is out of date. Reload it."))?;
    let value = match merge(known, &seen, &stored, value) {
        Ok(value) => value,
        Err(Overlap) => return Err(overtaken(&mut change, &row, known, &stored).await?),
    };
    refuse_foreign_projects(&mut change, &row, known, &value, &stored).await?;
    refuse_lost_secrets(&mut change, &row, known, &value).await?;
    let (mut value, secrets) = take_secrets(known, value, &stored)?;
    let is_changed = !known.is_secret() && !is_same(known, &value, &stored);
    if !is_changed && secrets.0.is_empty() {
        return Ok(unchanged(known, stored));
    }
    if known.is_secret() {
        value = (stored.as_i64().unwrap_or(0) + 1).into();
    }
    let unknown = unknown_statuses(&mut change, &row, known, &value).await?;
    let summary = describe_change(known, &stored, &value);
    let saved = Saved {
        field: field.to_owned(),
        value: value.clone(),
        replaced_secret: replaces(known, &stored, &secrets),
        previous: stored,
        sentence: unknown.unwrap_or_else(|| sentence(known, &value)),
    };
    let values = ConfigData::from_iter(is_changed.then(|| (field.to_owned(), value)));
    write(ctx, change, &row, &fields, values, secrets, vec![summary]).await?;
    Ok(saved)
}

/// What a save says that had nothing to do.
fn unchanged(field: &ConfigField, stored: Value) -> Saved {
    let sentence = match field.is_secret() {
        true => format!("{} was left as it was.", field.label),
        false => sentence(field, &stored),
    };
    let (field, value) = (field.name.clone(), stored.clone());
    Saved { field, value, previous: stored, sentence, replaced_secret: false }
}

/// Saves several settings from the API: all or none. Unknown keys are ignored, as Sentry's clients expect. A mapping
/// replaces the stored one; with a null in it, what it does not name is kept and what is null is removed. A secret that
/// is empty is left as it is.
///
/// # Errors
/// Field errors; [`domain::Code::Forbidden`] for an option of issue sync where the organization has none.
pub async fn save_all(ctx: &Ctx, access: &Access, id: IntegrationId, values: &ConfigData) -> Outcome<()> {
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, access, id).await?;
    in_catalogue(&row)?;
    refuse_gated(access, &row, values.keys().map(String::as_str))?;
    let fields = named_fields_of(&mut change.conn, &row).await?;
    let mut errors = Fields::default();
    let (mut checked, mut secrets, mut summaries) = (ConfigData::new(), Secrets::default(), Vec::new());
    for field in &fields {
        let Some(value) = values.get(&field.name) else { continue };
        let stored = stored_in(&row, field);
        let value = without_nulls(field, value, &stored);
        let Some(value) = errors.take(&field.name, field.check(&value)) else { continue };
        refuse_foreign_projects(&mut change, &row, field, &value, &stored).await?;
        refuse_lost_secrets(&mut change, &row, field, &value).await?;
        let (value, hidden) = take_secrets(field, value, &stored)?;
        let is_changed = !is_same(field, &value, &stored);
        if is_changed || !hidden.0.is_empty() {
            summaries.push(describe_change(field, &stored, &value));
            secrets.0.extend(hidden.0);
        }
        checked.extend(is_changed.then(|| (field.name.clone(), value)));
    }
    errors.finish()?;
    if summaries.is_empty() {
        return Ok(());
    }
    write(ctx, change, &row, &fields, checked, secrets, summaries).await
}

/// How often a secret was written: what a page knows of it. Null before the first time.
async fn times_written(change: &mut Change<'_>, row: &Installation, field: &ConfigField) -> Outcome<Value> {
    let stored = store::credentials::of_installation(&mut change.conn, row.id).await.or_internal()?;
    Ok(stored.into_iter().find(|stored| stored.field == field.name).map(|stored| stored.version).into())
}

/// What a setting holds; of a secret nothing is known here.
fn stored_in(row: &Installation, field: &ConfigField) -> Value {
    if field.is_secret() { Value::Null } else { field.shown(&row.config.0) }
}

/// Issue sync is refused as a whole, before anything is looked at.
fn refuse_gated<'a>(access: &Access, row: &Installation, mut names: impl Iterator<Item = &'a str>) -> Outcome<()> {
    let is_tracker = present::manifest_of(row).is_some_and(issue_sync::is_tracker);
    let gated = names.find(|name| settings::ALL.contains(name)).filter(|_| is_tracker);
    match (gated, issue_sync::gate(&access.organization)) {
        (Some(name), Some(reason)) => Err(AppError::forbidden(reason).with(name, reason)),
        _ => Ok(()),
    }
}

fn in_catalogue(row: &Installation) -> Outcome<()> {
    match present::manifest_of(row) {
        Some(_) => Ok(()),
        None => Err(AppError::conflict(
            "This provider is no longer in the catalogue. The installation can only be removed.",
        )),
    }
}

async fn write(
    ctx: &Ctx,
    mut change: Change<'_>,
    row: &Installation,
    fields: &[ConfigField],
    values: ConfigData,
    secrets: Secrets,
    summaries: Vec<String>,
) -> Outcome<()> {
    forget_later(ctx, &mut change, row, fields, &values).await?;
    let mut config = row.config.clone();
    config.0.extend(values);
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
        FieldKind::Select { choices, .. } => {
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
        Value::Object(items) if items.is_empty() => format!("{label}: nothing is mapped now."),
        Value::Number(number) => format!("{label} is now {number}."),
        _ => format!("{label} is saved."),
    }
}
