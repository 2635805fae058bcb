//! Issue sync: links between a Sentry issue and an item of a tracker, and what is carried from one to the other.
//!
//! Each link remembers what it last knew of both sides. An event says that something changed and when; what is true
//! now is asked of the side itself. What is as the link knows it is an echo of our own write, or was carried already.

use crate::ids::{InstallationId, LinkId, OrgId, SyncEventId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The two sides of a link.
    pub enum Side {
        /// The Sentry issue.
        Sentry = "sentry",
        /// The tracker's item.
        Tracker = "tracker",
    }
}

impl Side {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Sentry => Self::Tracker,
            Self::Tracker => Self::Sentry,
        }
    }
}

text_enum! {
    /// What an event is about.
    pub enum Aspect {
        /// Resolved or not; the item's state.
        Status = "status",
        /// Who has it.
        Assignee = "assignee",
        /// A comment that was written.
        Comment = "comment",
        /// Look at both sides: a connection was paused or away, and events may have been missed.
        Catchup = "catchup",
    }
}

text_enum! {
    /// What became of an event.
    pub enum EventStatus {
        /// Its turn has not come, or the last try failed and another follows.
        Waiting = "waiting",
        /// It was carried to the other side.
        Done = "done",
        /// There was nothing to carry; the sentence says why.
        Skipped = "skipped",
        /// It was refused for good; a person can try again.
        Failed = "failed",
    }
}

/// What an event carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payload {
    /// The comment's id on the side it was written on.
    pub comment_id: Option<String>,
    /// Whether nobody told anything: it is a look by the clock, which is a line of the log only where it comes to something.
    pub by_the_clock: bool,
}
json_column!(Payload);

/// An event of a link; also a line of the sync log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncEvent {
    /// The id; events of a link run in this order.
    pub id: SyncEventId,
    /// The link; none when it was unlinked since.
    pub link_id: Option<LinkId>,
    /// Both ends in words: `API-1 and #42`.
    pub subject: String,
    /// Where it happened.
    pub side: Side,
    /// What it is about.
    pub aspect: Aspect,
    /// What it carries.
    pub payload: Payload,
    /// Who did it over there, where that is told.
    pub actor: Option<String>,
    /// When it happened, by the clock of the side it happened on.
    pub vendor_at: Option<Timestamp>,
    /// What became of it.
    pub status: EventStatus,
    /// What happened, in a sentence; while it waits, why the last try failed.
    pub sentence: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it arrived.
    pub created_at: Timestamp,
    /// When it was done, skipped or given up.
    pub finished_at: Option<Timestamp>,
}

/// A write of one side that was begun. Whoever finds it done, without having heard so, knows both sides by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// What is written: the status, or the assignee.
    pub aspect: Aspect,
    /// The side that is written.
    pub side: Side,
    /// What the issue has when it is done, as the link would know it.
    pub issue: Option<String>,
    /// What the item has.
    pub item: Option<String>,
}
json_column!(Writing);

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueLink {
    /// The id.
    pub id: LinkId,
    /// The organization.
    pub organization_id: OrgId,
    /// The Sentry connection.
    pub sentry_id: InstallationId,
    /// Sentry's id of the issue.
    pub issue_id: String,
    /// What people call the issue.
    pub issue_name: String,
    /// Its title when it was linked.
    pub issue_title: String,
    /// Where people see it.
    pub issue_url: String,
    /// The tracker's connection.
    pub tracker_id: InstallationId,
    /// The tracker's id of the item.
    pub item_key: String,
    /// What people call the item.
    pub item_name: String,
    /// Its title when it was linked.
    pub item_title: String,
    /// Where people see it.
    pub item_url: String,
    /// The id of the item's project.
    pub item_project: String,
    /// What the link last knew of the issue's status.
    pub issue_status: String,
    /// What it last knew of the item's state.
    pub item_status: String,
    /// Who had the issue ([`crate::trackers::Person::key`]).
    pub issue_assignee: Option<String>,
    /// Who had the item.
    pub item_assignee: Option<String>,
    /// What was about to be written when a side was last written. None once that is known to be done. Not for browsers.
    #[serde(skip)]
    pub writing: Option<Writing>,
    /// When its first waiting event is due; none when nothing waits.
    pub next_at: Option<Timestamp>,
    /// Failed tries of the first waiting event in a row.
    pub failures: i64,
    /// Who works on the link raises it; only the newest may write.
    pub version: i64,
    /// Who linked them.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

impl IssueLink {
    /// Both ends in words.
    pub fn subject(&self) -> String {
        format!("{} and {}", self.issue_name, self.item_name)
    }
}

/// The settings that say what is carried, by the names of the reference wire.
pub mod settings {
    /// Issue status to item state, by project: the choice mapper.
    pub const STATUS_FORWARD: &str = "sync_status_forward";
    /// Issue assignee to item.
    pub const ASSIGNEE_FORWARD: &str = "sync_forward_assignment";
    /// Issue comments to item.
    pub const COMMENTS: &str = "sync_comments";
    /// Item state to issue status.
    pub const STATUS_REVERSE: &str = "sync_status_reverse";
    /// Item assignee to issue.
    pub const ASSIGNEE_REVERSE: &str = "sync_reverse_assignment";
    /// All of them, in the order of the form.
    pub const ALL: [&str; 5] = [STATUS_FORWARD, ASSIGNEE_FORWARD, COMMENTS, STATUS_REVERSE, ASSIGNEE_REVERSE];
    /// The column of the mapper for resolved issues.
    pub const ON_RESOLVE: &str = "on_resolve";
    /// The column for unresolved ones.
    pub const ON_UNRESOLVE: &str = "on_unresolve";
    /// The feature that gates all of it.
    pub const FEATURE: &str = "integrations-issue-sync";
}

/// Which of two changes is the later one, by clocks that are not the same: each side's time is moved by how far that
/// side's clock was from ours when it last answered.
pub fn is_later(at: Option<Timestamp>, skew: i64, other_at: Option<Timestamp>, other_skew: i64) -> bool {
    match (at, other_at) {
        (Some(at), Some(other)) => at.0.saturating_sub(skew) >= other.0.saturating_sub(other_skew),
        // A change that nobody dated loses against one that somebody did.
        (_, None) => true,
        (None, Some(_)) => false,
    }
}

/// What a look at the two sides comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The side of the event is as the link knows it: an echo, or carried already.
    Nothing,
    /// The other side changed, too, and later.
    Overtaken,
    /// To be carried.
    Carry,
}

