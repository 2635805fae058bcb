//! The mail outbox.

use domain::mails::MailStatus;

/// The title.
pub const TITLE: &str = "Mail outbox";
/// The sentence below the title.
pub const SENTENCE: &str =
    "What Patchbay wrote, newest first. Without a mail server nothing leaves: read it here and pass it on.";
/// No mails.
pub const EMPTY: &str = "No mail was written yet.";
/// Before the recipient.
pub const TO: &str = "To";

/// The word of a status.
pub const fn status(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Queued => "Waiting",
        MailStatus::Sent => "Sent",
        MailStatus::Kept => "Kept here",
        MailStatus::Failed => "Refused",
    }
}
