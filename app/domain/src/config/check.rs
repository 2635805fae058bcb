//! Checking values: from the wire into their stored form.

use super::times::{is_day, is_minute};
use super::{ChoiceMapper, ConfigData, ConfigField, FieldKind, MAX_TEXT, Table};
use crate::error::{Fields, Outcome};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What Sentry's clients match on when a mapping lacks a status.
pub const MAPPING_INCOMPLETE: &str = "Resolve and unresolve status are required.";

/// The longest id and choice of a mapping, in characters, as Sentry stores them.
const MAX_MAPPED: usize = 64;
/// The most rows of a field.
const MAX_ROWS: usize = 1_000;

impl ConfigField {
    /// Checks a value from the wire and brings it into its stored form.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn check(&self, value: &Value) -> Result<Value, String> {
        let label = &self.label;
        if self.is_disabled() {
            return Err(self.disabled_reason.clone().unwrap_or_else(|| format!("{label} cannot be changed now.")));
        }
        match &self.kind {
            FieldKind::Boolean => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => Err(format!("{label} is a switch: send true or false.")),
            },
            FieldKind::Number { min, max } => self.check_number(value, *min, *max),
            FieldKind::Select { choices, url, source, .. } => {
                let text = self.one_line(value, MAX_TEXT)?;
                let is_asked_for = url.is_some() || source.is_some();
                let is_known = is_asked_for || choices.iter().any(|(known, _)| *known == text);
                if text.is_empty() && !self.required || is_known {
                    Ok(Value::String(text))
                } else {
                    let known: Vec<_> = choices.iter().map(|(value, _)| value.as_str()).collect();
                    Err(format!("{label} must be one of: {}.", known.join(", ")))
                }
            }
            FieldKind::String { max_length } => self.line(value, max_length.unwrap_or(MAX_TEXT)).map(Value::String),
            FieldKind::Secret => self.line(value, 8_192).map(Value::String),
            FieldKind::Textarea | FieldKind::SecretText => self.text(value, 10_000).map(Value::String),
            FieldKind::Email => {
                let text = self.line(value, 75)?;
                if text.is_empty() {
                    return Ok(Value::String(text));
                }
                crate::email::Email::parse(&text).map(|email| Value::String(email.to_string()))
            }
            FieldKind::Url => {
                let text = self.line(value, 2_000)?;
                if text.is_empty() || text.starts_with("https://") || text.starts_with("http://") {
                    Ok(Value::String(text))
                } else {
                    Err(format!("{label} must be an address that begins with https:// or http://."))
                }
            }
            FieldKind::Date => self.check_time(value, is_day, "a date, such as 2026-11-30"),
            FieldKind::DatetimeLocal => {
                self.check_time(value, is_minute, "a date and a time, such as 2026-11-30T16:45")
            }
            FieldKind::ChoiceMapper(mapper) => self.check_mapping(mapper, value),
            FieldKind::Table(table) => self.check_table(table, value),
            FieldKind::ProjectMapper(_) => self.check_pairs(value),
        }
    }

    fn check_number(&self, value: &Value, min: Option<i64>, max: Option<i64>) -> Result<Value, String> {
        let label = &self.label;
        if value.is_null() && !self.required {
            return Ok(Value::Null);
        }
        let Some(number) = value.as_i64() else {
            return Err(format!("{label} must be a whole number."));
        };
        match (min, max) {
            (Some(min), _) if number < min => Err(format!("{label} must be at least {min}.")),
            (_, Some(max)) if number > max => Err(format!("{label} must be at most {max}.")),
            _ => Ok(Value::from(number)),
        }
    }

    fn check_time(&self, value: &Value, fits: fn(&str) -> bool, wanted: &str) -> Result<Value, String> {
        let text = self.line(value, MAX_TEXT)?;
        match text.is_empty() || fits(&text) {
            true => Ok(Value::String(text)),
            false => Err(format!("{} must be {wanted}.", self.label)),
        }
    }

    fn line(&self, value: &Value, max: usize) -> Result<String, String> {
        let text = self.one_line(value, max)?;
        // A secret may begin or end with a space; anything else is trimmed.
        Ok(if self.is_secret() { text } else { text.trim().to_owned() })
    }

    fn one_line(&self, value: &Value, max: usize) -> Result<String, String> {
        let text = self.text(value, max)?;
        match text.chars().any(char::is_control) {
            true => Err(format!("{} must be one line without control characters.", self.label)),
            false => Ok(text),
        }
    }

    fn text(&self, value: &Value, max: usize) -> Result<String, String> {
        let label = &self.label;
        let Value::String(text) = value else {
            return Err(format!("{label} must be text."));
        };
        if self.required && text.trim().is_empty() {
            return Err(format!("{label} is needed."));
        }
        let text = line_feeds(text);
        if text.chars().count() > max {
            return Err(format!("{label} may be at most {max} characters long."));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(format!("{label} may not contain control characters."));
        }
        Ok(text.into_owned())
    }

    /// Every item needs a choice in every column. What else an item holds is dropped.
    fn check_mapping(&self, mapper: &ChoiceMapper, value: &Value) -> Result<Value, String> {
        let items = match value {
            Value::Object(items) => items,
            Value::Bool(false) => return Ok(json!({})),
            _ => return Err(MAPPING_INCOMPLETE.to_owned()),
        };
        self.check_count(items.len())?;
        let mut checked = Map::new();
        for (item, chosen) in items {
            if item.is_empty() || item.chars().count() > MAX_MAPPED || item.chars().any(char::is_control) {
                return Err(format!("{} names an item that is no id.", self.label));
            }
            let mut columns = Map::new();
            for (column, label) in mapper.columns() {
                let choice = chosen.get(column).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
                let choice = choice.ok_or_else(|| MAPPING_INCOMPLETE.to_owned())?;
                if choice.chars().count() > MAX_MAPPED || choice.chars().any(char::is_control) {
                    return Err(format!("“{label}” may be one line of at most {MAX_MAPPED} characters."));
                }
                columns.insert(column.to_owned(), Value::from(choice));
            }
            checked.insert(item.clone(), Value::Object(columns));
        }
        Ok(Value::Object(checked))
    }

    /// Every cell must hold something, but for the secrets of rows that are there already. New rows have an empty id.
    fn check_table(&self, table: &Table, value: &Value) -> Result<Value, String> {
        let Value::Array(rows) = value else { return Err(format!("{} must be a list of rows.", self.label)) };
        self.check_count(rows.len())?;
        let (mut checked, mut ids) = (Vec::new(), BTreeSet::new());
        for row in rows {
            let id = row_id(row).ok_or_else(|| {
                format!("{} has a row with an id that was not given here. Send a new row without an id.", self.label)
            })?;
            if !id.is_empty() && !ids.insert(id.clone()) {
                return Err(format!("{} has two rows with the id {id}.", self.label));
            }
            let mut cells = Map::new();
            for column in &table.column_keys {
                let label = table.column_labels.get(column).unwrap_or(column);
                let cell = match row.get(column) {
                    None | Some(Value::Null) => String::new(),
                    Some(cell) => Self::line_named(label).line(cell, MAX_TEXT)?,
                };
                let may_be_empty = table.secret_columns.contains(column) && !id.is_empty();
                if cell.is_empty() && !may_be_empty {
                    return Err(format!("Each row needs “{label}”."));
                }
                cells.insert(column.clone(), cell.into());
            }
            cells.insert("id".to_owned(), id.into());
            checked.push(Value::Object(cells));
        }
        Ok(Value::Array(checked))
    }

    /// An outside item belongs to one project; a project may have several.
    fn check_pairs(&self, value: &Value) -> Result<Value, String> {
        let shape = || format!("{} must be a list of pairs: a project's id and an item's id.", self.label);
        let Value::Array(pairs) = value else { return Err(shape()) };
        self.check_count(pairs.len())?;
        let (mut checked, mut items) = (Vec::new(), BTreeSet::new());
        for pair in pairs {
            let (project, item) = match pair.as_array().map(Vec::as_slice) {
                Some([project, item]) => (project, item),
                _ => return Err(shape()),
            };
            let project = project.as_i64().or_else(|| project.as_str()?.parse().ok()).ok_or_else(shape)?;
            let item = item.as_str().map(str::to_owned).or_else(|| item.as_i64().map(|id| id.to_string()));
            let is_id = |item: &String| !item.is_empty() && item.len() <= 200 && !item.chars().any(char::is_control);
            let item = item.filter(is_id).ok_or_else(shape)?;
            if !items.insert(item.clone()) {
                return Err(format!("{} maps the same item twice.", self.label));
            }
            checked.push(json!([project, item]));
        }
        Ok(Value::Array(checked))
    }

    fn check_count(&self, count: usize) -> Result<(), String> {
        match count > MAX_ROWS {
            true => Err(format!("{} may have at most {MAX_ROWS} rows.", self.label)),
            false => Ok(()),
        }
    }

    /// A line of text that only lends its rules.
    fn line_named(label: &str) -> Self {
        Self {
            name: String::new(),
            label: label.to_owned(),
            help: None,
            placeholder: None,
            required: false,
            default: None,
            disabled: None,
            disabled_reason: None,
            kind: FieldKind::String { max_length: None },
        }
    }
}

