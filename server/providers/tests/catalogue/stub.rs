//! A vendor that knows exactly the documented requests: any other path, method, header, query or body is a 404.

use crate::answers::{Answers, Refusal};
use crate::{CLIENT_ID, CLIENT_SECRET, CODE, KEY, REDIRECT, USER, VERIFIER};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::catalogue::Manifest;
use domain::sign_in::{Auth, Call, ClientAuth, Oauth2, TokenBody};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// One documented request.
#[derive(Clone)]
pub struct Known {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    /// Headers that must not be there.
    without: Vec<&'static str>,
    body: Body,
}

#[derive(Clone, PartialEq, Debug)]
enum Body {
    Nothing,
    Form(BTreeMap<String, String>),
    Json(Value),
    Other,
}

impl Known {
    /// A call of the API, with its placeholders filled in.
    pub fn call(manifest: &Manifest, answers: &Answers, call: &Call) -> Self {
        let (path, query) = split(&filled(answers, &call.url));
        let (name, value) = credential(manifest, answers);
        let mut headers = BTreeMap::from([("accept".to_owned(), "application/json".to_owned())]);
        headers.extend(manifest.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
        headers.insert(name.to_ascii_lowercase(), value);
        let body = call.body.as_ref().map_or(Body::Nothing, |body| Body::Json(serde_json::from_str(body).unwrap()));
        Self { method: call.method.clone(), path, query, headers, without: Vec::new(), body }
    }

    /// The exchange of a code.
    pub fn exchange(oauth: &Oauth2) -> Self {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", CODE), ("redirect_uri", REDIRECT)];
        if oauth.pkce {
            fields.push(("code_verifier", VERIFIER));
        }
        Self::token(oauth, &oauth.token_url, &fields)
    }

    /// The refresh of a grant.
    pub fn refresh(oauth: &Oauth2, refresh_token: &str) -> Self {
        let url = oauth.refresh_url.as_ref().unwrap_or(&oauth.token_url);
        Self::token(oauth, url, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    /// A request in the name of the app.
    pub fn token(oauth: &Oauth2, url: &str, fields: &[(&str, &str)]) -> Self {
        let (path, query) = split(url);
        let mut headers = BTreeMap::from([("accept".to_owned(), "application/json".to_owned())]);
        let mut without = Vec::new();
        let mut fields: BTreeMap<_, _> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match oauth.client_auth {
            ClientAuth::Basic => {
                headers.insert("authorization".to_owned(), basic(CLIENT_ID, CLIENT_SECRET));
            }
            ClientAuth::Body => {
                without.push("authorization");
                fields.insert("client_id".to_owned(), CLIENT_ID.to_owned());
                fields.insert("client_secret".to_owned(), CLIENT_SECRET.to_owned());
            }
        }
        let body = match oauth.body {
            TokenBody::Form => Body::Form(fields),
            TokenBody::Json => Body::Json(serde_json::to_value(fields).unwrap()),
        };
        Self { method: "POST".to_owned(), path, query, headers, without, body }
    }

    /// The same request where only the app can know the value of this header.
    pub fn with_any(mut self, header: &str) -> Self {
        self.headers.remove(header);
        self
    }

    /// The same request elsewhere.
    pub fn at(mut self, url: &str) -> Self {
        (self.path, self.query) = split(url);
        self
    }

    fn is(&self, request: &Request) -> bool {
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        request.method.as_str() == self.method
            && request.url.path() == self.path
            && query == self.query
            && self.headers.iter().all(|(name, value)| header(name) == Some(value))
            && self.without.iter().all(|name| header(name).is_none())
            && body(request) == self.body
    }

    /// Answers this request, and no other, with a body.
    pub async fn answered(self, server: &MockServer, text: &str) {
        self.mounted(server, 200, text).await;
    }

    /// Answers this request, and no other, with an error.
    pub async fn refused(self, server: &MockServer, refusal: &Refusal) {
        self.mounted(server, refusal.status, &refusal.body).await;
    }

    async fn mounted(self, server: &MockServer, status: u16, text: &str) {
        let kind = if text.trim_start().starts_with('<') { "text/html" } else { "application/json" };
        let answer = ResponseTemplate::new(status).set_body_raw(text.to_owned(), kind);
        Mock::given(move |request: &Request| self.is(request)).respond_with(answer).mount(server).await;
    }
}

/// The header that a call of the API carries.
fn credential(manifest: &Manifest, answers: &Answers) -> (String, String) {
    let token = || answers.tokens()["access_token"].as_str().unwrap().to_owned();
    match &manifest.auth {
        Auth::ApiKey { header, prefix, .. } if prefix == "Basic " => (header.clone(), basic(USER, KEY)),
        Auth::ApiKey { header, prefix, .. } => (header.clone(), format!("{prefix}{KEY}")),
        Auth::Oauth2(oauth) => ("authorization".to_owned(), format!("{}{}", oauth.prefix, token())),
        _ => ("authorization".to_owned(), format!("Bearer {}", token())),
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

/// The address with what the documented answers say in place of its placeholders.
fn filled(answers: &Answers, url: &str) -> String {
    let account = answers.account();
    let profile: Option<Value> = answers.profile.as_deref().map(|text| serde_json::from_str(text).unwrap());
    let profile_id = profile.as_ref().and_then(|profile| profile["id"].as_str()).unwrap_or_default();
    let encode = |id: &str| id.replace('{', "%7B").replace('}', "%7D");
    url.replace("{external_id}", &encode(&account.external_id))
        .replace("{installation_id}", &encode(&account.external_id))
        .replace("{profile_id}", profile_id)
        .replace("{domain}", account.domain_name.as_deref().unwrap_or_default())
}

/// Path and query of an address, or of a path below one.
fn split(url: &str) -> (String, BTreeMap<String, String>) {
    let url = Url::parse("https://vendor.example.com").unwrap().join(url).unwrap();
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn body(request: &Request) -> Body {
    let kind = request.headers.get("content-type").map(|value| value.to_str().unwrap());
    match kind {
        None if request.body.is_empty() => Body::Nothing,
        Some("application/json") => serde_json::from_slice(&request.body).map_or(Body::Other, Body::Json),
        Some("application/x-www-form-urlencoded") => {
            Body::Form(url::form_urlencoded::parse(&request.body).into_owned().collect())
        }
        _ => Body::Other,
    }
}
