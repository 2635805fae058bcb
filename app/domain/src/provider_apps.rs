//! The apps that Patchbay is at providers: what the instance administrator enters once for all organizations.

use crate::config::{ConfigData, ConfigField, FieldKind};
use crate::credentials::Ciphertext;
use crate::ids::DataKeyId;
use crate::integrations::StoredConfig;
use crate::sign_in::Auth;
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

impl Auth {
    /// What the instance administrator enters once, so that organizations can install it: the app that Patchbay is over
    /// there. Empty where Patchbay needs to be nobody. The field `endpoint` moves the provider to another address.
    pub fn app_fields(&self) -> Vec<ConfigField> {
        let text = FieldKind::String { max_length: Some(255) };
        match self {
            Self::Oauth2(oauth) => {
                let own_app = oauth.fields.iter().any(|field| field.name == "client_id");
                vec![
                    app_field("client_id", "Client id", "", !own_app, text),
                    app_field("client_secret", "Client secret", "", !own_app, FieldKind::Secret),
                    endpoint(),
                ]
            }
            Self::GithubApp { .. } => vec![
                app_field("app_id", "App id", "A number, on the app's settings page.", true, text.clone()),
                app_field(
                    "slug",
                    "App name in addresses",
                    "The last part of the app's public link.",
                    true,
                    text.clone(),
                ),
                app_field("client_id", "Client id", "", true, text),
                app_field("client_secret", "Client secret", "", true, FieldKind::Secret),
                app_field("private_key", "Private key", "The whole .pem file.", true, FieldKind::SecretText),
                app_field(
                    "webhook_secret",
                    "Webhook secret",
                    "As entered at the app's webhook.",
                    true,
                    FieldKind::Secret,
                ),
                endpoint(),
            ],
            Self::AwsRole { .. } => vec![
                app_field(
                    "access_key_id",
                    "Access key id",
                    "Of a user that may call sts:AssumeRole.",
                    true,
                    text.clone(),
                ),
                app_field("secret_access_key", "Secret access key", "", true, FieldKind::Secret),
                app_field(
                    "account_number",
                    "AWS account number",
                    "The account of that user; customers trust it.",
                    true,
                    text,
                ),
                app_field(
                    "template_url",
                    "CloudFormation template",
                    "Where customers find the template that makes the role; Patchbay serves one when this is empty.",
                    false,
                    FieldKind::Url,
                ),
                endpoint(),
            ],
            _ => Vec::new(),
        }
    }
}

fn app_field(name: &str, label: &str, help: &str, required: bool, kind: FieldKind) -> ConfigField {
    ConfigField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: (!help.is_empty()).then(|| help.to_owned()),
        placeholder: None,
        required,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

fn endpoint() -> ConfigField {
    let help = "Only for a self-hosted or mirrored provider: every address of the manifest moves to this one.";
    ConfigField {
        placeholder: Some("https://provider.example.com".to_owned()),
        ..app_field("endpoint", "Other address", help, false, FieldKind::Url)
    }
}
