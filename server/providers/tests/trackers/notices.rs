//! What webhooks say.

use domain::Timestamp;
use domain::issue_sync::Aspect;
use providers::sentry;
use providers::trackers::{ItemEvent, azure, jira};
use serde_json::{Value, json};

/// As Microsoft documents the message about a changed work item.
fn azure_message(fields: Value) -> Value {
    json!({
        "subscriptionId": "fd672255-8b6b-4769-9260-beea83d752ce", "notificationId": 8,
        "id": "27646e0e-b520-4d2b-9411-bba7524947cd", "eventType": "workitem.updated", "publisherId": "tfs",
        "resource": {
            "id": 2, "workItemId": 31, "rev": 2,
            "revisedBy": {"id": "e5a5f7f8", "name": "Jamal Hartnett <fabrikamfiber4@hotmail.com>", "displayName": "Jamal Hartnett"},
            "revisedDate": "9999-01-01T00:00:00Z", "fields": fields,
            "revision": {"id": 31, "rev": 2, "fields": {"System.State": "New", "System.ChangedDate": "2014-07-15T16:48:44.663Z"}},
        },
        "resourceVersion": "1.0",
        "resourceContainers": {
            "collection": {"id": "d81542e4-cdfa-4333-b082-1ae2d6c3ad16"}, "account": {"id": "f844ec47"},
            "project": {"id": "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c"},
        },
        "createdDate": "2014-07-15T17:42:44.6630000Z",
    })
}

