//! `GET /extensions/{provider}/setup/`: the way back from a sign-in.

use super::page;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::Code;
use hub::{Client, Ctx};
use std::collections::BTreeMap;

/// Hands what the provider brought to the pipeline, then leads back to where the person was: this tab goes on there, a
/// popup tells its opener and ends. The code is in no later address.
pub async fn callback(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    Path(provider): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let landed = match hub::sessions::actor(&ctx, &client).await {
        Ok(actor) => hub::pipelines::callback(&ctx, &actor, &provider, &query).await,
        Err(error) => Err(error),
    };
    let mut response = match landed {
        Ok(landing) if landing.popup => page::close(landing.pipeline.as_str()),
        Ok(landing) => {
            let base = format!("/settings/{}/integrations/{}/", landing.organization, landing.provider);
            match landing.integration {
                Some(id) => Redirect::to(&format!("{base}{id}/")).into_response(),
                None => {
                    let again = landing.again.map(|id| format!("&again={id}")).unwrap_or_default();
                    Redirect::to(&format!("{base}install/?pipeline={}{again}", landing.pipeline)).into_response()
                }
            }
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let text = match error.code {
                Code::SignedOut => "You are signed out, so nothing was connected. Sign in and start it again.",
                _ => error.message.as_str(),
            };
            page::message(status, "Not connected", text)
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
