//! All words of the pages, grouped per page, so that a translation can come. Sentences that depend on what happened
//! come from the server; words of domain types are beside those types.

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

/// `2 min ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match at.ago(now).as_str() {
        "now" => "just now".to_owned(),
        length => format!("{length} ago"),
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

/// The frame around the pages.
pub mod frame {
    /// The skip link.
    pub const SKIP: &str = "Skip to content";
    /// The menu button of narrow screens.
    pub const MENU: &str = "Menu";
    /// The navigation, for those who cannot see it.
    pub const NAVIGATION: &str = "Main";
    /// The organization selector, for those who cannot see it.
    pub const ORGANIZATIONS: &str = "Organizations";
    /// The selector on a page of no organization.
    pub const CHOOSE: &str = "Choose one";
    /// A group.
    pub const INTEGRATIONS: &str = "Integrations";
    /// A page.
    pub const DIRECTORY: &str = "Directory";
    /// A group.
    pub const INSTANCE: &str = "Instance";
    /// A page.
    pub const OUTBOX: &str = "Mail outbox";
    /// A group.
    pub const ACCOUNT: &str = "Account";
    /// Signs out.
    pub const SIGN_OUT: &str = "Sign out";
    /// The role of an instance administrator who is no member.
    pub const NO_ROLE: &str = "instance administrator";
    /// The bar while the live stream is down.
    pub const RECONNECTING: &str = "Reconnecting… Changes by others show up when the connection is back.";

    /// The red count, for those who cannot see it is red.
    pub fn attention(count: usize) -> String {
        format!("{} a person", super::count(count, "needs", "need"))
    }
}

/// The theme switch.
pub mod theme {
    /// The group.
    pub const LEGEND: &str = "Theme";
    /// As the system has it.
    pub const SYSTEM: &str = "System";
    /// Always light.
    pub const LIGHT: &str = "Light";
    /// Always dark.
    pub const DARK: &str = "Dark";
}

/// Set-up.
pub mod setup {
    /// The title.
    pub const TITLE: &str = "Set up Patchbay";
    /// What it is about.
    pub const SENTENCE: &str = "You are the first here. Make your account and your organization; you own both.";
    /// A field.
    pub const NAME: &str = "Your name";
    /// A field.
    pub const EMAIL: &str = "Email";
    /// A field.
    pub const PASSWORD: &str = "Password";
    /// A field.
    pub const ORGANIZATION: &str = "Organization name";
    /// What it is for.
    pub const ORGANIZATION_HELP: &str = "Up to 64 characters. Its address is made from it and can be changed later.";
    /// A field.
    pub const CODE: &str = "One-time code";
    /// Where it is.
    pub const CODE_HELP: &str = "The server printed it when it started, because you are not on the same machine.";
    /// The button.
    pub const SUBMIT: &str = "Create and sign in";
    /// When it is done already.
    pub const DONE: &str = "This instance is set up.";
    /// What to do then.
    pub const SIGN_IN: &str = "Sign in";

    /// The rules of a password.
    pub fn password_help() -> String {
        format!(
            "At least {} characters, and not one that anybody would try first. Several unrelated words make a good one.",
            domain::users::MIN_PASSWORD
        )
    }
}

/// Sign-in.
pub mod login {
    /// The title.
    pub const TITLE: &str = "Sign in to Patchbay";
    /// The title in the browser.
    pub const DOCUMENT: &str = "Sign in";
    /// A field.
    pub const EMAIL: &str = "Email";
    /// A field.
    pub const PASSWORD: &str = "Password";
    /// The button.
    pub const SUBMIT: &str = "Sign in";
}

/// Home of a person without any organization.
pub mod home {
    /// The title.
    pub const TITLE: &str = "No organization yet";
    /// What to do.
    pub const SENTENCE: &str =
        "Your account belongs to no organization. Ask a manager or owner of yours for an invitation; it comes by mail.";
    /// Signs out.
    pub const SIGN_OUT: &str = "Sign out";
}

/// The directory.
pub mod directory {
    use domain::directory::EntryStatus;

