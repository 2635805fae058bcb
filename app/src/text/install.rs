//! Installing step by step: what is known before, the steps, and how they end.

/// Above what the person needs over there.
pub const NEEDS: &str = "Before you begin";
/// Leads to the credentials of the provider's app.
pub const SET_UP: &str = "Set it up";
/// Above the address the provider must know.
pub const CALLBACK_URL: &str = "Callback URL";
/// What to do with it.
pub const CALLBACK_HELP: &str = "Enter it at the provider, letter for letter.";
/// Copies a value.
pub const COPY: &str = "Copy";
/// A value to copy, for those who cannot see the line above it.
pub const VALUE: &str = "this value";
/// It was copied.
pub const COPIED: &str = "Copied";
/// The browser does not let a page copy.
pub const COPY_BY_HAND: &str = "Selected: press Ctrl+C, or ⌘C, to copy it.";
/// Begins.
pub const BEGIN: &str = "Begin";
/// While a pipeline is started, for those who cannot see the skeleton.
pub const STARTING: &str = "Starting…";
/// Begins anew.
pub const START_OVER: &str = "Start over";
/// Leaves.
pub const CANCEL: &str = "Cancel";
/// Looks whether it has gone on, where the page cannot do it by itself.
pub const LOOK_AGAIN: &str = "Look again";
/// While a step is worked on.
pub const WORKING: &str = "One moment…";
/// Above what is asked for.
pub const ASKS_FOR: &str = "Patchbay asks for";
/// After a click, where the browser opened nothing.
pub const BLOCKED: &str =
    "The browser did not open the window. Allow pop-ups for this site and try again, or sign in in this tab.";
/// Opens the window once more.
pub const OPEN_AGAIN: &str = "Open it again";
/// Signs in without a second window.
pub const THIS_TAB: &str = "Use this tab";
/// Nothing can be chosen.
pub const NOTHING_TO_CHOOSE: &str = "There is nothing to choose from.";
/// Leads on from a finished pipeline.
pub const GO_ON: &str = "Go to its settings";
/// Installs again with the account that is there.
pub const CONNECT_AGAIN: &str = "Connect again";

/// Where a pipeline stands.
pub fn step(index: u32, total: u32) -> String {
    format!("Step {} of {total}", index + 1)
}

/// The title of the dialog and the page that connect an installation again.
pub fn again(name: &str) -> String {
    format!("Connect {name} again")
}

/// The button of the sign-in.
pub fn sign_in(name: &str) -> String {
    format!("Sign in to {name}")
}

/// What the button does.
pub fn sign_in_help(name: &str) -> String {
    format!("{name} opens in a window of its own. Sign in there and agree; this page goes on by itself.")
}

/// What the link does, where there is no second window.
pub fn sign_in_help_here(name: &str) -> String {
    format!("Sign in at {name} and agree; it leads back here.")
}

/// While the window is open.
pub fn waiting(name: &str) -> String {
    format!("Waiting for {name}. Finish in the other window.")
}

/// While the provider's answer is checked.
pub fn checking(name: &str) -> String {
    format!("Checking what {name} answered…")
}

/// It is connected.
pub fn connected(name: &str, account: &str) -> String {
    format!("{name} is connected: {account}.")
}

/// A toast after an installation was connected again.
pub fn connected_again(name: &str) -> String {
    format!("{name} is connected again. Its settings were kept.")
}
