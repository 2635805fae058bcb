//! The secret values of a form, by field.

use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;

/// The secret values of a form, by the field's name. Shows the names only.
#[derive(Clone, Default)]
pub struct Secrets(pub BTreeMap<String, SecretString>);

impl Secrets {
    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&SecretString> {
        self.0.get(field)
    }
}

impl FromIterator<(String, SecretString)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, SecretString)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
