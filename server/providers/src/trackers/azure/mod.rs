//! Azure DevOps Services.
//!
//! Every call names its API version in `Accept` and repeats its method in a header, as Microsoft's own clients do.
//! An expired sign-in shows as a page or as status 203, although [`SUPPRESS`] asks for a plain 401.

pub(super) mod comments;
pub(super) mod form;
pub(super) mod hooks;
pub(super) mod items;
mod notice;
pub(super) mod people;
pub(super) mod search;

pub use notice::{Notice, read_notice};

use super::Tracker;
use crate::api::{Answer, Ask, encoded, line, list};
use crate::connect::CheckError;
use crate::outbound::Response;
use domain::trackers::TrackerState;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

/// The version that most calls are made with.
const STABLE: &str = "4.1";

/// The same for calls that are a preview there.
const PREVIEW: &str = "4.1-preview.1";

/// Asks for 401 instead of a page to sign in on.
const SUPPRESS: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-tfs-fedauthredirect"), HeaderValue::from_static("Suppress"));

/// Repeats the method.
const METHOD: HeaderName = HeaderName::from_static("x-http-method-override");

/// Where an organization is found by its id, under the number of the core service.
const AREAS: &str = "https://app.vssps.visualstudio.com/_apis/resourceareas/79134C72-4A58-4B42-976C-04E7115F32BF";

/// How many projects are on a page.
const PAGE: usize = 100;

/// After how many pages the list of projects is left as it is.
const PAGES: usize = 100;

/// The types whose states stand for the project's: the first one that has any.
const TYPES: [&str; 3] = ["Bug", "Issue", "Task"];

/// The categories of states in which nothing is left to do.
const DONE: [&str; 3] = ["resolved", "completed", "closed"];

pub(super) async fn locate(tracker: &Tracker<'_>) -> Result<String, CheckError> {
    let host = encoded(&tracker.account.external_id);
    let json = json(tracker, Ask::get(format!("{AREAS}?hostId={host}&api-preview=5.0-preview.1")), STABLE).await?;
    let found = json.pointer("/locationUrl").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let is_safe = |url: &Url| {
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        url.has_host() && plain && url.password().is_none() && (url.scheme() == "https" || tracker.api.is_moved())
    };
    let url = found.filter(is_safe).ok_or_else(|| tracker.api.broken("it does not say where the organization is"))?;
    Ok(format!("{}/", url.as_str().trim_end_matches('/')))
}

pub(super) async fn projects(tracker: &Tracker<'_>) -> Result<Vec<(String, String)>, CheckError> {
    let mut found = Vec::new();
    for page in 0..PAGES {
        let skip = page * PAGE;
        let address = format!("{}_apis/projects?stateFilter=WellFormed&$skip={skip}&$top={PAGE}", base(tracker)?);
        let json = json(tracker, Ask::get(address), STABLE).await?;
        let values = values(tracker, &json)?;
        found.extend(values.iter().filter_map(|project| named(project, "/id")));
        if values.len() < PAGE {
            break;
        }
    }
    Ok(found)
}

pub(super) async fn states(tracker: &Tracker<'_>, project_id: &str) -> Result<Vec<TrackerState>, CheckError> {
    let types = format!("{}{}/_apis/wit/workitemtypes", base(tracker)?, tracker.api.segment(project_id)?);
    let mut knows_one = false;
    for name in TYPES {
        let states = match json(tracker, Ask::get(format!("{types}/{name}/states")), PREVIEW).await {
            // A project need not have every type.
            Err(CheckError::Gone { .. }) => continue,
            states => states?,
        };
        knows_one = true;
        let states: Vec<TrackerState> = values(tracker, &states)?.iter().filter_map(state).collect();
        if !states.is_empty() {
            return Ok(states);
        }
    }
    let none = || tracker.api.rejected("this project is not there, or has neither Bug nor Issue nor Task".to_owned());
    knows_one.then(Vec::new).ok_or_else(none)
}

fn state(json: &Value) -> Option<TrackerState> {
    let name = json.pointer("/name")?.as_str()?.to_owned();
    let category = line(json, "/category");
    let is_done = DONE.contains(&category.to_lowercase().as_str());
    Some(TrackerState { name, category, is_done })
}

/// An id and the name beside it.
fn named(json: &Value, id: &str) -> Option<(String, String)> {
    let id = json.pointer(id)?.as_str()?.to_owned();
    Some((id, line(json, "/name")))
}

/// Where the organization's API is, with a slash at the end.
fn base(tracker: &Tracker<'_>) -> Result<String, CheckError> {
    let base = tracker.base.ok_or_else(|| tracker.api.broken("where its organization is was not found out yet"))?;
    Ok(format!("{}/", base.trim_end_matches('/')))
}

/// Makes a call with this version.
async fn send(tracker: &Tracker<'_>, ask: Ask, version: &str) -> Result<Answer, CheckError> {
    let accept = HeaderValue::from_str(&format!("application/json; api-version={version}"));
    let method = HeaderValue::from_str(ask.method().as_str());
    let invalid = |_| tracker.api.broken("its version is no header");
    let ask = ask.header(ACCEPT, accept.map_err(invalid)?).header(METHOD, method.map_err(invalid)?);
    let signed_in = |answer: &Response| if is_sign_in(answer) { Err(tracker.api.refused()) } else { Ok(()) };
    tracker.api.send_checked(ask.header(SUPPRESS.0, SUPPRESS.1), signed_in).await
}

/// Makes a call with this version and reads its answer.
async fn json(tracker: &Tracker<'_>, ask: Ask, version: &str) -> Result<Value, CheckError> {
    tracker.api.read(&send(tracker, ask, version).await?)
}

/// Whether an answer that looks like a success is the page on which people sign in.
fn is_sign_in(answer: &Response) -> bool {
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_page = kind.starts_with("text/html") || answer.body.trim_ascii_start().starts_with(b"<");
    answer.status.as_u16() == 203 || answer.status.is_redirection() || answer.status.is_success() && is_page
}

/// The list of an answer.
fn values<'j>(tracker: &Tracker<'_>, json: &'j Value) -> Result<&'j [Value], CheckError> {
    match json.pointer("/value") {
        Some(Value::Array(_)) => Ok(list(json, "/value")),
        _ => Err(tracker.api.broken("it sent no list")),
    }
}

/// Text of ours inside HTML of theirs.
fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>"),
            c if c.is_control() => {}
            c => html.push(c),
        }
    }
    html
}
