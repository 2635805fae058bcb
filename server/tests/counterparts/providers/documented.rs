//! What vendors document as their answers: `answers.toml` beside the manifest.

use domain::catalogue::Manifest;
use domain::config::ConfigField;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use url::Url;

/// The documented answers of one vendor, as far as they are played here.
#[derive(Deserialize)]
pub struct Documented {
    token: Option<String>,
    profile: Option<String>,
    identity: Option<String>,
    health: Option<String>,
    /// The accounts in those answers.
    pub expected: Vec<Expected>,
    /// Of an API call with a token or a key that is not good.
    pub refused: Refusal,
    #[serde(default)]
    grant_ended: Vec<Refusal>,
    bad_code: Option<Refusal>,
}

/// An account as Patchbay should know it.
#[derive(Deserialize)]
pub struct Expected {
    pub id: String,
    pub name: String,
    pub icon: Option<String>,
    pub domain: Option<String>,
}

/// A documented error answer.
#[derive(Deserialize)]
pub struct Refusal {
    pub status: u16,
    pub body: String,
}

impl Documented {
    /// Those of a provider.
    pub fn of(manifest: &Manifest) -> Self {
        // Asked for when the test runs: a test built in one clone may run in another that shares its build folder.
        let server = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let file = Path::new(&server).join("providers/catalogue").join(&manifest.key).join("answers.toml");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    /// The token answer.
    pub fn token(&self) -> Value {
        parsed(&self.token).unwrap()
    }

    /// The answer about whoever signed in.
    pub fn profile(&self) -> Option<Value> {
        parsed(&self.profile)
    }

    /// The answer that names the accounts.
    pub fn identity(&self) -> Option<Value> {
        parsed(&self.identity)
    }

    /// The answer of the check.
    pub fn health(&self) -> Option<Value> {
        parsed(&self.health)
    }

    /// The answer of the token endpoint to a code or refresh token that is not good.
    pub fn bad_code(&self) -> Option<&Refusal> {
        self.bad_code.as_ref().or(self.grant_ended.first())
    }
}

impl Refusal {
    /// The body, which is text where it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| self.body.clone().into())
    }
}

/// The external id of an account: on a server that a person names it begins with the server.
pub fn external_id(server: Option<&str>, id: &str) -> String {
    match server.map(|server| Url::parse(server).unwrap()) {
        Some(url) => format!("{}/{id}", &url[url::Position::BeforeHost..].trim_end_matches('/')),
        None => id.to_owned(),
    }
}

/// What a form proposes as the address of the server, where it asks for one.
pub fn default_server(fields: &[ConfigField]) -> Option<&str> {
    fields.iter().find(|field| field.name == "base_url")?.default.as_ref()?.as_str()
}

fn parsed(text: &Option<String>) -> Option<Value> {
    text.as_deref().map(|text| serde_json::from_str(text).unwrap())
}
