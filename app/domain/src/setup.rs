//! The first run: the first person and the first organization.

use serde::{Deserialize, Serialize};

/// Whether the instance waits for its first person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupState {
    /// Nobody has an account yet.
    pub needed: bool,
    /// Off loopback, setting up needs the one-time code that `serve` prints.
    pub needs_code: bool,
}

/// What the first person fills in, beside the password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupForm {
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// The organization's name.
    pub organization: String,
    /// The one-time code, where one is needed.
    pub code: String,
}
