//! Changes of settings: two people's put together, and told in words.

use super::{ConfigField, FieldKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a save of one field did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Which field.
    pub field: String,
    /// What it holds now; null for a secret.
    pub value: Value,
    /// What it held before; null for a secret.
    pub previous: Value,
    /// For the toast.
    pub sentence: String,
    /// Whether it replaced a secret that was stored: nobody can bring the old one back.
    #[serde(default, skip_serializing_if = "super::is_off")]
    pub replaced_secret: bool,
}

impl Saved {
    /// Whether an undo would bring back what was there before.
    pub fn can_be_undone(&self) -> bool {
        !self.replaced_secret && self.previous != self.value
    }
}

/// Two people changed the same thing to different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap;

/// Puts a person's change on top of what is stored now. `seen` is what the person's page showed. A field with rows is
/// put together row by row, so that two people who change different rows both keep theirs.
///
/// # Errors
/// [`Overlap`] when the same thing was changed by both.
pub fn merge(field: &ConfigField, seen: &Value, stored: &Value, mine: Value) -> Result<Value, Overlap> {
    if *field.as_shown(seen) == *stored || mine == *stored {
        return Ok(mine);
    }
    let key: fn(&Value) -> Option<String> = match &field.kind {
        FieldKind::ChoiceMapper(_) => return merge_maps(seen, stored, &mine),
        FieldKind::Table(_) => {
            |row| row.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
        }
        FieldKind::ProjectMapper(_) => |pair| pair.get(1).and_then(Value::as_str).map(str::to_owned),
        _ => return Err(Overlap),
    };
    let keyed = |list: &Value| -> Map<String, Value> {
        let rows = list.as_array().into_iter().flatten();
        rows.filter_map(|row| Some((key(row)?, row.clone()))).collect()
    };
    let merged = merge_maps(&Value::Object(keyed(seen)), &Value::Object(keyed(stored)), &Value::Object(keyed(&mine)))?;
    let Value::Object(mut rows) = merged else { return Err(Overlap) };
    // Rows keep the order in which they are stored; new ones follow in mine.
    let stored_order = stored.as_array().into_iter().flatten().filter_map(key);
    let my_order = mine.as_array().into_iter().flatten().filter_map(key);
    let order: Vec<_> = stored_order.chain(my_order).collect();
    let mut list: Vec<Value> = order.iter().filter_map(|key| rows.remove(key)).collect();
    list.extend(mine.as_array().into_iter().flatten().filter(|row| key(row).is_none()).cloned());
    Ok(Value::Array(list))
}

fn merge_maps(seen: &Value, stored: &Value, mine: &Value) -> Result<Value, Overlap> {
    let (Value::Object(seen), Value::Object(stored), Value::Object(mine)) = (seen, stored, mine) else {
        return Err(Overlap);
    };
    let mut merged = stored.clone();
    let keys = seen.keys().chain(mine.keys());
    for key in keys {
        let (before, now, wanted) = (seen.get(key), stored.get(key), mine.get(key));
        if wanted == before || wanted == now {
            continue;
        }
        if now != before {
            return Err(Overlap);
        }
        match wanted {
            Some(value) => drop(merged.insert(key.clone(), value.clone())),
            None => drop(merged.remove(key)),
        }
    }
    Ok(Value::Object(merged))
}

/// Whether two values of a field are the same: the order of rows says nothing.
pub fn is_same(field: &ConfigField, one: &Value, other: &Value) -> bool {
    match (field.has_rows(), one, other) {
        (true, Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().all(|row| other.contains(row))
        }
        _ => one == other,
    }
}

/// Says in words how a setting changed: `from "a" to "b"`, with switches as on and off and secrets never shown.
pub fn describe_change(field: &ConfigField, old: &Value, new: &Value) -> String {
    if field.is_secret() {
        return format!("replaced {}", field.label);
    }
    match (&field.kind, new) {
        (FieldKind::Boolean, Value::Bool(true)) => format!("turned {} on", field.label),
        (FieldKind::Boolean, _) => format!("turned {} off", field.label),
        (FieldKind::ChoiceMapper(mapper), _) => {
            let named = |value: &Value| {
                let items = value.as_object().into_iter().flatten();
                let item = |(item, chosen): (&String, &Value)| {
                    let chosen: Vec<_> =
                        mapper.columns().filter_map(|(column, _)| chosen.get(column)?.as_str()).collect();
                    format!("{} ({})", mapper.label(item), chosen.join(", "))
                };
                items.map(item).collect::<Vec<_>>()
            };
            format!("changed {}: {}", field.label, difference(&named(old), &named(new)))
        }
        (FieldKind::Table(table), _) => {
            let named = |value: &Value| {
                let rows = value.as_array().into_iter().flatten();
                let shown = |row: &Value| {
                    let open = table.column_keys.iter().filter(|column| !table.secret_columns.contains(column));
                    open.filter_map(|column| row.get(column)?.as_str()).collect::<Vec<_>>().join(", ")
                };
                rows.map(shown).collect::<Vec<_>>()
            };
            format!("changed {}: {}", field.label, difference(&named(old), &named(new)))
        }
        (FieldKind::ProjectMapper(mapper), _) => {
            let named = |value: &Value| {
                let pairs = value.as_array().into_iter().flatten();
                let shown = |pair: &Value| {
                    let (project, item) = (pair.get(0).and_then(Value::as_i64), pair.get(1).and_then(Value::as_str));
                    let project = mapper.sentry_projects.iter().find(|known| Some(known.id) == project);
                    let items = &mapper.mapped_dropdown.items;
                    let label = items.iter().find(|known| Some(known.value.as_str()) == item).map(|item| &*item.label);
                    let project = project.map_or("a deleted project", |project| project.name.as_str());
                    format!("{project} with {}", label.or(item).unwrap_or_default())
                };
                pairs.map(shown).collect::<Vec<_>>()
            };
            format!("changed {}: {}", field.label, difference(&named(old), &named(new)))
        }
        (FieldKind::DatetimeLocal, _) => {
            let apart = |value: &Value| words(&value.as_str().unwrap_or_default().replace('T', " ").into());
            format!("changed {} from {} to {}", field.label, apart(old), apart(new))
        }
        _ => format!("changed {} from {} to {}", field.label, words(old), words(new)),
    }
}

/// What was added and what was removed.
fn difference(old: &[String], new: &[String]) -> String {
    let without = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|item| !other.contains(item)).map(|item| format!("“{item}”")).collect()
    };
    let (added, removed) = (without(new, old), without(old, new));
    let mut parts = Vec::new();
    if !added.is_empty() {
        parts.push(format!("added {}", added.join(", ")));
    }
    if !removed.is_empty() {
        parts.push(format!("removed {}", removed.join(", ")));
    }
    if parts.is_empty() { "secrets alone".to_owned() } else { parts.join("; ") }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    }
}
