//! Grants: what a provider gave when somebody signed in there, and how it is kept alive. The tokens are not here: they
//! are sealed credentials.

use crate::catalogue::ScopeText;
use crate::ids::InstallationId;
use crate::time::{DAY, MINUTE, Timestamp};
use serde::{Deserialize, Serialize};

/// The name of the credential that holds the access token.
pub const ACCESS_TOKEN: &str = "access_token";
/// The name of the credential that holds the refresh token.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// How long before its end an access token is no longer handed out, in milliseconds.
pub const MARGIN: i64 = MINUTE;
/// How long before the end of a refresh token somebody is warned, in milliseconds.
pub const WARN_BEFORE: i64 = 7 * DAY;

/// A list of the provider's scope words in its column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeList(pub Vec<String>);
json_column!(ScopeList);

/// A row of the store: the grant of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whose.
    pub installation_id: InstallationId,
    /// The fence: grows with every write, and a late writer's number no longer fits.
    pub version: i64,
    /// What was asked for.
    pub requested_scopes: ScopeList,
    /// What was granted, where the provider says it.
    pub granted_scopes: Option<ScopeList>,
    /// When the access token ends; none for one that does not.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends, where that is known.
    pub refresh_expires_at: Option<Timestamp>,
    /// When it is refreshed next, ahead of its end; none when it cannot be or need not.
    pub refresh_at: Option<Timestamp>,
    /// Refreshes that failed in a row.
    pub failures: i64,
    /// Why the last one failed.
    pub problem: Option<String>,
    /// When the tokens were last written.
    pub refreshed_at: Timestamp,
    /// Until when somebody is refreshing it.
    pub lease_until: Timestamp,
    /// Whether those who can act were told that the refresh token ends soon.
    pub warned: bool,
}

impl Grant {
    /// Whether the provider said that it is gone: only signing in again helps.
    pub fn is_over(&self) -> bool {
        self.problem.is_some() && self.refresh_at.is_none()
    }

    /// Whether the access token can be handed out.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now.plus(MARGIN) < end)
    }
}

/// When to refresh an access token that was given now and lives this long, in milliseconds: at three quarters of its
/// life, and at least [`MARGIN`] twice before its end.
pub fn refresh_at(now: Timestamp, life: i64) -> Timestamp {
    now.plus((life * 3 / 4).min(life - 2 * MARGIN).max(0))
}

/// A grant as the configure page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrantView {
    /// Every permission that is asked for or was granted.
    pub permissions: Vec<Permission>,
    /// Whether the provider says what it granted; else nothing can be compared.
    pub is_told: bool,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it is renewed before that without anybody's doing.
    pub renews: bool,
    /// When the refresh token ends, and with it the connection.
    pub refresh_expires_at: Option<Timestamp>,
    /// When the tokens were last renewed.
    pub refreshed_at: Timestamp,
    /// Why the last renewal failed.
    pub problem: Option<String>,
}

/// One permission of a grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permission {
    /// The provider's word and what it allows.
    pub scope: ScopeText,
    /// How it stands.
    pub state: PermissionState,
}

text_enum! {
    /// How a permission stands.
    pub enum PermissionState {
        /// Asked for and granted.
        Granted = "granted",
        /// Asked for and not granted.
        Missing = "missing",
        /// Asked for now, but not when somebody last signed in.
        New = "new",
        /// Granted though nobody asks for it any more.
        Extra = "extra",
    }
}

impl Permission {
    /// Puts what is asked for now, what was asked for then and what was granted side by side.
    pub fn compare(now: &[ScopeText], requested: &[String], granted: Option<&[String]>) -> Vec<Self> {
        let state = |name: &String| match granted {
            Some(granted) if granted.contains(name) => PermissionState::Granted,
            _ if !requested.contains(name) => PermissionState::New,
            Some(_) => PermissionState::Missing,
            None => PermissionState::Granted,
        };
        let known = now.iter().map(|scope| Self { scope: scope.clone(), state: state(&scope.name) });
        let extra = granted.unwrap_or_default().iter().filter(|name| !now.iter().any(|scope| scope.name == **name));
        let extra = extra.map(|name| Self {
            scope: ScopeText { name: name.clone(), text: String::new() },
            state: PermissionState::Extra,
        });
        known.chain(extra).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requested_and_granted_scopes_are_told_apart() {
        let asked = |name: &str| ScopeText { name: name.to_owned(), text: format!("Do {name}") };
        let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let now = [asked("read"), asked("write"), asked("admin")];
        let found = Permission::compare(&now, &words(&["read", "write"]), Some(&words(&["read", "old"])));
        let states: Vec<_> =
            found.iter().map(|permission| (permission.scope.name.as_str(), permission.state.as_str())).collect();
        assert_eq!(states, [("read", "granted"), ("write", "missing"), ("admin", "new"), ("old", "extra")]);
    }

    #[test]
    fn a_token_is_refreshed_well_before_it_ends() {
        let now = Timestamp(0);
        assert_eq!(refresh_at(now, 60 * MINUTE), Timestamp(45 * MINUTE));
        assert_eq!(refresh_at(now, 4 * MINUTE), Timestamp(2 * MINUTE));
        assert_eq!(refresh_at(now, MINUTE), now);
    }
}
