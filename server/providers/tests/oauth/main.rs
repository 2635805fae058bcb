//! Signing in by OAuth 2, against a provider on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod accounts;
mod authorize;
mod revoke;
mod setup;
mod tokens;

use domain::Timestamp;
use domain::catalogue::Manifest;
use providers::connect::{CheckError, Secrets};
use providers::outbound::Outbound;
use providers::{App, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;
use wiremock::MockServer;

const SECRET: &str = "planted-client-secret";
const CODE: &str = "planted-code";
const REFRESH: &str = "planted-refresh";
const ACCESS: &str = "planted-access";
/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A provider with everything by default; `auth` and `extra` are laid over it.
fn manifest(auth: Value, extra: Value) -> Manifest {
    let mut json = json!({
        "key": "example", "name": "Example", "tagline": "An example", "kind": "first_party", "categories": ["ci"],
        "popularity": 1, "noun": "Account", "author": "Patchbay", "documentation_url": "https://example.com/docs",
        "source_url": "https://example.com/source", "issue_url": "https://example.com/issues", "color": "#000000",
        "monogram": "E", "multiple": true, "proven_against": "A test double.",
        "auth": {
            "kind": "oauth2", "authorize_url": "https://example.com/authorize?for=app",
            "token_url": "https://api.example.com/token", "revoke_url": "https://api.example.com/revoke", "pkce": true,
        },
        "scopes": [{"name": "read:all", "text": "Read"}, {"name": "write", "text": "Write"}],
        "identity": {"call": {"method": "GET", "url": "https://api.example.com/me"}, "id": "/id", "name": "/name"},
    });
    for (key, value) in auth.as_object().unwrap() {
        json["auth"][key] = value.clone();
    }
    for (key, value) in extra.as_object().unwrap() {
        json[key] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

fn app() -> App {
    App {
        values: json!({"client_id": "id 1"}).as_object().unwrap().clone(),
        secrets: held(&[("client_secret", SECRET)]),
    }
}

fn held(values: &[(&str, &str)]) -> Secrets {
    values.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect()
}

fn redirect() -> Url {
    Url::parse("https://patchbay.example.com/extensions/example/setup/").unwrap()
}

fn secret(text: &str) -> SecretString {
    text.into()
}

/// What a test asks with: a door to this machine, the app, and where the provider is.
struct Desk {
    door: Outbound,
    app: App,
    manifest: Manifest,
    endpoint: String,
}

impl Desk {
    fn new(server: &MockServer, auth: Value, extra: Value) -> Self {
        let door = Outbound::new("127.0.0.1".parse().unwrap());
        Self { door, app: app(), manifest: manifest(auth, extra), endpoint: server.uri() }
    }

    fn provider(&self) -> Provider<'_> {
        let Self { door, app, manifest, endpoint } = self;
        Provider { outbound: door, manifest, endpoint: Some(endpoint), app, now: Timestamp(1_700_000_000_000) }
    }
}

/// The error's text, after a look for everything that must not be in it.
fn told(error: &CheckError) -> String {
    let text = format!("{error} {error:?}");
    for planted in [SECRET, CODE, REFRESH, ACCESS, VERIFIER] {
        assert!(!text.contains(planted), "{text} holds {planted}");
    }
    error.to_string()
}
