//! The mail outbox.

use crate::ids::MailId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

text_enum! {
    /// Where a mail is.
    pub enum MailStatus {
        /// Waits for the mail server.
        Queued = "queued",
        /// The mail server took it.
        Sent = "sent",
        /// No mail server is configured: kept for the instance administrator to read and pass on.
        Kept = "kept",
        /// The mail server refused it for good.
        Failed = "failed",
    }
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The id.
    pub id: MailId,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Where it is.
    pub status: MailStatus,
    /// Why it was not sent.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}
