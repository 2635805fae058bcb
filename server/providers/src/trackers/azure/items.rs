//! Work items: reading one, and changing its state.

use super::super::{Seen, Tracker};
use super::people::person;
use super::{STABLE, base, json, send};
use crate::api::{Answer, Ask, line, when};
use crate::connect::CheckError;
use domain::trackers::Item;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json as object};

/// The type of a list of changes (RFC 6902).
const PATCH: HeaderValue = HeaderValue::from_static("application/json-patch+json");

/// The item, and the project that it names: its answer holds the project's name only, so the project is asked for its
/// id.
pub(in crate::trackers) async fn item(tracker: &Tracker<'_>, key: &str) -> Result<Seen<Item>, CheckError> {
    let answer = send(tracker, Ask::get(address(tracker, key)?), STABLE).await?;
    let json = tracker.api.read(&answer)?;
    let project = project_id(tracker, &line(&json, "/fields/System.TeamProject")).await?;
    Ok(tracker.api.seen(&answer, read(tracker, &json, project)?))
}

pub(in crate::trackers) async fn set_status(tracker: &Tracker<'_>, item: &Item, state: &str) -> Result<(), CheckError> {
    change(tracker, item, &object!([{"op": "replace", "path": "/fields/System.State", "value": state}])).await.map(drop)
}

/// Changes an item; the answer shows it.
pub(super) async fn change(tracker: &Tracker<'_>, item: &Item, changes: &Value) -> Result<Answer, CheckError> {
    let ask = Ask::new(Method::PATCH, address(tracker, &item.key)?).typed_json(PATCH, changes);
    send(tracker, ask, STABLE).await
}

/// Makes an item of a type: the same as a change of one that is not there yet.
pub(super) async fn create(
    tracker: &Tracker<'_>,
    project_id: &str,
    item_type: &str,
    changes: &Value,
) -> Result<Item, CheckError> {
    let (project, kind) = (tracker.api.segment(project_id)?, tracker.api.segment(item_type)?);
    let address = format!("{}{project}/_apis/wit/workitems/${kind}", base(tracker)?);
    let made = json(tracker, Ask::new(Method::PATCH, address).typed_json(PATCH, changes), STABLE).await?;
    read(tracker, &made, project_id.to_owned())
}

/// An item of an answer.
fn read(tracker: &Tracker<'_>, json: &Value, project_id: String) -> Result<Item, CheckError> {
    let missing = |what: &str| tracker.api.broken(&format!("its work item has no {what}"));
    let id = json.pointer("/id").and_then(Value::as_u64).ok_or_else(|| missing("id"))?;
    let field = |name: &str| json.get("fields").and_then(|fields| fields.get(name));
    let status = field("System.State").and_then(Value::as_str).ok_or_else(|| missing("state"))?;
    let project = tracker.api.segment(&line(json, "/fields/System.TeamProject")).map_err(|_| missing("project"))?;
    Ok(Item {
        key: id.to_string(),
        name: format!("#{id}"),
        title: line(json, "/fields/System.Title"),
        url: format!("{}{project}/_workitems/edit/{id}", base(tracker)?),
        project_id,
        status: status.to_owned(),
        is_done: None,
        assignee: field("System.AssignedTo").and_then(person),
        status_changed_at: field("Microsoft.VSTS.Common.StateChangeDate").and_then(when),
    })
}

/// The id of the project with this name.
async fn project_id(tracker: &Tracker<'_>, name: &str) -> Result<String, CheckError> {
    let name = tracker.api.segment(name).map_err(|_| tracker.api.broken("its work item names no project"))?;
    let address = format!("{}_apis/projects/{name}", base(tracker)?);
    let project = json(tracker, Ask::get(address), STABLE).await?;
    let id = project.pointer("/id").and_then(Value::as_str);
    Ok(id.ok_or_else(|| tracker.api.broken("its project has no id"))?.to_owned())
}

/// Where an item is; its key is a number.
fn address(tracker: &Tracker<'_>, key: &str) -> Result<String, CheckError> {
    Ok(format!("{}_apis/wit/workitems/{}", base(tracker)?, number(tracker, key)?))
}

/// The number of a work item, written `42` or `#42`.
pub(super) fn number<'k>(tracker: &Tracker<'_>, key: &'k str) -> Result<&'k str, CheckError> {
    let digits = key.trim().trim_start_matches('#');
    let is_number = (1..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits).ok_or_else(|| tracker.api.rejected(format!("“{key}” is no number of a work item")))
}
