//! Settings forms as data: the `configOrganization` fields of the Sentry wire, typed.

use crate::error::{Fields, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    #[serde(default)]
    pub required: bool,
    /// What the field holds before anybody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Nobody may change it now; `disabled_reason` says why.
    #[serde(default)]
    pub disabled: bool,
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
        /// Value and label.
        choices: Vec<(String, String)>,
    },
}

impl ConfigField {
    /// Whether the value is a secret: stored in the vault, never shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, FieldKind::Secret | FieldKind::SecretText)
    }

    /// The value the field shows: what is stored, else the default, else the kind's empty value.
    pub fn shown(&self, data: &ConfigData) -> Value {
        data.get(&self.name).or(self.default.as_ref()).cloned().unwrap_or(match self.kind {
            FieldKind::Boolean => Value::Bool(false),
            FieldKind::Number { .. } => Value::Null,
            _ => Value::String(String::new()),
        })
    }

    /// Checks a value from the wire and brings it into its stored form.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn check(&self, value: &Value) -> Result<Value, String> {
        let label = &self.label;
        if self.disabled {
            return Err(self.disabled_reason.clone().unwrap_or_else(|| format!("{label} cannot be changed now.")));
        }
        match &self.kind {
            FieldKind::Boolean => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => Err(format!("{label} is a switch: send true or false.")),
            },
            FieldKind::Number { min, max } => self.check_number(value, *min, *max),
            FieldKind::Select { choices } => {
                let text = self.text(value, MAX_TEXT)?;
                if text.is_empty() && !self.required || choices.iter().any(|(known, _)| *known == text) {
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
        }
    }

    /// Turns what an HTML form sent for this field (text, or nothing for an unchecked box) into a wire value.
    pub fn from_form(&self, text: Option<&str>) -> Value {
        match (&self.kind, text) {
            (FieldKind::Boolean, text) => Value::Bool(matches!(text, Some("on" | "true"))),
            (FieldKind::Number { .. }, Some(text)) => match text.trim().parse::<i64>() {
                Ok(number) => Value::from(number),
                Err(_) if text.trim().is_empty() => Value::Null,
                Err(_) => Value::from(text),
            },
            (_, text) => Value::from(text.unwrap_or_default()),
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

    fn line(&self, value: &Value, max: usize) -> Result<String, String> {
        let text = self.text(value, max)?;
        if text.chars().any(char::is_control) {
            return Err(format!("{} must be one line without control characters.", self.label));
        }
        // A secret may begin or end with a space; anything else is trimmed.
        Ok(if self.is_secret() { text } else { text.trim().to_owned() })
    }

    fn text(&self, value: &Value, max: usize) -> Result<String, String> {
        let label = &self.label;
        let Value::String(text) = value else {
            return Err(format!("{label} must be text."));
        };
        if self.required && text.trim().is_empty() {
            return Err(format!("{label} is needed."));
        }
        if text.chars().count() > max {
            return Err(format!("{label} may be at most {max} characters long."));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(format!("{label} may not contain control characters."));
        }
        Ok(text.clone())
    }
}

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

/// Says in words how a setting changed: `from "a" to "b"`, with switches as on and off and secrets never shown.
pub fn describe_change(field: &ConfigField, old: &Value, new: &Value) -> String {
    if field.is_secret() {
        return format!("replaced {}", field.label);
    }
    match (&field.kind, new) {
        (FieldKind::Boolean, Value::Bool(true)) => format!("turned {} on", field.label),
        (FieldKind::Boolean, _) => format!("turned {} off", field.label),
        _ => format!("changed {} from {} to {}", field.label, words(old), words(new)),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(kind: FieldKind) -> ConfigField {
        ConfigField {
            name: "port".into(),
            label: "Port".into(),
            help: None,
            placeholder: None,
            required: true,
            default: None,
            disabled: false,
            disabled_reason: None,
            kind,
        }
    }

    #[test]
    fn a_field_travels_flat_with_its_type() {
        let number = field(FieldKind::Number { min: Some(1), max: None });
        let wire = json!({"name":"port","label":"Port","required":true,"disabled":false,"type":"number","min":1});
        assert_eq!(serde_json::to_value(&number).unwrap(), wire);
        assert_eq!(serde_json::from_value::<ConfigField>(wire).unwrap(), number);
    }

    #[test]
    fn a_wrong_value_is_refused_with_the_label_of_its_field() {
        let number = field(FieldKind::Number { min: Some(1), max: Some(65_535) });
        assert_eq!(number.check(&json!(5432)), Ok(json!(5432)));
        assert_eq!(number.check(&json!(0)), Err("Port must be at least 1.".into()));
        assert_eq!(number.check(&json!("x")), Err("Port must be a whole number.".into()));
        let line = field(FieldKind::String { max_length: Some(3) });
        assert_eq!(line.check(&json!("  ")), Err("Port is needed.".into()));
        assert_eq!(line.check(&json!("abcd")), Err("Port may be at most 3 characters long.".into()));
        assert_eq!(line.check(&json!("a\nb")), Err("Port must be one line without control characters.".into()));
        assert_eq!(line.check(&json!(["a"])), Err("Port must be text.".into()));
    }

    #[test]
    fn a_form_with_an_unknown_key_is_refused() {
        let fields = [field(FieldKind::Boolean)];
        let values = json!({"port": true, "prot": true});
        let error = check_all(&fields, values.as_object().unwrap()).unwrap_err();
        assert_eq!(error.fields.get("prot").map(String::as_str), Some("There is no such field."));
    }

    #[test]
    fn a_secret_is_never_put_into_words() {
        let change = describe_change(&field(FieldKind::Secret), &json!("old"), &json!("new"));
        assert_eq!(change, "replaced Port");
    }
}
