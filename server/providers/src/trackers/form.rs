//! The form for a new item: what both trackers have in it.

use domain::config::{ConfigField, FieldKind};
use serde_json::Value;

/// The field with the title.
pub(super) const TITLE: &str = "title";

/// The field with the description.
pub(super) const DESCRIPTION: &str = "description";

/// A field with nothing special about it.
pub(super) fn field(name: &str, label: &str, required: bool, kind: FieldKind) -> ConfigField {
    ConfigField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: None,
        placeholder: None,
        required,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

/// The fields that every form begins with.
pub(super) fn first() -> Vec<ConfigField> {
    vec![
        field(TITLE, "Title", true, FieldKind::String { max_length: Some(255) }),
        field(DESCRIPTION, "Description", false, FieldKind::Textarea),
    ]
}

/// A plain value as text; empty for anything else.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => String::new(),
    }
}