/// Decides about one aspect: whether `here` changed since the link last knew it, and whether a change over `there` is
/// the later one.
pub fn decide(here_changed: bool, there_changed: bool, here_is_later: bool) -> Verdict {
    match (here_changed, there_changed) {
        (false, _) => Verdict::Nothing,
        (true, true) if !here_is_later => Verdict::Overtaken,
        (true, _) => Verdict::Carry,
    }
}

/// The page of a tracker's links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinksPage {
    /// The tracker's connection.
    pub integration: crate::integrations::Integration,
    /// Newest first.
    pub links: Vec<IssueLink>,
    /// How many there are in all.
    pub total: i64,
    /// What to pass to see older ones; none at the end.
    pub next: Option<LinkId>,
    /// The Sentry connections that issues can be linked from.
    pub sentries: Vec<crate::integrations::Integration>,
    /// Why the viewer may not link, create and unlink, where that is so.
    pub refused: Option<String>,
    /// Why nothing is carried at all, where that is so: the feature is off, a connection is paused.
    pub idle: Option<String>,
    /// The server's time.
    pub now: Timestamp,
}

/// What the sync log is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogFilter {
    /// Only what came to this.
    pub status: Option<EventStatus>,
    /// Only this link's.
    pub link: Option<LinkId>,
    /// Only what is older than this line.
    pub before: Option<SyncEventId>,
}

/// The page of a tracker's sync log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    /// The tracker's connection.
    pub integration: crate::integrations::Integration,
    /// Newest first.
    pub lines: Vec<SyncEvent>,
    /// How many lines of each status there are, under the same link filter: waiting, done, skipped, failed.
    pub counts: Vec<(EventStatus, i64)>,
    /// What to pass to see older ones; none at the end.
    pub next: Option<SyncEventId>,
    /// The link it is narrowed to.
    pub link: Option<IssueLink>,
    /// Why the viewer may not retry, where that is so.
    pub refused: Option<String>,
    /// The server's time.
    pub now: Timestamp,
}

/// How far gathering a tracker's projects has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gathering {
    /// Whether it is under way now.
    pub running: bool,
    /// Projects whose states were read.
    pub done: i64,
    /// Projects in all; 0 while they are being listed.
    pub total: i64,
    /// When it last ended well.
    pub gathered_at: Option<Timestamp>,
    /// Why the last try failed, in a sentence.
    pub problem: Option<String>,
    /// Projects that could not be read, each with its reason.
    pub partial: Vec<(String, String)>,
}

/// What the configure page says about issue sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCard {
    /// How many links there are.
    pub links: i64,
    /// How many events wait.
    pub waiting: i64,
    /// How many were given up, and wait for a person.
    pub failed: i64,
    /// Why nothing is carried at all, where that is so: the feature is off, no Sentry is connected.
    pub idle: Option<String>,
    /// Whether the tracker tells us of changes.
    pub hook: HookView,
}

/// Whether a tracker tells us of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookView {
    /// Whether there is a hook.
    pub exists: bool,
    /// Why not, or why it could not be looked at, in a sentence.
    pub problem: Option<String>,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_nothing_and_the_later_change_wins() {
        assert_eq!(decide(false, true, true), Verdict::Nothing);
        assert_eq!(decide(true, false, false), Verdict::Carry);
        assert_eq!(decide(true, true, true), Verdict::Carry);
        assert_eq!(decide(true, true, false), Verdict::Overtaken);
    }

    #[test]
    fn a_clock_that_is_wrong_does_not_decide() {
        let at = |ms| Some(Timestamp(ms));
        assert!(is_later(at(2_000), 0, at(1_000), 0));
        // The first side's clock is an hour ahead: what it dates 3,600,500 happened at 500.
        assert!(!is_later(at(3_600_500), 3_600_000, at(1_000), 0));
        assert!(is_later(at(1_000), 0, at(3_600_500), 3_600_000));
        assert!(is_later(None, 0, None, 0) && !is_later(None, 0, at(1), 0) && is_later(at(1), 0, None, 0));
    }
}
