//! `POST /extensions/vsts/issue-updated/`: what Azure DevOps' service hooks tell, with the answers that Sentry gives.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hub::Ctx;
use hub::issue_sync::inbound::{Answer, azure_devops};
use serde_json::json;

/// Takes a notice. Once its secret fits the answer is 200, whatever comes of it; only when it could not be written down
/// is it an error, so that it is sent again.
pub async fn issue_updated(State(ctx): State<Ctx>, headers: HeaderMap, body: Bytes) -> Response {
    match azure_devops(&ctx, &headers, &body).await {
        Ok(Answer::Taken) => StatusCode::OK.into_response(),
        Ok(Answer::Incomplete) => StatusCode::BAD_REQUEST.into_response(),
        Ok(Answer::Refused) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(Answer::UnknownAccount) => {
            (StatusCode::BAD_REQUEST, Json(json!({"detail": "Integration does not exist."}))).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
