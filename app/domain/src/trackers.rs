//! Trackers: outside systems whose items are kept in step with Sentry issues. What a tracker knows of itself (projects,
//! states) and of an item, the same for all of them.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A state that an item can have in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerState {
    /// Its name, which is also how it is set.
    pub name: String,
    /// The tracker's own word for what kind of state it is: `Completed`, `indeterminate`.
    pub category: String,
    /// Whether an item in it is done.
    pub is_done: bool,
}

/// A project of a tracker with its states, as far as they could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerProject {
    /// The tracker's id of it.
    pub id: String,
    /// For people.
    pub name: String,
    /// In the tracker's order.
    pub states: Vec<TrackerState>,
    /// Why its states could not be read, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What was gathered about a tracker's projects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectInformation {
    /// In the tracker's order.
    pub projects: Vec<TrackerProject>,
}
json_column!(ProjectInformation);

impl ProjectInformation {
    /// The project with this id.
    pub fn project(&self, id: &str) -> Option<&TrackerProject> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The names of all states of all projects, each once, in the order they were first seen.
    pub fn state_names(&self) -> Vec<&str> {
        let mut seen = std::collections::BTreeSet::new();
        let all = self.projects.iter().flat_map(|project| &project.states);
        all.map(|state| state.name.as_str()).filter(|name| seen.insert(*name)).collect()
    }
}

impl TrackerProject {
    /// Whether a state of this project is a done one; none when the project has no such state.
    pub fn is_done(&self, state: &str) -> Option<bool> {
        self.states.iter().find(|known| known.name.eq_ignore_ascii_case(state)).map(|known| known.is_done)
    }
}

/// A person of an outside system, as far as it names one. People are the same when their addresses are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Lower case; none where the system hides it.
    pub email: Option<String>,
    /// For people.
    pub name: String,
}

impl Person {
    /// What tells this person from others: the address, else the name.
    pub fn key(&self) -> String {
        self.email.clone().unwrap_or_else(|| self.name.clone())
    }
}

/// An item of a tracker: a work item, a Jira issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The tracker's lasting id of it, as calls and webhooks name it.
    pub key: String,
    /// What people call it: `#42`, `OPS-7`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Where people see it.
    pub url: String,
    /// The id of its project.
    pub project_id: String,
    /// The name of its state.
    pub status: String,
    /// Whether that state is a done one, where the answer itself says it.
    pub is_done: Option<bool>,
    /// Who has it.
    pub assignee: Option<Person>,
    /// When its state last changed, by the tracker's clock, where it says so.
    pub status_changed_at: Option<Timestamp>,
}

/// An issue of Sentry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Sentry's id of it.
    pub id: String,
    /// What people call it: `API-1`.
    pub short_id: String,
    /// Its title.
    pub title: String,
    /// Where people see it.
    pub url: String,
    /// `resolved`, `unresolved` or `ignored`.
    pub status: String,
    /// Who has it; a team is a person without address.
    pub assignee: Option<Person>,
}

/// A hit of a search, on either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The id: an item's key, an issue's id.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub status: String,
    /// Where people see it, where the search tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A hook that a vendor keeps for us, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The vendor's id of it.
    pub id: String,
    /// When it ends by itself, where it does.
    pub expires_at: Option<Timestamp>,
}

/// What is stored about a tracker's projects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// What was gathered last.
    pub content: Option<ProjectInformation>,
    /// When.
    pub gathered_at: Option<Timestamp>,
    /// Until when whoever gathers now may go on; past when nobody does.
    pub lease_until: Timestamp,
    /// The fence of whoever gathers.
    pub version: i64,
    /// Projects read so far.
    pub done: i64,
    /// Projects in all; 0 while they are being listed.
    pub total: i64,
    /// Why the last try failed.
    pub problem: Option<String>,
    /// When it did.
    pub failed_at: Option<Timestamp>,
}

/// What is stored about the hook of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHook {
    /// The vendor's id of it; none while there is none.
    pub hook_id: Option<String>,
    /// Why there is none, or why it could not be looked at.
    pub problem: Option<String>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<Timestamp>,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
    /// When it is looked at next.
    pub next_check_at: Timestamp,
}
