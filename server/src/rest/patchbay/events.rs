//! `GET /api/patchbay/organizations/{org}/events`: server-sent events (WHATWG HTML, section 9.2).

use super::error::Refusal;
use crate::rest::caller;
use axum::extract::{Extension, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use domain::AppError;
use domain::ids::EventId;
use domain::slug::OrgSlug;
use futures::stream::{self, Stream, StreamExt as _};
use hub::{Client, Ctx};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;

/// How often a silent stream says that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Debug, Deserialize)]
pub struct Begin {
    /// After this event; a browser that connects again says it better in `Last-Event-ID`.
    after: Option<EventId>,
}

/// Streams an organization's events as `change`, after the one that the caller names if it names one. Begins with
/// `hello`.
pub async fn stream(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    Path(org): Path<String>,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Frame, Infallible>>>, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await?;
    let slug = OrgSlug::parse(&org).map_err(|_| AppError::not_found("This organization"))?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<EventId>().ok())
        .or(begin.after);
    let subscription = hub::live::subscribe(&ctx, &actor, &slug, last).await?;
    let hello = stream::once(async { Ok(Frame::default().event("hello").data("{}")) });
    let changes = stream::unfold((ctx, subscription), |(ctx, mut subscription)| async move {
        let event = subscription.next(&ctx).await?;
        let data = serde_json::to_string(&event).unwrap_or_default();
        let frame = Frame::default().event("change").id(event.id.to_string()).data(data);
        Some((Ok(frame), (ctx, subscription)))
    });
    Ok(Sse::new(hello.chain(changes)).keep_alive(KeepAlive::new().interval(ALIVE)))
}
