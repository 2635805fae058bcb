//! Carrying one change from one side of a link to the other.
//!
//! Both sides are asked how they are now. The side of the event is compared with what the link knew of it; where the
//! other side changed as well, the later change wins, by each side's own clock put right by its `Date` header. Then the
//! other side is written, unless it is as wanted already.
//!
//! What is about to be written is noted before ([`note`]). Where nobody heard of the answer, because it got lost or the
//! process ended, the next look finds the note, and what was written is not taken for a change of somebody else's.

mod assignee;
mod catch_up;
mod comment;
mod status;

use super::client::Client;
use super::is_on;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use assignee::assignee;
use catch_up::catch_up;
use comment::comment;
use domain::integrations::Installation;
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Side, SyncEvent, Verdict, Writing, is_later, settings};
use domain::trackers::{Issue, Item, Person};
use domain::{AppError, Outcome, Timestamp};
use providers::connect::CheckError;
use providers::trackers::Seen;
use status::status;

/// What became of an event, and the sentence for the log.
pub(super) struct Ended {
    pub status: EventStatus,
    pub sentence: String,
    /// Whether something was left undone, for which both sides are looked at once more.
    pub look_again: bool,
}

impl Ended {
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self { status: EventStatus::Failed, sentence: sentence.into(), look_again: false }
    }

    fn done(sentence: impl Into<String>) -> Self {
        Self { status: EventStatus::Done, sentence: sentence.into(), look_again: false }
    }

    pub fn skipped(sentence: impl Into<String>) -> Self {
        Self { status: EventStatus::Skipped, sentence: sentence.into(), look_again: false }
    }

    /// With a sentence before its own.
    fn after(self, sentence: &str) -> Self {
        Self { sentence: format!("{sentence} {}", self.sentence), ..self }
    }
}

/// Both ends, open.
pub(super) struct Ends<'a> {
    pub ctx: &'a Ctx,
    pub sentry: &'a Client,
    pub tracker: &'a Client,
    /// The tracker's name for people.
    pub name: &'a str,
}

/// Both sides as they are now.
struct Now {
    issue: Seen<Issue>,
    item: Seen<Item>,
    /// What an earlier try had noted, and has written: nobody heard so.
    written: Option<Writing>,
}

impl Now {
    fn issue_status_changed(&self, link: &IssueLink) -> bool {
        self.issue.what.status != link.issue_status
    }

    /// Trackers do not mind the case of a state's name, and neither did who chose it.
    fn item_status_changed(&self, link: &IssueLink) -> bool {
        !self.item.what.status.eq_ignore_ascii_case(&link.item_status)
    }

    /// Whether a write that was begun was done.
    fn shows(&self, writing: &Writing) -> bool {
        let (issue, item) = (&self.issue.what, &self.item.what);
        let key = |person: &Option<Person>| person.as_ref().map(Person::key);
        match (writing.aspect, writing.side) {
            (Aspect::Assignee, Side::Sentry) => key(&issue.assignee) == writing.issue,
            (Aspect::Assignee, Side::Tracker) => key(&item.assignee) == writing.item,
            (_, Side::Sentry) => writing.issue.as_deref() == Some(&issue.status),
            (_, Side::Tracker) => {
                writing.item.as_deref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(&item.status))
            }
        }
    }

    /// Who has both ends: whether that changed.
    fn assignees_changed(&self, link: &IssueLink) -> (bool, bool) {
        let key = |person: &Option<Person>| person.as_ref().map(Person::key);
        let (issue, item) = (key(&self.issue.what.assignee), key(&self.item.what.assignee));
        (issue != link.issue_assignee, item != link.item_assignee)
    }
}

/// Carries what an event tells. What is learned of the sides is kept in `link`, for the caller to store, also where it
/// ends with an error. The inner error says which side did not answer or refused; trying again is safe.
pub(super) async fn carry(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let settings = ends.tracker.row();
    if let Some(reason) = turned_off(settings, event, ends.name) {
        return Ok(Ok(Ended::skipped(reason)));
    }
    match (event.aspect, event.side) {
        (Aspect::Status, _) => status(ends, link, event).await,
        (Aspect::Assignee, _) => assignee(ends, link, event).await,
        (Aspect::Comment, _) => Ok(comment(ends, link, event).await),
        (Aspect::Catchup, _) => catch_up(ends, link).await,
    }
}

/// The setting that carries a change of a side to the other one.
fn setting(aspect: Aspect, side: Side) -> &'static str {
    match (aspect, side) {
        (Aspect::Status, Side::Sentry) => settings::STATUS_FORWARD,
        (Aspect::Status, Side::Tracker) => settings::STATUS_REVERSE,
        (_, Side::Sentry) => settings::ASSIGNEE_FORWARD,
        (_, Side::Tracker) => settings::ASSIGNEE_REVERSE,
    }
}

/// Which setting keeps an event from being carried, if one does.
fn turned_off(row: &Installation, event: &SyncEvent, name: &str) -> Option<String> {
    let (setting, what) = match (event.aspect, event.side) {
        (Aspect::Status, Side::Sentry) => {
            (settings::STATUS_FORWARD, format!("no project of {name} has statuses chosen"))
        }
        (Aspect::Status, Side::Tracker) => (settings::STATUS_REVERSE, format!("taking the status from {name} is off")),
        (Aspect::Assignee, Side::Sentry) => {
            (settings::ASSIGNEE_FORWARD, format!("sending the assignee to {name} is off"))
        }
        (Aspect::Assignee, Side::Tracker) => {
            (settings::ASSIGNEE_REVERSE, format!("taking the assignee from {name} is off"))
        }
        (Aspect::Comment, _) => (settings::COMMENTS, format!("sending comments to {name} is off")),
        (Aspect::Catchup, _) => return None,
    };
    (!is_on(row, setting)).then(|| format!("Not carried: {what}."))
}

