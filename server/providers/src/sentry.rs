//! Sentry's issues: what is asked and told, and what its webhooks say.

use crate::Provider;
use crate::api::{Answer, Api, Ask, encoded, id, line, prose, when};
use crate::connect::CheckError;
use crate::trackers::{Assigned, Seen};
use domain::Timestamp;
use domain::integrations::Account;
use domain::issue_sync::Aspect;
use domain::trackers::{Found, Issue, Person};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

/// Where the API of every organization is.
const API: &str = "https://sentry.io/api/0/organizations/";
/// Where an issue's comments are.
const ISSUES: &str = "https://sentry.io/api/0/issues/";

/// How many hits a search gives at most.
const MOST_FOUND: usize = 25;

/// Sentry as one connection reaches it. Cheap; borrows.
pub struct Sentry<'a> {
    api: Api<'a>,
    account: &'a Account,
}

impl<'a> Sentry<'a> {
    /// The Sentry of an account.
    ///
    /// Made anew for each piece of work: times are reckoned from `provider.now` on.
    pub fn new(provider: &'a Provider<'a>, account: &'a Account, token: &'a SecretString) -> Self {
        Self { api: Api::new(provider, token), account }
    }

    /// An issue as it is now.
    ///
    /// # Errors
    /// Why it could not be read; [`CheckError::Gone`] when it is not there.
    pub async fn issue(&self, id: &str) -> Result<Seen<Issue>, CheckError> {
        let answer = self.api.send(Ask::get(self.address(id)?)).await?;
        let json = self.api.read(&answer)?;
        let issue = issue(&json).ok_or_else(|| self.api.broken("its issue has no id or no status"))?;
        Ok(self.api.seen(&answer, issue))
    }

    /// Resolves an issue, or opens it again.
    ///
    /// # Errors
    /// Why not.
    pub async fn set_status(&self, id: &str, resolved: bool) -> Result<(), CheckError> {
        let status = if resolved { "resolved" } else { "unresolved" };
        self.put(id, &json!({"status": status})).await.map(drop)
    }

    /// Gives an issue to whoever has this address there, or to nobody.
    ///
    /// # Errors
    /// Why not.
    pub async fn set_assignee(&self, id: &str, email: Option<&str>) -> Result<Assigned, CheckError> {
        let Some(email) = email.map(str::trim) else {
            self.put(id, &json!({"assignedTo": ""})).await?;
            return Ok(Assigned::Done(None));
        };
        // An empty address would take the issue away from whoever has it.
        if email.is_empty() {
            return Ok(Assigned::Unknown);
        }
        match self.put(id, &json!({"assignedTo": email})).await {
            Err(CheckError::Rejected { message, .. }) if message.starts_with("assignedTo:") => Ok(Assigned::Unknown),
            answer => answer.map(|answer| {
                let shown = self.api.read(&answer).ok();
                Assigned::Done(shown.and_then(|issue| issue.pointer("/assignedTo").and_then(person)))
            }),
        }
    }

    /// Issues by Sentry's own query language, or by what people call them; at most 25.
    ///
    /// # Errors
    /// Why nothing could be looked for.
    pub async fn search(&self, query: &str) -> Result<Vec<Found>, CheckError> {
        let query = query.trim();
        let query = if is_short_id(query) { format!("issue:{}", query.to_uppercase()) } else { query.to_owned() };
        let address = format!("{}/issues/?query={}&limit={MOST_FOUND}", self.organization()?, encoded(&query));
        let found = self.api.json(Ask::get(address)).await?;
        let issues = found.as_array().ok_or_else(|| self.api.broken("it sent no list"))?.iter().filter_map(issue);
        let found = issues.map(|issue| Found {
            key: issue.id,
            name: issue.short_id,
            title: issue.title,
            status: issue.status,
            url: Some(issue.url),
        });
        Ok(found.take(MOST_FOUND).collect())
    }

