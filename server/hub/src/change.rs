//! A change: a write transaction that commits only together with the audit entry and the event that tell of it.

use crate::access::Permit;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::Outcome;
use domain::audit::AuditOutcome;
use domain::events::Topic;
use store::Conn;

/// An open write transaction of somebody who may write.
pub struct Change<'a> {
    ctx: &'a Ctx,
    permit: &'a Permit,
    /// The transaction.
    pub conn: Conn,
}

/// What a change did, for the audit log and the live stream.
pub struct Record<'a> {
    /// A stable word: `integration.add`.
    pub action: &'a str,
    /// The kind of thing: `installation`.
    pub target_kind: &'a str,
    /// The thing's id.
    pub target_id: String,
    /// A sentence without subject: `installed PostgreSQL`.
    pub summary: String,
    /// What the pages should ask for again, and of which thing.
    pub event: Option<(Topic, String)>,
}

impl<'a> Change<'a> {
    /// Begins.
    ///
    /// # Errors
    /// When the database is not to be had.
    pub async fn begin(ctx: &'a Ctx, permit: &'a Permit) -> Outcome<Self> {
        Ok(Self { ctx, permit, conn: ctx.store.write().await.or_internal()? })
    }

    /// Writes the audit entry and the event, commits, and wakes the live stream.
    ///
    /// # Errors
    /// When the database refuses; then nothing of the change is there.
    pub async fn commit(mut self, record: Record<'_>) -> Outcome<()> {
        self.note(&record).await?;
        self.conn.commit().await.or_internal()?;
        self.ctx.live.wake();
        Ok(())
    }

    /// Commits what nobody did and nothing came of: a scheduled check that found what was known. It has a history of
    /// its own and would bury the audit log; the pages are told all the same.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn commit_unremarked(mut self, topic: Topic, subject: &str) -> Outcome<()> {
        self.tell(topic, subject).await?;
        self.conn.commit().await.or_internal()?;
        self.ctx.live.wake();
        Ok(())
    }

    /// Writes one of several audit entries of the same change, without committing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note(&mut self, record: &Record<'_>) -> Outcome<()> {
        let (actor, organization) = (self.permit.actor(), self.permit.organization_id());
        let now = self.ctx.now();
        store::audit::insert(
            &mut self.conn,
            organization,
            &actor.label(),
            record.action,
            record.target_kind,
            &record.target_id,
            &record.summary,
            AuditOutcome::Done,
            actor.address.as_deref(),
            actor.request_id.as_deref(),
            now,
        )
        .await
        .or_internal()?;
        match &record.event {
            Some((topic, subject)) => self.tell(*topic, subject).await,
            None => Ok(()),
        }
    }

    async fn tell(&mut self, topic: Topic, subject: &str) -> Outcome<()> {
        if let Some(organization) = self.permit.organization_id() {
            let actor = self.permit.actor().label();
            let now = self.ctx.now();
            store::events::insert(&mut self.conn, organization, topic, subject, &actor, now).await.or_internal()?;
        }
        Ok(())
    }
}
