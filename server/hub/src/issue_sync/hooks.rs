//! The hook by which a tracker tells of changes: made when it is connected, looked at every six hours, made anew when the
//! tracker dropped or disabled it, taken away when it is removed.

use super::inbound::HOOK_SECRET;
use super::{is_tracker, with};
use crate::access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{jitter, present, record, seal_all};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Outcome;
use domain::ids::InstallationId;
use domain::integrations::{Installation, ObjectStatus};
use domain::jobs::Work;
use domain::time::{DAY, HOUR, MINUTE};
use domain::trackers::{Hook, StoredHook};
use providers::connect::{CheckError, Secrets};
use providers::trackers::HookState;
use secrecy::SecretString;
use std::collections::BTreeMap;
use url::Url;

/// How long after a look the next one is due, in milliseconds.
const LOOK_EVERY: i64 = 6 * HOUR;
/// How soon after a failure the next try is due.
const TRY_AGAIN: i64 = 10 * MINUTE;
/// How long before its end a hook is renewed.
const RENEW_BEFORE: i64 = 7 * DAY;

/// Puts a job into the queue for each hook that is due.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_due(ctx: &Ctx) -> Outcome<usize> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let due = store::tracker_hooks::due(&mut conn, now, 100).await.or_internal()?;
    drop(conn);
    if due.is_empty() {
        return Ok(0);
    }
    let mut conn = ctx.store.write().await.or_internal()?;
    for id in &due {
        enqueue(&mut conn, *id, now).await?;
        store::tracker_hooks::postpone(&mut conn, *id, now.plus(TRY_AGAIN)).await.or_internal()?;
    }
    conn.commit().await.or_internal()?;
    Ok(due.len())
}

/// Puts a look at the hook of a connection into the queue.
pub(super) async fn enqueue(conn: &mut store::Conn, id: InstallationId, now: domain::Timestamp) -> Outcome<()> {
    let work = Work::TendHook { installation: id.0 };
    store::jobs::put(conn, &work, Some(&format!("hook:{id}")), now, now).await.or_internal().map(drop)
}

/// Looks at the hook of a connection, as a job: makes it, makes it anew, or renews it.
///
/// # Errors
/// When the database refuses; a tracker that does not answer is no error, the hook knows when it is looked at next.
pub(crate) async fn tend(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let stored = store::tracker_hooks::of_installation(&mut conn, id).await.or_internal()?;
    drop(conn);
    let Some(row) = row.filter(|row| row.status == ObjectStatus::Active) else { return Ok(()) };
    if !present::manifest_of(&row).is_some_and(is_tracker) {
        return Ok(());
    }
    let stored_id = stored.as_ref().and_then(|stored| stored.hook_id.clone());
    let state = match &stored_id {
        Some(hook) => look(ctx, &row, hook).await?,
        None => Ok(HookState::Gone),
    };
    match state {
        Ok(HookState::Alive { expires_at }) => {
            let hook = stored_id.unwrap_or_default();
            let ends_soon = expires_at.is_some_and(|end| end.0 - ctx.now().0 < RENEW_BEFORE);
            let renewed = match ends_soon {
                true => renew(ctx, &row, &hook).await?,
                false => Ok(expires_at),
            };
            match renewed {
                Ok(expires_at) => note(ctx, &row, Some(Hook { id: hook, expires_at }), None).await,
                Err(error) => note(ctx, &row, Some(Hook { id: hook, expires_at }), Some(&error)).await,
            }
        }
        Ok(HookState::Gone) => make(ctx, &row, stored_id.as_deref()).await,
        // It may well be alive: not a reason to make another one.
        Err(error) => note(ctx, &row, stored_id.map(|id| Hook { id, expires_at: None }), Some(&error)).await,
    }
}

async fn look(ctx: &Ctx, row: &Installation, hook: &str) -> Outcome<Result<HookState, CheckError>> {
    with(ctx, row, |client| async move { client.tracker(&client.provider())?.look_at_hook(hook).await }).await
}

async fn renew(ctx: &Ctx, row: &Installation, hook: &str) -> Outcome<Result<Option<domain::Timestamp>, CheckError>> {
    with(ctx, row, |client| async move { client.tracker(&client.provider())?.renew_hook(hook).await }).await
}

