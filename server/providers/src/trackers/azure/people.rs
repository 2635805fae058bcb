//! Who has an item, and who could.

use super::super::{Assigned, Tracker};
use super::{PREVIEW, items, send, values};
use crate::api::{Ask, encoded, line};
use crate::connect::CheckError;
use crate::text;
use domain::trackers::{Item, Person};
use serde_json::{Value, json};

/// After how many pages nobody is looked for any more.
const PAGES: usize = 200;

/// Says where the next page begins.
const NEXT: &str = "x-ms-continuationtoken";

pub(in crate::trackers) async fn set_assignee(
    tracker: &Tracker<'_>,
    item: &Item,
    email: Option<&str>,
) -> Result<Assigned, CheckError> {
    let path = "/fields/System.AssignedTo";
    let change = match email {
        None => json!([{"op": "remove", "path": path}]),
        Some(email) => match find(tracker, email.trim(), 1).await?.pop() {
            Some(name) => json!([{"op": "replace", "path": path, "value": name}]),
            None => return Ok(Assigned::Unknown),
        },
    };
    let answer = items::change(tracker, item, &change).await?;
    let shown = tracker.api.read(&answer).ok();
    Ok(Assigned::Done(shown.and_then(|item| item.pointer("/fields/System.AssignedTo").and_then(person))))
}

pub(in crate::trackers) async fn people(tracker: &Tracker<'_>, email: &str) -> Result<Vec<String>, CheckError> {
    find(tracker, email.trim(), 2).await
}

/// How the organization names whoever has this address: looked for on every page, until so many are found.
async fn find(tracker: &Tracker<'_>, email: &str, most: usize) -> Result<Vec<String>, CheckError> {
    let mut found = Vec::new();
    if email.is_empty() {
        return Ok(found);
    }
    let organization = tracker.api.segment(&tracker.account.name)?;
    let users = format!("https://vssps.dev.azure.com/{organization}/_apis/graph/users");
    let mut address = users.clone();
    for _ in 0..PAGES {
        let answer = send(tracker, Ask::get(address), PREVIEW).await?;
        let json = tracker.api.read(&answer)?;
        let theirs = values(tracker, &json)?.iter().filter_map(|user| name_of(user, email));
        found.extend(theirs.take(most - found.len()));
        let next = answer.response.headers.get(NEXT).and_then(|next| next.to_str().ok());
        match next.filter(|next| !next.is_empty() && found.len() < most) {
            Some(next) => address = format!("{users}?continuationToken={}", encoded(next)),
            None => break,
        }
    }
    Ok(found)
}

/// The name with which a user is assigned, if the address is theirs.
fn name_of(user: &Value, email: &str) -> Option<String> {
    let names = ["/mailAddress", "/principalName"].into_iter().map(|pointer| line(user, pointer));
    names.into_iter().find(|name| name.to_lowercase() == email.to_lowercase())
}

/// A person of an answer: `Name <mail>` before version 5, an object since.
pub(super) fn person(value: &Value) -> Option<Person> {
    let (name, email) = match value {
        Value::String(text) => match text.rsplit_once('<') {
            Some((name, rest)) => (name.to_owned(), rest.trim_end().trim_end_matches('>').to_owned()),
            None => (text.clone(), String::new()),
        },
        _ => (line(value, "/displayName"), line(value, "/uniqueName")),
    };
    let email = Some(email.trim().to_lowercase()).filter(|email| email.contains('@'));
    let name = Some(text::one_line(&name, 300)).filter(|name| !name.is_empty());
    Some(Person { name: name.or_else(|| email.clone())?, email })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_as_every_version_writes_them() {
        let read = |value| person(&value).map(|person| (person.name, person.email.unwrap_or_default()));
        let some = |name: &str, email: &str| Some((name.to_owned(), email.to_owned()));
        assert_eq!(read(json!("Ann Ö <Ann@Fabrikam.example>")), some("Ann Ö", "ann@fabrikam.example"));
        let object = json!({"displayName": "Ann Ö", "uniqueName": "Ann@Fabrikam.example"});
        assert_eq!(read(object), some("Ann Ö", "ann@fabrikam.example"));
        assert_eq!(read(json!("Build <FABRIKAM\\build>")), some("Build", ""));
        assert_eq!(read(json!("Ann")), some("Ann", ""));
        assert_eq!(read(json!("<a@b.example>")), some("a@b.example", "a@b.example"));
        for nobody in [json!(null), json!(""), json!({}), json!(7)] {
            assert_eq!(read(nobody), None);
        }
    }
}
