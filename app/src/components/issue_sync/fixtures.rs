//! Links and lines that the tests of several components need.

use domain::Timestamp;
use domain::ids::{InstallationId, LinkId, OrgId, SyncEventId};
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Payload, Side, SyncEvent};

/// A link.
pub fn link(id: i64) -> IssueLink {
    IssueLink {
        id: LinkId(id),
        organization_id: OrgId(1),
        sentry_id: InstallationId(9),
        issue_id: "12".into(),
        issue_name: "API-1".into(),
        issue_title: "Checkout fails".into(),
        issue_url: "https://acme.sentry.io/issues/12/".into(),
        tracker_id: InstallationId(8),
        item_key: "42".into(),
        item_name: "#42".into(),
        item_title: "Fix the checkout".into(),
        item_url: "https://dev.azure.com/fabrikam/_workitems/edit/42".into(),
        item_project: "p".into(),
        issue_status: "unresolved".into(),
        item_status: "Active".into(),
        issue_assignee: None,
        item_assignee: None,
        writing: None,
        next_at: None,
        failures: 0,
        version: 1,
        created_by: "ada@acme.test".into(),
        created_at: Timestamp(0),
    }
}

/// A line of the log.
pub fn line(id: i64, status: EventStatus) -> SyncEvent {
    SyncEvent {
        id: SyncEventId(id),
        link_id: Some(LinkId(3)),
        subject: "API-1 and #42".into(),
        side: Side::Tracker,
        aspect: Aspect::Status,
        payload: Payload::default(),
        actor: Some("Grace".into()),
        vendor_at: Some(Timestamp(0)),
        status,
        sentence: Some("It was resolved.".into()),
        attempts: 1,
        created_at: Timestamp(0),
        finished_at: None,
    }
}
