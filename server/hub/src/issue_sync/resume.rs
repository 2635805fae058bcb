//! After a pause, or a new sign-in: every link of a connection looks at both sides again.

use crate::errors::OrInternal;
use domain::catalogue::Manifest;
use domain::ids::{InstallationId, LinkId};
use domain::issue_sync::{Aspect, Payload, Side};
use domain::{Outcome, Timestamp};
use store::Conn;

/// How many links are read at once.
const PAGE: i64 = 500;

/// Puts a look at both sides behind what already waits on each link of a connection, in the transaction that makes it
/// active again.
pub(crate) async fn wake(conn: &mut Conn, installation: InstallationId, now: Timestamp) -> Outcome<()> {
    let mut before = LinkId(i64::MAX);
    loop {
        let links = store::issue_links::of_installation(conn, installation, before, PAGE).await.or_internal()?;
        for link in &links {
            let payload = Payload::default();
            store::sync_events::insert(conn, link, Side::Tracker, Aspect::Catchup, &payload, None, None, now)
                .await
                .or_internal()?;
            store::issue_links::hurry(conn, link.id, now).await.or_internal()?;
        }
        match links.last() {
            Some(last) if links.len() as i64 == PAGE => before = last.id,
            _ => return Ok(()),
        }
    }
}

/// A connection was made, or made again: its hook is looked at, and its links catch up.
pub(crate) async fn connected(
    conn: &mut Conn,
    installation: InstallationId,
    manifest: &Manifest,
    now: Timestamp,
) -> Outcome<()> {
    if super::is_tracker(manifest) {
        super::hooks::enqueue(conn, installation, now).await?;
    }
    if super::is_tracker(manifest) || manifest.key == super::SENTRY {
        wake(conn, installation, now).await?;
    }
    Ok(())
}
