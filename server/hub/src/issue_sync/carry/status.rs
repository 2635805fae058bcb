//! The status: what of it is carried, and how.

use super::{Ended, Ends, Now, decide, knows, look, overtaken, unchanged, with_written, write};
use crate::issue_sync::gather;
use domain::Outcome;
use domain::issue_sync::{Aspect, IssueLink, Side, SyncEvent, Verdict, Writing, settings};
use domain::trackers::Item;
use providers::connect::CheckError;
use serde_json::Value;

pub(super) async fn status(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    let moves = match Moves::of(ends, link, &now).await? {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let ended = changed_status(ends, link, event, &now, moves).await?;
    Ok(ended.map(|ended| with_written(link, &now, ended)))
}

async fn changed_status(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    event: &SyncEvent,
    now: &Now,
    moves: Moves,
) -> Outcome<Result<Ended, CheckError>> {
    let side = event.side;
    let (here, there) = match side {
        Side::Sentry => (now.issue_status_changed(link), moves.item),
        Side::Tracker => (now.item_status_changed(link), moves.issue),
    };
    if !here {
        return Ok(Ok(unchanged(link, side, "status")));
    }
    if let Some(sentence) = moves.says_nothing(link, now, side) {
        return Ok(Ok(Ended::skipped(sentence)));
    }
    match decide(ends, link, event, now, (here, there)).await? {
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            let carried = carry_status(ends, link, side.other(), now, moves).await?;
            Ok(carried.map(|ended| ended.after(&sentence)))
        }
        Verdict::Carry | Verdict::Nothing => carry_status(ends, link, side, now, moves).await,
    }
}

/// Which sides went from done to open or the other way, since the link last knew them: that is what is carried.
#[derive(Clone, Copy)]
pub(super) struct Moves {
    pub issue: bool,
    pub item: bool,
    /// Whether the item is done now.
    is_done: bool,
}

impl Moves {
    /// Without the states nobody can tell what a change of the item means: nothing is done until they can be read.
    pub(super) async fn of(ends: &Ends<'_>, link: &IssueLink, now: &Now) -> Outcome<Result<Self, CheckError>> {
        let resolved = |status: &str| status == "resolved";
        let issue = resolved(&now.issue.what.status) != resolved(&link.issue_status);
        if !now.item_status_changed(link) {
            return Ok(Ok(Self { issue, item: false, is_done: false }));
        }
        let both = done_before_and_now(ends, link, &now.item.what).await?;
        Ok(both.map(|(was, is)| Self { issue, item: was != is, is_done: is }))
    }

    /// The sentence about a change of a side that tells the other side nothing; the link then knows of it.
    fn says_nothing(self, link: &mut IssueLink, now: &Now, side: Side) -> Option<String> {
        let (issue, item) = (&now.issue.what, &now.item.what);
        match side {
            // To and from the archive: for a tracker it is as unresolved as before.
            Side::Sentry if !self.issue => {
                link.issue_status.clone_from(&issue.status);
                Some(format!("Not carried: {} was archived or taken out of it.", link.issue_name))
            }
            Side::Tracker if !self.item => {
                let from = std::mem::replace(&mut link.item_status, item.status.clone());
                let kind = if self.is_done { "done" } else { "open" };
                Some(format!("Not carried: {}, which are both {kind} states.", went(link, &from)))
            }
            _ => None,
        }
    }
}

fn went(link: &IssueLink, from: &str) -> String {
    format!("{} went from “{from}” to “{}”", link.item_name, link.item_status)
}

/// Carries the status of a side, which has moved.
pub(super) async fn carry_status(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    now: &Now,
    moves: Moves,
) -> Outcome<Result<Ended, CheckError>> {
    match side {
        Side::Sentry => status_to_tracker(ends, link, now).await,
        Side::Tracker => status_to_sentry(ends, link, now, moves.is_done).await,
    }
}

