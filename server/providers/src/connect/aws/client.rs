//! Signed requests (Signature Version 4) through our own door, and what AWS's refusals mean.

use super::super::CheckError;
use super::super::call::{bad_address, network};
use super::super::place::locate;
use super::{Keys, RoleRef};
use crate::outbound::{Request, Response};
use crate::{Provider, text};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, UNIX_EPOCH};

/// Whose keys sign.
enum Signer {
    /// Our own, which the administrator entered.
    App,
    /// Those of a role; its ARN.
    Role(String),
}

/// Who calls AWS, in one region.
pub(super) struct Client<'a> {
    pub provider: &'a Provider<'a>,
    pub region: &'a str,
    credentials: Credentials,
    signer: Signer,
}

/// A body with its type.
pub(super) struct Body(pub &'static str, pub String);

impl<'a> Client<'a> {
    /// With our own keys.
    pub fn own(provider: &'a Provider<'_>, region: &'a str) -> Result<Self, CheckError> {
        let missing = |what: &str| CheckError::AppRefused {
            provider: provider.manifest.name.clone(),
            message: format!("no {what} is entered here"),
        };
        let id = provider.app.value("access_key_id").ok_or_else(|| missing("access key id"))?.trim();
        let key = provider.app.secrets.get("secret_access_key").map(|key| key.expose_secret().trim());
        let key = key.filter(|key| !key.is_empty()).ok_or_else(|| missing("secret access key"))?;
        let credentials = Credentials::new(id, key, None, None, "patchbay");
        Ok(Self { provider, region, credentials, signer: Signer::App })
    }

    /// With the keys of a role.
    pub fn of(provider: &'a Provider<'_>, role: &'a RoleRef, keys: &Keys) -> Result<Self, CheckError> {
        role.check()?;
        let (key, token) = (keys.secret_access_key.expose_secret(), keys.session_token.expose_secret());
        let credentials = Credentials::new(&keys.access_key_id, key, Some(token.to_owned()), None, "patchbay");
        Ok(Self { provider, region: &role.region, credentials, signer: Signer::Role(role.arn()) })
    }

    /// Sends a signed request and reads its answer; a refusal is an error. `path` begins with `/` and is encoded.
    pub async fn send(
        &self,
        method: Method,
        service: &str,
        path: &str,
        body: Option<Body>,
    ) -> Result<Response, CheckError> {
        let address = format!("https://{service}.{}.amazonaws.com{path}", self.region);
        let url = locate(self.provider.endpoint, &address).ok_or_else(|| bad_address(self.provider))?;
        let mut request = Request::new(method.clone(), url.clone());
        let mut headers = Vec::new();
        let mut bytes = Vec::new();
        if let Some(Body(content_type, text)) = body {
            headers.push(("content-type", content_type));
            bytes = text.into_bytes();
            request = request.body(HeaderValue::from_static(content_type), bytes.clone());
        }
        let unsigned =
            SignableRequest::new(method.as_str(), url.as_str(), headers.into_iter(), SignableBody::Bytes(&bytes));
        let unsigned = unsigned.map_err(|_| bad_address(self.provider))?;
        for (name, value) in self.signature(unsigned, service)? {
            request = request.secret_header(name, value);
        }
        let answer = self.provider.outbound.request(request).await;
        let answer = answer.map_err(|error| network(&self.provider.manifest.name, error, None))?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(self.refused(&answer)),
        }
    }

    /// The headers that sign a request.
    fn signature(
        &self,
        request: SignableRequest<'_>,
        service: &str,
    ) -> Result<Vec<(HeaderName, SecretString)>, CheckError> {
        let time = UNIX_EPOCH + Duration::from_millis(u64::try_from(self.provider.now.0).unwrap_or_default());
        let identity = self.credentials.clone().into();
        let unsigned = || self.failed("it could not be signed".to_owned());
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(service)
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| unsigned())?;
        let (instructions, _) = sign(request, &SigningParams::from(params)).map_err(|_| unsigned())?.into_parts();
        let header = |(name, value): (&str, &str)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value.into()));
        instructions.headers().map(header).collect::<Option<_>>().ok_or_else(unsigned)
    }

    /// What a refusal means. STS writes XML and Lambda JSON with the error's name in a header.
    fn refused(&self, answer: &Response) -> CheckError {
        let at = self.provider.manifest.name.clone();
        let (code, message) = said(answer);
        let message = self.clean(&message);
        let shown = if message.is_empty() { code.clone() } else { message.clone() };
        match code.as_str() {
            "Throttling"
            | "ThrottlingException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "ServiceUnavailable" => CheckError::Busy { at, message: "it takes no more requests for now".into() },
            "ResourceConflictException" | "PreconditionFailedException" => {
                CheckError::Busy { at, message: "somebody else is changing this function".into() }
            }
            "RegionDisabledException" => CheckError::Invalid {
                field: "region".into(),
                why: "AWS has this region switched off for the account. Switch it on there, or choose another.".into(),
            },
            _ if answer.status == 429 => CheckError::Busy { at, message: "it takes no more requests for now".into() },
            _ if answer.status.is_server_error() => {
                self.failed(format!("it answered with status {}", answer.status.as_u16()))
            }
            "InvalidClientTokenId"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "UnrecognizedClientException"
            | "ExpiredToken"
            | "ExpiredTokenException" => match self.signer {
                Signer::App => CheckError::AppRefused { provider: at, message: shown },
                Signer::Role(_) => CheckError::TokenRefused { provider: at },
            },
            "AccessDenied" | "AccessDeniedException" => match &self.signer {
                Signer::App => CheckError::AppRefused { provider: at, message: shown },
                Signer::Role(role) => CheckError::RoleRefused { role: role.clone(), message: shown },
            },
            "" => self.failed(format!("it answered with status {}", answer.status.as_u16())),
            code if message.is_empty() => self.failed(format!("it answered “{code}”")),
            code => self.failed(format!("it answered “{code}: {message}”")),
        }
    }

    pub fn failed(&self, message: String) -> CheckError {
        CheckError::Failed { at: self.provider.manifest.name.clone(), message }
    }

    pub fn broken(&self, cause: &str) -> CheckError {
        CheckError::Broken { at: self.provider.manifest.name.clone(), cause: cause.to_owned() }
    }

    fn clean(&self, message: &str) -> String {
        let token = self.credentials.session_token().unwrap_or_default();
        text::clean(message.trim_end_matches('.'), &[self.credentials.secret_access_key(), token], 300)
    }
}

/// The name and the words of a refusal.
fn said(answer: &Response) -> (String, String) {
    if let Some(json) = answer.json() {
        let text = |names: [&str; 2]| names.iter().find_map(|name| json.get(name)?.as_str()).map(str::to_owned);
        let header = answer.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let code = header.or_else(|| text(["__type", "Code"])).unwrap_or_default();
        // Some write an address after the name, and some before it.
        let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
        return (text::one_line(code, 80), text(["Message", "message"]).unwrap_or_default());
    }
    let body = String::from_utf8_lossy(&answer.body);
    let Ok(document) = roxmltree::Document::parse(&body) else { return Default::default() };
    let first = |name: &str| super::sts::find(&document, name).unwrap_or_default().to_owned();
    (text::one_line(&first("Code"), 80), first("Message"))
}
