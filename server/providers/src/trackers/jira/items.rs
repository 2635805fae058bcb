//! Issues: reading one, and bringing it into another state.

use super::super::{Seen, Tracker};
use super::people::person;
use super::{DONE, api};
use crate::api::{Ask, id, line, list, when};
use crate::connect::CheckError;
use domain::trackers::Item;
use reqwest::Method;
use serde_json::{Value, json as object};

/// What of an issue is asked for. Jira dates only changes from one category of states to another, which are those that
/// matter between two trackers: to do, in progress, done.
const FIELDS: &str = "summary,status,assignee,project,statuscategorychangedate";

pub(in crate::trackers) async fn item(tracker: &Tracker<'_>, key: &str) -> Result<Seen<Item>, CheckError> {
    let address = api(tracker, &format!("/issue/{}?fields={FIELDS}", tracker.api.segment(key.trim())?))?;
    let answer = tracker.api.send(Ask::get(address)).await?;
    let item = read(tracker, &tracker.api.read(&answer)?)?;
    Ok(tracker.api.seen(&answer, item))
}

/// A state is reached by a transition that leads to it; there may be none from where the issue is.
pub(in crate::trackers) async fn set_status(tracker: &Tracker<'_>, item: &Item, state: &str) -> Result<(), CheckError> {
    let same = |name: &str| name.to_lowercase() == state.to_lowercase();
    let address = api(tracker, &format!("/issue/{}/transitions", tracker.api.segment(&item.key)?))?;
    let found = tracker.api.json(Ask::get(address.clone())).await?;
    let transitions = list(&found, "/transitions");
    let leads = |transition: &&Value| transition.pointer("/to/name").and_then(Value::as_str).is_some_and(same);
    match transitions.iter().find(leads).and_then(|transition| id(transition, "/id")) {
        Some(id) => {
            let body = object!({"transition": {"id": id}});
            tracker.api.send(Ask::new(Method::POST, address).json(&body)).await.map(drop)
        }
        None if same(&item.status) => Ok(()),
        None => {
            let message = format!("no transition leads {} from “{}” to “{state}”", item.name, item.status);
            Err(tracker.api.rejected(message))
        }
    }
}

/// An issue of an answer.
fn read(tracker: &Tracker<'_>, json: &Value) -> Result<Item, CheckError> {
    let missing = |what: &str| tracker.api.broken(&format!("its issue has no {what}"));
    let name = Some(line(json, "/key")).filter(|key| !key.is_empty()).ok_or_else(|| missing("key"))?;
    let status = json.pointer("/fields/status/name").and_then(Value::as_str).ok_or_else(|| missing("state"))?;
    let category = Some(line(json, "/fields/status/statusCategory/key")).filter(|category| !category.is_empty());
    let url = match &tracker.account.domain_name {
        Some(domain) => format!("https://{domain}/browse/{}", tracker.api.segment(&name)?),
        None => line(json, "/self"),
    };
    Ok(Item {
        key: id(json, "/id").ok_or_else(|| missing("id"))?,
        name,
        title: line(json, "/fields/summary"),
        url,
        project_id: id(json, "/fields/project/id").ok_or_else(|| missing("project"))?,
        status: status.to_owned(),
        is_done: category.map(|category| category == DONE),
        assignee: json.pointer("/fields/assignee").and_then(person),
        status_changed_at: json.pointer("/fields/statuscategorychangedate").and_then(when),
    })
}
