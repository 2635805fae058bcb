//! What saving a field with rows needs beyond checking its value: secret cells, projects of this organization, statuses
//! that exist, and mappings that name only what changes.

use super::organization_config::fields_of;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::config::{ConfigData, ConfigField, FieldKind};
use domain::ids::InstallationId;
use domain::integrations::Installation;
use domain::jobs::Work;
use domain::time::MINUTE;
use domain::{AppError, Outcome};
use providers::connect::Secrets;
use serde_json::Value;

/// A mapping with nulls in it names what changes: the rest is kept.
pub(super) fn without_nulls(field: &ConfigField, value: &Value, stored: &Value) -> Value {
    match (&field.kind, value, stored) {
        (FieldKind::ChoiceMapper(_), Value::Object(sent), Value::Object(kept)) if sent.values().any(Value::is_null) => {
            let mut merged = kept.clone();
            for (item, chosen) in sent {
                match chosen {
                    Value::Null => drop(merged.remove(item)),
                    chosen => drop(merged.insert(item.clone(), chosen.clone())),
                }
            }
            Value::Object(merged)
        }
        _ => value.clone(),
    }
}

/// Takes a secret, or the secret cells out of a table, whose new rows it numbers. What is left says only that there is a
/// secret. One that is empty keeps what is stored.
///
/// # Errors
/// When no number is left for a new row.
pub(super) fn take_secrets(field: &ConfigField, value: Value, stored: &Value) -> Outcome<(Value, Secrets)> {
    let mut secrets = Secrets::default();
    let (table, mut rows) = match (&field.kind, value) {
        (FieldKind::Table(table), Value::Array(rows)) => (table, rows),
        (FieldKind::Secret | FieldKind::SecretText, value) => {
            let secret = value.as_str().filter(|secret| !secret.is_empty());
            secrets.0.extend(secret.map(|secret| (field.name.clone(), secret.into())));
            return Ok((Value::Null, secrets));
        }
        (_, value) => return Ok((value, secrets)),
    };
    let id = |row: &Value| row.get("id").and_then(Value::as_str).and_then(|id| id.parse::<u32>().ok());
    let known = stored.as_array().into_iter().flatten().chain(&rows);
    let mut newest = known.filter_map(id).max().unwrap_or(0);
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        if row.get("id").and_then(Value::as_str).is_none_or(str::is_empty) {
            newest = newest.checked_add(1).ok_or_else(|| no_number_left(field))?;
            row.insert("id".to_owned(), newest.to_string().into());
        }
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        for column in &table.secret_columns {
            if let Some(Value::String(secret)) = row.insert(column.clone(), Value::from(""))
                && !secret.is_empty()
            {
                secrets.0.insert(secret_name(&field.name, &id, column), secret.into());
            }
        }
    }
    Ok((Value::Array(rows), secrets))
}

fn no_number_left(field: &ConfigField) -> AppError {
    let highest = u32::MAX;
    let why = format!("{} has a row with the id {highest}, after which there is none. Remove that row.", field.label);
    AppError::field(&field.name, why)
}

/// Whether secrets that are stored are among those that are saved, so that nobody can bring the old ones back. Those of
/// new rows are not.
pub(super) fn replaces(field: &ConfigField, stored: &Value, secrets: &Secrets) -> bool {
    let FieldKind::Table(table) = &field.kind else { return !secrets.0.is_empty() };
    let ids = stored.as_array().into_iter().flatten().filter_map(|row| row.get("id")?.as_str());
    let mut names = ids.flat_map(|id| table.secret_columns.iter().map(move |it| secret_name(&field.name, id, it)));
    names.any(|name| secrets.get(&name).is_some())
}

/// How long a row that was removed can be put back with its secrets, in milliseconds.
const UNDO: i64 = MINUTE;

/// A row that is removed takes its secrets along, a little later, so that undoing it brings them back.
pub(super) async fn forget_later(
    ctx: &Ctx,
    change: &mut Change<'_>,
    row: &Installation,
    fields: &[ConfigField],
    values: &ConfigData,
) -> Outcome<()> {
    let is_saved = |field: &ConfigField| matches!(field.kind, FieldKind::Table(_)) && values.contains_key(&field.name);
    if fields.iter().any(is_saved) {
        let (work, now) = (Work::ForgetSecrets { installation: row.id.0 }, ctx.now());
        let key = format!("forget-secrets:{}", row.id);
        store::jobs::put(&mut change.conn, &work, Some(&key), now.plus(UNDO), now).await.or_internal()?;
    }
    Ok(())
}

