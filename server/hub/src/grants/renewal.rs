//! One renewal: a lease that is kept for as long as the provider is asked, and the writing of what came of it.

use super::life::Life;
use super::{LOOK, Stored, connection, secrets_of, takes_long, token_of};
use crate::access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations;
use crate::provider_apps::{self, Reach};
use domain::catalogue::Manifest;
use domain::events::Topic;
use domain::grants::{Grant, REFRESH_TOKEN, ScopeList};
use domain::ids::InstallationId;
use domain::integrations::{Health, Installation};
use domain::jobs::backoff;
use domain::sign_in::Auth;
use domain::time::SECOND;
use domain::{Outcome, Timestamp};
use providers::connect::oauth::Tokens;
use providers::connect::{CheckError, Secrets, github, oauth};
use std::time::Duration;
use store::Conn;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A renewal of which nothing was heard for so long is taken for dead, in milliseconds. One that lives says so in time,
/// however long the provider lets it wait.
const LEASE: i64 = 30 * SECOND;
/// How often writing a renewal is tried again when the database refuses, a second apart.
const RETRIES: usize = 5;

/// What came of an attempt to renew.
pub(super) enum Renewal {
    /// There is a newer token.
    Done,
    /// The provider gave none.
    Failed(CheckError),
    /// Somebody else is at it.
    Elsewhere,
}

/// Renews a grant, in a task of its own: a caller who goes away must not take an answer along that the provider gives
/// once.
pub(super) async fn renew_to_the_end(ctx: &Ctx, row: &Installation, grant: Grant) -> Outcome<Renewal> {
    let (ctx, row) = (ctx.clone(), row.clone());
    tokio::spawn(async move { renew(&ctx, &row, &grant).await }).await.or_internal()?
}

async fn renew(ctx: &Ctx, row: &Installation, grant: &Grant) -> Outcome<Renewal> {
    let Some(manifest) = integrations::present::manifest_of(row) else { return Ok(Renewal::Done) };
    let Some(mut lease) = Lease::take(ctx, grant).await? else { return Ok(Renewal::Elsewhere) };
    // Read after the lease: of those who renew, nobody writes them now but us.
    let mut conn = ctx.store.read().await.or_internal()?;
    let token = token_of(&mut conn, row.id).await?;
    let secrets = ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await?;
    let reach = provider_apps::reach(ctx, &mut conn, manifest, connection(row), &secrets).await?;
    let now = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    if now.is_none_or(|now| now.version != lease.fence) {
        // Somebody signed in while we read.
        return Ok(Renewal::Elsewhere);
    }
    let renews_by_token = secrets.get(REFRESH_TOKEN).is_some();
    let asking = tokio::spawn(ask(ctx.clone(), row.clone(), manifest, reach, secrets));
    match lease.keep(ctx, asking).await? {
        Ok(tokens) => Renewed { ctx, row, manifest, grant, token, tokens, renews_by_token }.write(lease.fence).await,
        Err(error) => fail(ctx, row, grant, lease.fence, error).await,
    }
}

/// Asks the provider, once.
async fn ask(
    ctx: Ctx,
    row: Installation,
    manifest: &'static Manifest,
    reach: Reach,
    secrets: Secrets,
) -> Result<Tokens, CheckError> {
    let provider = reach.provider(&ctx, manifest);
    match (&manifest.auth, secrets.get(REFRESH_TOKEN)) {
        (Auth::GithubApp { .. }, _) => github::installation_token(&provider, &row.external_id).await,
        (_, Some(token)) => oauth::refresh(&provider, token).await,
        (_, None) => Err(CheckError::GrantEnded {
            provider: manifest.name.clone(),
            message: "it has ended, and the provider gave nothing to renew it with".to_owned(),
        }),
    }
}

/// The lease of a renewal.
struct Lease {
    id: InstallationId,
    /// What the grant's version is, as long as nobody else wrote.
    fence: i64,
    until: Timestamp,
    is_lost: bool,
}

impl Lease {
    /// Takes it, if the grant is as it was seen and nobody else holds it.
    async fn take(ctx: &Ctx, grant: &Grant) -> Outcome<Option<Self>> {
        let (id, now) = (grant.installation_id, ctx.now());
        let until = now.plus(LEASE);
        let fence = lease(ctx, id, grant.version, now, until).await?;
        Ok(fence.map(|fence| Self { id, fence, until, is_lost: false }))
    }

