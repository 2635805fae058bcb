//! Keeping grants alive: who asks for a credential gets one that works, and a token is renewed once, whoever asks.
//!
//! A renewal is guarded by a lease in the database, so that of all processes one calls the provider: taking the lease
//! raises the grant's version, and only who holds the newest version may write what came of it. Somebody else who needs
//! the token meanwhile waits for the version to move. A process that dies in between loses the lease by time; the next
//! one tries again with what is stored, and the provider decides whether that is still good.

mod life;

use crate::access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{self, CONNECTION};
use crate::provider_apps;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::events::Topic;
use domain::grants::{ACCESS_TOKEN, Grant, REFRESH_TOKEN, ScopeList, WARN_BEFORE};
use domain::ids::InstallationId;
use domain::integrations::{Health, Installation, ObjectStatus};
use domain::jobs::{Work, backoff};
use domain::sign_in::Auth;
use domain::time::SECOND;
use domain::{AppError, Outcome};
use life::Life;
use providers::connect::oauth::Tokens;
use providers::connect::{CheckError, Secrets, github, oauth};
use secrecy::SecretString;
use serde_json::Value;
use std::time::Duration;

/// How long a renewal may take before another process may try, in milliseconds: twice what a call may take.
const LEASE: i64 = 30 * SECOND;
/// How often writing a renewal is tried again when the database refuses, a second apart.
const RETRIES: usize = 5;
/// How often somebody who waits for a renewal looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long somebody waits for a renewal, in looks.
const LOOKS: usize = 350;

/// Writes what a provider just gave: seals the tokens, remembers how long they are good.
pub(crate) async fn store_new(
    ctx: &Ctx,
    change: &mut Change<'_>,
    row: (domain::ids::OrgId, InstallationId),
    manifest: &Manifest,
    tokens: &Tokens,
) -> Outcome<()> {
    let (org, id) = row;
    integrations::seal_all(ctx, change, org, id, &secrets_of(tokens)).await?;
    let now = ctx.now();
    let life = Life::of(manifest, tokens, now, tokens.refresh_token.is_some());
    let requested = ScopeList(manifest.scopes.iter().map(|scope| scope.name.clone()).collect());
    let granted = tokens.scopes.clone().map(ScopeList);
    store::grants::put(
        &mut change.conn,
        id,
        &requested,
        granted.as_ref(),
        life.expires_at,
        life.refresh_expires_at,
        life.refresh_at,
        now,
    )
    .await
    .or_internal()?;
    Ok(())
}

/// The secrets of an installation, its access token renewed where it must be. The inner error says why the provider
/// gave none.
pub(crate) async fn fresh(ctx: &Ctx, row: &Installation) -> Outcome<Result<Secrets, CheckError>> {
    for _ in 0..LOOKS {
        let mut conn = ctx.store.read().await.or_internal()?;
        let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
        let now = ctx.now();
        match grant {
            // GitHub's tokens are made of the app's key: what was suspended there may be back.
            Some(grant) if grant.is_over() && !is_github(row) => {
                return Ok(Err(CheckError::GrantOver { reason: grant.problem.unwrap_or_default() }));
            }
            Some(grant) if !grant.is_fresh(now) => {
                drop(conn);
                match renew_to_the_end(ctx, row, grant).await? {
                    Renewal::Done => {}
                    Renewal::Failed(error) => return Ok(Err(error)),
                    Renewal::Elsewhere => tokio::time::sleep(LOOK).await,
                }
            }
            _ => return ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await.map(Ok),
        }
    }
    Err(takes_long())
}

fn takes_long() -> AppError {
    AppError::conflict("Its sign-in is being renewed, which takes unusually long. Try again in a minute.")
}

/// Renews a grant ahead of its end, as a job.
///
/// # Errors
/// When the database refuses; a provider that does not answer is no error, the grant knows when it is tried next.
pub async fn refresh_as_job(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
    drop(conn);
    let (Some(row), Some(grant)) = (row, grant) else { return Ok(()) };
    let lives = matches!(row.status, ObjectStatus::Active | ObjectStatus::Disabled);
    if lives && grant.refresh_at.is_some_and(|due| due <= ctx.now()) {
        renew_to_the_end(ctx, &row, grant).await?;
    }
    Ok(())
}

