//! Requests to install an integration.

use domain::Timestamp;

/// The button.
pub const REQUEST: &str = "Request installation";
/// The button while it is sent.
pub const REQUESTING: &str = "Requesting…";
/// The button when it was sent.
pub const REQUESTED: &str = "Requested";
/// The button after a refusal.
pub const REQUEST_AGAIN: &str = "Request again";
/// The field.
pub const MESSAGE: &str = "Message";
/// What it is for.
pub const MESSAGE_HELP: &str = "What you need it for. Those who decide read it.";
/// The form's button.
pub const SEND: &str = "Send the request";
/// Leaves.
pub const CANCEL: &str = "Cancel";
/// Before when it was asked.
pub const ASKED: &str = "You asked on";
/// Somebody, where the name is not known.
pub const SOMEBODY: &str = "Somebody";
/// The card.
pub const TITLE: &str = "Requests";
/// Installs, which agrees.
pub const INSTALL: &str = "Install…";
/// Says no.
pub const DECLINE: &str = "Decline";

/// The title of the dialog and the page.
pub fn title(name: &str) -> String {
    format!("Request {name}")
}

/// What happens with a request.
pub fn explains(reason: &str) -> String {
    format!("{reason} They get a mail with your request.")
}

/// Why the button of a sent request does nothing.
pub fn asked(at: Timestamp) -> String {
    format!("{ASKED} {}. Nobody has decided yet.", at.to_words())
}

/// Before when it was declined.
pub fn declined(by: Option<&str>) -> String {
    format!("{} declined this on", by.unwrap_or(SOMEBODY))
}

/// Who asks.
pub fn asks(name: &str) -> String {
    format!("{name} asks for it")
}

/// A toast.
pub fn sent(name: &str) -> String {
    format!("Your request for {name} is sent.")
}

/// A toast.
pub fn said_no(name: &str) -> String {
    format!("You declined the request of {name}. They are told.")
}

/// What a button is about, for those who cannot see the row.
pub fn decline_label(name: &str) -> String {
    format!("Decline the request of {name}")
}

/// The badge of a directory row.
pub fn badge(count: u32) -> String {
    crate::text::count(count as usize, "request", "requests")
}

/// The line on top of the directory, before the names.
pub fn waiting(count: u32) -> String {
    format!("{} for your decision:", crate::text::count(count as usize, "request waits", "requests wait"))
}
