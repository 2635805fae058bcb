//! Calls of a provider's API as a manifest writes them: where they go, what they carry, and what an answer means.

use super::identity::word;
use super::place::{Places, locate};
use super::{CheckError, not_built};
use crate::Provider;
use crate::outbound::{OutboundError, Request, Response};
use crate::text;
use domain::sign_in::{Auth, Call};
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// The fixed `Accept` of a call whose manifest names none.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The same for GitHub's API, with the version that this code was written for.
const GITHUB: [(HeaderName, HeaderValue); 2] = [
    (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
    (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28")),
];

/// Who calls: the provider, where it is, and the credential with what its refusal means.
pub(crate) struct Caller<'a> {
    pub provider: &'a Provider<'a>,
    /// Every address is below this, if there is one.
    pub base: Option<&'a str>,
    /// The field of the form that holds the base, where a person can correct it.
    pub address_field: Option<String>,
    /// The header with the credential.
    pub header: (HeaderName, SecretString),
    pub credential: Credential,
}

/// What kind of credential a refusal is about.
pub(crate) enum Credential {
    /// A key that a person pasted into this field.
    Key(String),
    /// The token of a sign-in.
    Token,
    /// Patchbay's own app.
    App,
}

impl Caller<'_> {
    /// Makes the call. An error status is an answer.
    pub(super) async fn send(&self, call: &Call, places: &Places<'_>) -> Result<Response, CheckError> {
        let address = places.fill(&call.url).ok_or_else(|| self.unknown_account())?;
        let method = if call.method == "POST" { Method::POST } else { Method::GET };
        let with_body = |request: Request| match &call.body {
            Some(body) => request.body(JSON, body.as_str()),
            None => request,
        };
        self.ask(method, &address, with_body).await
    }

    /// Makes a call that code made up: `shape` adds what is its own to the request. Whatever of the address came from
    /// outside has to be encoded already. An error status is an answer.
    pub async fn ask(
        &self,
        method: Method,
        address: &str,
        shape: impl FnOnce(Request) -> Request,
    ) -> Result<Response, CheckError> {
        let url = locate(self.base, address).ok_or_else(|| self.bad_address())?;
        let (name, value) = self.header.clone();
        let request = shape(headed(Request::new(method, url), self.provider)?).secret_header(name, value);
        let answer = self.provider.outbound.request(request).await;
        answer.map_err(|error| network(&self.provider.manifest.name, error, self.address_field.clone()))
    }

    /// Makes the call and reads its answer.
    pub(super) async fn json(&self, call: &Call, places: &Places<'_>) -> Result<Value, CheckError> {
        self.read(call, &self.send(call, places).await?)
    }

    /// What a good answer says.
    pub(super) fn read(&self, call: &Call, answer: &Response) -> Result<Value, CheckError> {
        self.judge(answer)?;
        let json = answer.json().ok_or_else(|| self.broken(no_json(answer)))?;
        self.judge_json(call, &json)?;
        Ok(json)
    }

    /// Makes a call of which only the success matters.
    pub(super) async fn check(&self, call: &Call, places: &Places<'_>) -> Result<(), CheckError> {
        if call.ok.is_some() {
            return self.json(call, places).await.map(drop);
        }
        let answer = self.send(call, places).await?;
        self.judge(&answer)
    }

    /// Turns an error status into its meaning. The body of such an answer is not repeated: it may hold the key.
    pub fn judge(&self, answer: &Response) -> Result<(), CheckError> {
        let provider = self.provider.manifest.name.clone();
        if let Some(busy) = busy(&provider, answer) {
            return Err(busy);
        }
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            401 => Err(self.refused()),
            403 => Err(self.not_allowed()),
            status @ (404 | 410) => Err(CheckError::Gone { provider, status, field: self.address_field.clone() }),
            status => Err(CheckError::Failed { at: provider, message: format!("it answered with status {status}") }),
        }
    }

    /// The same for a call that changes something, where the provider's words say why this very change was refused. They
    /// are repeated without the credential and without `secret`, which was part of the change.
    pub fn judge_change(&self, answer: &Response, said: &str, secret: Option<&SecretString>) -> Result<(), CheckError> {
        let status = answer.status.as_u16();
        if !(400..500).contains(&status) || matches!(status, 401 | 403 | 408 | 425 | 429) {
            return self.judge(answer);
        }
        let secret = secret.map_or("", ExposeSecret::expose_secret);
        let said = text::clean(said, &[self.header.1.expose_secret(), self.bare(), secret], MAX_WORDS);
        Err(self.rejected(match said.trim_end_matches('.') {
            "" => format!("it answered with status {status}"),
            said => said.to_owned(),
        }))
    }

    /// The provider does not do this, whoever asks and however often.
    pub fn rejected(&self, message: String) -> CheckError {
        CheckError::Rejected { provider: self.provider.manifest.name.clone(), message }
    }

    /// Looks at the answer itself, where the status does not tell good from bad.
    fn judge_json(&self, call: &Call, json: &Value) -> Result<(), CheckError> {
        let Some(pointer) = &call.ok else { return Ok(()) };
        if is_good(json, pointer) {
            return Ok(());
        }
        let at = self.provider.manifest.name.clone();
        let said = ["/error", "/error/message", "/error_message", "/errors/0/message", "/message"];
        let said = said.iter().find_map(|pointer| word(json, pointer));
        match said.as_deref().unwrap_or_default() {
            "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
                Err(self.refused())
            }
            "missing_scope" | "no_permission" | "not_allowed_token_type" => Err(self.not_allowed()),
            "ratelimited" | "rate_limited" => Err(CheckError::Busy { at, message: TOO_MANY.into() }),
            "" => Err(CheckError::Failed { at, message: "it refused without a reason".into() }),
            word => {
                let word = text::clean(word, &[self.header.1.expose_secret(), self.bare()], 120);
                Err(CheckError::Failed { at, message: format!("it answered “{word}”") })
            }
        }
    }

    /// The credential without the word before it.
    fn bare(&self) -> &str {
        let value = self.header.1.expose_secret();
        value.split_once(' ').map_or(value, |(_, bare)| bare)
    }

    /// The credential is not taken.
    pub fn refused(&self) -> CheckError {
        let provider = self.provider.manifest.name.clone();
        match &self.credential {
            Credential::Key(field) => CheckError::WrongKey { provider, field: field.clone() },
            Credential::Token => CheckError::TokenRefused { provider },
            Credential::App => CheckError::AppRefused { provider, message: "it refused the app's own key".into() },
        }
    }

    fn not_allowed(&self) -> CheckError {
        match &self.credential {
            Credential::Token => CheckError::NotAllowed { provider: self.provider.manifest.name.clone() },
            Credential::Key(_) | Credential::App => self.refused(),
        }
    }

    pub fn broken(&self, cause: &str) -> CheckError {
        CheckError::Broken { at: self.provider.manifest.name.clone(), cause: cause.to_owned() }
    }

    fn unknown_account(&self) -> CheckError {
        let message = "it does not fit into the address that has to be asked".to_owned();
        CheckError::Broken { at: self.provider.manifest.name.clone(), cause: format!("its id or domain, {message}") }
    }

    fn bad_address(&self) -> CheckError {
        match &self.address_field {
            Some(field) => CheckError::Invalid {
                field: field.clone(),
                why: "Write the address of the server alone, such as https://example.com, without ? and #.".into(),
            },
            None => bad_address(self.provider),
        }
    }
}

