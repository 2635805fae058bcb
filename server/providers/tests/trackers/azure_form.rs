//! Azure DevOps: new work items, and hooks.

use crate::azure::{BASE, PROJECT, azure, item, patch, stub, work_item};
use crate::stub::{Exchange, ask, ok, status};
use domain::config::FieldKind;
use domain::trackers::Hook;
use providers::connect::CheckError;
use providers::trackers::HookState;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

const SUBSCRIPTIONS: &str = "/fabrikam/_apis/hooks/subscriptions";
const ID: &str = "fd672255-8b6b-4769-9260-beea83d752ce";

#[tokio::test]
async fn types_that_people_do_not_make_are_left_out() {
    let wit = format!("GET /fabrikam/{PROJECT}/_apis/wit");
    let types = json!({"count": 4, "value": [
        {"name": "Bug", "isDisabled": false}, {"name": "User Story"}, {"name": "Old", "isDisabled": true},
        {"name": "Code Review Request", "isDisabled": false},
    ]});
    let categories = json!({"count": 2, "value": [
        {"referenceName": "Microsoft.BugCategory", "workItemTypes": [{"name": "Bug"}]},
        {"referenceName": "Microsoft.HiddenCategory", "workItemTypes": [{"name": "Code Review Request"}]},
    ]});
    let exchanges = vec![
        azure(&format!("{wit}/workitemtypes"), "4.1", ok(types)),
        azure(&format!("{wit}/workitemtypecategories"), "4.1", ok(categories)),
    ];
    let found = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_types(PROJECT)).unwrap();
    let same = |name: &str| (name.to_owned(), name.to_owned());
    assert_eq!(found, [same("Bug"), same("User Story")]);
}

fn required(name: &str, label: &str, values: &[&str], default: Option<&str>) -> Value {
    json!({"alwaysRequired": true, "defaultValue": default, "allowedValues": values, "referenceName": name, "name": label})
}

fn fields_of(kind: &str, fields: &[Value]) -> Exchange {
    let asked = format!("GET /fabrikam/{PROJECT}/_apis/wit/workitemtypes/{kind}/fields?$expand=all");
    azure(&asked, "4.1", ok(json!({"count": fields.len(), "value": fields})))
}

fn lookup(name: &str, kind: &str, is_identity: bool) -> Exchange {
    let found = json!({"referenceName": name, "type": kind, "isIdentity": is_identity});
    azure(&format!("GET /fabrikam/_apis/wit/fields/{name}"), "4.1", ok(found))
}

#[tokio::test]
async fn the_form_asks_for_what_a_type_requires() {
    let fields = [
        required("System.Title", "Title", &[], None),
        required("System.IterationId", "Iteration ID", &[], None),
        required("Microsoft.VSTS.Common.ValueArea", "Value Area", &["Architectural", "Business"], Some("Business")),
        json!({"alwaysRequired": false, "referenceName": "Microsoft.VSTS.Common.Priority", "name": "Priority", "allowedValues": ["1", "2"]}),
        json!({"alwaysRequired": true, "referenceName": "Custom.Team", "name": "Team", "helpText": "Who pays", "allowedValues": []}),
        required("Custom.Points", "Points", &[], None),
    ];
    let exchanges = vec![
        fields_of("User%20Story", &fields),
        lookup("Custom.Team", "string", false),
        lookup("Custom.Points", "integer", false),
    ];
    let form = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_fields(PROJECT, "User Story")).unwrap();
    let names: Vec<_> = form.iter().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(
        names,
        [
            ("title", true),
            ("description", false),
            ("Microsoft.VSTS.Common.ValueArea", true),
            ("Custom.Team", true),
            ("Custom.Points", true)
        ]
    );
    assert!(matches!(&form[2].kind, FieldKind::Select { choices, .. } if choices.len() == 2));
    assert_eq!((form[2].default.clone(), form[3].help.as_deref()), (Some(json!("Business")), Some("Who pays")));
    assert!(matches!(form[4].kind, FieldKind::Number { .. }));
}

