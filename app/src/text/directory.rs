//! The directory.

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
    format!("Search {}", crate::text::count(count, "integration", "integrations"))
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
        state += &format!(", {} a hand", crate::text::count(attention, "needs", "need"));
    }
    state + ". Every change here is live for everyone."
}

/// How many configurations; nothing for none.
pub fn configurations(count: u32) -> String {
    match count {
        0 => String::new(),
        count => crate::text::count(count as usize, "configuration", "configurations"),
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
    let what = if search.is_empty() { "Nothing is listed".to_owned() } else { format!("Nothing fits “{search}”") };
    let place = category.map(|category| format!(" in {category}")).unwrap_or_default();
    let part = if segment.is_empty() { String::new() } else { format!(" under {segment}") };
    format!("{what}{place}{part}.")
}

/// How many entries are shown, for those who cannot see it.
pub fn shown(count: usize) -> String {
    crate::text::count(count, "integration shown", "integrations shown")
}

/// Who has just changed an entry.
pub fn changed_by(actor: &str) -> String {
    format!("Changed by {actor} just now")
}

#[cfg(test)]
mod tests {
    use super::*;

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
