//! Azure DevOps: projects, states and work items.

use crate::stub::{Exchange, Stub, ask, exchange, ok, status};
use domain::Timestamp;
use domain::integrations::Account;
use domain::time::HOUR;
use domain::trackers::{Found, Item, Person, TrackerState};
use providers::connect::CheckError;
use providers::trackers::Kind;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

pub const BASE: Option<&str> = Some("https://dev.azure.com/fabrikam/");
pub const PROJECT: &str = "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c";

/// An exchange with the headers that every call has.
pub fn azure(asked: &str, version: &str, answer: ResponseTemplate) -> Exchange {
    exchange(asked, answer)
        .header("accept", format!("application/json; api-version={version}"))
        .header("x-http-method-override", asked.split(' ').next().unwrap())
        .header("x-tfs-fedauthredirect", "Suppress")
}

pub fn patch(asked: &str, changes: Value, answer: ResponseTemplate) -> Exchange {
    azure(asked, "4.1", answer).header("content-type", "application/json-patch+json").body(changes)
}

pub async fn stub(exchanges: Vec<Exchange>) -> Stub {
    let account = Account {
        external_id: "d81542e4-cdfa-4333-b082-1ae2d6c3ad16".into(),
        name: "fabrikam".into(),
        domain_name: Some("dev.azure.com/fabrikam".into()),
        ..Account::default()
    };
    Stub::of("vsts", account, exchanges).await
}

/// As Microsoft documents a work item of version 4.1.
pub fn work_item(fields: Value) -> Value {
    let mut item = json!({
        "id": 299, "rev": 3,
        "fields": {
            "System.AreaPath": "Fabrikam-Fiber-Git\\Website", "System.TeamProject": "Fabrikam-Fiber-Git",
            "System.WorkItemType": "Task", "System.State": "To Do", "System.Reason": "New task",
            "System.AssignedTo": "Johnnie McLeod <FabrikamFiber2@hotmail.com>",
            "System.ChangedDate": "2014-12-29T20:49:24.67Z", "System.ChangedBy": "Jamal Hartnett <fabrikamfiber4@hotmail.com>",
            "System.Title": "JavaScript implementation for Microsoft Account",
            "Microsoft.VSTS.Common.StateChangeDate": "2014-12-29T20:49:20.77Z",
        },
        "url": "https://dev.azure.com/fabrikam/_apis/wit/workItems/299",
    });
    for (name, value) in fields.as_object().unwrap() {
        item["fields"][name] = value.clone();
    }
    item
}

pub fn item() -> Item {
    Item {
        key: "299".into(),
        name: "#299".into(),
        title: "JavaScript implementation for Microsoft Account".into(),
        url: "https://dev.azure.com/fabrikam/Fabrikam-Fiber-Git/_workitems/edit/299".into(),
        project_id: PROJECT.into(),
        status: "To Do".into(),
        is_done: None,
        assignee: Some(Person { email: Some("fabrikamfiber2@hotmail.com".into()), name: "Johnnie McLeod".into() }),
        status_changed_at: Some(Timestamp(1_419_886_160_770)),
    }
}

fn the_project() -> Exchange {
    let json = json!({"id": PROJECT, "name": "Fabrikam-Fiber-Git", "state": "wellFormed"});
    azure("GET /fabrikam/_apis/projects/Fabrikam-Fiber-Git", "4.1", ok(json))
}

#[tokio::test]
async fn an_organization_is_found_by_its_id() {
    let asked = "GET /_apis/resourceareas/79134C72-4A58-4B42-976C-04E7115F32BF\
                 ?hostId=d81542e4-cdfa-4333-b082-1ae2d6c3ad16&api-preview=5.0-preview.1";
    for (location, base) in [
        (json!("https://dev.azure.com/fabrikam/"), Some("https://dev.azure.com/fabrikam/")),
        (json!("https://fabrikam.visualstudio.com"), Some("https://fabrikam.visualstudio.com/")),
        // Without encryption only because the operator moved it.
        (json!("http://127.0.0.1:1/fabrikam"), Some("http://127.0.0.1:1/fabrikam/")),
        (json!("https://dev.azure.com/?x=1"), None),
        (json!("https://user@dev.azure.com/fabrikam/"), None),
        (json!("fabrikam"), None),
        (json!(null), None),
    ] {
        let answer = ok(json!({"id": "79134c72-4a58-4b42-976c-04e7115f32bf", "name": "core", "locationUrl": location}));
        let stub = stub(vec![azure(asked, "4.1", answer)]).await;
        assert_eq!(ask!(stub, None, |tracker| tracker.locate()).ok().as_deref(), base, "{location}");
    }
}

