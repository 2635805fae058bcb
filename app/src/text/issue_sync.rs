//! The links of a tracker, its sync log, and the card that leads to both.

use super::count;
use domain::issue_sync::{Aspect, EventStatus, IssueLink};

/// Of a page that is not there.
pub const THIS_PAGE: &str = "This page";
/// A tab and a crumb.
pub const SETTINGS: &str = "Settings";
/// A tab, a crumb and a title.
pub const LINKS: &str = "Links";
/// A tab, a crumb and a title.
pub const LOG: &str = "Sync log";
/// The tabs, for those who cannot see them.
pub const PARTS: &str = "Parts of this connection";
/// One side.
pub const SENTRY: &str = "Sentry";
/// Leads to the settings, where what is carried is set.
pub const OPEN_SETTINGS: &str = "Open the settings";
/// Between two things that are linked, for those who listen.
pub const LINKED_WITH: &str = "is linked with";
/// Between two sides, for those who listen.
pub const TO: &str = "to";
/// Between two sides that are both looked at, for those who listen.
pub const AND: &str = "and";
/// Leads to an older page.
pub const OLDER: &str = "Older";
/// Leads back to the first page.
pub const NEWEST: &str = "Back to the newest";
/// A page behind the end.
pub const NOTHING_OLDER: &str = "There is nothing older.";

/// The list, for those who listen.
pub const LIST: &str = "Links, newest first";
/// Opens the form, and its title.
pub const LINK_AN_ISSUE: &str = "Link an issue";
/// Closes the form.
pub const CANCEL: &str = "Cancel";
/// Nobody has linked anything.
pub const NO_LINKS: &str =
    "No issue is linked yet. Linked issues and items keep each other's status, assignee and comments up to date.";
/// Without a Sentry nothing can be linked.
pub const NO_SENTRY: &str = "No Sentry is connected and in use. Connect or resume one first.";
/// Leads to Sentry's page in the directory.
pub const SEE_SENTRY: &str = "Go to Sentry";
/// Takes a link away.
pub const UNLINK: &str = "Unlink";
/// Before a state, for those who listen.
pub const LAST_KNOWN: &str = "last known as";
/// A step.
pub const STEP_ISSUE: &str = "Issue in Sentry";
/// The steps, for those who listen.
pub const STEPS: &str = "Steps";
/// A step that was taken.
pub const STEP_DONE: &str = "done";
/// A step that waits for the one before.
pub const ISSUE_FIRST: &str = "Choose an issue first.";
/// Which Sentry.
pub const WHICH_SENTRY: &str = "Sentry organization";
/// A field.
pub const FIND_ISSUE: &str = "Find the issue";
/// What can be looked for.
pub const FIND_ISSUE_HELP: &str = "Write words of its title, or its short id.";
/// A field.
pub const FIND_ITEM: &str = "Find the item";
/// What can be looked for.
pub const FIND_ITEM_HELP: &str = "Write words of its title, or its number.";
/// The button of a search before the page is awake.
pub const SEARCH: &str = "Search";
/// Chooses something else.
pub const CHOOSE_ANOTHER: &str = "Change";
/// What was chosen cannot be shown.
pub const NOT_AMONG_FOUND: &str = "What was chosen is not among what was found. Search again.";
/// A way.
pub const EXISTING: &str = "Link an existing item";
/// A way.
pub const NEW: &str = "Create an item";
/// The ways, for those who listen.
pub const WAYS: &str = "Which item";
/// The box.
pub const COMMENT: &str = "Say so in a comment there";
/// What the box does.
pub const COMMENT_HELP: &str = "The comment on the item names the Sentry issue.";
/// The button that links.
pub const LINK: &str = "Link";
/// The button that creates.
pub const CREATE: &str = "Create and link";
/// A field.
pub const PROJECT: &str = "Project";
/// A field.
pub const TYPE: &str = "Type";
/// The button behind a choice before the page is awake.
pub const GO_ON: &str = "Go on";
/// Nothing is chosen yet.
pub const CHOOSE: &str = "Choose…";
/// A list is on its way.
pub const ASKING: &str = "Reading the choices…";
/// There are none.
pub const NO_CHOICES: &str = "There are none to choose from.";

/// The lines, for those who listen.
pub const LINES: &str = "What was carried, newest first";
/// The segments, for those who listen.
pub const BY_STATUS: &str = "By status";
/// The segment of everything.
pub const ALL: &str = "All";
/// Of a line whose link is gone.
pub const UNLINKED: &str = "unlinked since";
/// Before who did it.
pub const BY: &str = "by";
/// A line whose link is gone cannot be tried again.
pub const LINK_FIRST: &str = "They were unlinked since. Link them again first.";
/// The chip of a link that is not there any more.
pub const GONE: &str = "Only a link that is gone";
/// The chip's cross, for those who listen.
pub const CLEAR_LINK: &str = "Show other links, too";
/// Tries a line again.
pub const RETRY: &str = "Try again";
/// Nothing was ever carried.
pub const NO_LINES: &str = "Nothing has been carried yet. Every change of a linked issue or item will be listed here.";
/// Leads to the links.
pub const SEE_LINKS: &str = "See the links";
/// Clears the filter.
pub const CLEAR: &str = "Show everything";

