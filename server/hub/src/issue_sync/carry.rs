//! Carrying one change from one side of a link to the other.
//!
//! Both sides are asked how they are now. The side of the event is compared with what the link knew of it; where the
//! other side changed as well, the later change wins, by each side's own clock put right by its `Date` header. Then the
//! other side is written, unless it is as wanted already.

use super::client::Client;
use super::{gather, is_on};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::integrations::Installation;
use domain::issue_sync::{
    Aspect, EventStatus, IssueLink, Payload, Side, SyncEvent, Verdict, decide, is_later, settings,
};
use domain::trackers::{Issue, Item, Person};
use domain::{Outcome, Timestamp};
use providers::connect::CheckError;
use providers::trackers::{Assigned, Seen};
use serde_json::Value;

/// What became of an event, and the sentence for the log.
pub(super) struct Ended {
    pub status: EventStatus,
    pub sentence: String,
}

impl Ended {
    fn done(sentence: impl Into<String>) -> Self {
        Self { status: EventStatus::Done, sentence: sentence.into() }
    }

    fn skipped(sentence: impl Into<String>) -> Self {
        Self { status: EventStatus::Skipped, sentence: sentence.into() }
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
}

impl Now {
    fn issue_status_changed(&self, link: &IssueLink) -> bool {
        self.issue.what.status != link.issue_status
    }

    /// Trackers do not mind the case of a state's name, and neither did who chose it.
    fn item_status_changed(&self, link: &IssueLink) -> bool {
        !self.item.what.status.eq_ignore_ascii_case(&link.item_status)
    }

