//! Pages of a list: `per_page`, `cursor`, and the `Link` header that leads to the neighbours.
//!
//! A cursor reads `size:number:is_prev`; clients take it as it comes and stop at `results="false"`.

use super::error::Refusal;
use super::params::Params;
use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use hub::Ctx;
use serde::Serialize;

/// The size of a page unless asked for another, and the largest.
const SIZE: i64 = 100;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    size: i64,
    number: i64,
}

impl Page {
    /// Reads `per_page` and `cursor`. A cursor keeps the size of the pages before it, so that nothing is left out or
    /// shown twice when `per_page` changes on the way.
    ///
    /// # Errors
    /// 400 with the sentence that Sentry has for it.
    pub fn read(params: &Params) -> Result<Self, Refusal> {
        let size = match params.all("per_page").last() {
            None => SIZE,
            Some(text) => {
                let size: i64 = text.trim().parse().map_err(|_| Refusal::bad("Invalid per_page parameter."))?;
                if size > SIZE {
                    return Err(Refusal::bad(format!("Invalid per_page value. Cannot exceed {SIZE}.")));
                }
                if size < 1 {
                    return Err(Refusal::bad("Invalid per_page parameter."));
                }
                size
            }
        };
        // Some clients send an empty cursor for the first page.
        let Some(text) = params.last("cursor") else { return Ok(Self { size, number: 0 }) };
        let parts = text.split(':').map(str::parse::<i64>).collect::<Result<Vec<_>, _>>();
        let Ok([value, number, _is_prev]) = parts.as_deref() else {
            return Err(Refusal::bad("Invalid cursor parameter."));
        };
        if *number < 0 || *value < 0 {
            return Err(Refusal::bad("Pagination offset cannot be negative"));
        }
        let size = if (1..=SIZE).contains(value) { *value } else { size };
        Ok(Self { size, number: *number })
    }

    /// The rows of this page.
    pub fn cut<T>(self, rows: &[T]) -> &[T] {
        let length = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let begin = self.number.saturating_mul(self.size).min(length);
        let end = begin.saturating_add(self.size).min(length);
        let at = |place: i64| usize::try_from(place).unwrap_or_default();
        &rows[at(begin)..at(end)]
    }

    /// The answer: this page of the rows, each made ready by `show`, and the links.
    pub fn answer<T, U: Serialize>(
        self,
        ctx: &Ctx,
        uri: &Uri,
        params: &Params,
        rows: &[T],
        show: impl Fn(&T) -> U,
    ) -> Response {
        let shown: Vec<_> = self.cut(rows).iter().map(show).collect();
        let length = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let more = self.number.saturating_add(1).saturating_mul(self.size) < length;
        let origin = ctx.settings.public_url.origin().ascii_serialization();
        let link = self.link(&format!("{origin}{}?{}", uri.path(), params.without("cursor")), more);
        let mut response = Json(shown).into_response();
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }

    fn link(self, url: &str, more: bool) -> String {
        let Self { size, number } = self;
        let part = |rel: &str, results: bool, number: i64, is_prev: u8| {
            let cursor = format!("{size}:{number}:{is_prev}");
            format!("<{url}&cursor={cursor}>; rel=\"{rel}\"; results=\"{results}\"; cursor=\"{cursor}\"")
        };
        let previous = part("previous", number > 0, number - 1, 1);
        format!("{previous}, {}", part("next", more, number.saturating_add(1), 0))
    }
}
