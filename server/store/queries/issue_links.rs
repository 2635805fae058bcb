//! Links between Sentry issues and items of trackers.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{InstallationId, LinkId, OrgId};
use domain::issue_sync::IssueLink;
use domain::trackers::{Issue, Item};

/// Adds a link that knows both sides as they are now, and is looked at without an event at `look_at`. Violates
/// `issue_links_sentry_id_issue_id` or `issue_links_tracker_id_item_key` when either end is linked already.
#[query]
#[expect(clippy::too_many_arguments, reason = "the two ends, and who linked them")]
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    sentry: InstallationId,
    issue: &Issue,
    tracker: InstallationId,
    item: &Item,
    created_by: &str,
    look_at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<LinkId> {
    sqlx::query_scalar!(
        "insert into issue_links (organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id,
             item_key, item_name, item_title, item_url, item_project, issue_status, item_status, issue_assignee,
             item_assignee, failures, locked_until, version, created_by, look_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, 0, $17, $18, $19)
         returning id as \"id!\"",
        org.0,
        sentry.0,
        &issue.id,
        &issue.short_id,
        &issue.title,
        &issue.url,
        tracker.0,
        &item.key,
        &item.name,
        &item.title,
        &item.url,
        &item.project_id,
        &issue.status,
        &item.status,
        issue.assignee.as_ref().map(|person| person.key()),
        item.assignee.as_ref().map(|person| person.key()),
        created_by,
        look_at.0,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The link with this id.
#[query]
pub async fn by_id(conn: &mut Conn, id: LinkId) -> sqlx::Result<Option<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "select id, organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id, item_key, item_name,
             item_title, item_url, item_project, issue_status, item_status, issue_assignee, item_assignee, writing,
             next_at, failures, version, created_by, created_at
         from issue_links where id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// The link of an item.
#[query]
pub async fn of_item(conn: &mut Conn, tracker: InstallationId, item_key: &str) -> sqlx::Result<Option<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "select id, organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id, item_key, item_name,
             item_title, item_url, item_project, issue_status, item_status, issue_assignee, item_assignee, writing,
             next_at, failures, version, created_by, created_at
         from issue_links where tracker_id = $1 and item_key = $2",
        tracker.0,
        item_key
    )
    .fetch_optional(conn)
    .await
}

/// The links of an issue, in every organization and connection that linked one with this id.
#[query]
pub async fn of_issue(conn: &mut Conn, issue_id: &str) -> sqlx::Result<Vec<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "select id, organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id, item_key, item_name,
             item_title, item_url, item_project, issue_status, item_status, issue_assignee, item_assignee, writing,
             next_at, failures, version, created_by, created_at
         from issue_links where issue_id = $1 order by id",
        issue_id
    )
    .fetch_all(conn)
    .await
}

/// The links of a connection, whichever side it is, newest first.
#[query]
pub async fn of_installation(
    conn: &mut Conn,
    installation: InstallationId,
    before: LinkId,
    limit: i64,
) -> sqlx::Result<Vec<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "select id, organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id, item_key, item_name,
             item_title, item_url, item_project, issue_status, item_status, issue_assignee, item_assignee, writing,
             next_at, failures, version, created_by, created_at
         from issue_links where (tracker_id = $1 or sentry_id = $1) and id < $2 order by id desc limit $3",
        installation.0,
        before.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many links a connection has, whichever side it is.
#[query]
pub async fn count(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "select count(*) as \"count!: i64\" from issue_links where tracker_id = $1 or sentry_id = $1",
        installation.0
    )
    .fetch_one(conn)
    .await
}

/// Removes a link; its events stay as the log.
#[query]
pub async fn delete(conn: &mut Conn, id: LinkId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from issue_links where id = $1", id.0).execute(conn).await?.rows_affected())
}

