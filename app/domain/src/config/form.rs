//! What HTML forms send, as values of the wire.

use super::{ConfigField, FieldKind, Table};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The rows of a field as a plain form sends them: by the row's id, each cell by its column. New rows have ids that
/// begin with `new`. A row whose cells are all empty, and one with [`Rows::REMOVE`] ticked, is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(pub BTreeMap<String, BTreeMap<String, String>>);

impl Rows {
    /// The box that takes a row away.
    pub const REMOVE: &'static str = "remove";
    /// The column with the item of a new row of a mapper, and of a pair.
    pub const ITEM: &'static str = "item";
    /// The column with the project of a pair.
    pub const PROJECT: &'static str = "project";
    /// What the ids of new rows begin with.
    pub const NEW: &'static str = "new";

    /// The rows that stay, in the order of the page: the stored ones by their numbers, then the new ones.
    fn kept(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        let stays = |cells: &BTreeMap<String, String>| {
            !cells.contains_key(Self::REMOVE) && cells.values().any(|cell| !cell.trim().is_empty())
        };
        let kept = self.0.iter().filter(|(_, cells)| stays(cells)).map(|(id, cells)| (id.as_str(), cells));
        let mut kept: Vec<_> = kept.collect();
        kept.sort_by_key(|(id, _)| (id.starts_with(Self::NEW), id.len()));
        kept.into_iter()
    }
}

impl ConfigField {
    /// Turns what an HTML form sent for this field (text, or nothing for an unchecked box) into a wire value. A field
    /// with rows travels as JSON.
    pub fn from_form(&self, text: Option<&str>) -> Value {
        match (&self.kind, text) {
            (FieldKind::Boolean, text) => Value::Bool(matches!(text, Some("on" | "true"))),
            (FieldKind::Number { .. }, Some(text)) => match text.trim().parse::<i64>() {
                Ok(number) => Value::from(number),
                Err(_) if text.trim().is_empty() => Value::Null,
                Err(_) => Value::from(text),
            },
            (_, Some(text)) if self.has_rows() => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
            (_, text) => Value::from(text.unwrap_or_default()),
        }
    }

    /// Turns the rows of a plain form into a wire value.
    pub fn from_rows(&self, rows: &Rows) -> Value {
        match &self.kind {
            FieldKind::ChoiceMapper(mapper) => {
                let item = |(id, cells): (&str, &BTreeMap<String, String>)| {
                    let item = cells.get(Rows::ITEM).map_or(id, String::as_str).to_owned();
                    let chosen = mapper.columns().map(|(column, _)| (column.to_owned(), cell(cells, column).into()));
                    (item, Value::Object(chosen.collect()))
                };
                // A new row whose item was not chosen is a blank one that nobody filled in.
                let filled = |(id, cells): &(&str, &BTreeMap<String, String>)| {
                    !id.starts_with(Rows::NEW) || !cell(cells, Rows::ITEM).is_empty()
                };
                Value::Object(rows.kept().filter(filled).map(item).collect::<Map<_, _>>())
            }
            FieldKind::Table(table) => Value::Array(rows.kept().map(|(id, cells)| row(table, id, cells)).collect()),
            FieldKind::ProjectMapper(_) => {
                let pair = |(_, cells): (&str, &BTreeMap<String, String>)| {
                    let project = cell(cells, Rows::PROJECT);
                    let project = project.parse::<i64>().map_or_else(|_| Value::from(project), Value::from);
                    json!([project, cell(cells, Rows::ITEM)])
                };
                Value::Array(rows.kept().map(pair).collect())
            }
            _ => Value::Null,
        }
    }
}

fn row(table: &Table, id: &str, cells: &BTreeMap<String, String>) -> Value {
    let mut row: Map<String, Value> =
        table.column_keys.iter().map(|column| (column.clone(), cell(cells, column).into())).collect();
    let id = if id.starts_with(Rows::NEW) { "" } else { id };
    row.insert("id".to_owned(), id.into());
    Value::Object(row)
}

fn cell<'a>(cells: &'a BTreeMap<String, String>, column: &str) -> &'a str {
    cells.get(column).map_or("", |cell| cell.trim())
}
