//! The specification of `oidc-provider` as a vendor, from the provider's manifest and from what the vendor documents.

use super::documented::Documented;
use super::setup;
use domain::catalogue::Manifest;
use domain::sign_in::{Auth, Call, Oauth2, Probe};
use serde_json::{Map, Value, json};
use url::Url;

/// Vendors whose refresh token stays the same, and is not told again; all others give a new one with each refresh and
/// end the old one.
const KEEPS_REFRESH_TOKEN: [&str; 2] = ["asana", "figma"];

/// The vendor of a manifest.
pub struct Vendor {
    pub manifest: &'static Manifest,
    pub oauth: &'static Oauth2,
    pub documented: Documented,
}

impl Vendor {
    pub fn of(key: &str) -> Self {
        let manifest = providers::catalogue::find(key).unwrap_or_else(|| panic!("there is no {key}"));
        let Auth::Oauth2(oauth) = &manifest.auth else { panic!("{key} has no OAuth 2") };
        Self { manifest, oauth, documented: Documented::of(manifest) }
    }

    /// Life of an access token, in seconds, where it ends.
    pub fn access_seconds(&self) -> Option<i64> {
        self.documented.token()["expires_in"].as_i64().or(self.oauth.access_token_seconds)
    }

    /// Whether a grant can be renewed.
    pub fn has_refresh_token(&self) -> bool {
        self.documented.token()["refresh_token"].is_string()
    }

    /// Whether its refresh token stays the same.
    pub fn keeps_refresh_token(&self) -> bool {
        KEEPS_REFRESH_TOKEN.contains(&self.manifest.key.as_str())
    }

    /// How `oidc-provider` is to be started.
    pub fn spec(&self) -> Value {
        let Self { manifest, oauth, documented } = self;
        let names: Vec<_> = manifest.scopes.iter().map(|scope| &scope.name).collect();
        // An API's own type is for its API; what tokens come as is JSON everywhere.
        let mut headers = manifest.headers.clone();
        headers.insert("Accept".to_owned(), "application/json".to_owned());
        let refusal = documented.bad_code().map(|refusal| json!({ "status": refusal.status, "body": refusal.json() }));
        let keeps = self.keeps_refresh_token();
        let mut spec = json!({
            "redirect_uris": [setup(&manifest.key)],
            "authorize_path": path(&oauth.authorize_url),
            "token_path": path(&oauth.token_url),
            "client_auth": oauth.client_auth.as_str(),
            "body": oauth.body.as_str(),
            "pkce": oauth.pkce,
            "refresh": self.has_refresh_token(),
            "rotate": !keeps,
            "access_seconds": self.access_seconds(),
            "scopes": names,
            "scope_separator": oauth.scope_separator,
            "params": oauth.authorize_params,
            "headers": headers,
            "answer": self.token_answer(&[]),
            "revoke_by": oauth.revoke_by.as_str(),
            "revoke_answer": good(oauth.answer.ok.as_deref()),
            "api": self.api(),
        });
        // What is left out is not there: null would be a path, too.
        let optional = [
            ("refresh_path", oauth.refresh_url.as_deref().map(path).map(Value::from)),
            ("revoke_path", oauth.revoke_url.as_deref().map(path).map(Value::from)),
            ("refusal", refusal),
            ("refresh_answer", keeps.then(|| self.token_answer(&["refresh_token"]))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                spec[name] = value;
            }
        }
        spec
    }

    /// The documented answer with the tokens that are really given, without these words.
    fn token_answer(&self, without: &[&str]) -> Value {
        let mut answer = self.documented.token();
        without.iter().for_each(|name| drop(answer.as_object_mut().unwrap().remove(*name)));
        for name in ["access_token", "refresh_token", "expires_in"] {
            if answer.get(name).is_some() {
                answer[name] = format!("{{{name}}}").into();
            }
        }
        answer
    }

    /// The calls that the manifest makes, each answered as documented.
    pub fn api(&self) -> Vec<Value> {
        let Self { manifest, documented, .. } = self;
        let of = |probe: &'static Option<Probe>| probe.as_ref().and_then(|probe| probe.call.as_ref());
        let profile = of(&manifest.profile).map(|call| self.route(call, documented.profile()));
        let identity = of(&manifest.identity).map(|call| self.route(call, documented.identity()));
        let health = manifest.health.as_ref().map(|call| self.route(call, documented.health()));
        profile.into_iter().chain(identity).chain(health).collect()
    }

    fn route(&self, call: &Call, answer: Option<Value>) -> Value {
        let Self { manifest, oauth, documented } = self;
        let mut headers = manifest.headers.clone();
        headers.entry("Accept".to_owned()).or_insert_with(|| "application/json".to_owned());
        let url = Url::parse(&self.filled(&call.url)).unwrap();
        let query: Map<_, _> = url.query_pairs().map(|(name, value)| (name.into(), value.into())).collect();
        let mut route = json!({
            "method": call.method,
            "path": url.path(),
            "query": query,
            "headers": headers,
            "prefix": oauth.prefix,
            "answer": answer.unwrap(),
            "refusal": { "status": documented.refused.status, "body": documented.refused.json() },
        });
        if let Some(body) = &call.body {
            route["body"] = serde_json::from_str(body).unwrap();
        }
        route
    }

    /// An address about the first account.
    fn filled(&self, url: &str) -> String {
        let account = &self.documented.expected[0];
        let profile = self.documented.profile();
        let profile_id = profile.as_ref().and_then(|profile| profile["id"].as_str()).unwrap_or_default();
        // As a path writes them.
        let id = account.id.replace('{', "%7B").replace('}', "%7D");
        url.replace("{external_id}", &id)
            .replace("{profile_id}", profile_id)
            .replace("{domain}", account.domain.as_deref().unwrap_or_default())
    }
}

fn path(url: &str) -> String {
    Url::parse(url).unwrap().path().to_owned()
}

/// An answer in which this is true.
fn good(pointer: Option<&str>) -> Value {
    match pointer.map(|pointer| pointer.trim_start_matches('/')) {
        Some(name) => json!({ name: true }),
        None => "".into(),
    }
}