/// Renews a grant whose token the provider refused although it should be good. Nothing when there is nothing to renew it
/// with, or that was refused before; the inner error says why there is no newer token.
pub(crate) async fn refused(ctx: &Ctx, row: &Installation) -> Outcome<Option<Result<(), CheckError>>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
    let stored = store::credentials::of_installation(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    let Some(grant) = grant else { return Ok(None) };
    if grant.is_over() || !stored.iter().any(|credential| credential.field == REFRESH_TOKEN) {
        return Ok(None);
    }
    Ok(Some(match renew_to_the_end(ctx, row, grant).await? {
        Renewal::Done => Ok(()),
        Renewal::Failed(error) => Err(error),
        Renewal::Elsewhere => wait_for_the_other(ctx, row.id).await?,
    }))
}

/// Until whoever is renewing a grant is done: before, the token is the one that was refused.
async fn wait_for_the_other(ctx: &Ctx, id: InstallationId) -> Outcome<Result<(), CheckError>> {
    for _ in 0..LOOKS {
        let mut conn = ctx.store.read().await.or_internal()?;
        let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
        drop(conn);
        match grant {
            Some(grant) if grant.is_over() => {
                return Ok(Err(CheckError::GrantOver { reason: grant.problem.unwrap_or_default() }));
            }
            Some(grant) if ctx.now() < grant.lease_until => tokio::time::sleep(LOOK).await,
            _ => return Ok(Ok(())),
        }
    }
    Err(takes_long())
}

/// Puts a job into the queue for each grant that is due, and warns of those that end.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_due(ctx: &Ctx) -> Outcome<usize> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let due = store::grants::due(&mut conn, now, 100).await.or_internal()?;
    let ending = store::grants::ending(&mut conn, now.plus(WARN_BEFORE), 100).await.or_internal()?;
    drop(conn);
    if !due.is_empty() {
        let mut conn = ctx.store.write().await.or_internal()?;
        for id in &due {
            let work = Work::RefreshGrant { installation: id.0 };
            store::jobs::put(&mut conn, &work, Some(&format!("refresh:{id}")), now, now).await.or_internal()?;
        }
        conn.commit().await.or_internal()?;
    }
    for id in ending {
        warn(ctx, id).await?;
    }
    Ok(due.len())
}

/// What came of an attempt to renew.
enum Renewal {
    /// There is a newer token.
    Done,
    /// The provider gave none.
    Failed(CheckError),
    /// Somebody else is at it.
    Elsewhere,
}

/// [`renew`] in a task of its own: a caller who goes away must not take an answer along that the provider gives once.
async fn renew_to_the_end(ctx: &Ctx, row: &Installation, grant: Grant) -> Outcome<Renewal> {
    let (ctx, row) = (ctx.clone(), row.clone());
    tokio::spawn(async move { renew(&ctx, &row, &grant).await }).await.or_internal()?
}

async fn renew(ctx: &Ctx, row: &Installation, grant: &Grant) -> Outcome<Renewal> {
    let Some(manifest) = integrations::present::manifest_of(row) else { return Ok(Renewal::Done) };
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    let fence = store::grants::lease(&mut conn, row.id, grant.version, now, now.plus(LEASE)).await.or_internal()?;
    conn.commit().await.or_internal()?;
    let Some(fence) = fence else { return Ok(Renewal::Elsewhere) };
    // Read after the lease: nobody writes them now but us.
    let mut conn = ctx.store.read().await.or_internal()?;
    let secrets = ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await?;
    let reach = provider_apps::reach(ctx, &mut conn, manifest, connection(row), &secrets).await?;
    drop(conn);
    let provider = reach.provider(ctx, manifest);
    let answer = match (&manifest.auth, secrets.get(REFRESH_TOKEN)) {
        (Auth::GithubApp { .. }, _) => github::installation_token(&provider, &row.external_id).await,
        (_, Some(token)) => oauth::refresh(&provider, token).await,
        (_, None) => Err(CheckError::GrantEnded {
            provider: manifest.name.clone(),
            message: "it has ended, and the provider gave nothing to renew it with".to_owned(),
        }),
    };
    match answer {
        Ok(tokens) => {
            let renews_by_token = secrets.get(REFRESH_TOKEN).is_some();
            let mut written = succeed(ctx, row, manifest, grant, fence, &tokens, renews_by_token).await;
            for _ in 0..RETRIES {
                if written.is_ok() {
                    break;
                }
                // A provider that rotates gives this answer once: a database that is away for a moment must not lose it.
                tokio::time::sleep(Duration::from_secs(1)).await;
                written = succeed(ctx, row, manifest, grant, fence, &tokens, renews_by_token).await;
            }
            written
        }
        Err(error) => fail(ctx, row, grant, fence, error).await,
    }
}

