//! Making up for events that were missed.

use super::assignee::assign;
use super::comment::find_missed;
use super::status::{Moves, carry_status};
use super::{Ended, Ends, Now, issue_is_later, look, setting, with_written};
use crate::issue_sync::is_on;
use domain::Outcome;
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Side, settings};
use providers::connect::CheckError;

/// After a pause: whichever side changed meanwhile is carried, where the settings carry it.
pub(super) async fn catch_up(ends: &Ends<'_>, link: &mut IssueLink) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    let moves = match Moves::of(ends, link, &now).await? {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let ended = carry_all(ends, link, &now, moves).await?;
    Ok(ended.map(|ended| with_written(link, &now, ended)))
}

async fn carry_all(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    now: &Now,
    moves: Moves,
) -> Outcome<Result<Ended, CheckError>> {
    let row = ends.tracker.row();
    let mut sentences = Vec::new();
    let mut carried = false;
    // First, because it writes nothing over there: when it fails, nothing was carried.
    if is_on(row, settings::COMMENTS) {
        match find_missed(ends, link, now.issue.skew).await? {
            Ok(0) => {}
            Ok(missed) => {
                carried = true;
                let comments = if missed == 1 { "a comment".to_owned() } else { format!("{missed} comments") };
                sentences.push(format!("Found {comments} on {} that nobody had told of.", link.issue_name));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    for aspect in [Aspect::Status, Aspect::Assignee] {
        let changed = match aspect {
            Aspect::Status => (moves.issue, moves.item),
            _ => now.assignees_changed(link),
        };
        let Some(side) = side_to_carry(ends, link, now, aspect, changed).await? else { continue };
        let ended = match aspect {
            Aspect::Status => carry_status(ends, link, side, now, moves).await?,
            _ => assign(ends, link, side, now).await?,
        };
        match ended {
            Ok(ended) => {
                carried |= ended.status == EventStatus::Done;
                sentences.push(ended.sentence);
            }
            // What was carried stands in the log by itself; the rest is for another look, which meets the same error.
            Err(_) if carried => return Ok(Ok(Ended { look_again: true, ..Ended::done(sentences.join(" ")) })),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(match (carried, sentences.is_empty()) {
        (true, _) => Ended::done(sentences.join(" ")),
        (false, false) => Ended::skipped(sentences.join(" ")),
        (false, true) => Ended::skipped("Looked at both sides: nothing is to be carried."),
    }))
}

/// Which side's change is to be carried, when events were missed: of two the later one, as far as anybody told when.
async fn side_to_carry(
    ends: &Ends<'_>,
    link: &IssueLink,
    now: &Now,
    aspect: Aspect,
    (issue, item): (bool, bool),
) -> Outcome<Option<Side>> {
    let carried = |side, changed: bool| changed && is_on(ends.tracker.row(), setting(aspect, side));
    Ok(match (carried(Side::Sentry, issue), carried(Side::Tracker, item)) {
        (false, false) => None,
        (true, false) => Some(Side::Sentry),
        (false, true) => Some(Side::Tracker),
        (true, true) => match issue_is_later(ends, link, now, aspect, None).await? {
            true => Some(Side::Sentry),
            false => Some(Side::Tracker),
        },
    })
}
