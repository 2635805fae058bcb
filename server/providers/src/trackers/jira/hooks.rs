//! Dynamic webhooks: they belong to the app of the sign-in, and end after 30 days unless somebody renews them.
//!
//! Jira takes only one address from an app, and keeps nothing secret in it: messages are signed with the secret of the
//! app ([`super::is_genuine`]).

use super::super::{HookState, Tracker};
use super::{api, pages, projects};
use crate::api::{Ask, id, list, when};
use crate::connect::CheckError;
use domain::Timestamp;
use domain::time::DAY;
use domain::trackers::Hook;
use reqwest::Method;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;
use url::Url;

/// How long a webhook lives.
const LIFE: i64 = 30 * DAY;

/// The filter of a webhook can say little, and not “all”: it names every project there is now.
pub(in crate::trackers) async fn create(tracker: &Tracker<'_>, url: &Url) -> Result<Hook, CheckError> {
    let projects = projects(tracker).await?;
    let ids: Vec<&str> = projects.iter().map(|(id, _)| id.as_str()).filter(|id| is_number(id)).collect();
    if ids.is_empty() {
        return Err(tracker.api.rejected("it shows no project whose changes it could tell".to_owned()));
    }
    let body = object!({
        "url": url.as_str(),
        "webhooks": [{
            "events": ["jira:issue_updated"],
            "fieldIdsFilter": ["status", "assignee"],
            "jqlFilter": format!("project IN ({})", ids.join(", ")),
        }],
    });
    let made = tracker.api.json(Ask::new(Method::POST, api(tracker, "/webhook")?).json(&body)).await?;
    match id(&made, "/webhookRegistrationResult/0/createdWebhookId") {
        Some(id) => Ok(Hook { id, expires_at: Some(tracker.api.now().plus(LIFE)) }),
        // A refusal comes with status 200.
        None => {
            let errors = list(&made, "/webhookRegistrationResult/0/errors").iter().filter_map(Value::as_str);
            let said = crate::text::one_line(&errors.collect::<Vec<_>>().join(" "), 200);
            let said = said.trim_end_matches('.');
            Err(match said {
                "" => tracker.api.broken("it does not say whether the webhook is there"),
                said => tracker.api.rejected(said.to_owned()),
            })
        }
    }
}

/// An app has one address only, and is shown its own webhooks.
pub(in crate::trackers) async fn all(tracker: &Tracker<'_>) -> Result<Vec<String>, CheckError> {
    Ok(pages(tracker, "/webhook", "/values").await?.iter().filter_map(|json| id(json, "/id")).collect())
}

/// One that lacks a project which is there by now is as good as gone.
pub(in crate::trackers) async fn look_at(tracker: &Tracker<'_>, hook: &str) -> Result<HookState, CheckError> {
    let hooks = pages(tracker, "/webhook", "/values").await?;
    let Some(found) = hooks.iter().find(|json| id(json, "/id").as_deref() == Some(hook)) else {
        return Ok(HookState::Gone);
    };
    let filter = found.get("jqlFilter").and_then(Value::as_str).unwrap_or_default();
    let named: BTreeSet<_> = filter.split(|c: char| !c.is_ascii_digit()).filter(|id| !id.is_empty()).collect();
    let projects = projects(tracker).await?;
    let covers_all = projects.iter().filter(|(id, _)| is_number(id)).all(|(id, _)| named.contains(id.as_str()));
    Ok(match covers_all {
        true => HookState::Alive { expires_at: found.get("expirationDate").and_then(when) },
        false => HookState::Gone,
    })
}

pub(in crate::trackers) async fn renew(tracker: &Tracker<'_>, hook: &str) -> Result<Option<Timestamp>, CheckError> {
    let ask = Ask::new(Method::PUT, api(tracker, "/webhook/refresh")?).json(&ids(tracker, hook)?);
    let renewed = tracker.api.json(ask).await?;
    Ok(Some(renewed.get("expirationDate").and_then(when).unwrap_or_else(|| tracker.api.now().plus(LIFE))))
}

/// Jira says nothing about webhooks that are gone already.
pub(in crate::trackers) async fn delete(tracker: &Tracker<'_>, hook: &str) -> Result<(), CheckError> {
    let ask = Ask::new(Method::DELETE, api(tracker, "/webhook")?).json(&ids(tracker, hook)?);
    tracker.api.send(ask).await.map(drop)
}

fn ids(tracker: &Tracker<'_>, hook: &str) -> Result<Value, CheckError> {
    let id = hook.parse::<u64>().map_err(|_| tracker.api.rejected(format!("“{hook}” is no id of a webhook")))?;
    Ok(object!({"webhookIds": [id]}))
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}
