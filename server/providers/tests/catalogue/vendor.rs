//! A vendor's stub, and the calls that Patchbay makes to it.

use crate::answers::Answers;
use crate::stub::Known;
use crate::{CLIENT_ID, CLIENT_SECRET, CODE, KEY, REDIRECT, USER, VERIFIER};
use domain::Timestamp;
use domain::catalogue::Manifest;
use domain::config::{ConfigData, FieldKind};
use domain::integrations::Account;
use domain::sign_in::{Auth, Call, Oauth2, Probe, RevokeBy};
use providers::connect::oauth::Tokens;
use providers::connect::{self, CheckError, Secrets, github};
use providers::outbound::Outbound;
use providers::{App, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::MockServer;

/// Made for this test; no app has it.
const PRIVATE_KEY: &str = include_str!("github-app.pem");

/// A vendor's stub and what Patchbay knows of the vendor.
pub struct Vendor {
    pub manifest: Manifest,
    pub answers: Answers,
    pub server: MockServer,
    outbound: Outbound,
    app: App,
    base: String,
}

impl Vendor {
    pub async fn new(manifest: &Manifest, answers: Answers) -> Self {
        let server = MockServer::start().await;
        let values = json!({"client_id": CLIENT_ID, "app_id": "1", "slug": "patchbay"});
        let secrets = [("client_secret", CLIENT_SECRET), ("private_key", PRIVATE_KEY)];
        Self {
            manifest: manifest.clone(),
            answers,
            base: server.uri(),
            server,
            outbound: Outbound::new("127.0.0.1".parse().unwrap()),
            app: App {
                values: values.as_object().unwrap().clone(),
                secrets: secrets.into_iter().map(secret).collect(),
            },
        }
    }

    fn provider(&self) -> Provider<'_> {
        let Self { outbound, manifest, app, base, .. } = self;
        Provider { outbound, manifest, endpoint: Some(base), app, now: Timestamp(1_780_000_000_000) }
    }

    pub fn oauth(&self) -> &Oauth2 {
        let Auth::Oauth2(oauth) = &self.manifest.auth else { panic!("{} has no OAuth 2", self.manifest.key) };
        oauth
    }

    /// What a person fills in, the address of the stub left out.
    fn form(&self) -> ConfigData {
        let fields = self.manifest.auth.fields().iter();
        let user = fields.filter(|field| field.name == "user" && matches!(field.kind, FieldKind::String { .. }));
        user.map(|field| (field.name.clone(), Value::from(USER))).collect()
    }

    fn secrets(&self) -> Secrets {
        match &self.manifest.auth {
            Auth::ApiKey { fields, .. } => {
                fields.iter().filter(|field| field.is_secret()).map(|field| secret((&field.name, KEY))).collect()
            }
            _ => {
                let tokens = ["access_token", "refresh_token"].into_iter();
                tokens.filter_map(|name| Some(secret((name, &self.token(name)?)))).collect()
            }
        }
    }

    /// A token of the documented answer.
    pub fn token(&self, name: &str) -> Option<String> {
        self.answers.tokens()[name].as_str().map(str::to_owned)
    }

    /// The request that takes the tokens back, where there is one.
    pub fn revocation(&self) -> Option<Known> {
        let url = self.oauth().revoke_url.as_deref()?;
        Some(match self.oauth().revoke_by {
            RevokeBy::Token => {
                let taken = self.answers.revoke_takes.as_deref().unwrap_or("refresh_token");
                let token = self.token(taken).or(self.token("access_token")).unwrap();
                Known::token(self.oauth(), url, &[("token", &token)])
            }
            RevokeBy::Bearer => {
                let call = Call { method: "POST".to_owned(), url: url.to_owned(), body: None, ok: None };
                self.known(&call)
            }
        })
    }

    fn known(&self, call: &Call) -> Known {
        Known::call(&self.manifest, &self.answers, call)
    }

    /// The calls that name the accounts, with their documented answers.
    pub fn probes(&self) -> Vec<(Known, &str)> {
        let of = |probe: &Option<Probe>| Some(self.known(probe.as_ref()?.call.as_ref()?));
        let profile = of(&self.manifest.profile).map(|known| (known, self.answers.profile.as_deref().unwrap()));
        let identity = of(&self.manifest.identity).map(|known| (known, self.answers.identity.as_deref().unwrap()));
        let identity = match &self.manifest.auth {
            Auth::GithubApp { .. } => {
                identity.map(|(known, answer)| (known.at("/user/installations?per_page=100&page=1"), answer))
            }
            _ => identity,
        };
        profile.into_iter().chain(identity).collect()
    }

    /// The call that checks a connection.
    pub fn check(&self) -> Option<(Known, &str)> {
        let health = |call| Some((self.known(call), self.answers.health.as_deref()?));
        match (&self.manifest.auth, &self.manifest.health) {
            // Only the app itself can sign for it.
            (Auth::GithubApp { .. }, _) => health(self.manifest.identity.as_ref()?.call.as_ref()?)
                .map(|(known, answer)| (known.with_any("authorization"), answer)),
            (_, Some(call)) => health(call),
            _ => self.probes().pop(),
        }
    }

    pub async fn accounts(&self) -> Result<Vec<Account>, CheckError> {
        let secrets = self.secrets();
        if let Auth::GithubApp { .. } = self.manifest.auth {
            return github::visible(&self.provider(), secrets.get("access_token").unwrap()).await;
        }
        let answer = self.answers.token.as_ref().map(|_| self.answers.tokens());
        connect::accounts(&self.provider(), &self.form(), &secrets, answer.as_ref()).await
    }

    pub async fn health(&self) -> Result<Account, CheckError> {
        connect::health(&self.provider(), &self.form(), &self.secrets(), &self.answers.account()).await
    }

    pub async fn exchange(&self) -> Result<Tokens, CheckError> {
        let redirect = REDIRECT.parse().unwrap();
        connect::oauth::exchange(&self.provider(), &CODE.into(), &redirect, &VERIFIER.into()).await
    }

    pub async fn revoke(&self) -> Result<(), CheckError> {
        connect::oauth::revoke(&self.provider(), &self.secrets()).await
    }

    pub async fn refresh(&self) -> Result<Tokens, CheckError> {
        connect::oauth::refresh(&self.provider(), &self.token("refresh_token").unwrap().into()).await
    }
}

fn secret((name, value): (&str, &str)) -> (String, SecretString) {
    (name.to_owned(), value.into())
}
