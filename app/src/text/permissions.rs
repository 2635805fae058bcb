//! The permissions card of the configure page: what was asked for, what was granted, and for how long.

use domain::grants::PermissionState;

/// The card.
pub const TITLE: &str = "Permissions";
/// Nothing is asked for.
pub const NONE: &str = "It asks for no permission beyond the account itself.";
/// When the access token is renewed at the latest.
pub const RENEWS: &str = "Access renews";
/// When an access token ends that nothing renews.
pub const ACCESS_ENDS: &str = "Access ends";
/// Of an access token that has ended.
pub const ENDED: &str = "Access ended";
/// Of a token that does not end.
pub const NEVER_ENDS: &str = "Access does not end";
/// When it was renewed last.
pub const RENEWED: &str = "Last renewed";
/// When the refresh token ends.
pub const ENDS: &str = "Sign-in ends";
/// What to do before that.
pub const ENDS_SOON: &str = "The sign-in ends soon. Connect again to keep the connection without a gap.";
/// Something is missing or new.
pub const OUT_OF_DATE: &str = "Connect again to be asked for what is missing.";

/// The word of a state.
pub const fn state(state: PermissionState, is_told: bool) -> &'static str {
    match state {
        PermissionState::Granted if is_told => "Granted",
        PermissionState::Granted => "Asked for",
        PermissionState::Missing => "Not granted",
        PermissionState::New => "New since you last signed in",
        PermissionState::Extra => "No longer asked for",
    }
}

/// How many of how many.
pub fn granted(granted: usize, asked: usize) -> String {
    format!("{granted} of {asked}")
}

/// The provider keeps it to itself.
pub fn not_told(name: &str) -> String {
    format!("{name} does not tell what it granted, so this is what was asked for.")
}
