//! Sentry: issues.

use crate::stub::{Exchange, Stub, exchange, ok, status};
use domain::integrations::Account;
use domain::trackers::{Found, Issue, Person};
use providers::connect::CheckError;
use providers::trackers::Assigned;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

const ISSUES: &str = "/api/0/organizations/2/issues/";

fn sentry(asked: &str, answer: ResponseTemplate) -> Exchange {
    let (method, path) = asked.split_once(' ').unwrap();
    exchange(&format!("{method} {ISSUES}{path}"), answer).header("accept", "application/json")
}

async fn stub(exchanges: Vec<Exchange>) -> Stub {
    let account =
        Account { external_id: "2".into(), name: "The Interstellar Jurisdiction".into(), ..Account::default() };
    Stub::of("sentry", account, exchanges).await
}

/// As Sentry documents an issue.
fn json_issue(assignee: Value) -> Value {
    json!({
        "id": "1", "shortId": "PUMP-STATION-1", "title": "This is an example Python exception", "status": "unresolved",
        "permalink": "https://sentry.io/the-interstellar-jurisdiction/pump-station/issues/1/",
        "project": {"id": "2", "name": "Pump Station", "slug": "pump-station"}, "assignedTo": assignee,
    })
}

fn issue(assignee: Option<Person>) -> Issue {
    Issue {
        id: "1".into(),
        short_id: "PUMP-STATION-1".into(),
        title: "This is an example Python exception".into(),
        url: "https://sentry.io/the-interstellar-jurisdiction/pump-station/issues/1/".into(),
        status: "unresolved".into(),
        assignee,
    }
}

/// Asks a stub; the exchanges are checked afterwards.
macro_rules! ask_sentry {
    ($exchanges:expr, |$sentry:ident| $call:expr) => {{
        let stub = stub($exchanges).await;
        let provider = stub.provider();
        let $sentry = stub.sentry(&provider);
        let answer = $call.await;
        stub.check();
        answer
    }};
}

#[tokio::test]
async fn an_issue_is_read_with_whoever_has_it() {
    let ann = json!({"type": "user", "id": "1", "name": "Ann", "email": "Ann@Fabrikam.example"});
    let team = json!({"type": "team", "id": "3", "name": "core", "email": "core@fabrikam.example"});
    let person = |name: &str, email: Option<&str>| Some(Person { name: name.into(), email: email.map(Into::into) });
    for (assignee, expected) in
        [(ann, person("Ann", Some("ann@fabrikam.example"))), (team, person("core", None)), (json!(null), None)]
    {
        let answer = ok(json_issue(assignee)).insert_header("date", "Sun, 22 Nov 2026 04:10:00 GMT");
        let seen = ask_sentry!(vec![sentry("GET 1/", answer)], |sentry| sentry.issue("1")).unwrap();
        assert_eq!(seen.what, issue(expected));
        assert!((540_000..=600_000).contains(&seen.skew), "{}", seen.skew);
    }
}

#[tokio::test]
async fn a_link_that_is_no_address_is_dropped() {
    let mut json = json_issue(json!(null));
    json["permalink"] = json!("javascript:alert(1)");
    let seen = ask_sentry!(vec![sentry("GET 1/", ok(json))], |sentry| sentry.issue("1")).unwrap();
    assert_eq!(seen.what.url, "");
}

#[tokio::test]
async fn an_issue_is_resolved_and_opened_again() {
    for (resolved, word) in [(true, "resolved"), (false, "unresolved")] {
        let exchanges = vec![sentry("PUT 1/", ok(json!({}))).body(json!({"status": word}))];
        ask_sentry!(exchanges, |sentry| sentry.set_status("1", resolved)).unwrap();
    }
}

