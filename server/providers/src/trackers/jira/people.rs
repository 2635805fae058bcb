//! Who has an issue, and who could.

use super::super::{Assigned, Tracker};
use super::api;
use crate::api::{Ask, encoded, line};
use crate::connect::CheckError;
use domain::trackers::{Item, Person};
use reqwest::Method;
use serde_json::{Value, json as object};

/// Whoever has the address is found only where they let Atlassian show it; else nobody has it.
pub(in crate::trackers) async fn set_assignee(
    tracker: &Tracker<'_>,
    item: &Item,
    email: Option<&str>,
) -> Result<Assigned, CheckError> {
    let account = match email.map(str::trim) {
        None => None,
        Some(email) => {
            let could = format!("/user/assignable/search?issueKey={}&", encoded(&item.name));
            match find(tracker, &could, email).await?.into_iter().next() {
                Some(account) => Some(account),
                None => return Ok(Assigned::Unknown),
            }
        }
    };
    let address = api(tracker, &format!("/issue/{}/assignee", tracker.api.segment(&item.key)?))?;
    tracker.api.send(Ask::new(Method::PUT, address).json(&object!({"accountId": account}))).await?;
    Ok(Assigned::Done(None))
}

pub(in crate::trackers) async fn people(tracker: &Tracker<'_>, email: &str) -> Result<Vec<String>, CheckError> {
    find(tracker, "/user/search?", email.trim()).await
}

/// The accounts of whoever has this address, among those that this path finds.
async fn find(tracker: &Tracker<'_>, path: &str, email: &str) -> Result<Vec<String>, CheckError> {
    if email.is_empty() {
        return Ok(Vec::new());
    }
    let found = tracker.api.json(Ask::get(api(tracker, &format!("{path}query={}", encoded(email)))?)).await?;
    let people = found.as_array().ok_or_else(|| tracker.api.broken("it sent no list"))?;
    let theirs = |person: &&Value| line(person, "/emailAddress").to_lowercase() == email.to_lowercase();
    let accounts = people.iter().filter(theirs).map(|person| line(person, "/accountId"));
    Ok(accounts.filter(|account| !account.is_empty()).collect())
}

/// A person of an answer.
pub(super) fn person(json: &Value) -> Option<Person> {
    let email = Some(line(json, "/emailAddress").to_lowercase()).filter(|email| email.contains('@'));
    let name = Some(line(json, "/displayName")).filter(|name| !name.is_empty());
    Some(Person { name: name.or_else(|| email.clone())?, email })
}