fn changed(fields: Value) -> ItemEvent {
    match azure::read_notice(&azure_message(fields)) {
        azure::Notice::Changed { account_id, event } => {
            assert_eq!(account_id, "d81542e4-cdfa-4333-b082-1ae2d6c3ad16");
            event.unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_of_azure_devops_tells_what_changed() {
    let fields = json!({
        "System.State": {"oldValue": "New", "newValue": "Closed"}, "System.Rev": {"oldValue": "1", "newValue": "2"},
        "System.ChangedDate": {"oldValue": "2014-07-15T17:42:44.663Z", "newValue": "2014-07-15T16:48:44.663Z"},
    });
    let event = ItemEvent {
        delivery_id: Some("27646e0e-b520-4d2b-9411-bba7524947cd".into()),
        item_key: "31".into(),
        project_id: Some("6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c".into()),
        status_changed: true,
        assignee_changed: false,
        actor: Some("Jamal Hartnett".into()),
        at: Some(Timestamp(1_405_442_924_663)),
    };
    assert_eq!(changed(fields), event);
    let taken = changed(json!({"System.AssignedTo": {"oldValue": "Ann <a@b.example>"}}));
    assert_eq!(
        (taken.status_changed, taken.assignee_changed, taken.at),
        (false, true, Some(Timestamp(1_405_442_924_663)))
    );
    let same = changed(json!({"System.State": {"oldValue": "New", "newValue": "New"}, "System.AssignedTo": {}}));
    assert!(!same.status_changed && !same.assignee_changed);
}

#[test]
fn a_message_of_azure_devops_may_say_nothing_of_use() {
    use azure::Notice::{Changed, Incomplete, Other};
    let with = |pointer: &str, value: Value| {
        let mut message = azure_message(json!({}));
        *message.pointer_mut(pointer).unwrap() = value;
        azure::read_notice(&message)
    };
    assert_eq!(with("/eventType", json!(null)), Incomplete);
    assert_eq!(with("/resourceContainers/collection", json!({})), Incomplete);
    assert_eq!(with("/resourceContainers", json!("x")), Incomplete);
    assert_eq!(azure::read_notice(&json!([])), Incomplete);
    assert_eq!(with("/eventType", json!("workitem.created")), Other);
    // Whether to believe it is decided all the same.
    assert!(matches!(with("/resource", json!(null)), Changed { event: None, .. }));
    // The sample of the documentation has 0 here, and the number in the revision.
    let first = with("/resource/workItemId", json!(0));
    assert!(matches!(first, Changed { event: Some(event), .. } if event.item_key == "31"));
    let Changed { event: Some(event), .. } = with("/resource/revisedBy", json!({"name": "Ann <a@b.example>"})) else {
        panic!()
    };
    assert_eq!(event.actor.as_deref(), Some("Ann"));
}

/// As Atlassian documents the message about a changed issue.
fn jira_message(items: Value) -> Value {
    json!({
        "timestamp": 1_606_480_436_302_i64, "webhookEvent": "jira:issue_updated", "issue_event_type_name": "issue_generic",
        "user": {"accountId": "99:27935d01", "displayName": "Bryan Rollins", "active": true},
        "issue": {"id": "99291", "key": "JRA-20002", "fields": {"summary": "x", "project": {"id": "10000", "key": "JRA"}}},
        "changelog": {"id": "10124", "items": items},
        "matchedWebhookIds": [1000, 1001],
    })
}

#[test]
fn a_message_of_jira_tells_what_changed() {
    let change = |field: &str, id: Value, to: Value| json!({"field": field, "fieldId": id, "from": "1", "to": to});
    let event = ItemEvent {
        delivery_id: Some("10124".into()),
        item_key: "99291".into(),
        project_id: Some("10000".into()),
        status_changed: true,
        assignee_changed: false,
        actor: Some("Bryan Rollins".into()),
        at: Some(Timestamp(1_606_480_436_302)),
    };
    let message = jira_message(json!([change("État", json!("status"), json!("2"))]));
    assert_eq!(jira::read_notice(&message), Some(event));
    assert_eq!(jira::hook_ids(&message), ["1000", "1001"]);
    for (items, status_changed, assignee_changed) in [
        (json!([change("assignee", json!(null), json!(null))]), false, true),
        (json!([change("status", json!("customfield_1"), json!("2"))]), false, false),
        (json!([change("status", json!("status"), json!("1"))]), false, false),
        (json!(null), false, false),
    ] {
        let event = jira::read_notice(&jira_message(items)).unwrap();
        assert_eq!((event.status_changed, event.assignee_changed), (status_changed, assignee_changed));
    }
}

#[test]
fn other_messages_of_jira_are_nothing() {
    let mut message = jira_message(json!([]));
    message["webhookEvent"] = json!("jira:issue_created");
    assert_eq!(jira::read_notice(&message), None);
    assert_eq!(jira::read_notice(&json!({"webhookEvent": "jira:issue_updated"})), None);
    assert_eq!((jira::read_notice(&json!(7)), jira::hook_ids(&json!({}))), (None, Vec::new()));
}

#[test]
fn a_webhook_of_sentry_tells_what_changed() {
    let at = Timestamp(1_700_000_000_000);
    let body = |action: &str| {
        json!({
            "action": action, "actor": {"type": "user", "id": 1, "name": "Ann"}, "installation": {"uuid": "a8e5d37a"},
            "data": {"issue": {"id": "1170820242", "shortId": "API-1", "status": "resolved", "web_url": "https://sentry.io/x/"}},
        })
    };
    for (action, aspect) in [
        ("resolved", Some(Aspect::Status)),
        ("unresolved", Some(Aspect::Status)),
        ("archived", Some(Aspect::Status)),
        ("assigned", Some(Aspect::Assignee)),
        ("created", None),
    ] {
        let notice = sentry::Notice::Issue {
            issue_id: "1170820242".into(),
            web_url: Some("https://sentry.io/x/".into()),
            aspect,
            actor: Some("Ann".into()),
            at,
        };
        assert_eq!(sentry::read_notice("issue", at, &body(action)), notice);
    }
    assert_eq!(sentry::read_notice("installation", at, &body("created")), sentry::Notice::Other);
    assert_eq!(sentry::read_notice("issue", at, &json!({"action": "resolved"})), sentry::Notice::Other);
}

#[test]
fn only_a_new_comment_of_sentry_is_one() {
    let at = Timestamp(1_700_000_000_000);
    let body = |action: &str, timestamp: Value| {
        json!({
            "action": action, "actor": {"type": "user", "id": 1, "name": "Ann"}, "installation": {"uuid": "a8e5d37a"},
            "data": {"comment_id": 1234, "issue_id": 100, "project_slug": "sentry", "timestamp": timestamp, "comment": "one\n<b>"},
        })
    };
    let comment = |at| sentry::Notice::Comment {
        issue_id: "100".into(),
        comment_id: "1234".into(),
        actor: Some("Ann".into()),
        at,
    };
    let told = json!("2022-03-02T21:51:44.118160Z");
    assert_eq!(sentry::read_notice("comment", at, &body("created", told)), comment(Timestamp(1_646_257_904_118)));
    assert_eq!(sentry::read_notice("comment", at, &body("created", json!(null))), comment(at));
    for action in ["updated", "deleted"] {
        assert_eq!(sentry::read_notice("comment", at, &body(action, json!(null))), sentry::Notice::Other);
    }
    assert_eq!(sentry::read_notice("comment", at, &json!({"action": "created"})), sentry::Notice::Other);
}