#[tokio::test]
async fn an_issue_is_given_to_an_address_that_is_known() {
    let put = |to: &str, answer| vec![sentry("PUT 1/", answer).body(json!({"assignedTo": to}))];
    let shown = json!({"assignedTo": {"type": "user", "name": "Ann", "email": "Ann.Oe@fabrikam.example"}});
    for (answer, shown) in [(json!({}), None), (shown, Some("ann.oe@fabrikam.example"))] {
        let person = shown.map(|email| Person { name: "Ann".to_owned(), email: Some(email.to_owned()) });
        let done = ask_sentry!(put("ann@fabrikam.example", ok(answer)), |sentry| sentry
            .set_assignee("1", Some("ann@fabrikam.example")));
        assert_eq!(done, Ok(Assigned::Done(person)));
    }
    let unknown = status(400, json!({"assignedTo": ["Unable to determine actor from value"]}));
    let answer =
        ask_sentry!(put("x@fabrikam.example", unknown), |sentry| sentry.set_assignee("1", Some("x@fabrikam.example")));
    assert_eq!(answer, Ok(Assigned::Unknown));
    assert_eq!(ask_sentry!(put("", ok(json!({}))), |sentry| sentry.set_assignee("1", None)), Ok(Assigned::Done(None)));
    assert_eq!(ask_sentry!(Vec::new(), |sentry| sentry.set_assignee("1", Some(" "))), Ok(Assigned::Unknown));
    let refused = status(400, json!({"detail": "Nobody may."}));
    let error = ask_sentry!(put("ann@fabrikam.example", refused), |sentry| sentry
        .set_assignee("1", Some("ann@fabrikam.example")));
    assert_eq!(error, Err(CheckError::Rejected { provider: "Sentry".into(), message: "Nobody may".into() }));
}

#[tokio::test]
async fn issues_are_found_by_query_or_by_short_id() {
    let found = Found {
        key: "1".into(),
        name: "PUMP-STATION-1".into(),
        title: "This is an example Python exception".into(),
        status: "unresolved".into(),
        url: Some("https://sentry.io/the-interstellar-jurisdiction/pump-station/issues/1/".into()),
    };
    for (query, asked) in [
        ("pump-station-1", "issue%3APUMP-STATION-1"),
        ("is:unresolved \"a&b\"", "is%3Aunresolved%20%22a%26b%22"),
        ("", ""),
    ] {
        let exchanges =
            vec![sentry(&format!("GET ?query={asked}&limit=25"), ok(json!([json_issue(json!(null)), {"id": 7}])))];
        assert_eq!(ask_sentry!(exchanges, |sentry| sentry.search(query)), Ok(vec![found.clone()]), "{query}");
    }
}

#[tokio::test]
async fn an_id_never_leads_elsewhere() {
    for id in ["", "..", "."] {
        let error = ask_sentry!(Vec::new(), |sentry| sentry.issue(id)).unwrap_err();
        assert!(matches!(error, CheckError::Rejected { .. }), "{error:?}");
    }
    let exchanges =
        vec![sentry("GET a%2F..%2F%22%3F/", status(404, json!({"detail": "The requested resource does not exist"})))];
    let error = ask_sentry!(exchanges, |sentry| sentry.issue("a/../\"?")).unwrap_err();
    assert!(matches!(error, CheckError::Gone { .. }), "{error:?}");
}

#[tokio::test]
async fn what_may_pass_is_told_from_what_stays() {
    let cut = ResponseTemplate::new(200).set_body_raw("{\"id\": \"1\", \"sta", "application/json");
    for (answer, is_transient) in [
        (cut, true),
        (ok(json!({"id": "1"})), true),
        (status(500, json!({"detail": "Internal Error"})), true),
        (status(401, json!({"detail": "Invalid token"})), true),
        (status(403, json!({"detail": "No permission"})), false),
    ] {
        let error = ask_sentry!(vec![sentry("GET 1/", answer)], |sentry| sentry.issue("1")).unwrap_err();
        assert_eq!(error.is_transient(), is_transient, "{error:?}");
    }
}
