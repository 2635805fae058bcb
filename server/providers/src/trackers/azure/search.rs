//! Looking for work items.

use super::super::{MOST_FOUND, Tracker};
use super::{PREVIEW, STABLE, base, items, json};
use crate::api::{Ask, line, list};
use crate::connect::CheckError;
use domain::trackers::Found;
use reqwest::Method;
use serde_json::{Value, json as object};

pub(in crate::trackers) async fn search(tracker: &Tracker<'_>, query: &str) -> Result<Vec<Found>, CheckError> {
    let query = query.trim();
    if query.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(number) = items::number(tracker, query)
        && let Some(found) = by_number(tracker, number).await?
    {
        return Ok(vec![found]);
    }
    let organization = tracker.api.segment(&tracker.account.name)?;
    let address = format!("https://almsearch.dev.azure.com/{organization}/_apis/search/workitemsearchresults");
    let ask = Ask::new(Method::POST, address).json(&object!({"searchText": query, "$skip": 0, "$top": MOST_FOUND}));
    let found = json(tracker, ask, PREVIEW).await?;
    let hits = list(&found, "/results").iter().filter_map(|hit| {
        // The index writes the names of fields in lower case, and numbers as text.
        let id = line(hit, "/fields/system.id");
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| of(id, line(hit, "/fields/system.title"), line(hit, "/fields/system.state")))
    });
    Ok(hits.take(MOST_FOUND).collect())
}

/// The item with this number, if there is one.
async fn by_number(tracker: &Tracker<'_>, number: &str) -> Result<Option<Found>, CheckError> {
    let address = format!("{}_apis/wit/workitems/{number}?fields=System.Title,System.State", base(tracker)?);
    let item = match json(tracker, Ask::get(address), STABLE).await {
        Err(CheckError::Gone { .. }) => return Ok(None),
        item => item?,
    };
    let id = item.get("id").and_then(Value::as_u64);
    let title = line(&item, "/fields/System.Title");
    Ok(id.map(|id| of(id.to_string(), title, line(&item, "/fields/System.State"))))
}

fn of(key: String, title: String, status: String) -> Found {
    Found { name: format!("#{key}"), key, title, status, url: None }
}
