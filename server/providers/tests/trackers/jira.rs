//! Jira: projects, states, issues, people and comments.

use crate::stub::{Exchange, Stub, ask, exchange, ok, status};
use domain::Timestamp;
use domain::integrations::Account;
use domain::trackers::{Found, Item, Person, TrackerState};
use providers::connect::CheckError;
use providers::trackers::Assigned;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

pub const API: &str = "/ex/jira/11223344-a1b2-3b33-c444-def123456789/rest/api/3";
const FIELDS: &str = "fields=summary,status,assignee,project,statuscategorychangedate";

/// An exchange below the site's API: `GET /issue/7`.
pub fn jira(asked: &str, answer: ResponseTemplate) -> Exchange {
    let (method, path) = asked.split_once(' ').unwrap();
    exchange(&format!("{method} {API}{path}"), answer).header("accept", "application/json")
}

pub async fn stub(exchanges: Vec<Exchange>) -> Stub {
    let account = Account {
        external_id: "11223344-a1b2-3b33-c444-def123456789".into(),
        name: "Acme".into(),
        domain_name: Some("acme.atlassian.net".into()),
        ..Account::default()
    };
    Stub::of("jira", account, exchanges).await
}

/// As Atlassian documents an issue, with the fields that are asked for.
pub fn issue() -> Value {
    json!({
        "expand": "names", "id": "10002", "self": "https://acme.atlassian.net/rest/api/3/issue/10002", "key": "ED-1",
        "fields": {
            "summary": "Main order flow broken",
            "status": {"id": "10000", "name": "In Progress", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
            "assignee": {"accountId": "5b10a2844c20165700ede21g", "displayName": "Mia Krystof", "emailAddress": "Mia@Acme.example"},
            "project": {"id": "10000", "key": "ED", "name": "Example"},
            "statuscategorychangedate": "2021-01-17T12:34:00.000+0100",
        },
    })
}

pub fn item() -> Item {
    Item {
        key: "10002".into(),
        name: "ED-1".into(),
        title: "Main order flow broken".into(),
        url: "https://acme.atlassian.net/browse/ED-1".into(),
        project_id: "10000".into(),
        status: "In Progress".into(),
        is_done: Some(false),
        assignee: Some(Person { email: Some("mia@acme.example".into()), name: "Mia Krystof".into() }),
        status_changed_at: Some(Timestamp(1_610_883_240_000)),
    }
}

#[tokio::test]
async fn a_site_is_found_behind_the_gateway() {
    let base = ask!(stub(Vec::new()).await, None, |tracker| tracker.locate()).unwrap();
    assert_eq!(base, "https://api.atlassian.com/ex/jira/11223344-a1b2-3b33-c444-def123456789");
    let page = ok(json!({"isLast": true, "values": []}));
    let stub = stub(vec![jira("GET /project/search?startAt=0&maxResults=50", page)]).await;
    assert_eq!(ask!(stub, Some(&base), |tracker| tracker.projects()), Ok(Vec::new()));
}

#[tokio::test]
async fn every_page_of_the_projects_is_read_however_large_it_is() {
    let page = |ids: &[u32], total: u32| {
        let project = |id: &u32| json!({"id": id.to_string(), "key": "P", "name": format!("Project {id}")});
        ok(json!({"isLast": false, "total": total, "values": ids.iter().map(project).collect::<Vec<_>>()}))
    };
    let exchanges = vec![
        jira("GET /project/search?startAt=0&maxResults=50", page(&[1, 2], 3)),
        jira("GET /project/search?startAt=2&maxResults=50", page(&[3], 3)),
    ];
    let found = ask!(stub(exchanges).await, None, |tracker| tracker.projects()).unwrap();
    assert_eq!((found.len(), found[2].clone()), (3, ("3".to_owned(), "Project 3".to_owned())));
}

#[tokio::test]
async fn the_states_of_all_types_are_told_once_each() {
    let status_ = |name: &str, key: &str| json!({"id": "1", "name": name, "statusCategory": {"key": key}});
    let types = json!([
        {"id": "3", "name": "Task", "subtask": false, "statuses": [status_("To Do", "new"), status_("Done", "done")]},
        {"id": "4", "name": "Bug", "subtask": false, "statuses": [status_("To Do", "new"), status_("Review", "indeterminate")]},
    ]);
    let stub = stub(vec![jira("GET /project/10000/statuses", ok(types))]).await;
    let state =
        |name: &str, category: &str, is_done| TrackerState { name: name.into(), category: category.into(), is_done };
    let expected =
        vec![state("To Do", "new", false), state("Done", "done", true), state("Review", "indeterminate", false)];
    assert_eq!(ask!(stub, None, |tracker| tracker.states("10000")), Ok(expected));
}

#[tokio::test]
async fn an_issue_is_read_by_its_key_and_keeps_its_id() {
    let stub_ = stub(vec![jira(&format!("GET /issue/ED-1?{FIELDS}"), ok(issue()))]).await;
    assert_eq!(ask!(stub_, None, |tracker| tracker.item("ED-1")).unwrap().what, item());
    let mut json = issue();
    json["fields"]["assignee"] = json!({"accountId": "x", "displayName": "Mia Krystof"});
    json["fields"]["status"]["statusCategory"]["key"] = json!("done");
    let stub_ = stub(vec![jira(&format!("GET /issue/10002?{FIELDS}"), ok(json))]).await;
    let seen = ask!(stub_, None, |tracker| tracker.item("10002")).unwrap();
    let hidden = Some(Person { email: None, name: "Mia Krystof".into() });
    assert_eq!(seen.what, Item { assignee: hidden, is_done: Some(true), ..item() });
}

#[tokio::test]
async fn an_id_never_leads_elsewhere() {
    for key in ["", "..", "."] {
        let error = ask!(stub(Vec::new()).await, None, |tracker| tracker.item(key)).unwrap_err();
        assert!(matches!(error, CheckError::Rejected { .. }), "{key}: {error:?}");
    }
    let asked = format!("GET /issue/..%2F..%2Fmyself%3F%22?{FIELDS}");
    let gone = status(404, json!({"errorMessages": ["Issue does not exist."], "errors": {}}));
    let error =
        ask!(stub(vec![jira(&asked, gone)]).await, None, |tracker| tracker.item("../../myself?\"")).unwrap_err();
    assert!(matches!(error, CheckError::Gone { .. }) && !error.is_transient(), "{error:?}");
}

fn transitions() -> ResponseTemplate {
    let to =
        |id: &str, name: &str| json!({"id": id, "name": "Go", "to": {"id": "1", "name": name}, "isAvailable": true});
    ok(json!({"expand": "transitions", "transitions": [to("5", "To Do"), to("711", "Done")]}))
}

#[tokio::test]
async fn a_state_is_set_by_the_transition_that_leads_there() {
    let exchanges = vec![
        jira("GET /issue/10002/transitions", transitions()),
        jira("POST /issue/10002/transitions", ResponseTemplate::new(204)).body(json!({"transition": {"id": "711"}})),
    ];
    ask!(stub(exchanges).await, None, |tracker| tracker.set_status(&item(), "done")).unwrap();
}

#[tokio::test]
async fn a_state_to_which_nothing_leads_is_refused_by_name() {
    let stub_ = stub(vec![jira("GET /issue/10002/transitions", transitions())]).await;
    let error = ask!(stub_, None, |tracker| tracker.set_status(&item(), "Closed")).unwrap_err();
    let message = "no transition leads ED-1 from “In Progress” to “Closed”".to_owned();
    assert_eq!(error, CheckError::Rejected { provider: "Jira".into(), message });
    let stub_ = stub(vec![jira("GET /issue/10002/transitions", transitions())]).await;
    assert_eq!(ask!(stub_, None, |tracker| tracker.set_status(&item(), "In Progress")), Ok(()));
}

#[tokio::test]
async fn every_part_of_a_refusal_is_told() {
    let said =
        json!({"errorMessages": ["It is not allowed."], "errors": {"resolution": "Resolution is required.", "x": 7}});
    let exchanges = vec![
        jira("GET /issue/10002/transitions", transitions()),
        jira("POST /issue/10002/transitions", status(400, said)).body(json!({"transition": {"id": "711"}})),
    ];
    let error = ask!(stub(exchanges).await, None, |tracker| tracker.set_status(&item(), "Done")).unwrap_err();
    let message = "It is not allowed. resolution: Resolution is required".to_owned();
    assert_eq!(error, CheckError::Rejected { provider: "Jira".into(), message });
}

#[tokio::test]
async fn an_issue_is_given_to_whoever_shows_the_address() {
    let search = "GET /user/assignable/search?issueKey=ED-1&query=mia%2Bx%40acme.example";
    let people = json!([
        {"accountId": "a", "displayName": "Mia", "emailAddress": "other@acme.example"}, {"accountId": "b", "displayName": "Hidden"},
        {"accountId": "c", "displayName": "Mia", "emailAddress": "Mia+x@acme.example"},
    ]);
    let exchanges = vec![
        jira(search, ok(people)),
        jira("PUT /issue/10002/assignee", ResponseTemplate::new(204)).body(json!({"accountId": "c"})),
    ];
    let assigned =
        ask!(stub(exchanges).await, None, |tracker| tracker.set_assignee(&item(), Some("mia+x@acme.example")));
    assert_eq!(assigned, Ok(Assigned::Done(None)));

    let stub_ = stub(vec![jira(search, ok(json!([{"accountId": "b", "displayName": "Hidden"}])))]).await;
    let assigned = ask!(stub_, None, |tracker| tracker.set_assignee(&item(), Some("mia+x@acme.example")));
    assert_eq!(assigned, Ok(Assigned::Unknown));

    let exchange = jira("PUT /issue/10002/assignee", ResponseTemplate::new(204)).body(json!({"accountId": null}));
    let assigned = ask!(stub(vec![exchange]).await, None, |tracker| tracker.set_assignee(&item(), None));
    assert_eq!(assigned, Ok(Assigned::Done(None)));
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
}

#[tokio::test]
async fn a_comment_is_a_document_with_a_quotation() {
    let quoted = [paragraph("</blockquote><script>x</script>"), paragraph("next")];
    let content =
        json!([paragraph("Ann wrote:"), {"type": "blockquote", "content": quoted}, paragraph("Sentry comment 12")]);
    let body = json!({"body": {"type": "doc", "version": 1, "content": content}});
    let stub = stub(vec![jira("POST /issue/10002/comment", status(201, json!({"id": "1"}))).body(body)]).await;
    let text = "</blockquote><script>x</script>\n\nnext";
    ask!(stub, None, |tracker| tracker.add_comment(&item(), "Ann", text, "Sentry comment 12")).unwrap();
}

#[tokio::test]
async fn a_comment_is_found_by_its_mark_on_the_second_page_too() {
    let page = |start| format!("GET /issue/10002/comment?startAt={start}&maxResults=100&orderBy=-created");
    let comments = |text: &str, count: usize| {
        let comment = json!({"id": "1", "body": {"type": "doc", "version": 1, "content": [paragraph(text)]}});
        ok(json!({"startAt": 0, "total": 101, "comments": vec![comment; count]}))
    };
    for (text, is_there) in [("Sentry comment 12", true), ("Sentry comment 123", false)] {
        let exchanges = vec![jira(&page(0), comments("hello", 100)), jira(&page(100), comments(text, 1))];
        assert_eq!(
            ask!(stub(exchanges).await, None, |tracker| tracker.has_comment(&item(), "Sentry comment 12")),
            Ok(is_there)
        );
    }
}

#[tokio::test]
async fn issues_are_found_by_key_or_by_words_that_cannot_be_jql() {
    let found = vec![Found {
        key: "10002".into(),
        name: "ED-1".into(),
        title: "Main order flow broken".into(),
        status: "In Progress".into(),
        url: None,
    }];
    let by_key = format!("GET /issue/ED-1?{FIELDS}");
    let stub_ = stub(vec![jira(&by_key, ok(issue()))]).await;
    assert_eq!(ask!(stub_, None, |tracker| tracker.search(" ED-1 ")), Ok(found.clone()));

    let words = |jql: &str| {
        let body = json!({"jql": jql, "fields": ["summary", "status"], "maxResults": 25});
        jira("POST /search/jql", ok(json!({"issues": [issue()], "isLast": true}))).body(body)
    };
    let stub_ = stub(vec![words("summary ~ \"x or project secret or summary y*\" ORDER BY updated DESC")]).await;
    assert_eq!(
        ask!(stub_, None, |tracker| tracker.search("x\" OR project = SECRET OR summary ~ \"y\\")),
        Ok(found.clone())
    );

    let gone = status(404, json!({"errorMessages": ["Issue does not exist."]}));
    let exchanges = vec![jira(&by_key, gone), words("summary ~ \"ed 1*\" ORDER BY updated DESC")];
    assert_eq!(ask!(stub(exchanges).await, None, |tracker| tracker.search("ED-1")), Ok(found));
    assert_eq!(ask!(stub(Vec::new()).await, None, |tracker| tracker.search("\"")), Ok(Vec::new()));
}

#[tokio::test]
async fn what_may_pass_is_told_from_what_stays() {
    let cut = ResponseTemplate::new(200).set_body_raw("{\"id\": \"10002\", \"fie", "application/json");
    for (answer, is_transient) in [
        (cut, true),
        (ok(json!({})), true),
        (status(503, json!({})), true),
        (status(429, json!({})), true),
        (status(401, json!({"code": 401, "message": "Unauthorized"})), true),
        (status(403, json!({})), false),
        (status(410, json!({})), false),
    ] {
        let stub = stub(vec![jira(&format!("GET /issue/ED-1?{FIELDS}"), answer)]).await;
        let error = ask!(stub, None, |tracker| tracker.item("ED-1")).unwrap_err();
        assert_eq!(error.is_transient(), is_transient, "{error:?}");
    }
}
