//! Comments on the issue, repeated on the item.

use super::{Ended, Ends};
use domain::issue_sync::{IssueLink, Payload, SyncEvent};
use providers::connect::CheckError;

/// Repeats a comment on the item. One that was begun before may be there already: its mark tells.
pub(super) async fn comment(ends: &Ends<'_>, link: &IssueLink, event: &SyncEvent) -> Result<Ended, CheckError> {
    let Payload { comment_id: Some(id), text: Some(text) } = &event.payload else {
        return Ok(Ended::skipped("Not carried: the comment came without its text."));
    };
    let provider = ends.tracker.provider();
    let tracker = ends.tracker.tracker(&provider)?;
    let item = tracker.item(&link.item_key).await?.what;
    let mark = format!("Sentry comment {id}");
    if event.attempts > 1 && tracker.has_comment(&item, &mark).await? {
        return Ok(Ended::done(format!("The comment is on {} already.", link.item_name)));
    }
    let author = event.actor.as_deref().unwrap_or("Somebody");
    tracker.add_comment(&item, author, text, &mark).await?;
    Ok(Ended::done(format!("Repeated a comment of {author} on {}.", link.item_name)))
}
