//! Comments on the issue, repeated on the item.

use super::{Ended, Ends};
use crate::errors::OrInternal;
use crate::issue_sync::inbound::is_known;
use domain::Outcome;
use domain::issue_sync::{Aspect, IssueLink, Payload, Side, SyncEvent};
use domain::time::DAY;
use providers::connect::CheckError;

/// Comments that were missed are repeated when they are no older, in milliseconds.
const LATE: i64 = 7 * DAY;

/// Puts comments that no webhook told behind what waits on the link, oldest first; answers how many there were. `skew` is
/// how far Sentry's clock is ahead.
pub(super) async fn find_missed(ends: &Ends<'_>, link: &IssueLink, skew: i64) -> Outcome<Result<usize, CheckError>> {
    let now = ends.ctx.now();
    let provider = ends.sentry.provider();
    let mut comments = match ends.sentry.sentry(&provider).comments(&link.issue_id).await {
        Ok(comments) => comments,
        Err(error) => return Ok(Err(error)),
    };
    let since = link.created_at.0.max(now.0 - LATE);
    comments.retain(|comment| comment.at.0 - skew >= since);
    if comments.is_empty() {
        return Ok(Ok(0));
    }
    let mut missed = 0;
    let mut conn = ends.ctx.store.write().await.or_internal()?;
    store::issue_links::wake(&mut conn, link.id, now).await.or_internal()?;
    for comment in comments.into_iter().rev() {
        if is_known(&mut conn, link, Some(&comment.id)).await? {
            continue;
        }
        let payload = Payload { comment_id: Some(comment.id), by_the_clock: false };
        let (aspect, actor, at) = (Aspect::Comment, comment.author.as_deref(), Some(comment.at));
        store::sync_events::insert(&mut conn, link, Side::Sentry, aspect, &payload, actor, at, now)
            .await
            .or_internal()?;
        missed += 1;
    }
    conn.commit().await.or_internal()?;
    Ok(Ok(missed))
}

/// Repeats a comment on the item, as it stands at Sentry: a webhook is only believed that there is one. One that was begun
/// before may be there already: its mark tells.
pub(super) async fn comment(ends: &Ends<'_>, link: &IssueLink, event: &SyncEvent) -> Result<Ended, CheckError> {
    let Some(id) = &event.payload.comment_id else {
        return Ok(Ended::skipped("Not carried: Sentry did not say which comment it is."));
    };
    let provider = ends.sentry.provider();
    let comments = ends.sentry.sentry(&provider).comments(&link.issue_id).await?;
    let Some(comment) = comments.into_iter().find(|comment| comment.id == *id) else {
        return Ok(Ended::skipped(format!(
            "Not carried: the comment is not among the newest of {}, or was deleted.",
            link.issue_name
        )));
    };
    let provider = ends.tracker.provider();
    let tracker = ends.tracker.tracker(&provider)?;
    let item = tracker.item(&link.item_key).await?.what;
    let mark = format!("Sentry comment {id}");
    if event.attempts > 1 && tracker.has_comment(&item, &mark).await? {
        return Ok(Ended::done(format!("The comment is on {} already.", link.item_name)));
    }
    let author = comment.author.as_deref().or(event.actor.as_deref()).unwrap_or("Somebody");
    tracker.add_comment(&item, author, &comment.text, &mark).await?;
    Ok(Ended::done(format!("Repeated a comment of {author} on {}.", link.item_name)))
}
