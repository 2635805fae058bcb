//! `AppError` as JSON, with the status of its code.

use crate::rest::caller::NoCaller;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::{AppError, Code};

/// A refusal on this wire.
pub struct Refusal(pub AppError);

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl From<NoCaller> for Refusal {
    fn from(error: NoCaller) -> Self {
        Self(match error {
            NoCaller::Nobody => AppError::signed_out(),
            NoCaller::Malformed(text) => AppError::new(Code::SignedOut, text),
            NoCaller::UnknownToken => AppError::new(Code::SignedOut, "This token is not known. Make a new one."),
            NoCaller::ExpiredToken => AppError::new(Code::SignedOut, "This token has ended. Make a new one."),
            NoCaller::Failed(error) => error,
        })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}

/// Nothing is served here.
pub async fn no_route() -> Refusal {
    Refusal(AppError::not_found("This route"))
}
