//! Set-up.

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
