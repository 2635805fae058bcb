//! What vendors document as their answers: `answers.toml` beside the manifest.

use domain::catalogue::Manifest;
use domain::integrations::Account;
use domain::sign_in::Auth;
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The documented answers of one vendor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The page that shows them.
    pub source: String,
    /// Of the token endpoint.
    pub token: Option<String>,
    /// Of the profile probe.
    pub profile: Option<String>,
    /// Of the identity probe.
    pub identity: Option<String>,
    /// Of the health call.
    pub health: Option<String>,
    /// The accounts in those answers.
    pub expected: Vec<Expected>,
    /// Of an API call with a token or a key that is not good.
    pub refused: Refusal,
    /// Of the token endpoint to a refresh token that is not good.
    #[serde(default)]
    pub grant_ended: Vec<Refusal>,
    /// Of the token endpoint to a code that is not good.
    pub bad_code: Option<Refusal>,
    /// Which token the revocation endpoint takes, where it takes only one.
    pub revoke_takes: Option<String>,
    /// Of the health call about an account that is not there.
    pub gone: Option<Refusal>,
}

/// An account as Patchbay should know it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub id: String,
    pub name: String,
    pub icon: Option<String>,
    pub domain: Option<String>,
    pub kind: Option<String>,
}

/// A documented error answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub status: u16,
    pub body: String,
}

impl From<&Account> for Expected {
    fn from(account: &Account) -> Self {
        Self {
            id: account.external_id.clone(),
            name: account.name.clone(),
            icon: account.icon.clone(),
            domain: account.domain_name.clone(),
            kind: account.account_type.clone(),
        }
    }
}

impl Answers {
    /// The token answer, of a provider that has one.
    pub fn tokens(&self) -> Value {
        serde_json::from_str(self.token.as_deref().unwrap()).unwrap()
    }

    /// The first account, as it would be stored.
    pub fn account(&self) -> Account {
        let Expected { id, name, icon, domain, kind } = &self.expected[0];
        Account {
            external_id: id.clone(),
            name: name.clone(),
            icon: icon.clone(),
            domain_name: domain.clone(),
            account_type: kind.clone(),
            ..Account::default()
        }
    }

    /// What the error answer to a code that is not good looks like.
    pub fn bad_code(&self) -> Option<&Refusal> {
        self.bad_code.as_ref().or(self.grant_ended.first())
    }
}

/// Every provider whose sign-in speaks HTTP by its manifest, with its documented answers.
pub fn all() -> Vec<(&'static Manifest, Answers)> {
    let (found, missing): (Vec<_>, Vec<_>) =
        installable().map(|manifest| (manifest, read(manifest))).partition(|(_, answers)| answers.is_ok());
    let missing: Vec<_> = missing.into_iter().map(|(_, answers)| answers.unwrap_err()).collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    found.into_iter().map(|(manifest, answers)| (manifest, answers.unwrap())).collect()
}

/// Those that sign in with OAuth 2.
pub fn oauth() -> impl Iterator<Item = (&'static Manifest, Answers)> {
    all().into_iter().filter(|(manifest, _)| matches!(manifest.auth, Auth::Oauth2(_)))
}

fn installable() -> impl Iterator<Item = &'static Manifest> {
    let speaks_http =
        |manifest: &&Manifest| matches!(manifest.auth, Auth::Oauth2(_) | Auth::ApiKey { .. } | Auth::GithubApp { .. });
    providers::catalogue::all().iter().filter(|manifest| manifest.installable).filter(speaks_http)
}

fn read(manifest: &Manifest) -> Result<Answers, String> {
    let file = format!("catalogue/{}/answers.toml", manifest.key);
    let text = fs::read_to_string(root().join(&file)).map_err(|error| format!("{file}: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

/// Asked for when the test runs: a test built in one clone may run in another that shares its build folder.
fn root() -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).to_path_buf()
}
