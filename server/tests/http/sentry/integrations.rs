//! The list of installations.

use crate::support::{Backend, MEMBER, OWNER, TestApp};
use insta::assert_snapshot;
use serde_json::Value;

const LIST: &str = "/api/0/organizations/acme/integrations/";

/// The fields of the published schema, and the JSON types that each may have.
const SCHEMA: [(&str, &[&str]); 15] = [
    ("id", &["string"]),
    ("name", &["string"]),
    ("icon", &["string", "null"]),
    ("domainName", &["string", "null"]),
    ("accountType", &["string", "null"]),
    ("scopes", &["array", "null"]),
    ("outOfDate", &["boolean", "null"]),
    ("status", &["string"]),
    ("provider", &["object"]),
    ("configOrganization", &["array"]),
    ("configData", &["object", "null"]),
    ("externalId", &["string"]),
    ("organizationId", &["integer"]),
    ("organizationIntegrationStatus", &["string"]),
    ("gracePeriodEnd", &["string", "null"]),
];

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

async fn names(app: &TestApp, query: &str) -> String {
    let answer = app.get(&format!("{LIST}{query}")).session(MEMBER).await;
    let body = answer.json();
    let Value::Array(rows) = body else { return answer.line() };
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect::<Vec<_>>().join(", ")
}

async fn every_row_has_the_fields_and_types_of_the_published_schema(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let rows = app.get(LIST).session(MEMBER).await.json();
    for row in rows.as_array().unwrap() {
        for (name, kinds) in SCHEMA {
            let value = row.get(name).unwrap_or_else(|| panic!("{name} is missing"));
            assert!(kinds.contains(&kind(value)), "{name}: {value}");
        }
        assert_eq!(row["gracePeriodEnd"], Value::Null);
        let provider = row["provider"].as_object().unwrap();
        let mut keys: Vec<_> = provider.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["aspects", "canAdd", "canDisable", "features", "key", "name", "slug"]);
        assert!(provider["features"].as_array().unwrap().is_sorted_by_key(|feature| feature.as_str()));
        let extra: Vec<_> =
            row.as_object().unwrap().keys().filter(|key| SCHEMA.iter().all(|(name, _)| name != key)).collect();
        assert_eq!(extra, ["patchbay"]);
    }
}

async fn rows_come_by_name(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_snapshot!(names(&app, "").await, @"Acme, acme, Acme builds, Acme HQ, acme-labs, fabrikam");
}

async fn without_config_the_form_is_left_out(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for query in ["?includeConfig=0", "?includeConfig=false"] {
        for row in app.get(&format!("{LIST}{query}")).session(MEMBER).await.json().as_array().unwrap() {
            assert_eq!((row.get("configOrganization"), row.get("configData")), (None, Some(&Value::Null)), "{query}");
            assert_eq!(row.as_object().unwrap().len(), SCHEMA.len(), "one less, and ours");
        }
    }
    for query in ["", "?includeConfig=1", "?includeConfig=true", "?includeConfig=no", "?includeConfig="] {
        let rows = app.get(&format!("{LIST}{query}")).session(MEMBER).await.json();
        let vsts = rows.as_array().unwrap().iter().find(|row| row["provider"]["key"] == "vsts").unwrap();
        assert_eq!(vsts["configOrganization"].as_array().unwrap().len(), 5, "{query}");
        assert_eq!(vsts["configData"]["sync_comments"], false, "{query}");
    }
}

async fn filters_leave_what_they_name(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut lines = Vec::new();
    for query in [
        "?providerKey=github",
        "?provider_key=GitHub",
        "?providerKey=nobody",
        "?providerKey=%00",
        "?providerKey=",
        "?features=alert-rule",
        "?features=Alert_Rule",
        "?features=issue-sync&features=chat_unfurl",
        "?features=nothing",
        "?features=nothing&features=codeowners",
        "?integrationType=messaging",
        "?integrationType=source_code_management",
        "?integrationType=project_management",
        "?integrationType=on_call_scheduling",
        "?integrationType=chat",
        "?integrationType=Messaging",
        "?integrationType=source_code_management&features=ticket-rules",
        "?unknown=parameter&a=%FF&=&&%",
    ] {
        lines.push(format!("{query}: {}", names(&app, query).await));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    ?providerKey=github: acme, acme-labs
    ?provider_key=GitHub: acme, acme-labs
    ?providerKey=nobody: 
    ?providerKey=%00: 
    ?providerKey=: Acme, acme, Acme builds, Acme HQ, acme-labs, fabrikam
    ?features=alert-rule: Acme builds, Acme HQ
    ?features=Alert_Rule: Acme builds, Acme HQ
    ?features=issue-sync&features=chat_unfurl: Acme, Acme HQ, fabrikam
    ?features=nothing: 
    ?features=nothing&features=codeowners: acme, acme-labs
    ?integrationType=messaging: Acme HQ
    ?integrationType=source_code_management: acme, acme-labs, fabrikam
    ?integrationType=project_management: 
    ?integrationType=on_call_scheduling: 
    ?integrationType=chat: 400 {"detail":"Invalid integration type"}
    ?integrationType=Messaging: 400 {"detail":"Invalid integration type"}
    ?integrationType=source_code_management&features=ticket-rules: fabrikam
    ?unknown=parameter&a=%FF&=&&%: Acme, acme, Acme builds, Acme HQ, acme-labs, fabrikam
    "#);
}

/// Sentry cuts first and filters after, so that a page can be short although there is more.
async fn a_filter_applies_before_the_list_is_cut(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_eq!(names(&app, "?features=chat-unfurl&per_page=1").await, "Acme HQ");
    let link = app.get(&format!("{LIST}?features=commits&per_page=2")).session(MEMBER).await;
    assert_eq!(link.json().as_array().unwrap().len(), 2);
    assert!(link.header("link").contains("rel=\"next\"; results=\"true\""));
}

async fn paused_and_removed_rows_stay_listed_with_their_own_status(backend: Backend) {
    let app = TestApp::demo(backend).await;
    app.call("integrations/remove", &[("org", "acme"), ("id", "2")]).session(OWNER).await;
    let rows = app.get(LIST).session(MEMBER).await.json();
    let status = |id: &str| {
        let row = rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
        format!("{} {}", row["status"].as_str().unwrap(), row["organizationIntegrationStatus"].as_str().unwrap())
    };
    assert_eq!(
        [status("2"), status("3"), status("6")],
        ["active pending_deletion", "active active", "active disabled"]
    );
}

on_both!(
    every_row_has_the_fields_and_types_of_the_published_schema,
    rows_come_by_name,
    without_config_the_form_is_left_out,
    filters_leave_what_they_name,
    a_filter_applies_before_the_list_is_cut,
    paused_and_removed_rows_stay_listed_with_their_own_status,
);