    /// Waits for the provider's answer, and keeps the lease meanwhile: where many want something of a host that is in
    /// trouble, waiting for a turn takes longer than any lease, and a second one who asks with the same refresh token
    /// would end the grant.
    async fn keep<T>(&mut self, ctx: &Ctx, mut asking: JoinHandle<T>) -> Outcome<T> {
        loop {
            if let Ok(answer) = timeout(LOOK, &mut asking).await {
                return answer.or_internal();
            }
            if !self.is_lost && self.until < ctx.now().plus(LEASE / 2) {
                // What the database refused is in the log; the next look tries again.
                drop(self.extend(ctx).await);
            }
        }
    }

    async fn extend(&mut self, ctx: &Ctx) -> Outcome<()> {
        let until = ctx.now().plus(LEASE);
        // Nobody is in the way but ourselves: our own lease counts as over.
        match lease(ctx, self.id, self.fence, self.until, until).await? {
            Some(fence) => (self.fence, self.until) = (fence, until),
            None => self.is_lost = true,
        }
        Ok(())
    }
}

async fn lease(ctx: &Ctx, id: InstallationId, seen: i64, now: Timestamp, until: Timestamp) -> Outcome<Option<i64>> {
    let mut conn = ctx.store.write().await.or_internal()?;
    let fence = store::grants::lease(&mut conn, id, seen, now, until).await.or_internal()?;
    conn.commit().await.or_internal()?;
    Ok(fence)
}

/// What a provider gave, on its way into the database.
struct Renewed<'a> {
    ctx: &'a Ctx,
    row: &'a Installation,
    manifest: &'static Manifest,
    /// The grant as it was before.
    grant: &'a Grant,
    /// The access token that was stored before.
    token: Option<Stored>,
    tokens: Tokens,
    renews_by_token: bool,
}

impl Renewed<'_> {
    async fn write(&self, fence: i64) -> Outcome<Renewal> {
        let mut written = self.try_to_write(fence).await;
        for _ in 0..RETRIES {
            if written.is_ok() {
                break;
            }
            // A provider that rotates gives this answer once: a database that is away for a moment must not lose it.
            tokio::time::sleep(Duration::from_secs(1)).await;
            written = self.try_to_write(fence).await;
        }
        written
    }

    async fn try_to_write(&self, fence: i64) -> Outcome<Renewal> {
        let Self { ctx, row, .. } = *self;
        let mut conn = ctx.store.read().await.or_internal()?;
        let permit = access::system(&mut conn, row.organization_id).await?;
        drop(conn);
        let mut change = Change::begin(ctx, &permit).await?;
        if self.write_grant(&mut change.conn, fence).await? == 0 {
            let Some(fence) = self.late_fence(&mut change.conn).await? else {
                tracing::warn!(installation.id = %row.id, "A renewal came too late and was dropped: there are newer tokens");
                return Ok(Renewal::Elsewhere);
            };
            tracing::warn!(installation.id = %row.id, "A renewal came late, and nobody else had got tokens");
            if self.write_grant(&mut change.conn, fence).await? == 0 {
                return Err(takes_long());
            }
        }
        integrations::seal_all(ctx, &mut change, row.organization_id, row.id, &secrets_of(&self.tokens)).await?;
        // Read now: whoever took us for dead may have found it broken meanwhile.
        let now = store::installations::by_id(&mut change.conn, row.id).await.or_internal()?;
        if now.is_some_and(|row| row.health == Health::NeedsReauth) {
            store::installations::postpone_check(&mut change.conn, row.id, ctx.now()).await.or_internal()?;
        }
        change.commit_unremarked(Topic::Integration, &row.provider).await?;
        Ok(Renewal::Done)
    }

    async fn write_grant(&self, conn: &mut Conn, fence: i64) -> Outcome<u64> {
        let now = self.ctx.now();
        // A provider that does not rotate sends no new refresh token, and the old one goes on.
        let renewable = self.tokens.refresh_token.is_some() || self.renews_by_token;
        let mut life = Life::of(self.manifest, &self.tokens, now, renewable);
        if self.tokens.refresh_token.is_none() {
            // The old one stays, and ends when it was to end.
            life.refresh_expires_at = self.grant.refresh_expires_at;
        }
        let granted = self.tokens.scopes.clone().map(ScopeList);
        store::grants::renewed(
            conn,
            self.row.id,
            fence,
            granted.as_ref(),
            life.expires_at,
            life.refresh_expires_at,
            life.refresh_at,
            now,
        )
        .await
        .or_internal()
    }

    /// Who holds the lease now, or only noted a failure, wrote no tokens: those of ours are the newest there are, and a
    /// provider that rotates takes no others any more. The grant first, so that tokens that come after it are seen.
    async fn late_fence(&self, conn: &mut Conn) -> Outcome<Option<i64>> {
        let grant = store::grants::of_installation(conn, self.row.id).await.or_internal()?;
        let is_same = token_of(conn, self.row.id).await? == self.token;
        Ok(grant.filter(|_| is_same).map(|grant| grant.version))
    }
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