    /// The comments on an issue, newest first; as many as Sentry shows at once.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn comments(&self, id: &str) -> Result<Vec<Comment>, CheckError> {
        let found = self.api.json(Ask::get(format!("{ISSUES}{}/comments/", self.api.segment(id)?))).await?;
        let comments = found.as_array().ok_or_else(|| self.api.broken("it sent no list"))?;
        Ok(comments.iter().filter_map(comment).collect())
    }

    async fn put(&self, id: &str, change: &Value) -> Result<Answer, CheckError> {
        self.api.send(Ask::new(Method::PUT, self.address(id)?).json(change)).await
    }

    fn address(&self, id: &str) -> Result<String, CheckError> {
        Ok(format!("{}/issues/{}/", self.organization()?, self.api.segment(id)?))
    }

    fn organization(&self) -> Result<String, CheckError> {
        Ok(format!("{API}{}", self.api.segment(&self.account.external_id)?))
    }
}

/// `API-1`: the name of a project, and a number in base 32.
fn is_short_id(text: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let project = |text: &str| text.split(['-', '_']).all(plain);
    text.rsplit_once('-').is_some_and(|(name, number)| project(name) && plain(number) && number.len() <= 10)
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// An issue of an answer.
fn issue(json: &Value) -> Option<Issue> {
    let some = |pointer: &str| Some(line(json, pointer)).filter(|text| !text.is_empty());
    Some(Issue {
        id: id(json, "/id")?,
        short_id: some("/shortId").or_else(|| some("/id"))?,
        title: line(json, "/title"),
        url: some("/permalink")
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .unwrap_or_default(),
        status: some("/status")?,
        assignee: json.pointer("/assignedTo").and_then(person),
    })
}

/// A comment on an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Sentry's id of it.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Who wrote it, for people.
    pub author: Option<String>,
    /// When, by Sentry's clock.
    pub at: Timestamp,
}

fn comment(json: &Value) -> Option<Comment> {
    Some(Comment {
        id: id(json, "/id")?,
        text: prose(json, "/data/text")?,
        author: Some(line(json, "/user/name")).filter(|name| !name.is_empty()),
        at: json.pointer("/dateCreated").and_then(when)?,
    })
}

/// A user, or a team, which has no address.
fn person(json: &Value) -> Option<Person> {
    let email = Some(line(json, "/email").to_lowercase()).filter(|email| email.contains('@'));
    let email = email.filter(|_| line(json, "/type") != "team");
    let name = Some(line(json, "/name")).filter(|name| !name.is_empty());
    Some(Person { name: name.or_else(|| email.clone())?, email })
}

/// What a webhook of Sentry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something happened to an issue.
    Issue {
        /// Sentry's id of it.
        issue_id: String,
        /// Where people see it.
        web_url: Option<String>,
        /// What changed; none for what no sync carries.
        aspect: Option<Aspect>,
        /// Who did it, for people.
        actor: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Somebody wrote a comment.
    Comment {
        /// Sentry's id of the issue.
        issue_id: String,
        /// Sentry's id of the comment.
        comment_id: String,
        /// Who wrote it, for people.
        actor: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Something else, such as a comment that was changed or taken back.
    Other,
}

/// Reads a webhook. `resource` and `at` stand in its headers, `Sentry-Hook-Resource` and `Sentry-Hook-Timestamp`.
/// Nothing in it is to be believed before its signature was checked.
pub fn read_notice(resource: &str, at: Timestamp, body: &Value) -> Notice {
    let some = |pointer: &str| Some(line(body, pointer)).filter(|text| !text.is_empty());
    let actor = some("/actor/name");
    let action = line(body, "/action");
    match resource {
        "issue" => {
            let Some(issue_id) = id(body, "/data/issue/id") else { return Notice::Other };
            let aspect = match action.as_str() {
                "resolved" | "unresolved" | "archived" => Some(Aspect::Status),
                "assigned" => Some(Aspect::Assignee),
                _ => None,
            };
            Notice::Issue { issue_id, web_url: some("/data/issue/web_url"), aspect, actor, at }
        }
        "comment" if action == "created" => {
            let ids = id(body, "/data/issue_id").zip(id(body, "/data/comment_id"));
            let Some((issue_id, comment_id)) = ids else { return Notice::Other };
            let at = body.pointer("/data/timestamp").filter(|time| time.is_string()).and_then(when).unwrap_or(at);
            Notice::Comment { issue_id, comment_id, actor, at }
        }
        _ => Notice::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_a_project_and_a_number() {
        assert!(is_short_id("API-1") && is_short_id("my-api-2F") && is_short_id("a_b-1"));
        for text in ["API", "API-", "-1", "api-x", "is:unresolved", "a b-1", "API--1", ""] {
            assert!(!is_short_id(text), "{text}");
        }
    }
}
