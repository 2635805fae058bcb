//! Signing in and out, and finding out who a request comes from.

use crate::access::Permit;
use crate::actor::{Actor, Client, Who};
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{passwords, tokens};
use domain::audit::AuditOutcome;
use domain::email::Email;
use domain::sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT};
use domain::time::{MINUTE, SECOND};
use domain::users::User;
use domain::{AppError, Code, Outcome};
use secrecy::{ExposeSecret as _, SecretString};

/// Failed sign-ins per account and per address before further ones are refused unseen.
const MAX_FAILURES: usize = 10;
/// How long a failed sign-in counts, in milliseconds.
const FAILURE_WINDOW: i64 = 15 * MINUTE;

/// A session that has begun.
pub struct NewSession {
    /// The value of `Set-Cookie`.
    pub cookie: String,
}

/// The name of the session cookie: `__Host-` binds it to this host, and needs https.
pub fn cookie_name(ctx: &Ctx) -> &'static str {
    if is_https(ctx) { "__Host-patchbay" } else { "patchbay" }
}

/// The value of `Set-Cookie` that ends the session in the browser.
pub fn clear_cookie(ctx: &Ctx) -> String {
    cookie(ctx, "", 0)
}

/// Who a request comes from.
///
/// # Errors
/// [`Code::SignedOut`] without a live session.
pub async fn actor(ctx: &Ctx, client: &Client) -> Outcome<Actor> {
    let Some(session) = &client.session else { return Err(AppError::signed_out()) };
    let hash = tokens::hash(session.expose_secret());
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let session = store::sessions::by_token_hash(&mut conn, &hash).await.or_internal()?;
    let Some(session) = session.filter(|session| session.is_live(now)) else { return Err(AppError::signed_out()) };
    let user = store::users::by_id(&mut conn, session.user_id).await.or_internal()?;
    drop(conn);
    let user = user.ok_or_else(AppError::signed_out)?;
    if session.last_seen_at.plus(MINUTE) < now {
        let mut conn = ctx.store.write().await.or_internal()?;
        store::sessions::touch(&mut conn, session.id, now).await.or_internal()?;
        conn.commit().await.or_internal()?;
    }
    Ok(Actor { session: Some(session.id), ..Actor::at(Who::User(user), client) })
}

/// Signs in with a password. An unknown address costs as long as a wrong password and gets the same answer.
///
/// # Errors
/// [`Code::Invalid`] for a wrong address or password, [`Code::TooMany`] after ten failures in fifteen minutes.
pub async fn log_in(ctx: &Ctx, client: &Client, email: &str, password: SecretString) -> Outcome<NewSession> {
    let refusal =
        || AppError::invalid("This e-mail address and password do not belong together. Check both and try again.");
    let address = client.address.clone().unwrap_or_default();
    let email = email.trim().to_lowercase();
    let keys = [format!("account:{email}"), format!("address:{address}")];
    let now = ctx.now();
    if keys.iter().any(|key| ctx.login_window.count(key, FAILURE_WINDOW, now) >= MAX_FAILURES) {
        let minutes = FAILURE_WINDOW / MINUTE;
        return Err(AppError::new(
            Code::TooMany,
            format!("Too many failed sign-ins from here or for this account. Wait {minutes} minutes and try again."),
        ));
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let user = match Email::parse(&email) {
        Ok(email) => store::users::by_email(&mut conn, &email).await.or_internal()?,
        Err(_) => None,
    };
    let hash = match &user {
        Some(user) => store::users::password_hash(&mut conn, user.id).await.or_internal()?,
        None => None,
    };
    drop(conn);
    let fits = password.expose_secret().len() <= domain::users::MAX_PASSWORD;
    let right = passwords::verify(password, hash.filter(|_| fits)).await?;
    match user {
        Some(user) if right => {
            ctx.login_window.forget(&keys[0]);
            begin(ctx, client, user).await
        }
        user => {
            keys.iter().for_each(|key| ctx.login_window.add(key, FAILURE_WINDOW, now));
            note_failure(ctx, client, user.as_ref()).await?;
            Err(refusal())
        }
    }
}

/// Begins a session of a person whose identity is proven.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn begin(ctx: &Ctx, client: &Client, user: User) -> Outcome<NewSession> {
    let token = tokens::random_text(ctx);
    let id = user.id;
    let actor = Actor::at(Who::User(user), client);
    let permit = Permit::own(&actor);
    let mut change = Change::begin(ctx, &permit).await?;
    let agent: Option<String> = client.user_agent.as_deref().map(|agent| agent.chars().take(200).collect());
    let session = store::sessions::insert(
        &mut change.conn,
        &tokens::hash(token.expose_secret()),
        id,
        client.address.as_deref(),
        agent.as_deref(),
        ctx.now(),
    )
    .await
    .or_internal()?;
    change
        .commit(Record {
            action: "session.begin",
            target_kind: "session",
            target_id: session.to_string(),
            summary: "signed in".into(),
            event: None,
        })
        .await?;
    Ok(NewSession { cookie: cookie(ctx, token.expose_secret(), ABSOLUTE_LIMIT / SECOND) })
}

/// Ends the session of this browser. Without one, nothing happens.
///
/// # Errors
/// When the database refuses.
pub async fn log_out(ctx: &Ctx, client: &Client) -> Outcome<()> {
    let Some(token) = &client.session else { return Ok(()) };
    let Ok(actor) = actor(ctx, client).await else { return Ok(()) };
    let permit = Permit::own(&actor);
    let mut change = Change::begin(ctx, &permit).await?;
    store::sessions::delete(&mut change.conn, &tokens::hash(token.expose_secret())).await.or_internal()?;
    change
        .commit(Record {
            action: "session.end",
            target_kind: "session",
            target_id: String::new(),
            summary: "signed out".into(),
            event: None,
        })
        .await
}

/// Forgets sessions that ended; run now and then by the server.
///
/// # Errors
/// When the database refuses.
pub async fn forget_ended(ctx: &Ctx) -> Outcome<u64> {
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    let gone = store::sessions::delete_ended(&mut conn, now.plus(-IDLE_LIMIT), now.plus(-ABSOLUTE_LIMIT))
        .await
        .or_internal()?;
    conn.commit().await.or_internal()?;
    Ok(gone)
}

async fn note_failure(ctx: &Ctx, client: &Client, user: Option<&User>) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    store::audit::insert(
        &mut conn,
        None,
        &user.map_or_else(|| "an unknown address".to_owned(), |user| user.email.to_string()),
        "session.denied",
        "session",
        "",
        "failed to sign in",
        AuditOutcome::Denied,
        client.address.as_deref(),
        client.request_id.as_deref(),
        ctx.now(),
    )
    .await
    .or_internal()?;
    conn.commit().await.or_internal()
}

fn is_https(ctx: &Ctx) -> bool {
    ctx.settings.public_url.scheme() == "https"
}

fn cookie(ctx: &Ctx, value: &str, max_age_seconds: i64) -> String {
    let secure = if is_https(ctx) { "; Secure" } else { "" };
    let name = cookie_name(ctx);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}")
}
