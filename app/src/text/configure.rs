//! The configure page.

use domain::Timestamp;
use domain::detail::HealthDay;
use domain::integrations::Health;
use domain::issue_sync::Gathering;
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
/// In a choice of a row while nothing is chosen.
pub const CHOOSE: &str = "Choose…";
/// The button of a row.
pub const REMOVE_ROW: &str = "Remove";
/// A row whose first cell is empty.
pub const THIS_ROW: &str = "this row";
/// Beside an item that the list no longer has.
pub const ITEM_GONE: &str = "no longer there";
/// A project that is not there any more.
pub const DELETED: &str = "Deleted";
/// Below a choice that is no longer offered.
pub const STATE_GONE: &str = "no longer a state of this project";
/// Below a row that somebody else changed while it was edited.
pub const ROW_OVERTAKEN: &str = "Somebody changed this row meanwhile. What stands here replaces it when it is saved.";
/// Below a row whose choices are awaited.
pub const LOADING_STATES: &str = "Loading what can be chosen…";
/// Below a row whose choices are not known.
pub const STATES_UNKNOWN: &str = "What can be chosen here is not known.";
/// Asks for the choices.
pub const LOAD_STATES: &str = "Load choices";
/// The button that adds a pair.
pub const ADD: &str = "Add";
/// Beside that button.
pub const CHOOSE_BOTH: &str = "Choose both first.";
/// The label of the item of a new pair.
pub const PAIR_ITEM: &str = "Connect";
/// The label of the project of a new pair.
pub const PAIR_PROJECT: &str = "with";
/// In the choice of a project.
pub const CHOOSE_PROJECT: &str = "Choose a project…";
/// Beside the button that leads on.
pub const MAP_ONE_FIRST: &str = "Connect at least one first.";
/// Reads projects anew.
pub const READ_AGAIN: &str = "Read again";
/// The same, where they were never read.
pub const READ_NOW: &str = "Read now";
/// Beside the buttons of a line about projects, without scripts.
pub const SEE_HOW_FAR: &str = "See how far it is";
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
    format!("Saved {}", crate::text::ago(at, now))
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

/// Above the choice between their secret and mine.
pub fn contested_secret(sentence: &str) -> String {
    format!("{sentence} Nobody can read theirs; it is used until yours replaces it.")
}

/// Above the choice between their rows and mine; `change` says what differs, with the field's name before.
pub fn contested_rows(sentence: &str, label: &str, change: &str) -> String {
    let differs = change.strip_prefix(&format!("changed {label}: ")).unwrap_or(change);
    // Hundreds of rows are not read in a sentence.
    let short: String = differs.chars().take(400).collect();
    let rest = if short.len() < differs.len() { "…" } else { "" };
    format!("{sentence} Compared with yours, theirs has {short}{rest}.")
}

/// A field that cannot be changed and does not say why.
pub fn not_now(label: &str) -> String {
    format!("{label} cannot be changed now.")
}

/// What must be set before a choice can be made.
pub fn set_first(labels: &[String]) -> String {
    format!("Set {} first.", labels.join(" and "))
}

/// A search without a result.
pub fn nothing_found(query: &str) -> String {
    match query.trim() {
        "" => "There is nothing to choose.".to_owned(),
        query => format!("Nothing found for “{query}”."),
    }
}

/// The label of the button that removes a row.
pub fn remove_row(name: &str) -> String {
    format!("Remove {name}")
}

/// After the label of a choice in a row, for those who listen.
pub fn for_item(name: &str) -> String {
    format!(" for {name}")
}

/// What a row still needs.
pub fn row_needs(labels: &[String]) -> String {
    let labels: Vec<_> = labels.iter().map(|label| format!("“{label}”")).collect();
    format!("Not saved yet. Missing: {}.", labels.join(", "))
}

/// A stored value that can no longer be chosen.
pub fn no_longer_offered(value: &str) -> String {
    format!("{value} ({STATE_GONE})")
}

/// How far reading projects has come.
pub fn gathering(provider: &str, gathering: &Gathering) -> String {
    match gathering.total {
        0 => format!("Asking {provider} for its projects…"),
        total => format!("Reading projects of {provider}: {} of {total}", gathering.done),
    }
}

/// That projects were read, and when.
pub fn gathered(provider: &str, at: Option<Timestamp>, now: Timestamp) -> String {
    match at {
        Some(at) => format!("Projects of {provider} read {}.", crate::text::ago(at, now)),
        None => format!("The projects of {provider} were not read yet."),
    }
}

/// Opens the list of projects that could not be read.
pub fn partial(count: usize) -> String {
    format!("{} could not be read", crate::text::count(count, "project", "projects"))
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
        (health, None) => format!("{name}: {}.", crate::text::health(health)),
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
        (_, 0) => format!("{date}: {}, all fine", crate::text::count(day.healthy as usize, "check", "checks")),
        (healthy, broken) => {
            format!("{date}: {broken} of {} failed", crate::text::count((healthy + broken) as usize, "check", "checks"))
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
        other => crate::text::health(other),
    }
}

/// How long a check took.
pub fn length(milliseconds: i64) -> String {
    format!("{milliseconds} ms")
}