/// The id of a table's row: empty for a new one, else the number that saving gave it, as it is written. Nothing else is
/// an id, because secrets are kept under it and the next one is counted from it. None for what is no id.
fn row_id(row: &Value) -> Option<String> {
    let id = match row.get("id") {
        None | Some(Value::Null) => return Some(String::new()),
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        Some(_) => return None,
    };
    let is_given = |id: &String| id.parse::<u32>().is_ok_and(|number| number.to_string() == *id);
    Some(id).filter(|id| id.is_empty() || is_given(id))
}

/// Line breaks as scripts see them. A form that is sent without scripts ends its lines with two characters, which would
/// make another text of the same lines.
pub(super) fn line_feeds(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Checks a whole form: every field of `fields` from `values`, unknown keys refused by name.
///
/// # Errors
/// Field errors, all at once.
pub fn check_all(fields: &[ConfigField], values: &ConfigData) -> Outcome<ConfigData> {
    let mut errors = Fields::default();
    let mut checked = ConfigData::new();
    for field in fields {
        let value = values.get(&field.name).cloned().unwrap_or_else(|| field.shown(&ConfigData::new()));
        if let Some(value) = errors.take(&field.name, field.check(&value)) {
            checked.insert(field.name.clone(), value);
        }
    }
    for name in values.keys().filter(|name| !fields.iter().any(|field| field.name == **name)) {
        errors.refuse(name, "There is no such field.");
    }
    errors.finish()?;
    Ok(checked)
}
