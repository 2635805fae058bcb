//! Looking for issues.

use super::super::{MOST_FOUND, Tracker};
use super::{api, items};
use crate::api::{Ask, id, line, list};
use crate::connect::CheckError;
use domain::trackers::Found;
use reqwest::Method;
use serde_json::{Value, json as object};

pub(in crate::trackers) async fn search(tracker: &Tracker<'_>, query: &str) -> Result<Vec<Found>, CheckError> {
    if is_key(query.trim()) {
        match items::item(tracker, query.trim()).await {
            Err(CheckError::Gone { .. }) => {}
            found => {
                let item = found?.what;
                return Ok(vec![Found {
                    key: item.key,
                    name: item.name,
                    title: item.title,
                    status: item.status,
                    url: None,
                }]);
            }
        }
    }
    let Some(jql) = jql(query) else { return Ok(Vec::new()) };
    let body = object!({"jql": jql, "fields": ["summary", "status"], "maxResults": MOST_FOUND});
    let found = tracker.api.json(Ask::new(Method::POST, api(tracker, "/search/jql")?).json(&body)).await?;
    Ok(list(&found, "/issues").iter().filter_map(hit).take(MOST_FOUND).collect())
}

fn hit(json: &Value) -> Option<Found> {
    let (title, status) = (line(json, "/fields/summary"), line(json, "/fields/status/name"));
    Some(Found { key: id(json, "/id")?, name: line(json, "/key"), title, status, url: None })
}

/// `OPS-7`.
fn is_key(text: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.split_once('-').is_some_and(|(project, number)| {
        let is_number = (1..=10).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number && project.starts_with(|first: char| first.is_ascii_alphabetic()) && plain(project)
    })
}

/// Issues with all of these words in their summary; the last one may have only begun. Whatever means something in JQL
/// or in the syntax of its text search becomes a space: what is left can neither end the quotation nor be an operator.
fn jql(query: &str) -> Option<String> {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '#' | ',') { c } else { ' ' };
    let words: String = query.to_lowercase().chars().map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect();
    if words.is_empty() { None } else { Some(format!("summary ~ \"{}*\" ORDER BY updated DESC", words.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_stays_inside_its_quotation() {
        let quoted =
            |query: &str| jql(query).map(|jql| jql.replace("summary ~ ", "").replace(" ORDER BY updated DESC", ""));
        assert_eq!(
            quoted(r#"login" OR project = SECRET OR summary ~ "x"#).as_deref(),
            Some("\"login or project secret or summary x*\"")
        );
        assert_eq!(quoted(r"a\").as_deref(), Some("\"a*\""));
        assert_eq!(quoted("a:b (c) -d +e ~f [g]").as_deref(), Some("\"a b c d e f g*\""));
        assert_eq!(quoted("Straße 1.2").as_deref(), Some("\"straße 1.2*\""));
        assert_eq!((jql(""), jql("\"*\" ."), jql("\n")), (None, None, None));
    }

    #[test]
    fn a_key_is_a_project_and_a_number() {
        assert!(is_key("OPS-7") && is_key("a_1-12"));
        for text in ["OPS", "OPS-", "-7", "7-7", "OPS-7x", "OPS-7-8", "O/S-7", "OPS-12345678901", ""] {
            assert!(!is_key(text), "{text}");
        }
    }
}
