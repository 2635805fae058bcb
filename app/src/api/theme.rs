//! The theme: a cookie, so that the server renders the page in it.

use super::ApiError;
use leptos::prelude::*;

/// Remembers the theme in this browser; an unknown word means that of the system.
///
/// # Errors
/// Never; the type is that of every server function.
#[server(prefix = "/_api", endpoint = "theme")]
pub async fn set_theme(
    /// system, light or dark.
    theme: String,
) -> Result<(), ApiError> {
    use crate::components::theme::{COOKIE, Theme};
    use crate::context;
    let (word, end) = (Theme::parse(&theme).as_str(), context::cookie_end());
    context::set_cookie(&format!("{COOKIE}={word}; Path=/; Max-Age=31536000{end}"));
    Ok(())
}
