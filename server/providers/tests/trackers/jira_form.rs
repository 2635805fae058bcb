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
        jira(&asked, ok(json!({"startAt": start, "total": 8, "fields": part})))
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
            ("customfield_2", "Points", true)
        ]
    );
    assert!(
        matches!(&form[2].kind, FieldKind::Select { choices, .. } if choices[1] == ("8".to_owned(), "Web".to_owned()))
    );
    assert!(matches!((&form[3].kind, &form[4].kind), (FieldKind::Textarea, FieldKind::Number { .. })));
}

#[tokio::test]
async fn a_new_issue_is_written_as_each_field_takes_it() {
    let document = |text: &str| json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]});
    let body = json!({"fields": {
        "project": {"id": "10000"}, "issuetype": {"id": "3"}, "summary": "It breaks", "description": document("<b>"),
        "components": [{"id": "7"}], "customfield_1": document("one"), "customfield_2": 3,
    }});
    let made = json!({"id": "10002", "key": "ED-1", "self": "https://acme.atlassian.net/rest/api/3/issue/10002"});
    let exchanges = vec![
        jira(&format!("{TYPES}/3?startAt=0&maxResults=50"), ok(json!({"total": 8, "fields": fields()}))),
        jira("POST /issue", status(201, made)).body(body),
        jira("GET /issue/10002?fields=summary,status,assignee,project,statuscategorychangedate", ok(issue())),
    ];
    let values = json!({
        "title": " It breaks ", "description": "<b>", "components": "7", "customfield_1": "one", "customfield_2": 3,
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
