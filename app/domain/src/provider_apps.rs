//! The apps that Patchbay is at providers: what the instance administrator enters once for all organizations.

use crate::config::{ConfigData, ConfigField};
use crate::credentials::Ciphertext;
use crate::ids::DataKeyId;
use crate::integrations::StoredConfig;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A provider's app as the administrator's page shows it. Secrets are never in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderApp {
    /// The provider's key.
    pub provider: String,
    /// For people.
    pub name: String,
    /// How one signs in.
    pub sign_in: String,
    /// The form.
    pub fields: Vec<ConfigField>,
    /// What is stored, secrets left out.
    pub values: ConfigData,
    /// Names of the secret fields that hold a value.
    pub secrets_set: Vec<String>,
    /// Whether everything that is required is there.
    pub complete: bool,
    /// The addresses to enter at the provider, label and address.
    pub addresses: Vec<(String, String)>,
    /// Where an app is made there.
    pub documentation_url: String,
    /// Who fixed the other address outside of this page: the configuration file wins.
    pub endpoint_fixed: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// What a test of a set-up found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppTest {
    /// Whether the provider took the credentials.
    pub works: bool,
    /// What was seen, in a sentence.
    pub message: String,
}

/// A row of the store: what is no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredApp {
    /// The provider's key.
    pub provider: String,
    /// The values.
    pub config: StoredConfig,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

/// A row of the store: a sealed secret of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSecret {
    /// The provider's key.
    pub provider: String,
    /// Which field.
    pub field: String,
    /// The instance's key it is sealed with.
    pub key_id: DataKeyId,
    /// The sealed secret.
    pub ciphertext: Ciphertext,
    /// Grows with every write; part of what the seal binds.
    pub version: i64,
}