    /// Who has both ends: whether that changed.
    fn assignees_changed(&self, link: &IssueLink) -> (bool, bool) {
        let key = |person: &Option<Person>| person.as_ref().map(Person::key);
        let (issue, item) = (key(&self.issue.what.assignee), key(&self.item.what.assignee));
        (issue != link.issue_assignee, item != link.item_assignee)
    }
}

/// Carries what an event tells. What the link knows of its sides is changed in `link`, for the caller to store. The inner
/// error says which side did not answer or refused; then nothing was carried, and trying again is safe.
pub(super) async fn carry(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let settings = &ends.tracker.row;
    if let Some(reason) = turned_off(settings, event, ends.name) {
        return Ok(Ok(Ended::skipped(reason)));
    }
    match (event.aspect, event.side) {
        (Aspect::Status, side) => status(ends, link, side, event.vendor_at).await,
        (Aspect::Assignee, side) => assignee(ends, link, side, event.vendor_at).await,
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

async fn look(ends: &Ends<'_>, link: &IssueLink) -> Result<Now, CheckError> {
    let (here, there) = (ends.sentry.provider(), ends.tracker.provider());
    let (sentry, tracker) = (ends.sentry.sentry(&here), ends.tracker.tracker(&there)?);
    let (issue, item) = futures::join!(sentry.issue(&link.issue_id), tracker.item(&link.item_key));
    Ok(Now { issue: issue?, item: item? })
}

async fn status(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    at: Option<Timestamp>,
) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    link.item_project.clone_from(&now.item.what.project_id);
    let moves = match Moves::of(ends, link, &now).await? {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let (here, there) = match side {
        Side::Sentry => (now.issue_status_changed(link), moves.item),
        Side::Tracker => (now.item_status_changed(link), moves.issue),
    };
    if !here {
        return Ok(Ok(Ended::skipped(unchanged(link, side, "status"))));
    }
    if let Some(sentence) = moves.says_nothing(link, &now, side) {
        return Ok(Ok(Ended::skipped(sentence)));
    }
    // A change that no setting carries over here cannot win.
    let there = there && is_on(&ends.tracker.row, setting(Aspect::Status, side.other()));
    let told = match there {
        true => newest(ends.ctx, link, side.other(), Aspect::Status).await?,
        false => None,
    };
    let dated = now.item.what.status_changed_at;
    let (at, other_at) = match side {
        Side::Sentry => (at, dated.or(told)),
        Side::Tracker => (dated.or(at), told),
    };
    match decide(true, there, later(side, at, other_at, &now)) {
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            Ok(carry_status(ends, link, side.other(), &now, moves).await.map(|ended| ended.after(&sentence)))
        }
        Verdict::Carry | Verdict::Nothing => Ok(carry_status(ends, link, side, &now, moves).await),
    }
}

/// Which sides went from done to open or the other way, since the link last knew them: that is what is carried.
#[derive(Clone, Copy)]
struct Moves {
    issue: bool,
    item: bool,
    /// Whether the item is done now.
    is_done: bool,
}

impl Moves {
    /// Without the states nobody can tell what a change of the item means: nothing is done until they can be read.
    async fn of(ends: &Ends<'_>, link: &IssueLink, now: &Now) -> Outcome<Result<Self, CheckError>> {
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
async fn carry_status(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    now: &Now,
    moves: Moves,
) -> Result<Ended, CheckError> {
    match side {
        Side::Sentry => status_to_tracker(ends, link, now).await,
        Side::Tracker => status_to_sentry(ends, link, now, moves.is_done).await,
    }
}

fn later(side: Side, at: Option<Timestamp>, other_at: Option<Timestamp>, now: &Now) -> bool {
    let (skew, other_skew) = match side {
        Side::Sentry => (now.issue.skew, now.item.skew),
        Side::Tracker => (now.item.skew, now.issue.skew),
    };
    is_later(at, skew, other_at, other_skew)
}

async fn newest(ctx: &Ctx, link: &IssueLink, side: Side, aspect: Aspect) -> Outcome<Option<Timestamp>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    store::sync_events::newest_at(&mut conn, link.id, side, aspect).await.or_internal()
}

/// The issue was resolved or not any more: the item gets the state that is chosen for its project.
async fn status_to_tracker(ends: &Ends<'_>, link: &mut IssueLink, now: &Now) -> Result<Ended, CheckError> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let is = issue.status.clone();
    let column = match is.as_str() {
        "resolved" => settings::ON_RESOLVE,
        _ => settings::ON_UNRESOLVE,
    };
    let mapping = ends.tracker.row.config.0.get(settings::STATUS_FORWARD);
    let wanted = mapping.and_then(|mapping| mapping.get(&item.project_id)?.get(column)).and_then(Value::as_str);
    let Some(wanted) = wanted else {
        link.issue_status = is;
        return Ok(Ended::skipped(format!(
            "Not carried: no statuses are chosen for the project of {} in the settings.",
            link.item_name
        )));
    };
    let because = match column {
        settings::ON_RESOLVE => "was resolved",
        _ => "is unresolved again",
    };
    let sentence = if item.status.eq_ignore_ascii_case(wanted) {
        format!("{} is “{}” already; {} {because}.", link.item_name, item.status, link.issue_name)
    } else {
        let provider = ends.tracker.provider();
        ends.tracker.tracker(&provider)?.set_status(item, wanted).await?;
        format!("Set {} from “{}” to “{wanted}”: {} {because}.", link.item_name, item.status, link.issue_name)
    };
    link.issue_status = is;
    link.item_status = if item.status.eq_ignore_ascii_case(wanted) { item.status.clone() } else { wanted.to_owned() };
    Ok(Ended::done(sentence))
}

/// The item was done or not any more: the issue follows.
async fn status_to_sentry(ends: &Ends<'_>, link: &mut IssueLink, now: &Now, is: bool) -> Result<Ended, CheckError> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let from = std::mem::replace(&mut link.item_status, item.status.clone());
    let moved = went(link, &from);
    let is_resolved = issue.status == "resolved";
    if is == is_resolved {
        link.issue_status.clone_from(&issue.status);
        let word = if issue.status == "ignored" { "archived" } else { issue.status.as_str() };
        return Ok(Ended::done(format!("{} is {word} already; {moved}.", link.issue_name)));
    }
    let provider = ends.sentry.provider();
    ends.sentry.sentry(&provider).set_status(&issue.id, is).await?;
    link.issue_status = if is { "resolved" } else { "unresolved" }.to_owned();
    let verb = if is { "Resolved" } else { "Unresolved" };
    Ok(Ended::done(format!("{verb} {}: {moved}.", link.issue_name)))
}

/// Whether the item was done as the link knew it, and whether it is now.
async fn done_before_and_now(
    ends: &Ends<'_>,
    link: &IssueLink,
    item: &Item,
) -> Outcome<Result<(bool, bool), CheckError>> {
    let stored = gather::information(ends.ctx, &ends.tracker.row, gather::Freshness::Stored).await?;
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

async fn assignee(
    ends: &Ends<'_>,
    link: &mut IssueLink,
    side: Side,
    at: Option<Timestamp>,
) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    let (issue_changed, item_changed) = now.assignees_changed(link);
    let (here, there) = match side {
        Side::Sentry => (issue_changed, item_changed),
        Side::Tracker => (item_changed, issue_changed),
    };
    // A change that no setting carries over here cannot win.
    let there = there && is_on(&ends.tracker.row, setting(Aspect::Assignee, side.other()));
    let is_later = match here && there {
        true => later(side, at, newest(ends.ctx, link, side.other(), Aspect::Assignee).await?, &now),
        false => true,
    };
    match decide(here, there, is_later) {
        Verdict::Nothing => Ok(Ok(Ended::skipped(unchanged(link, side, "assignee")))),
        Verdict::Overtaken => {
            let sentence = overtaken(link, side);
            Ok(assign(ends, link, side.other(), &now).await.map(|ended| ended.after(&sentence)))
        }
        Verdict::Carry => Ok(assign(ends, link, side, &now).await),
    }
}

/// Gives the other side the assignee of this one.
async fn assign(ends: &Ends<'_>, link: &mut IssueLink, side: Side, now: &Now) -> Result<Ended, CheckError> {
    let (issue, item) = (&now.issue.what, &now.item.what);
    let (person, other, there, name) = match side {
        Side::Sentry => (&issue.assignee, &item.assignee, &link.item_name, ends.name),
        Side::Tracker => (&item.assignee, &issue.assignee, &link.issue_name, "Sentry"),
    };
    let there = there.clone();
    let wanted = person.as_ref().and_then(|person| person.email.as_deref());
    let ended = match person {
        Some(person) if person.email.is_none() => {
            Ended::skipped(format!("Not carried: the email address of {} is not told.", person.name))
        }
        _ if other.as_ref().map(Person::key).as_deref() == wanted => Ended::done(match wanted {
            Some(email) => format!("{there} is assigned to {email} already."),
            None => format!("{there} is assigned to nobody already."),
        }),
        _ => {
            let assigned = match side {
                Side::Sentry => {
                    let provider = ends.tracker.provider();
                    ends.tracker.tracker(&provider)?.set_assignee(item, wanted).await?
                }
                Side::Tracker => {
                    let provider = ends.sentry.provider();
                    ends.sentry.sentry(&provider).set_assignee(&issue.id, wanted).await?
                }
            };
            match (assigned, wanted) {
                (Assigned::Done, Some(email)) => Ended::done(format!("Assigned {there} to {email}.")),
                (Assigned::Done, None) => Ended::done(format!("Took the assignee from {there}.")),
                (Assigned::Unknown, email) => Ended::skipped(format!(
                    "Not carried: nobody in {name} has the address {}.",
                    email.unwrap_or_default()
                )),
            }
        }
    };
    let carried = ended.status == EventStatus::Done;
    let (mine, other) = (person.as_ref().map(Person::key), other.as_ref().map(Person::key));
    let written = if carried { wanted.map(str::to_owned) } else { other };
    (link.issue_assignee, link.item_assignee) = match side {
        Side::Sentry => (mine, written),
        Side::Tracker => (written, mine),
    };
    Ok(ended)
}

/// Repeats a comment on the item. One that was begun before may be there already: its mark tells.
async fn comment(ends: &Ends<'_>, link: &IssueLink, event: &SyncEvent) -> Result<Ended, CheckError> {
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

/// After a pause: whichever side changed meanwhile is carried, where the settings carry it.
async fn catch_up(ends: &Ends<'_>, link: &mut IssueLink) -> Outcome<Result<Ended, CheckError>> {
    let now = match look(ends, link).await {
        Ok(now) => now,
        Err(error) => return Ok(Err(error)),
    };
    link.item_project.clone_from(&now.item.what.project_id);
    let moves = match Moves::of(ends, link, &now).await? {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let row = &ends.tracker.row;
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
    let mut sentences = Vec::new();
    let mut carried = false;
    for (aspect, side) in [(Aspect::Status, status_side), (Aspect::Assignee, assignee_side)] {
        let Some(side) = side else { continue };
        let ended = match aspect {
            Aspect::Status => carry_status(ends, link, side, &now, moves).await,
            _ => assign(ends, link, side, &now).await,
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

fn unchanged(link: &IssueLink, side: Side, what: &str) -> String {
    let end = match side {
        Side::Sentry => &link.issue_name,
        Side::Tracker => &link.item_name,
    };
    format!(
        "Nothing to carry: the {what} of {end} is as it was last known. It was written from here, or carried before."
    )
}

fn overtaken(link: &IssueLink, side: Side) -> String {
    let other = match side {
        Side::Sentry => &link.item_name,
        Side::Tracker => &link.issue_name,
    };
    format!("{other} was changed later, and that change wins.")
}
