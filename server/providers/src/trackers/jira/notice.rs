//! What a webhook says.

use super::super::ItemEvent;
use crate::api::{id, line, list, when};
use serde_json::Value;

/// Reads a message about a changed issue; none for any other. Nothing in it is to be believed before
/// [`super::is_genuine`] was asked.
pub fn read_notice(body: &Value) -> Option<ItemEvent> {
    if line(body, "/webhookEvent") != "jira:issue_updated" {
        return None;
    }
    let changes = list(body, "/changelog/items");
    let changed =
        |field: &str| changes.iter().any(|change| is_of(change, field) && change.get("from") != change.get("to"));
    Some(ItemEvent {
        delivery_id: id(body, "/changelog/id"),
        item_key: id(body, "/issue/id")?,
        project_id: id(body, "/issue/fields/project/id"),
        status_changed: changed("status"),
        assignee_changed: changed("assignee"),
        actor: Some(line(body, "/user/displayName")).filter(|name| !name.is_empty()),
        at: body.get("timestamp").and_then(when),
    })
}

/// The ids of the webhooks that a message was sent for. Jira takes one address from an app for all sites: this is how
/// a message is told from those of other connections.
pub fn hook_ids(body: &Value) -> Vec<String> {
    let ids = list(body, "/matchedWebhookIds").iter();
    ids.filter_map(|hook| id(hook, "")).collect()
}

/// The name of a field may be translated or made up; its id is not.
fn is_of(change: &Value, field: &str) -> bool {
    match change.get("fieldId").and_then(Value::as_str) {
        Some(id) => id == field,
        None => line(change, "/field") == field,
    }
}
