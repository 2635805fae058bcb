//! Times, relative to the server's present, with the exact one on hover.

use crate::text;
use domain::Timestamp;
use leptos::prelude::*;

/// How long ago something was: `2 min ago`, or `2 min` where space is short.
#[component]
pub fn TimeAgo(
    /// When it was.
    at: Timestamp,
    /// The server's present.
    now: Timestamp,
    /// Without the word "ago".
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let words = if short { at.ago(now) } else { text::ago(at, now) };
    view! {
        <time class="time" datetime=at.to_rfc3339() title=at.to_words()>
            {words}
        </time>
    }
    .into_any()
}
