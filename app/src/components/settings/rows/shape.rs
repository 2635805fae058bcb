//! What the rows of a field look like on the wire.

use super::state::{Cells, Row};
use domain::config::{ConfigField, FieldKind, Rows};
use serde_json::{Map, Value, json};

/// What the keys of stored rows begin with in a plain form: a key that is a number would be read as a place in a list.
pub const ROW: &str = "row-";

/// The shape of a field's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `{item: {column: text}}`.
    Choices {
        /// In order.
        columns: Vec<String>,
    },
    /// `[{id, column: text}]`.
    Table {
        /// In order.
        columns: Vec<String>,
        /// Those that are never shown.
        secrets: Vec<String>,
    },
    /// `[[project, item]]`; the project is the only column.
    Pairs {
        /// The project.
        columns: Vec<String>,
    },
}

/// A row of a value.
pub struct Read {
    /// The item, or the id.
    pub id: String,
    /// Its cells, without secrets.
    pub cells: Cells,
    /// As it travels.
    pub raw: Value,
}

impl Shape {
    /// The shape of a field with rows.
    pub fn of(field: &ConfigField) -> Self {
        match &field.kind {
            FieldKind::Table(table) => {
                Self::Table { columns: table.column_keys.clone(), secrets: table.secret_columns.clone() }
            }
            FieldKind::ChoiceMapper(mapper) => {
                Self::Choices { columns: mapper.columns().map(|(column, _)| column.to_owned()).collect() }
            }
            _ => Self::Pairs { columns: vec![Rows::PROJECT.to_owned()] },
        }
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Choices { columns } | Self::Table { columns, .. } | Self::Pairs { columns } => columns,
        }
    }

    /// Whether a column is never shown.
    pub fn is_secret(&self, column: &str) -> bool {
        matches!(self, Self::Table { secrets, .. } if secrets.iter().any(|secret| secret == column))
    }

    /// Whether the server gives rows their ids.
    pub fn gives_ids(&self) -> bool {
        matches!(self, Self::Table { .. })
    }

    /// Whether two rows are the same as far as can be seen.
    pub fn same(&self, one: &Cells, other: &Cells) -> bool {
        self.columns().iter().filter(|column| !self.is_secret(column)).all(|column| {
            let cell = |cells: &Cells| cells.get(column).map(|cell| cell.trim().to_owned()).unwrap_or_default();
            cell(one) == cell(other)
        })
    }

    /// The rows of a value.
    pub fn read(&self, value: &Value) -> Vec<Read> {
        let list = || value.as_array().into_iter().flatten();
        match self {
            Self::Choices { .. } => {
                let items = value.as_object().into_iter().flatten();
                items.map(|(item, raw)| Read { id: item.clone(), cells: self.cells(raw), raw: raw.clone() }).collect()
            }
            Self::Table { .. } => {
                list().map(|raw| Read { id: text(raw.get("id")), cells: self.cells(raw), raw: raw.clone() }).collect()
            }
            Self::Pairs { .. } => {
                let pair = |raw: &Value| Read {
                    id: text(raw.get(1)),
                    cells: [(Rows::PROJECT.to_owned(), text(raw.get(0)))].into(),
                    raw: raw.clone(),
                };
                list().map(pair).collect()
            }
        }
    }

    fn cells(&self, raw: &Value) -> Cells {
        let cell = |column: &String| {
            let shown = if self.is_secret(column) { String::new() } else { text(raw.get(column)) };
            (column.clone(), shown)
        };
        self.columns().iter().map(cell).collect()
    }

    /// A row as it travels.
    pub fn row(&self, row: &Row) -> Value {
        let cell = |column: &str| row.cells.get(column).map(|cell| cell.trim()).unwrap_or_default();
        if let Self::Pairs { .. } = self {
            let project = cell(Rows::PROJECT);
            return json!([project.parse::<i64>().map_or_else(|_| Value::from(project), Value::from), row.id]);
        }
        let mut cells: Map<String, Value> =
            self.columns().iter().map(|column| (column.clone(), cell(column).into())).collect();
        if self.gives_ids() {
            cells.insert("id".to_owned(), row.id.clone().into());
        }
        Value::Object(cells)
    }

    /// A value of these rows.
    pub fn value(&self, rows: Vec<(String, Value)>) -> Value {
        match self {
            Self::Choices { .. } => Value::Object(rows.into_iter().collect()),
            _ => Value::Array(rows.into_iter().map(|(_, row)| row).collect()),
        }
    }
}

/// What the page showed, but for the rows that both changed: those count as shown the way they are stored now.
pub fn without_overlap(field: &ConfigField, seen: &Value, theirs: &Value, mine: &Value) -> Value {
    let rows = |value: &Value| -> Map<String, Value> {
        let read = Shape::of(field).read(value);
        read.into_iter().filter(|row| !row.id.is_empty()).map(|row| (row.id, row.raw)).collect()
    };
    let (mut shown, theirs, mine) = (rows(seen), rows(theirs), rows(mine));
    let ids: Vec<String> = shown.keys().chain(theirs.keys()).chain(mine.keys()).cloned().collect();
    for id in ids {
        let (before, now, wanted) = (shown.get(&id), theirs.get(&id), mine.get(&id));
        if wanted != before && now != before {
            match now.cloned() {
                Some(now) => drop(shown.insert(id, now)),
                None => drop(shown.remove(&id)),
            }
        }
    }
    Shape::of(field).value(shown.into_iter().collect())
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}