/// The issue was resolved or not any more: the item gets the state that is chosen for its project.
async fn status_to_tracker(ends: &Ends<'_>, link: &mut IssueLink, now: &Now) -> Outcome<Result<Ended, CheckError>> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let is = issue.status.clone();
    let column = match is.as_str() {
        "resolved" => settings::ON_RESOLVE,
        _ => settings::ON_UNRESOLVE,
    };
    let mapping = ends.tracker.row().config.0.get(settings::STATUS_FORWARD);
    let wanted = mapping.and_then(|mapping| mapping.get(&item.project_id)?.get(column)).and_then(Value::as_str);
    let Some(wanted) = wanted else {
        link.issue_status = is;
        return Ok(Ok(Ended::skipped(format!(
            "Not carried: no statuses are chosen for the project of {} in the settings.",
            link.item_name
        ))));
    };
    let because = match column {
        settings::ON_RESOLVE => "was resolved",
        _ => "is unresolved again",
    };
    if item.status.eq_ignore_ascii_case(wanted) {
        link.issue_status = is;
        link.item_status.clone_from(&item.status);
        let sentence = format!("{} is “{}” already; {} {because}.", link.item_name, item.status, link.issue_name);
        return Ok(Ok(Ended::done(sentence)));
    }
    let (aspect, side) = (Aspect::Status, Side::Tracker);
    let writing = Writing { aspect, side, issue: Some(is), item: Some(wanted.to_owned()) };
    let call = async { ends.tracker.tracker(&ends.tracker.provider())?.set_status(item, wanted).await };
    let written = write(ends, link, &writing, call).await?;
    Ok(written.map(|_| {
        knows(link, &writing);
        Ended::done(format!(
            "Set {} from “{}” to “{wanted}”: {} {because}.",
            link.item_name, item.status, link.issue_name
        ))
    }))
}

/// The item was done or not any more: the issue follows.
async fn status_to_sentry(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    now: &Now,
    is: bool,
) -> Outcome<Result<Ended, CheckError>> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let from = link.item_status.clone();
    if is == (issue.status == "resolved") {
        link.issue_status.clone_from(&issue.status);
        link.item_status.clone_from(&item.status);
        let word = if issue.status == "ignored" { "archived" } else { issue.status.as_str() };
        return Ok(Ok(Ended::done(format!("{} is {word} already; {}.", link.issue_name, went(link, &from)))));
    }
    let status = if is { "resolved" } else { "unresolved" };
    let (aspect, side) = (Aspect::Status, Side::Sentry);
    let writing = Writing { aspect, side, issue: Some(status.to_owned()), item: Some(item.status.clone()) };
    let call = async { ends.sentry.sentry(&ends.sentry.provider()).set_status(&issue.id, is).await };
    let written = write(ends, link, &writing, call).await?;
    Ok(written.map(|_| {
        knows(link, &writing);
        let verb = if is { "Resolved" } else { "Unresolved" };
        Ended::done(format!("{verb} {}: {}.", link.issue_name, went(link, &from)))
    }))
}

/// Whether the item was done as the link knew it, and whether it is now.
async fn done_before_and_now(
    ends: &Ends<'_>,
    link: &IssueLink,
    item: &Item,
) -> Outcome<Result<(bool, bool), CheckError>> {
    let stored = gather::information(ends.ctx, ends.tracker.row(), gather::Freshness::Stored).await?;
    let stored = stored.and_then(|found| found.content);
    let known = stored.as_ref().and_then(|content| content.project(&item.project_id));
    let was = known.and_then(|project| project.is_done(&link.item_status));
    let is = item.is_done.or_else(|| known.and_then(|project| project.is_done(&item.status)));
    if let (Some(was), Some(is)) = (was, is) {
        return Ok(Ok((was, is)));
    }
    let provider = ends.tracker.provider();
    let states = match ends.tracker.tracker(&provider) {
        Ok(tracker) => tracker.states(&item.project_id).await,
        Err(error) => Err(error),
    };
    Ok(states.map(|states| {
        let done = |name: &str| states.iter().find(|state| state.name.eq_ignore_ascii_case(name)).map(|it| it.is_done);
        let is = item.is_done.or_else(|| done(&item.status)).unwrap_or(false);
        // A state that the project no longer has: whatever it was, the item has left it.
        (done(&link.item_status).or(was).unwrap_or(!is), is)
    }))
}
