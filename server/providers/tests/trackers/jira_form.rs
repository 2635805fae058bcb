//! Jira: new issues.

use crate::jira::{issue, item, jira, stub};
use crate::stub::{ask, ok, status};
use domain::config::FieldKind;
use providers::connect::CheckError;
use serde_json::{Value, json};

const TYPES: &str = "GET /issue/createmeta/10000/issuetypes";

fn fields() -> Value {
    let required = |id: &str, name: &str, schema: Value| json!({"fieldId": id, "key": id, "name": name, "required": true, "hasDefaultValue": false, "schema": schema});
    let with = |mut field: Value, key: &str, value: Value| {
        field[key] = value;
        field
    };
    let component = json!([{"id": "7", "name": "API"}, {"id": "8", "name": "Web"}]);
    let textarea = json!({"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea"});
    json!([
        required("summary", "Summary", json!({"type": "string"})),
        required("reporter", "Reporter", json!({"type": "user"})),
        with(required("priority", "Priority", json!({"type": "priority"})), "hasDefaultValue", json!(true)),
        with(
            required("components", "Components", json!({"type": "array", "items": "component"})),
            "allowedValues",
            component
        ),
        required("customfield_1", "Steps", textarea),
        required("customfield_2", "Points", json!({"type": "number"})),
        required("customfield_3", "Approver", json!({"type": "user"})),
        required("duedate", "Due date", json!({"type": "date", "system": "duedate"})),
        required("customfield_5", "Start", json!({"type": "datetime"})),
        with(required("customfield_4", "Optional", json!({"type": "string"})), "required", json!(false)),
    ])
}

#[tokio::test]
async fn types_below_another_issue_are_left_out() {
    let types = json!({"startAt": 0, "maxResults": 50, "total": 3, "issueTypes": [
        {"id": "3", "name": "Task", "subtask": false}, {"id": "5", "name": "Sub-task", "subtask": true}, {"id": "4", "name": "Bug"},
    ]});
    let stub = stub(vec![jira(&format!("{TYPES}?startAt=0&maxResults=50"), ok(types))]).await;
    let expected = [("3", "Task"), ("4", "Bug")].map(|(id, name)| (id.to_owned(), name.to_owned()));
    assert_eq!(ask!(stub, None, |tracker| tracker.item_types("10000")), Ok(expected.to_vec()));
}

#[tokio::test]
async fn the_form_asks_for_what_a_type_requires() {
    let page = |start: usize, part: &[Value]| {
        let asked = format!("{TYPES}/3?startAt={start}&maxResults=50");
        jira(&asked, ok(json!({"startAt": start, "total": 10, "fields": part})))
    };
    let fields = fields();
    let (first, second) = fields.as_array().unwrap().split_at(4);
    let stub = stub(vec![page(0, first), page(4, second)]).await;
    let form = ask!(stub, None, |tracker| tracker.item_fields("10000", "3")).unwrap();
    let names: Vec<_> = form.iter().map(|field| (field.name.as_str(), field.label.as_str(), field.required)).collect();
    assert_eq!(
        names,
        [
            ("title", "Title", true),
            ("description", "Description", false),
            ("components", "Components", true),
            ("customfield_1", "Steps", true),
            ("customfield_2", "Points", true),
            ("customfield_3", "Approver", true),
            ("duedate", "Due date", true),
            ("customfield_5", "Start", true)
        ]
    );
    assert!(
        matches!(&form[2].kind, FieldKind::Select { choices, .. } if choices[1] == ("8".to_owned(), "Web".to_owned()))
    );
    assert!(matches!((&form[3].kind, &form[4].kind), (FieldKind::Textarea, FieldKind::Number { .. })));
    let kinds = [&form[5].kind, &form[6].kind, &form[7].kind];
    assert_eq!(kinds, [&FieldKind::Email, &FieldKind::Date, &FieldKind::DatetimeLocal]);
    assert_eq!(form[7].help.as_deref(), Some("The time is in UTC."));
}

