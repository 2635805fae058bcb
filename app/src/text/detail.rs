//! The detail page of an entry, its configurations and the installing of it.

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