#[tokio::test]
async fn people_and_times_are_in_the_form_and_whoever_has_the_item() {
    let mut start = required("Custom.Start", "Start", &[], None);
    start["helpText"] = "When it begins.".into();
    let fields = [
        required("System.Description", "Description", &[], None),
        required("System.AssignedTo", "Assigned To", &[], None),
        required("Custom.Owner", "Owner", &[], None),
        start,
    ];
    let exchanges = vec![
        fields_of("Bug", &fields),
        lookup("System.AssignedTo", "string", true),
        lookup("Custom.Owner", "identity", false),
        lookup("Custom.Start", "dateTime", false),
    ];
    let form = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_fields(PROJECT, "Bug")).unwrap();
    assert!(form[1].required, "a description that is required there is required here");
    let further: Vec<_> = form[2..].iter().map(|field| (field.name.as_str(), &field.kind)).collect();
    assert_eq!(
        further,
        [
            ("System.AssignedTo", &FieldKind::Email),
            ("Custom.Owner", &FieldKind::Email),
            ("Custom.Start", &FieldKind::DatetimeLocal)
        ]
    );
    assert_eq!(form[4].help.as_deref(), Some("When it begins. The time is in UTC."));
}

#[tokio::test]
async fn what_azure_devops_fills_in_by_itself_is_not_asked_for() {
    let fields = [
        required("Custom.Owner", "Owner", &[], Some("Ann <ann@fabrikam.example>")),
        required("Custom.Start", "Start", &[], Some("2026-11-30T00:00:00Z")),
        required("Custom.Part", "Part", &[], Some("Fabrikam\\Web")),
    ];
    let exchanges = vec![
        fields_of("Bug", &fields),
        lookup("Custom.Owner", "string", true),
        lookup("Custom.Start", "dateTime", false),
        lookup("Custom.Part", "treePath", false),
    ];
    let form = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_fields(PROJECT, "Bug")).unwrap();
    assert_eq!(form.len(), 2, "{form:#?}");
}

#[tokio::test]
async fn a_time_is_written_with_its_zone() {
    let stub = stub(Vec::new()).await;
    let moment = stub.tracker(&stub.provider(), BASE).moment("2026-11-30T16:45");
    assert_eq!(moment, "2026-11-30T16:45:00Z");
}

#[tokio::test]
async fn what_no_form_can_hold_is_in_it_closed_and_says_what_to_do() {
    let fields = [required("Custom.Part", "Part", &[], None)];
    let exchanges = vec![fields_of("Bug", &fields), lookup("Custom.Part", "treePath", false)];
    let form = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_fields(PROJECT, "Bug")).unwrap();
    let why = "“Part” is required, and cannot be filled in here. Create the item in Azure DevOps, then link it.";
    assert_eq!((form[2].label.as_str(), form[2].is_disabled()), ("Part", true));
    assert_eq!(form[2].disabled_reason.as_deref(), Some(why));
    assert_eq!(form[2].check(&json!("x")), Err(why.into()));
}

#[tokio::test]
async fn more_fields_than_are_looked_up_are_not_left_out_in_silence() {
    let name = |at: usize| format!("Custom.Field{at}");
    let fields: Vec<_> = (0..21).map(|at| required(&name(at), &name(at), &[], None)).collect();
    let mut exchanges = vec![fields_of("Bug", &fields)];
    exchanges.extend((0..20).map(|at| lookup(&name(at), "string", false)));
    let form = ask!(stub(exchanges).await, BASE, |tracker| tracker.item_fields(PROJECT, "Bug")).unwrap();
    let closed: Vec<_> = form.iter().filter(|field| field.is_disabled()).map(|field| field.name.as_str()).collect();
    assert_eq!((form.len(), closed), (23, vec!["Custom.Field20"]));
}

#[tokio::test]
async fn a_new_item_holds_what_the_form_held_and_nothing_of_the_systems_own() {
    let changes = json!([
        {"op": "add", "path": "/fields/System.Title", "value": "It <breaks>"},
        {"op": "add", "path": "/fields/System.Description", "value": "a &lt;b&gt;<br>c"},
        {"op": "add", "path": "/fields/Custom.A~1b~0c", "value": "x"},
        {"op": "add", "path": "/fields/Custom.Points", "value": 3},
        {"op": "add", "path": "/fields/System.AssignedTo", "value": "Ann@Fabrikam.example"},
    ]);
    let asked = format!("PATCH /fabrikam/{PROJECT}/_apis/wit/workitems/$User%20Story");
    let values = json!({
        "title": "It <breaks>", "description": "a <b>\nc", "Custom.Points": 3, "Custom.A/b~c": "x", "Custom.Empty": "",
        "System.AssignedTo": "Ann@Fabrikam.example", "System.CreatedBy": "somebody else",
    });
    let stub = stub(vec![patch(&asked, changes, ok(work_item(json!({}))))]).await;
    let made = ask!(stub, BASE, |tracker| tracker.create(PROJECT, "User Story", values.as_object().unwrap()));
    assert_eq!(made.unwrap(), item());
}

