//! What a service hook says.

use super::super::ItemEvent;
use super::people::person;
use crate::api::{id, line, when};
use serde_json::Value;

/// What a message of Azure DevOps says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It names no event, or no organization.
    Incomplete,
    /// About something else.
    Other,
    /// A work item changed.
    Changed {
        /// The id of the organization: the account's external id.
        account_id: String,
        /// What happened; none where it does not say to which item.
        event: Option<ItemEvent>,
    },
}

/// Reads a message. Nothing in it is to be believed before the secret of the hook was compared.
pub fn read_notice(body: &Value) -> Notice {
    let (event, account_id) = (line(body, "/eventType"), line(body, "/resourceContainers/collection/id"));
    if event.is_empty() || account_id.is_empty() {
        return Notice::Incomplete;
    }
    match event.as_str() {
        "workitem.updated" => Notice::Changed { account_id, event: item_event(body) },
        _ => Notice::Other,
    }
}

/// What happened to which item.
fn item_event(body: &Value) -> Option<ItemEvent> {
    let key = ["/resource/workItemId", "/resource/revision/id"];
    let key = key.iter().find_map(|pointer| body.pointer(pointer)?.as_u64().filter(|id| *id > 0))?;
    let actor = body.pointer("/resource/revisedBy");
    let at = ["/resource/fields/System.ChangedDate/newValue", "/resource/revision/fields/System.ChangedDate"];
    let at = at.iter().chain(&["/createdDate"]).find_map(|pointer| when(body.pointer(pointer)?));
    Some(ItemEvent {
        delivery_id: id(body, "/id"),
        item_key: key.to_string(),
        project_id: id(body, "/resourceContainers/project/id"),
        status_changed: changed(body, "System.State"),
        assignee_changed: changed(body, "System.AssignedTo"),
        actor: actor.and_then(|actor| person(actor).or_else(|| person(actor.get("name")?))).map(|who| who.name),
        at,
    })
}

/// Whether a field is among the changes, with another value than before.
fn changed(body: &Value, field: &str) -> bool {
    let fields = body.pointer("/resource/fields");
    fields.and_then(|fields| fields.get(field)).is_some_and(|change| change.get("oldValue") != change.get("newValue"))
}