    /// The title.
    pub const TITLE: &str = "Integrations";
    /// The search field, for those who cannot see it.
    pub const SEARCH: &str = "Search integrations";
    /// The key that focuses the search field.
    pub const SEARCH_KEY: &str = "/";
    /// The category field, for those who cannot see it.
    pub const CATEGORY: &str = "Category";
    /// No category chosen.
    pub const ANY_CATEGORY: &str = "Any category";
    /// The segments, for those who cannot see them.
    pub const SEGMENTS: &str = "Status";
    /// The list, for those who cannot see it.
    pub const LIST: &str = "Integrations";
    /// Sends the search where the page cannot do it by itself.
    pub const APPLY: &str = "Search";
    /// Takes the filters away.
    pub const CLEAR: &str = "Clear the search";
    /// How a provider gets in.
    pub const MISSING: &str =
        "Not in the catalogue? A provider is a folder of data; whoever runs this instance can add one.";

    /// In the empty search field.
    pub fn placeholder(count: usize) -> String {
        format!("Search {}", super::count(count, "integration", "integrations"))
    }

    /// The sentence below the title: how many work, are paused, and need a person.
    pub fn sentence(connected: usize, paused: usize, attention: usize) -> String {
        if connected + paused + attention == 0 {
            return "Nothing is connected yet. Every change here is live for everyone.".to_owned();
        }
        let mut state = format!("{connected} connected");
        if paused > 0 {
            state += &format!(", {paused} paused");
        }
        if attention > 0 {
            state += &format!(", {} a hand", super::count(attention, "needs", "need"));
        }
        state + ". Every change here is live for everyone."
    }

    /// How many configurations; nothing for none.
    pub fn configurations(count: u32) -> String {
        match count {
            0 => String::new(),
            count => super::count(count as usize, "configuration", "configurations"),
        }
    }

    /// The link to the cure.
    pub const fn cure(status: EntryStatus) -> &'static str {
        match status {
            EntryStatus::NeedsSignIn => "Sign in again",
            _ => "Look at it",
        }
    }

    /// What is wrong, without the cure where a link of the same words follows.
    pub fn reason<'a>(alert: &'a str, cure: &str) -> &'a str {
        let reason = alert.trim_end().strip_suffix('.').and_then(|alert| alert.strip_suffix(cure));
        reason.map_or(alert, str::trim_end)
    }

    /// What was searched and not found.
    pub fn nothing(search: &str, category: Option<&str>, segment: &str) -> String {
        let search = search.trim();
        let what =
            if search.is_empty() { "Nothing is listed".to_owned() } else { format!("Nothing fits “{search}”") };
        let place = category.map(|category| format!(" in {category}")).unwrap_or_default();
        let part = if segment.is_empty() { String::new() } else { format!(" under {segment}") };
        format!("{what}{place}{part}.")
    }

    /// How many entries are shown, for those who cannot see it.
    pub fn shown(count: usize) -> String {
        super::count(count, "integration shown", "integrations shown")
    }

    /// Who has just changed an entry.
    pub fn changed_by(actor: &str) -> String {
        format!("Changed by {actor} just now")
    }
}

/// The mail outbox.
pub mod outbox {
    use domain::mails::MailStatus;

    /// The title.
    pub const TITLE: &str = "Mail outbox";
    /// The sentence below the title.
    pub const SENTENCE: &str =
        "What Patchbay wrote, newest first. Without a mail server nothing leaves: read it here and pass it on.";
    /// No mails.
    pub const EMPTY: &str = "No mail was written yet.";
    /// Before the recipient.
    pub const TO: &str = "To";

    /// The word of a status.
    pub const fn status(status: MailStatus) -> &'static str {
        match status {
            MailStatus::Queued => "Waiting",
            MailStatus::Sent => "Sent",
            MailStatus::Kept => "Kept here",
            MailStatus::Failed => "Refused",
        }
    }
}

/// A page that is not there.
pub mod not_found {
    /// The title.
    pub const TITLE: &str = "Not found";
    /// The sentence where nothing more is known.
    pub const SENTENCE: &str = "There is nothing at this address, or you may not see it.";
    /// The way back.
    pub const HOME: &str = "Go to the directory";
}

/// The detail page of an entry, its configurations and the installing of it.
pub mod detail {
    use domain::integrations::Integration;

