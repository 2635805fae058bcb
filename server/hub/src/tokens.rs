//! API tokens: making them, and finding out whom one acts for.

use crate::access::Permit;
use crate::actor::{Actor, Client, Who};
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{OrgId, UserId};
use domain::roles::Scopes;
use domain::time::MINUTE;
use domain::tokens::{ORG_PREFIX, USER_PREFIX};
use domain::{AppError, Outcome, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// Whom a new token acts for.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// An organization.
    Organization(OrgId),
    /// A person.
    User(UserId),
}

/// Why a bearer token does not work; each interface has its own words.
#[derive(Debug)]
pub enum BadToken {
    /// Not a token of ours, or one that was deleted.
    Unknown,
    /// It ended.
    Expired,
    /// Patchbay failed.
    Failed(AppError),
}

/// Makes a token; the answer is shown once.
///
/// # Errors
/// When the name is not one, or the database refuses.
pub async fn create(
    ctx: &Ctx,
    permit: &Permit,
    owner: Owner,
    name: &str,
    scopes: Scopes,
    expires_at: Option<Timestamp>,
) -> Outcome<SecretString> {
    let name = domain::users::parse_name(name).map_err(|message| AppError::field("name", message))?;
    let (prefix, org, user) = match owner {
        Owner::Organization(org) => (ORG_PREFIX, Some(org), None),
        Owner::User(user) => (USER_PREFIX, None, Some(user)),
    };
    let secret = with_checksum(prefix, &random_text(ctx));
    let text = secret.expose_secret();
    let hint = &text[text.len() - 4..];
    let mut change = Change::begin(ctx, permit).await?;
    let id =
        store::tokens::insert(&mut change.conn, org, user, &name, &hash(text), hint, &scopes, expires_at, ctx.now())
            .await
            .or_internal()?;
    let words: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    change
        .commit(Record {
            action: "token.create",
            target_kind: "token",
            target_id: id.to_string(),
            summary: format!("made the token {name} with {}", words.join(", ")),
            event: None,
        })
        .await?;
    Ok(secret)
}

/// Whom a bearer token acts for.
///
/// # Errors
/// See [`BadToken`].
pub async fn actor(ctx: &Ctx, client: &Client, bearer: &str) -> Result<Actor, BadToken> {
    // A wrong checksum cannot be a token of ours: no need to ask the database.
    if !has_checksum(bearer) {
        return Err(BadToken::Unknown);
    }
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal().map_err(BadToken::Failed)?;
    let token = store::tokens::by_hash(&mut conn, &hash(bearer)).await.or_internal().map_err(BadToken::Failed)?;
    let token = token.ok_or(BadToken::Unknown)?;
    if token.expires_at.is_some_and(|end| end <= now) {
        return Err(BadToken::Expired);
    }
    let who = match token.user_id {
        Some(user) => {
            let user = store::users::by_id(&mut conn, user).await.or_internal().map_err(BadToken::Failed)?;
            Who::UserToken(user.ok_or(BadToken::Unknown)?, token.clone())
        }
        None => Who::OrgToken(token.clone()),
    };
    drop(conn);
    if token.last_used_at.is_none_or(|used| used.plus(MINUTE) < now) {
        touch(ctx, token.id, now).await.map_err(BadToken::Failed)?;
    }
    Ok(Actor::at(who, client))
}

async fn touch(ctx: &Ctx, id: domain::ids::TokenId, now: Timestamp) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    store::tokens::touch(&mut conn, id, now).await.or_internal()?;
    conn.commit().await.or_internal()
}

/// 256 random bits as text that fits a cookie, a header and a URL.
pub(crate) fn random_text(ctx: &Ctx) -> SecretString {
    SecretString::from(URL_SAFE_NO_PAD.encode(ctx.random::<32>()))
}

/// What the database keeps of a token. The token is random enough that a fast hash suffices.
pub(crate) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Prefix, random text, and eight hex digits of CRC-32 over both, so that scanners can tell a token from noise.
fn with_checksum(prefix: &str, random: &SecretString) -> SecretString {
    let body = format!("{prefix}{}", random.expose_secret());
    let sum = crc32fast::hash(body.as_bytes());
    SecretString::from(format!("{body}{sum:08x}"))
}

fn has_checksum(token: &str) -> bool {
    let known = token.starts_with(ORG_PREFIX) || token.starts_with(USER_PREFIX);
    let Some((body, sum)) = token.len().checked_sub(8).and_then(|at| token.split_at_checked(at)) else { return false };
    known && format!("{:08x}", crc32fast::hash(body.as_bytes())) == sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_carries_a_checksum_that_scanners_can_check() {
        let token = with_checksum(ORG_PREFIX, &SecretString::from("abc"));
        assert_eq!(token.expose_secret().len(), 4 + 3 + 8);
        assert!(has_checksum(token.expose_secret()));
        for wrong in ["", "pbo_", "pbo_abc00000000", "xyz_abc", "pbo_é", "ééééééééé"] {
            assert!(!has_checksum(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn ten_thousand_states_differ_and_no_bit_is_more_likely_than_another() {
        use crate::ctx::{Entropy as _, SystemEntropy};
        let states: Vec<[u8; 32]> = (0..10_000)
            .map(|_| {
                let mut state = [0; 32];
                SystemEntropy.fill(&mut state);
                state
            })
            .collect();
        assert_eq!(states.iter().collect::<std::collections::HashSet<_>>().len(), 10_000);
        for bit in 0..256_usize {
            let set = states.iter().filter(|state| state[bit / 8] >> (bit % 8) & 1 == 1).count();
            // Seven standard deviations: it fails by chance once in a hundred billion runs.
            assert!((4_650..=5_350).contains(&set), "bit {bit} was set {set} times");
        }
    }
}