/// The link has an event that waits: it is due now, unless it is waiting for a further try already.
#[query]
pub async fn wake(conn: &mut Conn, id: LinkId, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update issue_links set next_at = coalesce(next_at, $2) where id = $1", id.0, now.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// The link is due now, whatever it waited for.
#[query]
pub async fn hurry(conn: &mut Conn, id: LinkId, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update issue_links set next_at = $2, failures = 0 where id = $1", id.0, now.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// The links that are to be looked at without an event: of active connections, and nothing waits.
#[query]
pub async fn to_look_at(conn: &mut Conn, now: Timestamp, limit: i64) -> sqlx::Result<Vec<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "select l.id, l.organization_id, l.sentry_id, l.issue_id, l.issue_name, l.issue_title, l.issue_url, l.tracker_id,
             l.item_key, l.item_name, l.item_title, l.item_url, l.item_project, l.issue_status, l.item_status,
             l.issue_assignee, l.item_assignee, l.writing, l.next_at, l.failures, l.version, l.created_by, l.created_at
         from issue_links l
         join organization_integrations s on s.id = l.sentry_id
         join organization_integrations t on t.id = l.tracker_id
         where l.look_at <= $1 and l.next_at is null and s.status = 'active' and t.status = 'active'
         order by l.look_at, l.id limit $2",
        now.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The next look without an event comes then. Nothing is touched when another process put it off since `now`.
#[query]
pub async fn put_off_look(conn: &mut Conn, id: LinkId, now: Timestamp, until: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update issue_links set look_at = $3 where id = $1 and look_at <= $2", id.0, now.0, until.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// The links of a tracker, or without one all links, are to be looked at now.
#[query]
pub async fn look_at_all(conn: &mut Conn, tracker: Option<InstallationId>, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update issue_links set look_at = $2
         where look_at > $2 and (cast($1 as bigint) is null or tracker_id = $1)",
        tracker.map(|tracker| tracker.0),
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Claims the link that has been due longest, until `locked_until`; its version is the claim's fence.
///
/// Two workers may pick the same row; the second sees it locked, gets nothing and asks again.
#[query]
pub async fn claim(conn: &mut Conn, now: Timestamp, locked_until: Timestamp) -> sqlx::Result<Option<IssueLink>> {
    sqlx::query_as!(
        IssueLink,
        "update issue_links set locked_until = $2, version = version + 1
         where locked_until <= $1 and id = (
             select id from issue_links where next_at <= $1 and locked_until <= $1 order by next_at, id limit 1)
         returning id, organization_id, sentry_id, issue_id, issue_name, issue_title, issue_url, tracker_id, item_key, item_name,
             item_title, item_url, item_project, issue_status, item_status, issue_assignee, item_assignee, writing,
             next_at, failures, version, created_by, created_at",
        now.0,
        locked_until.0
    )
    .fetch_optional(conn)
    .await
}

/// Whether a link could be claimed now.
#[query]
pub async fn is_waiting(conn: &mut Conn, now: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        "select exists (select 1 from issue_links where next_at <= $1 and locked_until <= $1) as \"found!: bool\"",
        now.0
    )
    .fetch_one(conn)
    .await
}

/// Whoever holds the claim goes on. Nothing is touched when somebody else took it over. Takes the row, so that whoever
/// adds an event waits until this transaction ends.
#[query]
pub async fn extend(conn: &mut Conn, id: LinkId, version: i64, locked_until: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update issue_links set locked_until = $3 where id = $1 and version = $2",
        id.0,
        version,
        locked_until.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes what is known of both sides now, and what is being written. Nothing is touched when the claim is lost.
#[query]
pub async fn set_known(conn: &mut Conn, link: &IssueLink) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update issue_links set issue_status = $3, item_status = $4, issue_assignee = $5, item_assignee = $6,
             item_project = $7, writing = $8, issue_url = $9
         where id = $1 and version = $2",
        link.id.0,
        link.version,
        &link.issue_status,
        &link.item_status,
        link.issue_assignee.as_deref(),
        link.item_assignee.as_deref(),
        &link.item_project,
        link.writing.as_ref().map(|writing| writing.to_string()),
        &link.issue_url
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Ends a claim: the next event is due then, or nothing waits.
#[query]
pub async fn release(
    conn: &mut Conn,
    id: LinkId,
    version: i64,
    next_at: Option<Timestamp>,
    failures: i64,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update issue_links set locked_until = 0, next_at = $3, failures = $4 where id = $1 and version = $2",
        id.0,
        version,
        next_at.map(|at| at.0),
        failures
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Ends the claims of a process that is gone. Only for a database that no other process uses.
#[query]
pub async fn release_all(conn: &mut Conn) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update issue_links set locked_until = 0, version = version + 1 where locked_until > 0")
        .execute(conn)
        .await?
        .rows_affected())
}
