//! The apps that Patchbay is at providers: the pages of the instance administrator.

use crate::api::provider_apps::Done;

/// The title of the list.
pub const TITLE: &str = "Providers";
/// The sentence below the title.
pub const SENTENCE: &str = "Some providers only let a registered app sign people in. Register Patchbay there once; every organization uses it.";
/// No provider needs an app.
pub const EMPTY: &str = "No provider in the catalogue needs an app.";
/// The word of a state.
pub const READY: &str = "Ready";
/// The word of a state.
pub const NOT_SET_UP: &str = "Not set up";
/// The word of a state.
pub const INCOMPLETE: &str = "Incomplete";
/// The button of a provider that is not set up.
pub const SET_UP: &str = "Set up";
/// The button of one that is.
pub const CHANGE: &str = "Change";
/// What the page of an unknown provider is called.
pub const THIS_PROVIDER: &str = "This provider";
/// Before when it was changed.
pub const CHANGED: &str = "changed";
/// A card.
pub const ADDRESSES: &str = "Enter these at the provider";
/// Where an app is registered.
pub const DOCUMENTATION: &str = "How to register an app there";
/// A card.
pub const CREDENTIALS: &str = "What the provider gave you";
/// What becomes of secrets.
pub const SECRETS: &str = "Secrets are stored encrypted and never shown again.";
/// Below a secret that is stored.
pub const SET: &str = "Set. Leave it empty to keep it.";
/// The button.
pub const SAVE: &str = "Save";
/// A card.
pub const TEST_TITLE: &str = "Test";
/// What a test does.
pub const TEST_HELP: &str =
    "Shows the provider what is saved here and says whether it takes it. Nobody has to sign in.";
/// The button.
pub const TEST: &str = "Test this set-up";
/// While it is tested.
pub const TESTING: &str = "Asking the provider…";
/// A card.
pub const FORGET_TITLE: &str = "Forget";
/// Opens the question.
pub const FORGET_ASK: &str = "Forget this set-up…";
/// The button.
pub const FORGET: &str = "Forget it";

/// What forgetting does.
pub fn forget_help(name: &str) -> String {
    format!(
        "The stored credentials are deleted. Nobody can connect {name} any more, and what is connected stops working \
         when its access has to be renewed."
    )
}

/// What a plain form has done.
pub const fn done(done: Done) -> &'static str {
    match done {
        Done::Saved => "Saved.",
        Done::Works => "The provider took the credentials.",
        Done::Forgotten => "Forgotten. The credentials are deleted.",
    }
}

/// A toast.
pub fn saved(name: &str) -> String {
    format!("The set-up of {name} is saved.")
}

/// A toast.
pub fn forgotten(name: &str) -> String {
    format!("The set-up of {name} is forgotten.")
}

/// The configuration file wins over the field below.
pub fn endpoint_fixed(address: &str) -> String {
    format!(
        "The configuration of this server sets the other address to {address}. What is entered here does not count."
    )
}
