//! Service hooks: subscriptions to changes of work items.

use super::super::{HookState, Tracker};
use super::{STABLE, base, json, send, values};
use crate::api::{Ask, line};
use crate::connect::CheckError;
use domain::trackers::Hook;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json as object};
use url::Url;

/// What Azure DevOps calls a hook that it turned off itself: after failures, or because its owner left.
const TURNED_OFF: [&str; 2] = ["disabledBySystem", "disabledByInactiveIdentity"];

pub(in crate::trackers) async fn create(
    tracker: &Tracker<'_>,
    url: &Url,
    secret: &SecretString,
) -> Result<Hook, CheckError> {
    let body = object!({
        "publisherId": "tfs", "eventType": "workitem.updated", "resourceVersion": "1.0",
        "consumerId": "webHooks", "consumerActionId": "httpRequest",
        "consumerInputs": {
            "url": url.as_str(), "resourceDetailsToSend": "all",
            "httpHeaders": format!("shared-secret:{}", secret.expose_secret()),
        },
    });
    let ask = Ask::new(Method::POST, format!("{}_apis/hooks/subscriptions", base(tracker)?));
    let made = json(tracker, ask.json(&body).hiding(secret), STABLE).await?;
    let id = made.pointer("/id").and_then(Value::as_str);
    let id = id.ok_or_else(|| tracker.api.broken("its subscription has no id"))?.to_owned();
    Ok(Hook { id, expires_at: None })
}

pub(in crate::trackers) async fn all_to(tracker: &Tracker<'_>, url: &Url) -> Result<Vec<String>, CheckError> {
    let query = "publisherId=tfs&eventType=workitem.updated&consumerId=webHooks&consumerActionId=httpRequest";
    let ask = Ask::get(format!("{}_apis/hooks/subscriptions?{query}", base(tracker)?));
    let found = json(tracker, ask, STABLE).await?;
    let ours = values(tracker, &found)?.iter().filter(|hook| line(hook, "/consumerInputs/url") == url.as_str());
    Ok(ours.map(|hook| line(hook, "/id")).filter(|id| !id.is_empty()).collect())
}

pub(in crate::trackers) async fn look_at(tracker: &Tracker<'_>, id: &str) -> Result<HookState, CheckError> {
    match json(tracker, Ask::get(address(tracker, id)?), STABLE).await {
        Err(CheckError::Gone { .. }) => Ok(HookState::Gone),
        found => Ok(match TURNED_OFF.contains(&line(&found?, "/status").as_str()) {
            true => HookState::Gone,
            false => HookState::Alive { expires_at: None },
        }),
    }
}

pub(in crate::trackers) async fn delete(tracker: &Tracker<'_>, id: &str) -> Result<(), CheckError> {
    // Gone already is told like any refusal, so it is looked for among them.
    match send(tracker, Ask::new(Method::DELETE, address(tracker, id)?), STABLE).await {
        Err(CheckError::Rejected { .. }) if look_at(tracker, id).await? == HookState::Gone => Ok(()),
        deleted => deleted.map(drop),
    }
}

fn address(tracker: &Tracker<'_>, id: &str) -> Result<String, CheckError> {
    Ok(format!("{}_apis/hooks/subscriptions/{}", base(tracker)?, tracker.api.segment(id)?))
}