#[test]
fn two_providers_of_the_catalogue_are_trackers() {
    let kinds = ["vsts", "jira", "sentry", ""].map(Kind::of);
    assert_eq!(kinds, [Some(Kind::AzureDevOps), Some(Kind::Jira), None, None]);
}

#[tokio::test]
async fn every_page_of_the_projects_is_read() {
    let page = |from: usize, count: usize| {
        let project = |number: usize| json!({"id": format!("p{number}"), "name": format!("Project {number}")});
        ok(json!({"count": count, "value": (from..from + count).map(project).collect::<Vec<_>>()}))
    };
    let asked = |skip| format!("GET /fabrikam/_apis/projects?stateFilter=WellFormed&$skip={skip}&$top=100");
    let exchanges = vec![
        azure(&asked(0), "4.1", page(0, 100)),
        azure(&asked(100), "4.1", page(100, 100)),
        azure(&asked(200), "4.1", page(200, 1)),
    ];
    let found = ask!(stub(exchanges).await, BASE, |tracker| tracker.projects()).unwrap();
    assert_eq!(found.len(), 201);
    assert_eq!(found[200], ("p200".to_owned(), "Project 200".to_owned()));
}

#[tokio::test]
async fn the_states_are_those_of_the_first_type_that_has_any() {
    let asked = |kind| format!("GET /fabrikam/{PROJECT}/_apis/wit/workitemtypes/{kind}/states");
    let none = status(404, json!({"message": "VS402323: Work item type Bug does not exist in project"}));
    let states = ok(json!({"count": 4, "value": [
        {"name": "To Do", "color": "b2b2b2", "category": "Proposed"}, {"name": "Fixed", "category": "resolved"},
        {"name": "Done", "color": "339933", "category": "Completed"}, {"name": "Gone", "category": "Removed"},
    ]}));
    let exchanges = vec![
        azure(&asked("Bug"), "4.1-preview.1", none.clone()),
        azure(&asked("Issue"), "4.1-preview.1", ok(json!({"count": 0, "value": []}))),
        azure(&asked("Task"), "4.1-preview.1", states),
    ];
    let found = ask!(stub(exchanges).await, BASE, |tracker| tracker.states(PROJECT)).unwrap();
    let state =
        |name: &str, category: &str, is_done| TrackerState { name: name.into(), category: category.into(), is_done };
    assert_eq!(
        found,
        [
            state("To Do", "Proposed", false),
            state("Fixed", "resolved", true),
            state("Done", "Completed", true),
            state("Gone", "Removed", false)
        ]
    );
    let exchanges = ["Bug", "Issue", "Task"].map(|kind| azure(&asked(kind), "4.1-preview.1", none.clone()));
    let error = ask!(stub(exchanges.into()).await, BASE, |tracker| tracker.states(PROJECT)).unwrap_err();
    assert!(matches!(error, CheckError::Rejected { .. }) && !error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_work_item_names_its_project_whose_id_is_asked_for() {
    let exchanges =
        vec![azure("GET /fabrikam/_apis/wit/workitems/299", "4.1", ok(work_item(json!({})))), the_project()];
    let seen = ask!(stub(exchanges).await, BASE, |tracker| tracker.item("299")).unwrap();
    assert_eq!(seen.what, item());
    let fields = json!({
        "System.AssignedTo": {"displayName": "Johnnie McLeod", "uniqueName": "FabrikamFiber2@hotmail.com"},
        "Microsoft.VSTS.Common.StateChangeDate": null,
    });
    let exchanges = vec![azure("GET /fabrikam/_apis/wit/workitems/299", "4.1", ok(work_item(fields))), the_project()];
    let seen = ask!(stub(exchanges).await, BASE, |tracker| tracker.item("#299")).unwrap();
    assert_eq!(seen.what, Item { status_changed_at: None, ..item() });
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_noticed_by_its_date() {
    for (date, skew) in [
        ("Sun, 22 Nov 2026 05:00:00 GMT", HOUR),
        ("Sun, 22 Nov 2026 03:00:00 GMT", -HOUR),
        ("Sun, 22 Nov 2026 03:59:59 GMT", 0),
        ("not a date", 0),
    ] {
        let answer = ok(work_item(json!({}))).insert_header("date", date);
        let exchanges = vec![azure("GET /fabrikam/_apis/wit/workitems/299", "4.1", answer), the_project()];
        let seen = ask!(stub(exchanges).await, BASE, |tracker| tracker.item("299")).unwrap();
        // How long the exchange took is not known to the second.
        assert!((seen.skew - skew).abs() < 30_000 && (skew != 0 || seen.skew == 0), "{date}: {}", seen.skew);
    }
}

#[tokio::test]
async fn a_state_is_set_by_a_patch_and_a_refusal_tells_why() {
    let change = json!([{"op": "replace", "path": "/fields/System.State", "value": "Done"}]);
    let asked = "PATCH /fabrikam/_apis/wit/workitems/299";
    let stub_ = stub(vec![patch(asked, change.clone(), ok(work_item(json!({}))))]).await;
    ask!(stub_, BASE, |tracker| tracker.set_status(&item(), "Done")).unwrap();

    let said = format!(
        "The field 'State' contains the value 'Done' that is not in the list of supported values. {}",
        crate::stub::TOKEN
    );
    let refused = status(400, json!({"$id": "1", "message": said, "typeKey": "RuleValidationException"}));
    let stub_ = stub(vec![patch(asked, change, refused)]).await;
    let error = ask!(stub_, BASE, |tracker| tracker.set_status(&item(), "Done")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Azure DevOps refused this: The field 'State' contains the value 'Done' that is not in the list of supported \
         values. …. Correct what it names, here or there, then try again."
    );
    assert!(!error.is_transient());
}

#[tokio::test]
async fn the_words_of_a_refusal_are_cut_and_need_not_be_there() {
    for (status_, body, message) in [
        (412, json!({"message": "x".repeat(500)}), format!("{}…", "x".repeat(200))),
        (409, json!({"message": "  taken.\u{202e}\n"}), "taken".to_owned()),
        (404, json!([]), "it answered with status 404".to_owned()),
        (422, json!({"message": ""}), "it answered with status 422".to_owned()),
    ] {
        let change = json!([{"op": "remove", "path": "/fields/System.AssignedTo"}]);
        let exchanges = vec![patch("PATCH /fabrikam/_apis/wit/workitems/299", change, status(status_, body))];
        let error = ask!(stub(exchanges).await, BASE, |tracker| tracker.set_assignee(&item(), None)).unwrap_err();
        assert_eq!(error, CheckError::Rejected { provider: "Azure DevOps".into(), message });
    }
}

#[tokio::test]
async fn a_page_to_sign_in_on_is_a_refused_token() {
    let page = "<html><title>Azure DevOps Services | Sign In</title></html>";
    for answer in [
        ResponseTemplate::new(200).set_body_raw(page, "text/html; charset=utf-8"),
        ResponseTemplate::new(200).set_body_raw(format!("\r\n{page}"), "application/json"),
        ResponseTemplate::new(203).set_body_json(json!({"count": 0, "value": []})),
        ResponseTemplate::new(302).set_body_raw("", "text/html"),
        status(401, json!({})),
    ] {
        let asked = "GET /fabrikam/_apis/projects?stateFilter=WellFormed&$skip=0&$top=100";
        let error =
            ask!(stub(vec![azure(asked, "4.1", answer)]).await, BASE, |tracker| tracker.projects()).unwrap_err();
        assert!(matches!(error, CheckError::TokenRefused { .. }) && error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn what_may_pass_is_told_from_what_stays() {
    let cut = ResponseTemplate::new(200).set_body_raw("{\"id\": 299, \"fields\": {\"System.St", "application/json");
    for (answer, is_transient) in [
        (cut, true),
        (ok(json!({"id": 299, "fields": {}})), true),
        (status(500, json!({})), true),
        (ResponseTemplate::new(503).set_body_raw("<html>", "text/html"), true),
        (status(429, json!({})), true),
        (status(403, json!({})), false),
        (status(404, json!({"message": "TF401232: Work item 299 does not exist"})), false),
    ] {
        let exchanges = vec![azure("GET /fabrikam/_apis/wit/workitems/299", "4.1", answer)];
        let stub = stub(exchanges).await;
        let provider = stub.provider();
        let error = stub.tracker(&provider, BASE).item("299").await.unwrap_err();
        assert_eq!(error.is_transient(), is_transient, "{error:?}");
    }
}

#[tokio::test]
async fn an_id_never_leads_elsewhere() {
    let stub_ = stub(Vec::new()).await;
    for key in ["", "..", "299/../1", "1;DROP", "299?x=", "-1", "٢", "12345678901"] {
        let error = ask!(stub_, BASE, |tracker| tracker.item(key)).unwrap_err();
        assert!(matches!(error, CheckError::Rejected { .. }), "{key}: {error:?}");
    }
    for id in ["", ".", ".."] {
        let error = ask!(stub_, BASE, |tracker| tracker.states(id)).unwrap_err();
        assert!(matches!(error, CheckError::Rejected { .. }), "{id}: {error:?}");
    }
    let asked = "GET /fabrikam/a%2F..%2Fb%20%22%3F%23%25/_apis/wit/workitemtypes/Bug/states";
    let states = ok(json!({"value": [{"name": "New", "category": "Proposed"}]}));
    let stub_ = stub(vec![azure(asked, "4.1-preview.1", states)]).await;
    ask!(stub_, BASE, |tracker| tracker.states("a/../b \"?#%")).unwrap();
}

#[tokio::test]
async fn nothing_is_asked_before_the_organization_was_found() {
    let error = ask!(stub(Vec::new()).await, None, |tracker| tracker.item("299")).unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn work_items_are_found_by_number_or_by_text() {
    let asked = "GET /fabrikam/_apis/wit/workitems/299?fields=System.Title,System.State";
    let text = "POST /fabrikam/_apis/search/workitemsearchresults";
    let found = |title: &str| Found {
        key: "299".into(),
        name: "#299".into(),
        title: title.into(),
        status: "To Do".into(),
        url: None,
    };
    for query in ["299", " #299 "] {
        let exchanges = vec![azure(asked, "4.1", ok(work_item(json!({}))))];
        let hits = ask!(stub(exchanges).await, BASE, |tracker| tracker.search(query)).unwrap();
        assert_eq!(hits, [found("JavaScript implementation for Microsoft Account")]);
    }
    let hit = |id: &str| {
        json!({
            "project": {"name": "MyFirstProject", "id": "5a0690b2-823c-4389-a3ab-5ea2a9cbde75"},
            "fields": {"system.id": id, "system.title": "Rest Api", "system.state": "To Do"},
        })
    };
    let results = ok(json!({"count": 2, "results": [hit("299"), hit("x/y")], "infoCode": 0}));
    let body = |query: &str| json!({"searchText": query, "$skip": 0, "$top": 25});
    let exchanges = vec![azure(text, "4.1-preview.1", results.clone()).body(body("rest \"api\" */"))];
    let hits = ask!(stub(exchanges).await, BASE, |tracker| tracker.search(" rest \"api\" */ ")).unwrap();
    assert_eq!(hits, [found("Rest Api")]);
    let exchanges =
        vec![azure(asked, "4.1", status(404, json!({}))), azure(text, "4.1-preview.1", results).body(body("299"))];
    assert_eq!(ask!(stub(exchanges).await, BASE, |tracker| tracker.search("299")).unwrap().len(), 1);
    assert_eq!(ask!(stub(Vec::new()).await, BASE, |tracker| tracker.search(" ")).unwrap(), []);
}