/// Asks both sides. What an earlier try has written is known from then on.
async fn look(ends: &Ends<'_>, link: &mut IssueLink) -> Result<Now, CheckError> {
    let (here, there) = (ends.sentry.provider(), ends.tracker.provider());
    let (sentry, tracker) = (ends.sentry.sentry(&here), ends.tracker.tracker(&there)?);
    let (issue, item) = futures::join!(sentry.issue(&link.issue_id), tracker.item(&link.item_key));
    let mut now = Now { issue: issue?, item: item?, written: None };
    link.item_project.clone_from(&now.item.what.project_id);
    // Its address changes with the name of its organization.
    if !now.issue.what.url.is_empty() {
        link.issue_url.clone_from(&now.issue.what.url);
    }
    now.written = link.writing.take().filter(|writing| now.shows(writing));
    if let Some(written) = &now.written {
        knows(link, written);
    }
    Ok(now)
}

/// What is known when a write is done.
fn knows(link: &mut IssueLink, Writing { aspect, issue, item, .. }: &Writing) {
    if *aspect == Aspect::Assignee {
        link.issue_assignee.clone_from(issue);
        link.item_assignee.clone_from(item);
    } else {
        link.issue_status = issue.clone().unwrap_or_default();
        link.item_status = item.clone().unwrap_or_default();
    }
}

/// Notes what is about to be written, in the stored link only: `link` gets it when the write is done.
///
/// # Errors
/// Also when another worker took the link over: then nothing may be written.
async fn note(ends: &Ends<'_>, link: &IssueLink, writing: Option<&Writing>) -> Outcome<()> {
    let mut conn = ends.ctx.store.write().await.or_internal()?;
    let noted = IssueLink { writing: writing.cloned(), ..link.clone() };
    if store::issue_links::set_known(&mut conn, &noted).await.or_internal()? == 0 {
        return Err(AppError::conflict(format!("Another worker took over the link of {}.", link.subject())));
    }
    conn.commit().await.or_internal()
}

/// Makes a write that is noted before, and says what became of it. What is certain not to be done is noted no longer.
async fn write<T>(
    ends: &Ends<'_>,
    link: &IssueLink,
    writing: &Writing,
    call: impl Future<Output = Result<T, CheckError>>,
) -> Outcome<Result<T, CheckError>> {
    note(ends, link, Some(writing)).await?;
    let written = call.await;
    if matches!(written, Err(CheckError::Busy { .. })) {
        note(ends, link, None).await?;
    }
    Ok(written)
}

/// What becomes of an event, from whether its side and the other one changed since the link last knew them.
async fn decide(
    ends: &Ends<'_>,
    link: &IssueLink,
    event: &SyncEvent,
    now: &Now,
    (here, there): (bool, bool),
) -> Outcome<Verdict> {
    let side = event.side;
    // A change that no setting carries over here cannot win.
    let there = there && is_on(ends.tracker.row(), setting(event.aspect, side.other()));
    let here_is_later = match here && there {
        true => {
            let told_at = event.vendor_at.map(|at| (side, at));
            let issue_is_later = issue_is_later(ends, link, now, event.aspect, told_at).await?;
            issue_is_later == (side == Side::Sentry)
        }
        false => true,
    };
    Ok(domain::issue_sync::decide(here, there, here_is_later))
}

/// Whether the issue was changed later than the item, where both were. `told_at` is when an event that is being carried
/// says it happened, and on which side.
async fn issue_is_later(
    ends: &Ends<'_>,
    link: &IssueLink,
    now: &Now,
    aspect: Aspect,
    told_at: Option<(Side, Timestamp)>,
) -> Outcome<bool> {
    let mut conn = ends.ctx.store.read().await.or_internal()?;
    let mut told = [None, None];
    for (side, told) in [Side::Sentry, Side::Tracker].into_iter().zip(&mut told) {
        let newest = store::sync_events::newest_at(&mut conn, link.id, side, aspect).await.or_internal()?;
        *told = newest.max(told_at.filter(|(at, _)| *at == side).map(|(_, at)| at));
    }
    let [issue, item] = told;
    // What the item says about its own state is better than what was told of it.
    let dated = now.item.what.status_changed_at.filter(|_| aspect == Aspect::Status);
    Ok(is_later(issue, now.issue.skew, dated.or(item), now.item.skew))
}

fn name(link: &IssueLink, side: Side) -> &str {
    match side {
        Side::Sentry => &link.issue_name,
        Side::Tracker => &link.item_name,
    }
}

/// The side of an event is as the link knows it.
fn unchanged(link: &IssueLink, side: Side, what: &str) -> Ended {
    let end = name(link, side);
    Ended::skipped(format!(
        "Nothing to carry: the {what} of {end} is as it was last known. It was written from here, or carried before."
    ))
}

/// What an earlier try had written belongs into the log as well.
fn with_written(link: &IssueLink, now: &Now, ended: Ended) -> Ended {
    let Some(written) = &now.written else { return ended };
    let sentence = format!("Written to {} by an earlier try, whose answer was lost.", name(link, written.side));
    match ended.status {
        EventStatus::Skipped => Ended::done(sentence),
        _ => ended.after(&sentence),
    }
}

fn overtaken(link: &IssueLink, side: Side) -> String {
    format!("{} was changed later, and that change wins.", name(link, side.other()))
}
