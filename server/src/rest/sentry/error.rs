//! The bodies of refusals: `{"detail": "…"}`, with the words that Sentry's clients match on.

use crate::rest::caller::NoCaller;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{AppError, Code};
use hub::access::NoAccess;
use serde_json::json;

/// A refusal on this wire.
#[derive(Debug)]
pub enum Refusal {
    /// 401.
    Caller(NoCaller),
    /// 401: a token that looks like an organization's and is none.
    UnknownOrgToken,
    /// 403: a scope is lacking, or the caller is no member.
    Forbidden,
    /// 404: there is no such organization.
    UnknownOrganization,
    /// 404: the organization has no such thing.
    NotFound,
    /// 404, 400 and the like, with a sentence of its own.
    Because(StatusCode, String),
    /// 405.
    Method(Method),
    /// Anything that a use case refused.
    Failed(AppError),
}

impl Refusal {
    /// 400 with a sentence.
    pub fn bad(text: impl Into<String>) -> Self {
        Self::Because(StatusCode::BAD_REQUEST, text.into())
    }

    /// Nobody is known to call. An organization's token that does not work has words of its own.
    pub fn from_caller(cause: NoCaller, headers: &HeaderMap) -> Self {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let of_organization =
            value.split(' ').nth(1).is_some_and(|token| token.starts_with(domain::tokens::ORG_PREFIX));
        match cause {
            NoCaller::UnknownToken if of_organization => Self::UnknownOrgToken,
            cause => Self::Caller(cause),
        }
    }
}

impl From<NoAccess> for Refusal {
    fn from(cause: NoAccess) -> Self {
        match cause {
            NoAccess::Unknown => Self::UnknownOrganization,
            NoAccess::Foreign => Self::Forbidden,
            NoAccess::Failed(error) => Self::Failed(error),
        }
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match error.code {
            // A setting that the organization has no access to says so in its own words.
            Code::Forbidden if !error.fields.is_empty() => Self::Because(StatusCode::FORBIDDEN, error.message),
            Code::Forbidden => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::SignedOut => Self::Caller(NoCaller::Nobody),
            _ => Self::Failed(error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Caller(NoCaller::Failed(error)) | Self::Failed(error) => failed(&error),
            Self::Caller(NoCaller::Nobody) => unauthorized("Authentication credentials were not provided."),
            Self::Caller(NoCaller::Malformed(text)) => unauthorized(text),
            Self::Caller(NoCaller::UnknownToken) => unauthorized("Invalid token"),
            Self::Caller(NoCaller::ExpiredToken) => unauthorized("Token expired"),
            Self::UnknownOrgToken => unauthorized("Invalid org token"),
            Self::Forbidden => detail(StatusCode::FORBIDDEN, "You do not have permission to perform this action."),
            Self::UnknownOrganization => detail(StatusCode::NOT_FOUND, "The requested resource does not exist"),
            Self::NotFound => detail(StatusCode::NOT_FOUND, "Not found."),
            Self::Because(status, text) => detail(status, &text),
            Self::Method(method) => {
                detail(StatusCode::METHOD_NOT_ALLOWED, &format!("Method \"{method}\" not allowed."))
            }
        }
    }
}

fn detail(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "detail": text }))).into_response()
}

fn unauthorized(text: &str) -> Response {
    let mut response = detail(StatusCode::UNAUTHORIZED, text);
    // A scheme that no browser knows, so that none prompts for a password.
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("xBasic realm=\"api\""));
    response
}

/// A use case's refusal. `detail` is one text here: the sentences of all fields, which name their fields.
fn failed(error: &AppError) -> Response {
    let sentences: Vec<_> = error.fields.values().map(String::as_str).collect();
    let text = if sentences.is_empty() { error.message.clone() } else { sentences.join(" ") };
    let status = match error.code {
        // What a provider says is told as Sentry tells it.
        Code::Provider => StatusCode::BAD_REQUEST,
        code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    detail(status, &text)
}