/// Makes a hook with a new secret. The secret is stored first: the first notice may come before the answer.
async fn make(ctx: &Ctx, row: &Installation, instead_of: Option<&str>) -> Outcome<()> {
    let url = address(ctx, row)?;
    if let Some(old) = instead_of {
        // Disabled, or made for fewer projects than there are now.
        delete(ctx, row, old).await?;
    }
    delete_strays(ctx, row, &url).await?;
    let secret = SecretString::from(URL_SAFE_NO_PAD.encode(ctx.random::<32>()));
    let mut conn = ctx.store.read().await.or_internal()?;
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    let secrets = Secrets(BTreeMap::from([(HOOK_SECRET.to_owned(), secret.clone())]));
    seal_all(ctx, &mut change, row.organization_id, row.id, &secrets).await?;
    let summary = match instead_of {
        Some(_) => "replaced the hook, which was disabled or outdated",
        None => "asked to be told of changes",
    };
    change.commit(record("integration.hook", row, summary.to_owned())).await?;
    let (url, secret) = (&url, &secret);
    let made =
        with(ctx, row, |client| async move { client.tracker(&client.provider())?.create_hook(url, secret).await });
    match made.await? {
        Ok(hook) => note(ctx, row, Some(hook), None).await,
        Err(error) => note(ctx, row, None, Some(&error)).await,
    }
}

/// Takes a hook away over there. One that is gone already, or cannot be reached, is no matter.
async fn delete(ctx: &Ctx, row: &Installation, hook: &str) -> Outcome<()> {
    let gone =
        with(ctx, row, |client| async move { client.tracker(&client.provider())?.delete_hook(hook).await }).await?;
    if let Err(error) = gone {
        tracing::warn!(installation.id = %row.id, %error, "A hook could not be taken away over there");
    }
    Ok(())
}

/// Takes away what an earlier try made over there without our hearing of it. What another organization made at this very
/// moment may go with it; its next look makes it anew.
async fn delete_strays(ctx: &Ctx, row: &Installation, url: &Url) -> Outcome<()> {
    let found = with(ctx, row, |client| async move { client.tracker(&client.provider())?.hooks_to(url).await });
    // Without the list there is nothing to compare; whatever is wrong is told when the hook is made.
    for hook in found.await?.unwrap_or_default() {
        let known = connections(ctx, &row.provider, &hook).await?;
        // Another account may have one with the same id; only one of this account is known.
        if !known.iter().any(|known| known.external_id == row.external_id) {
            delete(ctx, row, &hook).await?;
        }
    }
    Ok(())
}

/// The connections of a provider that have a hook with this id, of whatever account.
pub(super) async fn connections(ctx: &Ctx, provider: &str, hook: &str) -> Outcome<Vec<Installation>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut found = Vec::new();
    for id in store::tracker_hooks::of_hook(&mut conn, provider, hook).await.or_internal()? {
        found.extend(store::installations::by_id(&mut conn, id).await.or_internal()?);
    }
    Ok(found)
}

/// Where a tracker sends its notices.
fn address(ctx: &Ctx, row: &Installation) -> Outcome<Url> {
    let path = match row.provider.as_str() {
        "vsts" => "/extensions/vsts/issue-updated/".to_owned(),
        provider => format!("/extensions/{provider}/webhook/"),
    };
    ctx.settings.public_url.join(&path).or_internal()
}

async fn note(ctx: &Ctx, row: &Installation, hook: Option<Hook>, error: Option<&CheckError>) -> Outcome<()> {
    let now = ctx.now();
    let next = match error {
        None => LOOK_EVERY * 9 / 10 + jitter(ctx, LOOK_EVERY / 5),
        Some(_) => TRY_AGAIN,
    };
    let (hook_id, expires_at) = hook.map_or((None, None), |hook| (Some(hook.id), hook.expires_at));
    let problem = error.map(|error| match (error, hook_id.is_some()) {
        (CheckError::NotAllowed { provider } | CheckError::Rejected { provider, .. }, false) => format!(
            "{provider} does not let Patchbay create the hook: {error} Somebody who administers the account there has to \
             allow it, and third-party access by OAuth."
        ),
        _ => error.to_string(),
    });
    let stored = StoredHook { hook_id, problem, expires_at, checked_at: Some(now), next_check_at: now.plus(next) };
    let mut conn = ctx.store.write().await.or_internal()?;
    let before = store::tracker_hooks::of_installation(&mut conn, row.id).await.or_internal()?;
    if stored.hook_id.is_some() && before.and_then(|before| before.hook_id) != stored.hook_id {
        // What happened before there was this one, nobody told.
        store::issue_links::look_at_all(&mut conn, Some(row.id), now).await.or_internal()?;
    }
    store::tracker_hooks::put(&mut conn, row.id, &stored).await.or_internal()?;
    conn.commit().await.or_internal()
}

/// Takes the hook of a connection away, over there. One that cannot be reached is left: its secret goes with the row, so
/// that nothing it sends is believed.
pub(crate) async fn remove(ctx: &Ctx, row: &Installation) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let stored = store::tracker_hooks::of_installation(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    let Some(hook) = stored.and_then(|stored| stored.hook_id) else { return Ok(()) };
    delete(ctx, row, &hook).await
}