    /// A card.
    pub const ABOUT: &str = "About";
    /// A card.
    pub const FEATURES: &str = "Features";
    /// A card.
    pub const FACTS: &str = "At a glance";
    /// Who made it.
    pub const AUTHOR: &str = "Made by";
    /// How one signs in.
    pub const SIGN_IN: &str = "How one signs in";
    /// What it was proven against.
    pub const PROVEN_AGAINST: &str = "Proven against";
    /// A card.
    pub const PERMISSIONS: &str = "Permissions";
    /// Nothing is asked for.
    pub const NO_PERMISSIONS: &str = "It asks for no permission beyond the account you connect.";
    /// A card.
    pub const RESOURCES: &str = "Read on";
    /// A link.
    pub const VIEW_SOURCE: &str = "View the source";
    /// A link.
    pub const REPORT_ISSUE: &str = "Report a problem";
    /// A tab.
    pub const OVERVIEW: &str = "Overview";
    /// A tab.
    pub const CONFIGURATIONS: &str = "Configurations";
    /// No feature is listed.
    pub const NO_FEATURES: &str = "No feature is listed for it.";
    /// The button of an entry that is only documentation.
    pub const LEARN_MORE: &str = "Learn more";
    /// A row's link.
    pub const CONFIGURE: &str = "Configure";
    /// A row's button.
    pub const PAUSE: &str = "Pause";
    /// A row's button.
    pub const RESUME: &str = "Resume";
    /// Opens the removal dialog.
    pub const REMOVE_ASK: &str = "Remove…";
    /// Takes a removal back.
    pub const KEEP: &str = "Keep it";
    /// Removes.
    pub const REMOVE: &str = "Remove";
    /// Leaves a dialog.
    pub const CANCEL: &str = "Cancel";
    /// In a row that is being removed, while it can be kept.
    pub const REMOVING: &str = "It is being removed.";
    /// In a row that is being removed right now.
    pub const REMOVING_NOW: &str = "It is being removed right now. Install it again to keep its settings.";
    /// Above what goes with it.
    pub const GOES_WITH_IT: &str = "This goes with it:";
    /// Below what goes with it.
    pub const CAN_BE_UNDONE: &str = "For ten seconds you can take it back.";
    /// While the form is checked.
    pub const CHECKING: &str = "Checking the connection…";
    /// Below the fields.
    pub const CHECKED_FIRST: &str = "Patchbay tries the connection before it saves anything.";
    /// Nothing has to be filled in.
    pub const NO_FIELDS: &str = "Nothing has to be filled in.";
    /// What an address without meaning does not lead to.
    pub const THIS_PAGE: &str = "This page";
    /// The button where installing is not possible.
    pub const INSTALL: &str = "Install";
    /// The cure of a refused sign-in.
    pub const SIGN_IN_AGAIN: &str = "Sign in again";
    /// The directory in the crumbs.
    pub const DIRECTORY: &str = "Integrations";

    /// Why a button cannot be used, and who can.
    pub fn refusal(who_can: &str) -> String {
        format!("{who_can} of this organization can do this. Ask one of them.")
    }

    /// The install page in the crumbs.
    pub const CONNECT: &str = "Connect";

    /// The title of the install page and of its dialog.
    pub fn install(name: &str) -> String {
        format!("Connect {name}")
    }

    /// How many features the organization lacks.
    pub fn locked_features(count: usize) -> String {
        format!("{count} locked")
    }

    /// Why a feature is locked.
    pub fn locked(reason: &str) -> String {
        format!("Locked: {reason}")
    }

    /// No configuration yet.
    pub fn nothing_connected(name: &str) -> String {
        format!("{name} is not connected yet.")
    }

    /// A toast.
    pub fn connected(integration: &Integration) -> String {
        format!("{} is connected: {}.", integration.provider.name, integration.name)
    }

    /// A toast.
    pub fn paused(name: &str) -> String {
        format!("{name} is paused. Settings and sign-in are kept.")
    }

    /// A toast.
    pub fn resumed(name: &str) -> String {
        format!("{name} is in use again.")
    }

    /// A toast.
    pub fn removing(name: &str) -> String {
        format!("{name} is being removed.")
    }

    /// A toast.
    pub fn kept(name: &str) -> String {
        format!("{name} stays. Nothing was lost.")
    }

