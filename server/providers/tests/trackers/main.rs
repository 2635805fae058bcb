//! Trackers and Sentry, against stubs that replay what the vendors document and take nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod azure;
mod azure_form;
mod azure_people;
mod genuine;
mod jira;
mod jira_form;
mod jira_hooks;
mod notices;
mod sentry;
mod stub;
mod turns;