#[tokio::test]
async fn a_hook_is_made_with_its_secret_in_a_header() {
    let (url, secret) =
        (Url::parse("https://patchbay.example.com/x/").unwrap(), SecretString::from("planted-hook-secret"));
    let body = json!({
        "publisherId": "tfs", "eventType": "workitem.updated", "resourceVersion": "1.0", "consumerId": "webHooks",
        "consumerActionId": "httpRequest",
        "consumerInputs": {"url": url.as_str(), "resourceDetailsToSend": "all", "httpHeaders": "shared-secret:planted-hook-secret"},
    });
    let asked = format!("POST {SUBSCRIPTIONS}");
    let stub_ = stub(vec![azure(&asked, "4.1", ok(json!({"id": ID, "status": "enabled"}))).body(body.clone())]).await;
    let hook = ask!(stub_, BASE, |tracker| tracker.create_hook(&url, &secret)).unwrap();
    assert_eq!(hook, Hook { id: ID.into(), expires_at: None });

    let refused = status(400, json!({"message": "Bad header shared-secret:planted-hook-secret"}));
    let stub_ = stub(vec![azure(&asked, "4.1", refused).body(body)]).await;
    let error = ask!(stub_, BASE, |tracker| tracker.create_hook(&url, &secret)).unwrap_err();
    assert!(
        matches!(&error, CheckError::Rejected { message, .. } if message == "Bad header shared-secret:…"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_hook_that_people_turned_off_is_theirs_to_take_back() {
    let asked = format!("GET {SUBSCRIPTIONS}/{ID}");
    let alive = HookState::Alive { expires_at: None };
    for (answer, state) in [
        (ok(json!({"id": ID, "status": "enabled"})), alive),
        (ok(json!({"id": ID, "status": "onProbation"})), alive),
        (ok(json!({"id": ID, "status": "disabledByUser"})), alive),
        (ok(json!({"id": ID, "status": "disabledBySystem"})), HookState::Gone),
        (ok(json!({"id": ID, "status": "disabledByInactiveIdentity"})), HookState::Gone),
        (status(404, json!({})), HookState::Gone),
    ] {
        let stub = stub(vec![azure(&asked, "4.1", answer)]).await;
        assert_eq!(ask!(stub, BASE, |tracker| tracker.look_at_hook(ID)), Ok(state));
    }
    assert_eq!(ask!(stub(Vec::new()).await, BASE, |tracker| tracker.renew_hook(ID)), Ok(None));
}

#[tokio::test]
async fn a_hook_that_is_gone_already_is_deleted() {
    let (delete, get) = (format!("DELETE {SUBSCRIPTIONS}/{ID}"), format!("GET {SUBSCRIPTIONS}/{ID}"));
    let empty = wiremock::ResponseTemplate::new(204);
    ask!(stub(vec![azure(&delete, "4.1", empty)]).await, BASE, |tracker| tracker.delete_hook(ID)).unwrap();
    let gone = || status(404, json!({"message": "The subscription cannot be found."}));
    let exchanges = vec![azure(&delete, "4.1", gone()), azure(&get, "4.1", gone())];
    ask!(stub(exchanges).await, BASE, |tracker| tracker.delete_hook(ID)).unwrap();
    let alive = ok(json!({"id": ID, "status": "enabled"}));
    let exchanges = vec![azure(&delete, "4.1", status(400, json!({"message": "No."}))), azure(&get, "4.1", alive)];
    let error = ask!(stub(exchanges).await, BASE, |tracker| tracker.delete_hook(ID)).unwrap_err();
    assert!(matches!(&error, CheckError::Rejected { message, .. } if message == "No"), "{error:?}");
}