#[tokio::test]
async fn what_no_form_can_hold_is_in_it_closed_and_says_what_to_do() {
    let required = |id: &str, name: &str, schema: Value| json!({"fieldId": id, "name": name, "required": true, "hasDefaultValue": false, "schema": schema});
    let mut cascade = required("customfield_6", "Place", json!({"type": "option-with-child"}));
    cascade["allowedValues"] = json!([{"id": "1", "value": "Europe", "children": [{"id": "2", "value": "Berlin"}]}]);
    let fields = json!([
        required("description", "Description", json!({"type": "string"})),
        cascade,
        required("labels", "Labels", json!({"type": "array", "items": "string"})),
        required("customfield_7", "Team", json!({"type": "any"})),
    ]);
    let asked = format!("{TYPES}/3?startAt=0&maxResults=50");
    let stub = stub(vec![jira(&asked, ok(json!({"startAt": 0, "total": 4, "fields": fields})))]).await;
    let form = ask!(stub, None, |tracker| tracker.item_fields("10000", "3")).unwrap();
    assert!(form[1].required, "a description that is required there is required here");
    let why =
        |name| format!("“{name}” is required, and cannot be filled in here. Create the item in Jira, then link it.");
    let closed: Vec<_> = form[2..].iter().map(|field| (field.is_disabled(), field.disabled_reason.clone())).collect();
    assert_eq!(closed, ["Place", "Labels", "Team"].map(|name| (true, Some(why(name)))));
}

#[tokio::test]
async fn a_time_is_written_with_its_zone() {
    let stub = stub(Vec::new()).await;
    let moment = stub.tracker(&stub.provider(), None).moment("2026-11-30T16:45");
    assert_eq!(moment, "2026-11-30T16:45:00.000+0000");
}

#[tokio::test]
async fn those_who_have_an_address_are_found_where_they_show_it() {
    let person = |id: &str, email: Option<&str>| json!({"accountId": id, "emailAddress": email, "displayName": "Ann"});
    let asked = "GET /user/search?query=ann%40acme.example";
    let (ann, twin) = (person("5b1", Some("Ann@acme.example")), person("5b2", Some("ann@acme.example")));
    let others = [person("5b3", None), person("5b4", Some("ann@acme.example.org"))];
    let some = [&[ann.clone()][..], &others].concat();
    for (answer, found) in [(some, vec!["5b1"]), (vec![ann, twin], vec!["5b1", "5b2"]), (others.to_vec(), vec![])] {
        let stub = stub(vec![jira(asked, ok(answer.into()))]).await;
        assert_eq!(ask!(stub, None, |tracker| tracker.people("ann@acme.example")).unwrap(), found);
    }
}

#[tokio::test]
async fn a_new_issue_is_written_as_each_field_takes_it() {
    let document = |text: &str| json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]});
    let body = json!({"fields": {
        "project": {"id": "10000"}, "issuetype": {"id": "3"}, "summary": "It breaks", "description": document("<b>"),
        "components": [{"id": "7"}], "customfield_1": document("one"), "customfield_2": 3,
        "customfield_3": {"accountId": "5b1"}, "duedate": "2026-11-30", "customfield_5": "2026-11-30T16:45:00.000+0000",
    }});
    let made = json!({"id": "10002", "key": "ED-1", "self": "https://acme.atlassian.net/rest/api/3/issue/10002"});
    let exchanges = vec![
        jira(&format!("{TYPES}/3?startAt=0&maxResults=50"), ok(json!({"total": 10, "fields": fields()}))),
        jira("POST /issue", status(201, made)).body(body),
        jira("GET /issue/10002?fields=summary,status,assignee,project,statuscategorychangedate", ok(issue())),
    ];
    let values = json!({
        "title": " It breaks ", "description": "<b>", "components": "7", "customfield_1": "one", "customfield_2": 3,
        "customfield_3": "5b1", "duedate": "2026-11-30", "customfield_5": "2026-11-30T16:45:00.000+0000",
        "reporter": "somebody else",
    });
    let made = ask!(stub(exchanges).await, None, |tracker| tracker.create("10000", "3", values.as_object().unwrap()));
    assert_eq!(made, Ok(item()));
}

#[tokio::test]
async fn a_new_issue_without_anything_special_needs_no_look_at_its_type() {
    let body = json!({"fields": {"project": {"id": "10000"}, "issuetype": {"id": "3"}, "summary": "x"}});
    let refused =
        status(400, json!({"errorMessages": [], "errors": {"summary": "You must specify a summary of the issue."}}));
    let values = json!({"title": "x", "description": ""});
    let stub = stub(vec![jira("POST /issue", refused).body(body)]).await;
    let error = ask!(stub, None, |tracker| tracker.create("10000", "3", values.as_object().unwrap())).unwrap_err();
    let message = "summary: You must specify a summary of the issue".to_owned();
    assert_eq!(error, CheckError::Rejected { provider: "Jira".into(), message });
}