    /// The title of the removal dialog.
    pub fn remove_title(name: &str) -> String {
        format!("Remove {name}?")
    }

    /// What a button of a row is about, for those who cannot see the row.
    pub fn about(word: &str, name: &str) -> String {
        format!("{word} {name}")
    }

    /// What goes with an installation where the server has not said more.
    pub fn goes_with(integration: &Integration) -> Vec<String> {
        let provider = &integration.provider.name;
        vec![
            format!("The stored sign-in to {provider}, which is deleted here"),
            "Its settings".to_owned(),
            "Its health history".to_owned(),
        ]
    }
}

/// The configure page.
pub mod configure {
    use domain::Timestamp;
    use domain::directory::HealthDay;
    use domain::integrations::Health;
    use serde_json::Value;

    /// A card.
    pub const SETTINGS: &str = "Settings";
    /// Beside the title of the settings.
    pub const SAVES_AS_YOU_GO: &str = "Saves as you go";
    /// Beside the title of settings that the user may not change.
    pub const LOCKED: &str = "Read only";
    /// A provider without settings.
    pub const NO_SETTINGS: &str = "There is nothing to set here.";
    /// Beside the saving button of a form that may not be saved.
    pub const READ_ONLY: &str = "You may look at these settings, not change them.";
    /// The button of a setting before the page is awake.
    pub const SAVE: &str = "Save";
    /// Below a setting.
    pub const SAVING: &str = "Saving…";
    /// A choice that may be left open.
    pub const NONE: &str = "None";
    /// Uses the other's value.
    pub const TAKE_THEIRS: &str = "Take theirs";
    /// Uses the own value.
    pub const KEEP_MINE: &str = "Keep mine";
    /// A card.
    pub const ACCESS: &str = "Access";
    /// A fact.
    pub const ACCOUNT: &str = "Account";
    /// A fact.
    pub const DOMAIN: &str = "Where";
    /// A fact.
    pub const ACCOUNT_TYPE: &str = "Kind of account";
    /// A fact.
    pub const GRANTED: &str = "Granted";
    /// A fact.
    pub const INSTALLED: &str = "Installed";
    /// A card.
    pub const ACTIVITY: &str = "Activity";
    /// Nothing happened.
    pub const NO_ACTIVITY: &str = "Nothing has happened here yet. Every change will be listed with who made it.";
    /// An entry that tells of something refused.
    pub const DENIED: &str = "refused";
    /// A card.
    pub const HEALTH: &str = "Health";
    /// Before how long ago.
    pub const CHECKED: &str = "checked";
    /// No check yet.
    pub const NEVER_CHECKED: &str = "not checked yet";
    /// A check is under way.
    pub const CHECKING: &str = "checking…";
    /// The button.
    pub const CHECK_NOW: &str = "Check now";
    /// Of a paused installation.
    pub const NOT_CHECKED_NOW: &str = "It is not checked while it is not in use.";
    /// The right end of the bars.
    pub const TODAY: &str = "today";
    /// Opens the table.
    pub const DAYS_AS_TABLE: &str = "Days as a table";
    /// A column.
    pub const DAY: &str = "Day (UTC)";
    /// A column.
    pub const WORKED: &str = "Worked";
    /// A column.
    pub const FAILED: &str = "Failed";
    /// Opens the list.
    pub const LAST_CHECKS: &str = "Last checks";
    /// No check yet.
    pub const NO_CHECKS: &str = "It has not been checked yet.";
    /// Back from the removal page.
    pub const BACK: &str = "Back to the settings";

    /// Somebody else changed a setting that is being edited.
    pub fn changed_meanwhile(actor: Option<&str>) -> String {
        format!("{} changed this while you were at it.", actor.unwrap_or("Somebody"))
    }

    /// Below a setting.
    pub fn saved(at: Timestamp, now: Timestamp) -> String {
        format!("Saved {}", super::ago(at, now))
    }

    /// Above the choice between theirs and mine.
    pub fn contested(sentence: &str, theirs: &Value) -> String {
        let theirs = match theirs {
            Value::Null => "empty".to_owned(),
            Value::Bool(true) => "on".to_owned(),
            Value::Bool(false) => "off".to_owned(),
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::String(text) => format!("“{text}”"),
            other => other.to_string(),
        };
        format!("{sentence} Theirs is {theirs}.")
    }

