//! Home of a person without any organization.

/// The title.
pub const TITLE: &str = "No organization yet";
/// What to do.
pub const SENTENCE: &str =
    "Your account belongs to no organization. Ask a manager or owner of yours for an invitation; it comes by mail.";
/// Signs out.
pub const SIGN_OUT: &str = "Sign out";
