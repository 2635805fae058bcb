//! The frame around the pages.

/// The skip link.
pub const SKIP: &str = "Skip to content";
/// The menu button of narrow screens.
pub const MENU: &str = "Menu";
/// The navigation, for those who cannot see it.
pub const NAVIGATION: &str = "Main";
/// The organization selector, for those who cannot see it.
pub const ORGANIZATIONS: &str = "Organizations";
/// The selector on a page of no organization.
pub const CHOOSE: &str = "Choose one";
/// A group.
pub const INTEGRATIONS: &str = "Integrations";
/// A page.
pub const DIRECTORY: &str = "Directory";
/// A group.
pub const INSTANCE: &str = "Instance";
/// A page.
pub const PROVIDER_APPS: &str = "Providers";
/// A page.
pub const OUTBOX: &str = "Mail outbox";
/// A group.
pub const ACCOUNT: &str = "Account";
/// Signs out.
pub const SIGN_OUT: &str = "Sign out";
/// The role of an instance administrator who is no member.
pub const NO_ROLE: &str = "instance administrator";
/// The bar while the live stream is down.
pub const RECONNECTING: &str = "Reconnecting… Changes by others show up when the connection is back.";

/// The red count, for those who cannot see it is red.
pub fn attention(count: usize) -> String {
    format!("{} a person", crate::text::count(count, "needs", "need"))
}
