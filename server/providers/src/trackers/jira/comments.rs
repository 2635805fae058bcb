//! Comments of an issue.

use super::super::Tracker;
use super::{adf, api};
use crate::api::{Ask, holds, list};
use crate::connect::CheckError;
use domain::trackers::Item;
use reqwest::Method;
use serde_json::{Value, json as object};

/// How many comments are on a page, and how many pages are looked at.
const PAGE: (usize, usize) = (100, 2);

pub(in crate::trackers) async fn add(
    tracker: &Tracker<'_>,
    item: &Item,
    author: &str,
    text: &str,
    mark: &str,
) -> Result<(), CheckError> {
    let address = api(tracker, &format!("/issue/{}/comment", tracker.api.segment(&item.key)?))?;
    let body = object!({"body": adf::quotation(&format!("{author} wrote:"), text, mark)});
    tracker.api.send(Ask::new(Method::POST, address).json(&body)).await.map(drop)
}

pub(in crate::trackers) async fn has(tracker: &Tracker<'_>, item: &Item, mark: &str) -> Result<bool, CheckError> {
    let (size, pages) = PAGE;
    let comments = api(tracker, &format!("/issue/{}/comment", tracker.api.segment(&item.key)?))?;
    for page in 0..pages {
        let start = page * size;
        let address = format!("{comments}?startAt={start}&maxResults={size}&orderBy=-created");
        let found = tracker.api.json(Ask::get(address)).await?;
        let comments = list(&found, "/comments");
        if comments.iter().filter_map(|comment| comment.get("body")).any(|body| holds(&adf::plain(body), mark)) {
            return Ok(true);
        }
        let total = found.get("total").and_then(Value::as_u64).unwrap_or(0);
        if comments.is_empty() || (start + comments.len()) as u64 >= total {
            break;
        }
    }
    Ok(false)
}
