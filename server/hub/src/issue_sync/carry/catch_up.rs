//! Making up for events that were missed.

use super::assignee::assign;
use super::comment::find_missed;
use super::status::{Moves, carry_status};
use super::{Ended, Ends, had_written, look, setting};
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
    link.item_project.clone_from(&now.item.what.project_id);
    let moves = match Moves::of(ends, link, &now).await? {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let row = ends.tracker.row();
    let (issue_changed, item_changed) = now.assignees_changed(link);
    let carried_by = |aspect, side, changed: bool| changed && is_on(row, setting(aspect, side));
    let status_side = side_to_carry(
        carried_by(Aspect::Status, Side::Sentry, moves.issue),
        carried_by(Aspect::Status, Side::Tracker, moves.item),
        now.item.what.status_changed_at.is_some(),
    );
    let assignee_side = side_to_carry(
        carried_by(Aspect::Assignee, Side::Sentry, issue_changed),
        carried_by(Aspect::Assignee, Side::Tracker, item_changed),
        false,
    );
    let mut sentences: Vec<_> = now.written.iter().map(|written| had_written(link, written.side)).collect();
    let mut carried = now.written.is_some();
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
    for (aspect, side) in [(Aspect::Status, status_side), (Aspect::Assignee, assignee_side)] {
        let Some(side) = side else { continue };
        let ended = match aspect {
            Aspect::Status => carry_status(ends, link, side, &now, moves).await?,
            _ => assign(ends, link, side, &now).await?,
        };
        match ended {
            Ok(ended) => {
                carried |= ended.status == EventStatus::Done;
                sentences.push(ended.sentence);
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(match (carried, sentences.is_empty()) {
        (true, _) => Ended::done(sentences.join(" ")),
        (false, false) => Ended::skipped(sentences.join(" ")),
        (false, true) => Ended::skipped("Looked at both sides: nothing is to be carried."),
    }))
}

/// Which side's change is to be carried, when events were missed: of two, the one that is dated.
fn side_to_carry(issue: bool, item: bool, item_is_dated: bool) -> Option<Side> {
    match (issue, item) {
        (false, false) => None,
        (true, true) if item_is_dated => Some(Side::Tracker),
        (true, _) => Some(Side::Sentry),
        (false, true) => Some(Side::Tracker),
    }
}
