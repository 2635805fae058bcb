//! Settings forms as data: the `configOrganization` fields of the Sentry wire, typed.

mod changes;
mod check;
mod form;
mod kinds;
#[cfg(test)]
mod tests;
mod times;

pub use changes::{Overlap, Saved, describe_change, is_same, merge};
pub use check::{MAPPING_INCOMPLETE, check_all};
pub use form::Rows;
pub use kinds::{
    AddDropdown, ChoiceMapper, ChoiceSource, Columns, LinkedItem, MappedDropdown, MappedSelectors, MapperItem,
    NextButton, NextPage, ProjectMapper, Selector, SentryProject, Table,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A bag of settings, as stored and as `configData` on the wire.
pub type ConfigData = Map<String, Value>;

/// The longest text a setting takes when its field states no limit, in characters.
pub const MAX_TEXT: usize = 1_000;

/// One field of a settings or install form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigField {
    /// The key in the settings.
    pub name: String,
    /// What the field is called on the page.
    pub label: String,
    /// One sentence below the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// An example shown while the field is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Whether an empty value is refused.
    #[serde(default, skip_serializing_if = "is_off")]
    pub required: bool,
    /// What the field holds before anybody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether nobody may change it now; `disabled_reason` says why. None where nothing could ever disable it: the wire
    /// has no such key then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Why the field is disabled and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// The kind of value, and what that kind needs.
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// What a field holds, by the `type` of the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum FieldKind {
    /// On or off.
    Boolean,
    /// A line of text.
    String {
        /// Longest text in characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<usize>,
    },
    /// An absolute http or https address.
    Url,
    /// An e-mail address.
    Email,
    /// A day: `2026-11-30`. Not a kind of the Sentry wire.
    Date,
    /// A day and a minute, in no zone: `2026-11-30T16:45`.
    #[serde(rename = "datetime-local")]
    DatetimeLocal,
    /// Several lines of text.
    Textarea,
    /// Text that is written and never shown again.
    Secret,
    /// Several lines of the same, such as a private key.
    SecretText,
    /// A whole number.
    Number {
        /// Smallest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Largest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// One of several values.
    Select {
        /// Value and label; empty where they are asked for while the person chooses.
        #[serde(default)]
        choices: Vec<(String, String)>,
        /// Where choices are asked for (`?query=` and the fields it depends on are added), if they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Fields that must be set first, because the choices depend on them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        depends_on: Vec<String>,
        /// How the provider is asked for choices. Of the manifest; [`ConfigField::without_source`] takes it off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Box<ChoiceSource>>,
    },
    /// Items, each with a choice per column: `{item: {column: value}}`.
    ChoiceMapper(Box<ChoiceMapper>),
    /// Rows of text: `[{id, column: text}]`.
    Table(Box<Table>),
    /// Pairs of a project and an outside item: `[[project, item]]`.
    ProjectMapper(Box<ProjectMapper>),
}

impl FieldKind {
    /// A choice of these values.
    pub fn fixed(choices: Vec<(String, String)>) -> Self {
        Self::Select { choices, url: None, depends_on: Vec::new(), source: None }
    }
}

fn is_off(on: &bool) -> bool {
    !on
}

impl ConfigField {
    /// Whether the value is a secret: stored in the vault, never shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, FieldKind::Secret | FieldKind::SecretText)
    }

    /// Whether nobody may change it now.
    pub fn is_disabled(&self) -> bool {
        self.disabled == Some(true)
    }

    /// Disables the field, with the reason.
    pub fn disable(&mut self, reason: impl Into<String>) {
        self.disabled = Some(true);
        self.disabled_reason = Some(reason.into());
    }

    /// As it goes over the wire: how the provider is asked stays here.
    #[must_use]
    pub fn without_source(mut self) -> Self {
        match &mut self.kind {
            FieldKind::Select { source, .. } => *source = None,
            FieldKind::ProjectMapper(mapper) => mapper.source = None,
            _ => {}
        }
        self
    }

    /// Whether its value is made of rows, which a plain form sends one by one ([`Rows`]).
    pub fn has_rows(&self) -> bool {
        matches!(self.kind, FieldKind::ChoiceMapper(_) | FieldKind::Table(_) | FieldKind::ProjectMapper(_))
    }

    /// The value the field shows: what is stored, else the default, else the kind's empty value.
    pub fn shown(&self, data: &ConfigData) -> Value {
        let stored = data.get(&self.name).filter(|value| !(self.has_rows() && value.is_boolean()));
        let stored = stored.or(self.default.as_ref()).map(|value| self.as_shown(value).into_owned());
        stored.unwrap_or_else(|| match self.kind {
            FieldKind::Boolean => Value::Bool(false),
            FieldKind::Number { .. } => Value::Null,
            FieldKind::ChoiceMapper(_) => json!({}),
            FieldKind::Table(_) | FieldKind::ProjectMapper(_) => json!([]),
            _ => Value::String(String::new()),
        })
    }

    /// A value as the field shows it: several lines have the line breaks of a page, whoever stored them.
    fn as_shown<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        match (&self.kind, value) {
            (FieldKind::Textarea, Value::String(text)) if text.contains('\r') => {
                Cow::Owned(Value::from(check::line_feeds(text)))
            }
            _ => Cow::Borrowed(value),
        }
    }
}
