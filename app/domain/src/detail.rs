//! The pages behind the directory as values: an entry's detail, and the configuration of one installation.

use crate::audit::AuditEntry;
use crate::catalogue::{Category, Kind, Resource, ScopeText};
use crate::config::ConfigField;
use crate::directory::EntryStatus;
use crate::grants::GrantView;
use crate::install_requests::InstallRequest;
use crate::integrations::{
    AspectAlert, ExternalInstall, FeatureText, Health, HealthCheck, Integration, IntegrationProvider,
    IntegrationWithConfig,
};
use crate::issue_sync::{Gathering, SyncCard};
use crate::pipelines::Preflight;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The detail page of any of the four kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The provider.
    pub provider: IntegrationProvider,
    /// What kind of entry it is.
    pub kind: Kind,
    /// One line.
    pub tagline: String,
    /// The about text: Markdown rendered and sanitized on the server.
    pub description_html: String,
    /// One or two.
    pub categories: Vec<Category>,
    /// How one signs in.
    pub sign_in: String,
    /// Features, each with whether the organization has it.
    pub features: Vec<GatedFeature>,
    /// Permissions in plain words.
    pub permissions: Vec<ScopeText>,
    /// Notes.
    pub alerts: Vec<AspectAlert>,
    /// Links.
    pub resources: Vec<Resource>,
    /// What it was proven against.
    pub proven_against: String,
    /// The worst status of its installations.
    pub status: EntryStatus,
    /// The organization's installations, by name.
    pub installations: Vec<Integration>,
    /// What the install button offers, or why not.
    pub install: InstallOption,
    /// Whether the user may pause, resume and remove.
    pub can_manage: bool,
    /// The viewer's own request to install it, whatever became of it.
    pub my_request: Option<InstallRequest>,
    /// Requests that wait for a decision, for those who may decide; oldest first.
    pub requests: Vec<InstallRequest>,
}

/// A feature with its gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GatedFeature {
    /// The text and the gate.
    pub feature: FeatureText,
    /// Why it is locked, where it is.
    pub locked: Option<String>,
}

/// What the install button offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InstallOption {
    /// Fill this form.
    Form {
        /// Its fields.
        fields: Vec<ConfigField>,
        /// The word on the button.
        label: String,
    },
    /// Go through the steps of a pipeline.
    Pipeline {
        /// The word on the button.
        label: String,
        /// What is known before it begins.
        preflight: Preflight,
    },
    /// The viewer may not install it, but may ask those who may.
    Ask {
        /// Who may.
        reason: String,
    },
    /// Go there.
    External {
        /// Where, and the words.
        install: ExternalInstall,
    },
    /// Not possible: why, and what to do.
    Not {
        /// The sentence.
        reason: String,
    },
    /// Read about it there.
    Document {
        /// Where.
        url: String,
    },
}

/// The configure page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Configure {
    /// The installation with its form.
    pub integration: IntegrationWithConfig,
    /// The provider.
    pub provider: IntegrationProvider,
    /// The secrets that are stored, by their fields' names, and how often each was written: that tells a page whether it
    /// was replaced since.
    pub secrets_set: BTreeMap<String, i64>,
    /// Ninety days, oldest first, one bar each.
    pub days: Vec<HealthDay>,
    /// The last checks, newest first.
    pub checks: Vec<HealthCheck>,
    /// What happened, newest first.
    pub activity: Vec<AuditEntry>,
    /// What goes with it when it is removed, in words.
    pub removal: Vec<String>,
    /// Whether the user may change anything here.
    pub can_manage: bool,
    /// Who can, where this user may not.
    pub who_can: String,
    /// What the provider granted, where it was a sign-in there.
    pub grant: Option<GrantView>,
    /// How to sign in again in place; none where the viewer may not.
    pub reconnect: Option<InstallOption>,
    /// How far reading the tracker's projects has come, where it is a tracker.
    pub gathering: Option<Gathering>,
    /// What is kept in step, where it is a tracker.
    pub sync: Option<SyncCard>,
    /// The server's time, for "2 min ago".
    pub now: Timestamp,
}

/// One day of the health strip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthDay {
    /// Its beginning.
    pub day: Timestamp,
    /// How many checks found it working.
    pub healthy: u32,
    /// How many did not.
    pub broken: u32,
}

impl HealthDay {
    /// Puts checks into days: `count` days that end with the one of `now`.
    pub fn strip(checks: &[HealthCheck], now: Timestamp, count: usize) -> Vec<Self> {
        use crate::time::DAY;
        let today = now.0.div_euclid(DAY);
        let mut days: Vec<_> = (0..count as i64)
            .rev()
            .map(|back| Self { day: Timestamp((today - back) * DAY), healthy: 0, broken: 0 })
            .collect();
        for check in checks {
            let back = today - check.checked_at.0.div_euclid(DAY);
            let Some(day) = usize::try_from(back).ok().and_then(|back| count.checked_sub(back + 1)) else { continue };
            match check.health {
                Health::Healthy => days[day].healthy += 1,
                _ => days[day].broken += 1,
            }
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_fall_into_their_days() {
        use crate::time::DAY;
        let check = |at, health| HealthCheck { checked_at: Timestamp(at), health, reason: None, duration_ms: 1 };
        let checks =
            [check(10 * DAY + 5, Health::Healthy), check(9 * DAY, Health::Unreachable), check(DAY, Health::Healthy)];
        let days = HealthDay::strip(&checks, Timestamp(10 * DAY + 9), 3);
        let counts: Vec<_> = days.iter().map(|day| (day.day.0 / DAY, day.healthy, day.broken)).collect();
        assert_eq!(counts, [(8, 0, 0), (9, 0, 1), (10, 1, 0)]);
    }
}
