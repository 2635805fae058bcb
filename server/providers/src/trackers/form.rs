//! The form for a new item: what both trackers have in it.

use domain::config::{ConfigField, FieldKind};
use serde_json::Value;

/// Beside a field for a time: a browser does not say in which zone its time is.
const UTC: &str = "The time is in UTC.";

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
pub(super) fn first(needs_description: bool) -> Vec<ConfigField> {
    vec![
        field(TITLE, "Title", true, FieldKind::String { max_length: Some(255) }),
        field(DESCRIPTION, "Description", needs_description, FieldKind::Textarea),
    ]
}

/// A field that a type requires, with what is said about it there. One of a kind that no form of ours can hold stands in
/// the form all the same, closed: it says what to do instead.
pub(super) fn required(tracker: &str, name: &str, label: &str, help: &str, kind: Option<FieldKind>) -> ConfigField {
    let more = match kind {
        Some(FieldKind::Email) => format!("The e-mail address that this person has in {tracker}."),
        Some(FieldKind::DatetimeLocal) => UTC.to_owned(),
        _ => String::new(),
    };
    let help = format!("{help} {more}").trim().to_owned();
    let help = Some(help).filter(|help| !help.is_empty());
    match kind {
        Some(kind) => ConfigField { help, ..field(name, label, true, kind) },
        None => {
            let mut closed = field(name, label, true, FieldKind::String { max_length: None });
            closed.disable(format!(
                "“{label}” is required, and cannot be filled in here. Create the item in {tracker}, then link it."
            ));
            closed
        }
    }
}

/// A plain value as text; empty for anything else.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => String::new(),
    }
}
