//! What is sent to a token or revocation endpoint, and in whose name.

use super::super::CheckError;
use super::super::call::{headed, network};
use crate::Provider;
use crate::outbound::{Request, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::sign_in::{ClientAuth, Oauth2, TokenBody};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

/// The app that Patchbay is at a provider, as it names itself at the token endpoint.
pub(super) struct Client<'a> {
    pub provider: &'a Provider<'a>,
    pub oauth: &'a Oauth2,
    pub id: &'a str,
}

impl<'a> Client<'a> {
    pub fn of(provider: &'a Provider<'_>, oauth: &'a Oauth2) -> Result<Self, CheckError> {
        let missing = || CheckError::AppRefused {
            provider: provider.manifest.name.clone(),
            message: "no client id is entered here".to_owned(),
        };
        Ok(Self { provider, oauth, id: provider.app.value("client_id").ok_or_else(missing)?.trim() })
    }

    /// The client secret. An app without one is a public client (RFC 6749, section 2.1).
    pub fn secret(&self) -> Option<&'a str> {
        let secret = self.provider.app.secrets.get("client_secret")?.expose_secret().trim();
        (!secret.is_empty()).then_some(secret)
    }

    /// Posts these fields in the app's name. An error status is an answer.
    pub async fn post(&self, url: Url, fields: &[(&str, &str)]) -> Result<Response, CheckError> {
        let mut fields = fields.to_vec();
        let mut request = headed(Request::post(url), self.provider)?;
        match (self.oauth.client_auth, self.secret()) {
            (ClientAuth::Basic, Some(secret)) => {
                request = request.secret_header(AUTHORIZATION, self.basic(secret));
            }
            (_, secret) => {
                fields.push(("client_id", self.id));
                fields.extend(secret.map(|secret| ("client_secret", secret)));
            }
        }
        self.send(match self.oauth.body {
            TokenBody::Form => {
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                request.body(HeaderValue::from_static("application/x-www-form-urlencoded"), form)
            }
            TokenBody::Json => {
                let text = |(name, value): (&str, &str)| (name.to_owned(), Value::from(value));
                request.json(&Value::Object(fields.into_iter().map(text).collect::<Map<_, _>>()))
            }
        })
        .await
    }

    /// Posts nothing but the token itself, as the bearer.
    pub async fn post_as(&self, url: Url, token: &str) -> Result<Response, CheckError> {
        let request = headed(Request::post(url), self.provider)?;
        self.send(request.secret_header(AUTHORIZATION, bearer(&self.oauth.prefix, token))).await
    }

    async fn send(&self, request: Request) -> Result<Response, CheckError> {
        // Also where the API's own type is another one.
        let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.provider.outbound.request(request).await;
        answer.map_err(|error| network(&self.provider.manifest.name, error, None))
    }

    /// `client_secret_basic` with both halves encoded as in a form, as RFC 6749 asks.
    pub fn basic(&self, secret: &str) -> SecretString {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encode(self.id), encode(secret)))).into()
    }
}

/// The header value of a token.
pub(in super::super) fn bearer(prefix: &str, token: &str) -> SecretString {
    format!("{prefix}{token}").into()
}