    /// A toast after an undo.
    pub fn restored(sentence: &str) -> String {
        format!("Undone. {sentence}")
    }

    /// What a number field cannot read.
    pub fn whole_number(label: &str, min: Option<i64>, max: Option<i64>) -> String {
        match (min, max) {
            (Some(min), Some(max)) => format!("{label} must be a whole number from {min} to {max}."),
            (Some(min), None) => format!("{label} must be a whole number, at least {min}."),
            (None, Some(max)) => format!("{label} must be a whole number, at most {max}."),
            (None, None) => format!("{label} must be a whole number."),
        }
    }

    /// A toast after a check.
    pub fn checked(name: &str, health: Health, reason: Option<&str>) -> String {
        match (health, reason) {
            (Health::Healthy, _) => format!("{name} works."),
            (_, Some(reason)) => reason.to_owned(),
            (health, None) => format!("{name}: {}.", super::health(health)),
        }
    }

    /// When the next check comes.
    pub fn next_check(at: Timestamp, now: Timestamp) -> String {
        match now.ago(at).as_str() {
            "now" => "Next check any moment".to_owned(),
            length => format!("Next check in {length}"),
        }
    }

    /// A day without its hour.
    pub fn date(day: Timestamp) -> String {
        let words = day.to_words();
        words.split(',').next().unwrap_or_default().to_owned()
    }

    /// What a bar says to a pointer.
    pub fn day(day: &HealthDay) -> String {
        let date = date(day.day);
        match (day.healthy, day.broken) {
            (0, 0) => format!("{date}: not checked"),
            (_, 0) => format!("{date}: {}, all fine", super::count(day.healthy as usize, "check", "checks")),
            (healthy, broken) => {
                format!("{date}: {broken} of {} failed", super::count((healthy + broken) as usize, "check", "checks"))
            }
        }
    }

    /// The left end of the bars.
    pub fn days_ago(count: usize) -> String {
        format!("{count} days ago")
    }

    /// How much of the checks worked; nothing without checks.
    pub fn share(days: &[HealthDay]) -> String {
        let healthy: u64 = days.iter().map(|day| u64::from(day.healthy)).sum();
        let all = healthy + days.iter().map(|day| u64::from(day.broken)).sum::<u64>();
        // Rounded down: one failure in a thousand checks is not all of them working.
        let thousandths = (healthy * 1_000).checked_div(all);
        thousandths.map(|share| format!("{}.{} %", share / 10, share % 10)).unwrap_or_default()
    }

    /// The bars, for those who cannot see them.
    pub fn strip(days: &[HealthDay]) -> String {
        let broken = days.iter().filter(|day| day.broken > 0).count();
        let checked = days.iter().filter(|day| day.healthy + day.broken > 0).count();
        format!("Of the last {} days {checked} had checks, and on {broken} of them a check failed.", days.len())
    }

    /// What a check found.
    pub const fn result(health: Health) -> &'static str {
        match health {
            Health::Healthy => "Worked",
            other => super::health(other),
        }
    }

    /// How long a check took.
    pub fn length(milliseconds: i64) -> String {
        format!("{milliseconds} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::directory::{nothing, reason, sentence};

    #[test]
    fn the_cure_is_not_said_twice() {
        assert_eq!(
            reason("Linear refused the sign-in. Sign in again.", "Sign in again"),
            "Linear refused the sign-in."
        );
        assert_eq!(reason("The server is down.", "Look at it"), "The server is down.");
    }

    #[test]
    fn the_directory_tells_its_state_in_exact_counts() {
        assert!(sentence(0, 0, 0).starts_with("Nothing is connected yet."));
        assert!(sentence(3, 1, 1).starts_with("3 connected, 1 paused, 1 needs a hand."));
        assert!(sentence(2, 0, 2).starts_with("2 connected, 2 need a hand."));
    }

    #[test]
    fn no_result_says_what_was_searched() {
        assert_eq!(nothing(" foo ", Some("Chat"), "Installed"), "Nothing fits “foo” in Chat under Installed.");
        assert_eq!(nothing("", None, "Attention"), "Nothing is listed under Attention.");
    }
}
