//! Sign-in.

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
