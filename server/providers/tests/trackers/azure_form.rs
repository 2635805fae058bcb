//! Azure DevOps: new work items, and hooks.

use crate::azure::{BASE, PROJECT, azure, item, patch, stub, work_item};
use crate::stub::{ask, ok, status};
use domain::config::FieldKind;
use domain::trackers::Hook;
use providers::connect::CheckError;
use providers::trackers::HookState;
use secrecy::SecretString;
use serde_json::json;
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

#[tokio::test]
async fn the_form_asks_for_what_a_type_requires() {
    let required = |name: &str, label: &str, values: &[&str], default: Option<&str>| json!({"alwaysRequired": true, "defaultValue": default, "allowedValues": values, "referenceName": name, "name": label});
    let fields = json!({"count": 7, "value": [
        required("System.Title", "Title", &[], None),
        required("System.IterationId", "Iteration ID", &[], None),
        required("Microsoft.VSTS.Common.ValueArea", "Value Area", &["Architectural", "Business"], Some("Business")),
        {"alwaysRequired": false, "referenceName": "Microsoft.VSTS.Common.Priority", "name": "Priority", "allowedValues": ["1", "2"]},
        {"alwaysRequired": true, "referenceName": "Custom.Team", "name": "Team", "helpText": "Who pays", "allowedValues": []},
        required("Custom.Points", "Points", &[], None),
        required("Custom.Owner", "Owner", &[], None),
    ]});
    let lookup = |name: &str, kind: &str| {
        azure(
            &format!("GET /fabrikam/_apis/wit/fields/{name}"),
            "4.1",
            ok(json!({"referenceName": name, "type": kind})),
        )
    };
    let exchanges = vec![
        azure(
            &format!("GET /fabrikam/{PROJECT}/_apis/wit/workitemtypes/User%20Story/fields?$expand=all"),
            "4.1",
            ok(fields),
        ),
        lookup("Custom.Team", "string"),
        lookup("Custom.Points", "integer"),
        lookup("Custom.Owner", "identity"),
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
async fn a_new_item_holds_what_the_form_held_and_nothing_of_the_systems_own() {
    let changes = json!([
        {"op": "add", "path": "/fields/System.Title", "value": "It <breaks>"},
        {"op": "add", "path": "/fields/System.Description", "value": "a &lt;b&gt;<br>c"},
        {"op": "add", "path": "/fields/Custom.A~1b~0c", "value": "x"},
        {"op": "add", "path": "/fields/Custom.Points", "value": 3},
    ]);
    let asked = format!("PATCH /fabrikam/{PROJECT}/_apis/wit/workitems/$User%20Story");
    let values = json!({
        "title": "It <breaks>", "description": "a <b>\nc", "Custom.Points": 3, "Custom.A/b~c": "x", "Custom.Empty": "",
        "System.CreatedBy": "somebody else",
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