/// Forgets the secret cells of rows that are not there any more, as a job.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn forget_as_job(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    let Some(row) = store::installations::by_id(&mut conn, id).await.or_internal()? else { return Ok(()) };
    let stored = store::credentials::of_installation(&mut conn, id).await.or_internal()?;
    for field in fields_of(&row).iter().filter(|field| matches!(field.kind, FieldKind::Table(_))) {
        let rows = row.config.0.get(&field.name).and_then(Value::as_array);
        let kept: Vec<_> = rows
            .into_iter()
            .flatten()
            .filter_map(|row| Some(format!("{}.{}.", field.name, row.get("id")?.as_str()?)))
            .collect();
        let own = format!("{}.", field.name);
        let gone = stored
            .iter()
            .filter(|secret| secret.field.starts_with(&own) && !kept.iter().any(|row| secret.field.starts_with(row)));
        for secret in gone {
            store::credentials::delete(&mut conn, id, &secret.field).await.or_internal()?;
        }
    }
    conn.commit().await.or_internal()
}

/// A row whose secret is left empty keeps the stored one, so there has to be one.
pub(super) async fn refuse_lost_secrets(
    change: &mut Change<'_>,
    row: &Installation,
    field: &ConfigField,
    value: &Value,
) -> Outcome<()> {
    let FieldKind::Table(table) = &field.kind else { return Ok(()) };
    let stored = store::credentials::of_installation(&mut change.conn, row.id).await.or_internal()?;
    for row in value.as_array().into_iter().flatten() {
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
        for column in &table.secret_columns {
            let is_empty = row.get(column).and_then(Value::as_str).is_none_or(str::is_empty);
            let name = secret_name(&field.name, id, column);
            if is_empty && !id.is_empty() && !stored.iter().any(|secret| secret.field == name) {
                let label = table.column_labels.get(column).unwrap_or(column);
                return Err(AppError::field(&field.name, format!("Each row needs “{label}”.")));
            }
        }
    }
    Ok(())
}

/// The name under which a table's secret cell is sealed.
fn secret_name(field: &str, id: &str, column: &str) -> String {
    format!("{field}.{id}.{column}")
}

/// A warning where a status was chosen that its project is not known to have. It may be new over there, so it is saved.
pub(super) async fn unknown_statuses(
    change: &mut Change<'_>,
    row: &Installation,
    field: &ConfigField,
    value: &Value,
) -> Outcome<Option<String>> {
    let (FieldKind::ChoiceMapper(_), Value::Object(mapping)) = (&field.kind, value) else { return Ok(None) };
    let known = store::project_information::of_installation(&mut change.conn, row.id).await.or_internal()?;
    let Some(content) = known.and_then(|known| known.content) else { return Ok(None) };
    for (item, chosen) in mapping {
        let Some(project) = content.project(item).filter(|project| project.problem.is_none()) else { continue };
        let chosen = chosen.as_object().into_iter().flat_map(|columns| columns.values()).filter_map(Value::as_str);
        for status in chosen {
            if project.is_done(status).is_none() {
                return Ok(Some(format!(
                    "Saved, but {} has no status “{status}” as last read. Read the projects again, or choose another.",
                    project.name
                )));
            }
        }
    }
    Ok(None)
}

/// A project that is newly mapped has to be one of this organization.
pub(super) async fn refuse_foreign_projects(
    change: &mut Change<'_>,
    row: &Installation,
    field: &ConfigField,
    value: &Value,
    stored: &Value,
) -> Outcome<()> {
    let FieldKind::ProjectMapper(_) = &field.kind else { return Ok(()) };
    let known = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    let new = value.as_array().into_iter().flatten().filter(|pair| !known.contains(pair));
    let new: Vec<i64> = new.filter_map(|pair| pair.get(0)?.as_i64()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let projects = store::projects::of_organization(&mut change.conn, row.organization_id).await.or_internal()?;
    match new.iter().find(|id| !projects.iter().any(|project| project.id.0 == **id)) {
        Some(id) => Err(AppError::field(&field.name, format!("There is no project {id} in this organization."))),
        None => Ok(()),
    }
}
