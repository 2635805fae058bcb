//! Server functions: one file per noun. Each takes the context, calls one use case and answers.
//!
//! They take and return plain values; forms post flat strings. The one error is [`ApiError`].

pub mod admin;
pub mod directory;
pub mod install_requests;
pub mod integrations;
pub mod issue_sync;
pub mod organizations;
pub mod pipelines;
pub mod provider_apps;
pub mod sessions;
pub mod setup;
pub mod theme;

use crate::text;
use domain::{AppError, Code};
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// [`AppError`] on the wire between page and server. On the server, becoming one sets the status of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub AppError);

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        #[cfg(feature = "ssr")]
        if crate::context::is_call() {
            crate::context::set_status(error.code.status());
        }
        Self(error)
    }
}

impl From<ApiError> for AppError {
    fn from(error: ApiError) -> Self {
        error.0
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // The texts of the framework are for developers; none of them reaches a person.
        match error {
            ServerFnErrorErr::Request(_) => AppError::new(Code::Unavailable, text::UNREACHABLE),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => AppError::invalid(text::INCOMPLETE),
            _ => AppError::new(Code::Internal, text::UNREADABLE),
        }
        .into()
    }
}

/// Sets the status of the page that is being rendered; in the browser there is nothing to set.
pub fn answer_with(code: Code) {
    #[cfg(feature = "ssr")]
    crate::context::set_status(code.status());
    #[cfg(not(feature = "ssr"))]
    let _ = code;
}

/// The error of a form's last answer that belongs beside this field.
pub fn field_error<T: Clone + Send + Sync + 'static>(
    answer: impl Fn() -> Option<Result<T, ApiError>> + Send + Sync + 'static,
    field: &'static str,
) -> Signal<Option<String>> {
    Signal::derive(move || match answer() {
        Some(Err(ApiError(error))) => error.fields.get(field).cloned(),
        _ => None,
    })
}

/// The error of a form's last answer that belongs beside no field.
pub fn form_error<T: Clone + Send + Sync + 'static>(
    answer: impl Fn() -> Option<Result<T, ApiError>> + Send + Sync + 'static,
) -> Signal<Option<AppError>> {
    Signal::derive(move || match answer() {
        Some(Err(ApiError(error))) if error.fields.is_empty() => Some(error),
        _ => None,
    })
}
