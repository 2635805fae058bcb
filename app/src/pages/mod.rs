//! The pages: one file or folder each. Pages fetch; what they show is built of components.

pub mod acts;
pub mod admin_mail;
pub mod admin_providers;
pub mod configure;
pub mod detail;
pub mod directory;
pub mod fresh;
pub mod home;
pub mod install;
pub mod issue_sync;
pub mod layout;
pub mod login;
pub mod not_found;
pub mod panel;
pub mod setup;
