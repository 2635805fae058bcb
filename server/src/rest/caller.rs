//! Who calls an API: a bearer token, or a signed-in browser.

use axum::http::{HeaderMap, header};
use domain::AppError;
use hub::tokens::BadToken;
use hub::{Actor, Client, Ctx};

/// Why nobody is known to call.
#[derive(Debug)]
pub enum NoCaller {
    /// Neither token nor session.
    Nobody,
    /// An `Authorization` header that is no bearer token; says how.
    Malformed(&'static str),
    /// A token that is none of ours.
    UnknownToken,
    /// A token that ended.
    ExpiredToken,
    /// Patchbay failed.
    Failed(AppError),
}

/// Finds out who calls. An `Authorization` header decides alone: the cookie is not read beside it.
///
/// # Errors
/// See [`NoCaller`].
pub async fn identify(ctx: &Ctx, client: &Client, headers: &HeaderMap) -> Result<Actor, NoCaller> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return match hub::sessions::actor(ctx, client).await {
            Ok(actor) => Ok(actor),
            Err(error) if error.code == domain::Code::SignedOut => Err(NoCaller::Nobody),
            Err(error) => Err(NoCaller::Failed(error)),
        };
    };
    let mut words = value.to_str().unwrap_or_default().split(' ');
    let scheme = words.next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NoCaller::Nobody);
    }
    let token = match (words.next(), words.next()) {
        (Some(token), None) if !token.is_empty() => token,
        (_, Some(_)) => {
            return Err(NoCaller::Malformed("Invalid token header. Token string should not contain spaces."));
        }
        _ => return Err(NoCaller::Malformed("Invalid token header. No credentials provided.")),
    };
    hub::tokens::actor(ctx, client, token).await.map_err(|error| match error {
        BadToken::Unknown => NoCaller::UnknownToken,
        BadToken::Expired => NoCaller::ExpiredToken,
        BadToken::Failed(error) => NoCaller::Failed(error),
    })
}
