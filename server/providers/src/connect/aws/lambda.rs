//! Lambda functions: listed, and given the monitoring layer.

use super::Function;
use super::client::{Body, Client};
use super::layer::{self, Runtime};
use crate::connect::CheckError;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

/// AWS's own limit of a page.
const PAGE: usize = 50;

/// How many pages are read: as many functions as AWS allows in a region by default, twice over.
const PAGES: usize = 40;

/// The Node and Python functions, by name.
pub(super) async fn functions(client: &Client<'_>) -> Result<Vec<Function>, CheckError> {
    let mut found = Vec::new();
    let mut marker = String::new();
    for _ in 0..PAGES {
        let path = format!("/2015-03-31/functions/?MaxItems={PAGE}{marker}");
        let answer = client.send(Method::GET, "lambda", &path, None).await?;
        let json = answer.json().ok_or_else(|| client.broken("it did not send JSON"))?;
        let items = json["Functions"].as_array().ok_or_else(|| client.broken("it sent no list of functions"))?;
        found.extend(items.iter().filter_map(function));
        match json["NextMarker"].as_str().filter(|next| !next.is_empty()) {
            Some(next) => marker = format!("&Marker={}", encoded(next)),
            None => break,
        }
    }
    found.sort_by_key(|function| function.name.to_lowercase());
    Ok(found)
}

/// Gives a function the layer and its settings, and keeps everything else that it has.
pub(super) async fn enable(client: &Client<'_>, name: &str, dsn: &str) -> Result<(), CheckError> {
    let path = format!("/2015-03-31/functions/{}", encoded(name));
    let answer = client.send(Method::GET, "lambda", &path, None).await?;
    let json = answer.json().ok_or_else(|| client.broken("it did not send JSON"))?;
    let now = &json["Configuration"];
    let runtime = now["Runtime"].as_str().and_then(Runtime::of);
    let runtime = runtime.ok_or_else(|| client.failed("this function is neither Node nor Python".to_owned()))?;
    // What cannot be read would be lost by writing it back.
    if !now["Environment"]["Error"].is_null() {
        let message = "the role may not read the function's environment, so nothing was changed";
        return Err(client.failed(message.to_owned()));
    }
    let mut change = layer::change(runtime, now, client.region, dsn);
    // AWS refuses the change when somebody else was faster.
    if let Some(revision) = now["RevisionId"].as_str() {
        change["RevisionId"] = json!(revision);
    }
    let body = Body("application/json", change.to_string());
    client.send(Method::PUT, "lambda", &format!("{path}/configuration"), Some(body)).await.map(drop)
}

fn function(item: &Value) -> Option<Function> {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    Runtime::of(item["Runtime"].as_str()?)?;
    Some(Function {
        name: item["FunctionName"].as_str()?.to_owned(),
        runtime: text("Runtime"),
        description: text("Description"),
        layers: layer::arns(item),
    })
}

fn encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}
