//! All words of the pages, one file per page, so that a translation can come. Sentences that depend on what happened
//! come from the server; words of domain types are beside those types.

pub mod configure;
pub mod detail;
pub mod directory;
pub mod frame;
pub mod home;
pub mod install;
pub mod issue_sync;
pub mod login;
pub mod not_found;
pub mod outbox;
pub mod permissions;
pub mod provider_apps;
pub mod requests;
pub mod setup;
pub mod theme;

use domain::Timestamp;
use domain::integrations::Health;

/// The product.
pub const PRODUCT: &str = "Patchbay";
/// Closes a dialog.
pub const CLOSE: &str = "Close";
/// Removes a toast.
pub const DISMISS: &str = "Dismiss";
/// Takes back what a toast tells.
pub const UNDO: &str = "Undo";
/// Tries a failed load again.
pub const TRY_AGAIN: &str = "Try again";
/// In a list while choices are awaited.
pub const LOADING_CHOICES: &str = "Loading…";
/// A list of choices, for those who cannot see it.
pub const CHOICES: &str = "Choices";
/// A skeleton, for those who cannot see it.
pub const LOADING: &str = "Loading";
/// The crumbs, for those who cannot see them.
pub const CRUMBS: &str = "Where you are";
/// Tabs, for those who cannot see them.
pub const TABS: &str = "Parts of this page";
/// Beside the label of a field that may be empty.
pub const OPTIONAL: &str = "optional";
/// In an empty secret field that has a stored value.
pub const SECRET_STORED: &str = "Stored. Write a new one to replace it.";
/// Shows a typed secret.
pub const SHOW: &str = "Show";
/// Hides a typed secret.
pub const HIDE: &str = "Hide";
/// The server does not answer.
pub const UNREACHABLE: &str = "Patchbay cannot be reached. Check your connection and try again.";
/// A call lacks something.
pub const INCOMPLETE: &str = "The form was incomplete. Load the page again and try once more.";
/// The server's answer makes no sense here.
pub const UNREADABLE: &str = "Patchbay gave an answer that this page does not understand. Load the page again.";

/// The title in the browser.
pub fn document_title(page: &str) -> String {
    format!("{page} · {PRODUCT}")
}

/// Below a list that holds more than it shows.
pub fn more_choices(more: usize) -> String {
    format!("And {more} more. Type to narrow the list.")
}

/// `2 min ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match at.ago(now).as_str() {
        "now" => "just now".to_owned(),
        length => format!("{length} ago"),
    }
}

/// `in 43 min`.
pub fn ahead(at: Timestamp, now: Timestamp) -> String {
    match now.ago(at).as_str() {
        "now" => "any moment".to_owned(),
        length => format!("in {length}"),
    }
}

/// The word beside a health mark.
pub const fn health(health: Health) -> &'static str {
    match health {
        Health::Healthy => "Healthy",
        Health::Unreachable => "Unreachable",
        Health::NeedsReauth => "Needs sign-in",
        Health::RemovedAtProvider => "Removed at the provider",
        Health::Unknown => "Not checked yet",
    }
}

/// `1 configuration`, `2 configurations`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
