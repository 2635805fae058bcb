//! The trackers, in words that a test can use for both.

use crate::app_support::Backend;
use crate::support::Vendor;
use serde_json::{Value, json};

/// Where a test runs.
#[derive(Clone, Debug)]
pub struct Place {
    /// The tracker there.
    pub kind: Kind,
    /// The database.
    pub backend: Backend,
}

/// A kind of tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Azure DevOps.
    AzureDevOps,
    /// Jira.
    Jira,
}

impl Kind {
    fn of<T>(self, azure: T, jira: T) -> T {
        match self {
            Self::AzureDevOps => azure,
            Self::Jira => jira,
        }
    }

    /// Its key in the catalogue.
    pub fn key(self) -> &'static str {
        self.of("vsts", "jira")
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        self.of("Azure DevOps", "Jira")
    }

    /// The state in which items begin.
    pub fn new_state(self) -> &'static str {
        self.of("New", "To Do")
    }

    /// An open state that items are brought into when their issue is unresolved.
    pub fn active(self) -> &'static str {
        self.of("Active", "In Progress")
    }

    /// The done state that items are brought into when their issue is resolved.
    pub fn done(self) -> &'static str {
        self.of("Closed", "Done")
    }

    /// What the status is called in the calls that write it.
    pub fn status_field(self) -> &'static str {
        self.of("System.State", "status")
    }

    /// What the assignee is called there.
    pub fn assignee_field(self) -> &'static str {
        self.of("System.AssignedTo", "assignee")
    }

    /// How the calls begin that bring an item into another state.
    pub fn status_call(self) -> &'static str {
        self.of("PATCH /{org}/_apis/wit/workitems", "POST /ex/jira/{cloud}/rest/api/3/issue/{issue}/transitions")
    }

    /// How the calls begin that are made to give an item to somebody, and for no other change.
    pub fn assignee_call(self) -> &'static str {
        self.of("GET /{org}/_apis/graph/users", "PUT /ex/jira/{cloud}/rest/api/3/issue/{issue}/assignee")
    }

    /// How the calls begin that write a comment.
    pub fn comment_call(self) -> &'static str {
        self.of("PATCH /{org}/_apis/wit/workitems", "POST /ex/jira/{cloud}/rest/api/3/issue/{issue}/comment")
    }

    /// How the calls begin that read an item.
    pub fn item_call(self) -> &'static str {
        self.of("GET /{org}/_apis/wit/workitems", "GET /ex/jira/{cloud}/rest/api/3/issue/{issue}")
    }

    /// How the calls begin that read the states of a project.
    pub fn states_call(self) -> &'static str {
        self.of(
            "GET /{org}/{project}/_apis/wit/workitemtypes/{type}/states",
            "GET /ex/jira/{cloud}/rest/api/3/project/{project}/statuses",
        )
    }

    /// How the calls begin that make a hook.
    pub fn hook_call(self) -> &'static str {
        self.of("POST /{org}/_apis/hooks/subscriptions", "POST /ex/jira/{cloud}/rest/api/3/webhook")
    }

    /// The id of the nth item.
    pub fn item(self, number: usize) -> String {
        self.of(number, 30_000 + number).to_string()
    }

    /// What people call the nth item.
    pub fn item_name(self, number: usize) -> String {
        self.of(format!("#{number}"), format!("OPS-{number}"))
    }

    /// What the mapping of a project is.
    pub fn mapping(self) -> Value {
        json!({ "on_resolve": self.done(), "on_unresolve": self.active() })
    }

    /// The tracker itself.
    pub fn start(self, spec: &Value) -> Option<Vendor> {
        match self {
            Self::AzureDevOps => Vendor::azure_devops(spec),
            Self::Jira => Vendor::jira(spec),
        }
    }
}

/// The id of the nth issue.
pub fn issue(number: usize) -> String {
    (4_000 + number).to_string()
}