/// The card.
pub const CARD: &str = "Issue sync";
/// A fact.
pub const CARD_LINKS: &str = "Links";
/// A fact.
pub const CARD_WAITING: &str = "Waiting";
/// A fact.
pub const CARD_FAILED: &str = "Failed";
/// Before when the hook was looked at.
pub const LOOKED: &str = "Last looked at";

/// The title of the second step.
pub fn step_item(tracker: &str) -> String {
    format!("Item in {tracker}")
}

/// Below the title of the links.
pub fn links_sentence(total: i64, account: &str) -> String {
    match total {
        0 => format!("No Sentry issue is linked with an item of {account}."),
        1 => format!("1 Sentry issue is linked with an item of {account}."),
        _ => format!("{total} Sentry issues are linked with items of {account}."),
    }
}

/// Below the title of the log.
pub fn log_sentence(tracker: &str, account: &str) -> String {
    format!("What was carried between Sentry and {account} ({tracker}), and what was not.")
}

/// Who linked.
pub fn linked_by(who: &str) -> String {
    format!("Linked by {who}")
}

/// The button, for those who listen.
pub fn unlink_label(link: &IssueLink) -> String {
    format!("Unlink {}", link.subject())
}

/// The link to a link's log, for those who listen.
pub fn log_label(link: &IssueLink) -> String {
    format!("Sync log of {}", link.subject())
}

/// It was linked.
pub fn linked(link: &IssueLink) -> String {
    format!("{} are linked.", link.subject())
}

/// It was unlinked.
pub fn unlinked(link: &IssueLink) -> String {
    format!("{} are no longer linked.", link.subject())
}

/// It takes a while.
pub fn working(tracker: &str) -> String {
    format!("Talking to Sentry and {tracker}…")
}

/// How many were found.
pub fn found(number: usize) -> String {
    format!("{} found.", count(number, "match", "matches"))
}

/// Nothing was.
pub fn nothing_found(query: &str) -> String {
    format!("Nothing was found for “{}”. Try other words.", query.trim())
}

/// What a new item's description begins with.
pub fn described(name: &str, title: &str, address: Option<&str>) -> String {
    let address = address.map(|address| format!("\n{address}")).unwrap_or_default();
    format!("Sentry issue {name}: {title}{address}")
}

/// The word of a status.
pub const fn status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Waiting => "Waiting",
        EventStatus::Done => "Done",
        EventStatus::Skipped => "Skipped",
        EventStatus::Failed => "Failed",
    }
}

/// What a line is about.
pub const fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Status => "Status",
        Aspect::Assignee => "Assignee",
        Aspect::Comment => "Comment",
        Aspect::Catchup => "Catch-up",
    }
}

/// How often a line was tried.
pub fn tries(attempts: i64) -> String {
    format!("{attempts} tries")
}

/// The button, for those who listen.
pub fn retry_label(about: Aspect, subject: &str) -> String {
    format!("Try again: {} of {subject}", aspect(about).to_lowercase())
}

/// The button that tries all that failed again.
pub fn retry_failed(number: i64) -> String {
    match number {
        1 => "Try the failed one again".to_owned(),
        _ => format!("Try all {number} failed again"),
    }
}

/// A line is tried again.
pub fn retried(subject: &str) -> String {
    format!("{subject}: it is tried again now.")
}

/// Lines are tried again.
pub fn retried_failed(number: i64) -> String {
    match number {
        0 => "Nothing is left to try again: what still counts as failed was unlinked since.".to_owned(),
        1 => "1 line is tried again now.".to_owned(),
        _ => format!("{number} lines are tried again now."),
    }
}

/// Nothing fits the filter.
pub fn no_lines(status: Option<EventStatus>, subject: Option<&str>) -> String {
    let what = match status {
        Some(EventStatus::Waiting) => "Nothing is waiting",
        Some(EventStatus::Done) => "Nothing was carried",
        Some(EventStatus::Skipped) => "Nothing was skipped",
        Some(EventStatus::Failed) => "Nothing has failed",
        None => "Nothing has happened yet",
    };
    let whose = subject.map(|subject| format!(" between {subject}")).unwrap_or_default();
    format!("{what}{whose}.")
}

/// The chip that says which link the log is narrowed to.
pub fn only(subject: &str) -> String {
    format!("Only {subject}")
}

/// The hook works.
pub fn tells(account: &str) -> String {
    format!("{account} tells Patchbay about changes.")
}

/// There is no hook.
pub fn tells_not(account: &str) -> String {
    format!("{account} does not tell Patchbay about changes yet. Patchbay is asking it to.")
}
