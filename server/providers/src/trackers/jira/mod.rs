//! Jira Cloud, by its REST API 3 behind Atlassian's gateway.

mod adf;
pub(super) mod comments;
pub(super) mod form;
pub(super) mod hooks;
pub(super) mod items;
mod jwt;
mod notice;
pub(super) mod people;
pub(super) mod search;

pub use jwt::is_genuine;
pub use notice::{hook_ids, is_elsewhere, read_notice};

use super::Tracker;
use crate::api::{Ask, id, line, list};
use crate::connect::CheckError;
use domain::trackers::TrackerState;
use serde_json::Value;

/// Where the sites are, by their ids.
const GATEWAY: &str = "https://api.atlassian.com/ex/jira/";

/// How much is asked for at once; Jira may send less.
const PAGE: usize = 50;

/// After how many pages a list is left as it is.
const PAGES: usize = 200;

/// The category of states in which nothing is left to do.
const DONE: &str = "done";

pub(super) fn locate(tracker: &Tracker<'_>) -> Result<String, CheckError> {
    Ok(format!("{GATEWAY}{}", tracker.api.segment(&tracker.account.external_id)?))
}

pub(super) async fn projects(tracker: &Tracker<'_>) -> Result<Vec<(String, String)>, CheckError> {
    let found = pages(tracker, "/project/search", "/values").await?;
    Ok(found.iter().filter_map(|project| named(project, "/name")).collect())
}

/// The states of every type of issue, each once, in the order they were first seen.
pub(super) async fn states(tracker: &Tracker<'_>, project_id: &str) -> Result<Vec<TrackerState>, CheckError> {
    let path = format!("/project/{}/statuses", tracker.api.segment(project_id)?);
    let types = tracker.api.json(Ask::get(api(tracker, &path)?)).await?;
    let types = types.as_array().ok_or_else(|| tracker.api.broken("it sent no list"))?;
    let mut states: Vec<TrackerState> = Vec::new();
    for status in types.iter().flat_map(|kind| list(kind, "/statuses")) {
        let Some(name) = status.get("name").and_then(Value::as_str) else { continue };
        if !states.iter().any(|known| known.name == name) {
            let category = line(status, "/statusCategory/key");
            states.push(TrackerState { name: name.to_owned(), is_done: category == DONE, category });
        }
    }
    Ok(states)
}

/// The address of a call of this site's API.
fn api(tracker: &Tracker<'_>, path: &str) -> Result<String, CheckError> {
    let base = match tracker.base {
        Some(base) => base.trim_end_matches('/').to_owned(),
        None => locate(tracker)?,
    };
    Ok(format!("{base}/rest/api/3{path}"))
}

/// Every page of a list, which stands under `pointer`.
async fn pages(tracker: &Tracker<'_>, path: &str, pointer: &str) -> Result<Vec<Value>, CheckError> {
    let mut found: Vec<Value> = Vec::new();
    for _ in 0..PAGES {
        let address = format!("{}?startAt={}&maxResults={PAGE}", api(tracker, path)?, found.len());
        let mut page = tracker.api.json(Ask::get(address)).await?;
        let Some(Value::Array(values)) = page.pointer_mut(pointer).map(Value::take) else {
            return Err(tracker.api.broken("it sent no list"));
        };
        let is_empty = values.is_empty();
        found.extend(values);
        let is_all = page.get("total").and_then(Value::as_u64).is_some_and(|total| found.len() as u64 >= total);
        if is_empty || is_all || page.get("isLast").and_then(Value::as_bool) == Some(true) {
            break;
        }
    }
    Ok(found)
}

/// An id and the name beside it.
fn named(json: &Value, name: &str) -> Option<(String, String)> {
    Some((id(json, "/id")?, line(json, name)))
}