async fn succeed(
    ctx: &Ctx,
    row: &Installation,
    manifest: &Manifest,
    grant: &Grant,
    fence: i64,
    tokens: &Tokens,
    renews_by_token: bool,
) -> Outcome<Renewal> {
    let now = ctx.now();
    // A provider that does not rotate sends no new refresh token, and the old one goes on.
    let renewable = tokens.refresh_token.is_some() || renews_by_token;
    let mut life = Life::of(manifest, tokens, now, renewable);
    if tokens.refresh_token.is_none() {
        // The old one stays, and ends when it was to end.
        life.refresh_expires_at = grant.refresh_expires_at;
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    let granted = tokens.scopes.clone().map(ScopeList);
    let written = store::grants::renewed(
        &mut change.conn,
        row.id,
        fence,
        granted.as_ref(),
        life.expires_at,
        life.refresh_expires_at,
        life.refresh_at,
        now,
    )
    .await
    .or_internal()?;
    if written == 0 {
        // We were late: somebody else has written since. What they wrote is newer.
        tracing::warn!(installation.id = %row.id, "A renewal came too late and was dropped");
        return Ok(Renewal::Elsewhere);
    }
    integrations::seal_all(ctx, &mut change, row.organization_id, row.id, &secrets_of(tokens)).await?;
    if row.health == Health::NeedsReauth {
        store::installations::postpone_check(&mut change.conn, row.id, now).await.or_internal()?;
    }
    change.commit_unremarked(Topic::Integration, &row.provider).await?;
    Ok(Renewal::Done)
}

async fn fail(ctx: &Ctx, row: &Installation, grant: &Grant, fence: i64, error: CheckError) -> Outcome<Renewal> {
    let now = ctx.now();
    let ended = error.health() != Health::Unreachable;
    let wait = backoff(grant.failures) + integrations::jitter(ctx, SECOND * 10);
    let next = (!ended).then(|| now.plus(wait));
    let mut conn = ctx.store.read().await.or_internal()?;
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    let text = error.to_string();
    let written = store::grants::failed(&mut change.conn, row.id, fence, &text, next).await.or_internal()?;
    if written == 0 {
        return Ok(Renewal::Elsewhere);
    }
    if ended {
        integrations::broke(ctx, change, row, error.health(), &text).await?;
    } else {
        change.commit_unremarked(Topic::Integration, &row.provider).await?;
    }
    Ok(Renewal::Failed(error))
}

/// Tells those who can act that a grant ends soon and a person has to sign in again.
async fn warn(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
    let (Some(row), Some(end)) = (row, grant.and_then(|grant| grant.refresh_expires_at)) else { return Ok(()) };
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    if store::grants::warned(&mut change.conn, id).await.or_internal()? == 0 {
        return Ok(());
    }
    let ending = format!("its sign-in ends on {}", end.to_words());
    integrations::tell_those_who_can_act(ctx, &mut change, &row, &ending).await?;
    change.commit(integrations::record("integration.grant.ending", &row, format!("noticed that {ending}"))).await
}

fn is_github(row: &Installation) -> bool {
    integrations::present::manifest_of(row).is_some_and(|manifest| matches!(manifest.auth, Auth::GithubApp { .. }))
}

/// What the install form asked for, secrets apart.
pub(crate) fn connection(row: &Installation) -> &ConfigData {
    static EMPTY: std::sync::LazyLock<ConfigData> = std::sync::LazyLock::new(ConfigData::new);
    row.config.0.get(CONNECTION).and_then(Value::as_object).unwrap_or(&EMPTY)
}

fn secrets_of(tokens: &Tokens) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.0.insert(ACCESS_TOKEN.to_owned(), tokens.access_token.clone());
    let refresh: Option<SecretString> = tokens.refresh_token.clone();
    secrets.0.extend(refresh.map(|token| (REFRESH_TOKEN.to_owned(), token)));
    secrets
}
