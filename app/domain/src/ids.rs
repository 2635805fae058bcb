//! Ids: 64-bit integers inside, strings on the Sentry and Patchbay wires (RFC 8259 numbers lose precision above 2^53).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
        #[cfg_attr(feature = "sqlx", sqlx(transparent))]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                parse(text).map(Self)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize(deserializer).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    UserId,
    /// A signed-in browser.
    SessionId,
    /// A tenant.
    OrgId,
    /// A user's membership of an organization.
    MemberId,
    /// A group of members.
    TeamId,
    /// What mappings and plugins attach to.
    ProjectId,
    /// An outside account, shared by the organizations that installed it: `id` on `/api/0`.
    IntegrationId,
    /// One organization's installation of an outside account.
    InstallationId,
    /// A stored secret.
    CredentialId,
    /// An organization's data key.
    DataKeyId,
    /// An audit entry.
    AuditId,
    /// A member's request to install an integration.
    InstallRequestId,
    /// A durable job.
    JobId,
    /// An API token.
    TokenId,
    /// A mail in the outbox.
    MailId,
    /// An event of the live stream; grows, so that a browser can catch up from the last one it saw.
    EventId,
    /// One run of a health check.
    CheckId,
    /// A link between a Sentry issue and a tracker's item.
    LinkId,
    /// An event of a link, which is also a line of the sync log.
    SyncEventId,
}

/// Digits only: `+1`, ` 1` and `1_0` are not ids.
fn parse(text: &str) -> Result<i64, String> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err("not an id: expected digits".to_owned());
    }
    text.parse().map_err(|_| "not an id: too large".to_owned())
}

fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => parse(&text).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits_and_travels_as_a_string() {
        assert_eq!("42".parse(), Ok(OrgId(42)));
        for wrong in ["", "+1", "-1", " 1", "1.0", "9223372036854775808", "１"] {
            assert!(wrong.parse::<OrgId>().is_err(), "{wrong:?}");
        }
        assert_eq!(serde_json::to_string(&OrgId(7)).unwrap(), "\"7\"");
        assert_eq!(serde_json::from_str::<OrgId>("7").unwrap(), OrgId(7));
    }
}