/// How much of a provider's own words is repeated, in characters.
const MAX_WORDS: usize = 200;

/// The words for a limit.
const TOO_MANY: &str = "it takes no more requests for now";

/// The error of a provider that takes no more requests, if the answer says so.
pub(super) fn busy(provider: &str, answer: &Response) -> Option<CheckError> {
    let limited = answer.headers.contains_key(RETRY_AFTER)
        || answer.headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0");
    let is_busy = answer.status == 429 || answer.status == 403 && limited;
    is_busy.then(|| CheckError::Busy { at: provider.to_owned(), message: TOO_MANY.into() })
}

/// Whether what must be true in an answer is: there, and neither false nor null.
pub(super) fn is_good(json: &Value, pointer: &str) -> bool {
    !matches!(json.pointer(pointer), None | Some(Value::Null | Value::Bool(false)))
}

/// Why an answer is no JSON, as part of a sentence.
pub(crate) fn no_json(answer: &Response) -> &'static str {
    match answer.body.trim_ascii_start().starts_with(b"<") {
        true => "it sent a page instead of data",
        false => "it did not send JSON",
    }
}

/// What a failed exchange with a provider means.
pub(super) fn network(provider: &str, error: OutboundError, field: Option<String>) -> CheckError {
    let at = provider.to_owned();
    match error {
        OutboundError::TooLarge { .. } => {
            CheckError::Broken { at, cause: "it sent far more than was asked for".into() }
        }
        OutboundError::Broken { cause, .. } => CheckError::Broken { at, cause },
        error => CheckError::Network { error, field },
    }
}

/// An address of a provider that nobody can correct in a form.
pub(super) fn bad_address(provider: &Provider<'_>) -> CheckError {
    CheckError::Failed {
        at: provider.manifest.name.clone(),
        message: "the address configured for it is not an address".into(),
    }
}

/// The request with the provider's fixed headers, and JSON asked for where they do not say otherwise.
pub(super) fn headed(request: Request, provider: &Provider<'_>) -> Result<Request, CheckError> {
    let mut headers = match provider.manifest.auth {
        Auth::GithubApp { .. } => HeaderMap::from_iter(GITHUB),
        _ => HeaderMap::from_iter([(ACCEPT, JSON)]),
    };
    for (name, value) in &provider.manifest.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| not_built(provider.manifest))?;
        let value = HeaderValue::from_str(value).map_err(|_| not_built(provider.manifest))?;
        headers.insert(name, value);
    }
    Ok(headers.iter().fold(request, |request, (name, value)| request.header(name.clone(), value.clone())))
}
