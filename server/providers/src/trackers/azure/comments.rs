//! Comments: the history of a work item.

use super::super::Tracker;
use super::items::{self, number};
use super::{base, html, json};
use crate::api::{Ask, holds, list};
use crate::connect::CheckError;
use domain::trackers::Item;
use serde_json::{Value, json as object};

/// The version in which comments have a list of their own.
const COMMENTS: &str = "7.1-preview.4";

/// A quotation with its author before it and the mark after it. Everything is escaped: the history is HTML.
pub(in crate::trackers) async fn add(
    tracker: &Tracker<'_>,
    item: &Item,
    author: &str,
    text: &str,
    mark: &str,
) -> Result<(), CheckError> {
    let (author, text, mark) = (html(author), html(text), html(mark));
    let value = format!("<p>{author} wrote:</p><blockquote>{text}</blockquote><p>{mark}</p>");
    items::change(tracker, item, &object!([{"op": "add", "path": "/fields/System.History", "value": value}]))
        .await
        .map(drop)
}

pub(in crate::trackers) async fn has(tracker: &Tracker<'_>, item: &Item, mark: &str) -> Result<bool, CheckError> {
    let (project, number) = (tracker.api.segment(&item.project_id)?, number(tracker, &item.key)?);
    let address = format!("{}{project}/_apis/wit/workItems/{number}/comments?$top=200&order=desc", base(tracker)?);
    let found = json(tracker, Ask::get(address), COMMENTS).await?;
    let texts = list(&found, "/comments").iter().filter_map(|comment| comment.get("text").and_then(Value::as_str));
    let escaped = html(mark);
    Ok(texts.into_iter().any(|text| holds(text, mark) || holds(text, &escaped)))
}
