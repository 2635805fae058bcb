//! AWS Lambda, at moto behind a check of every signature, session token and trust policy.

use super::hub_app::{Hub, connected};
use crate::support::{Counterpart, Moto};
use serde_json::{Value, json};

/// The account that moto plays.
const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
const DSN: &str = "https://key@errors.example.com/7";
/// The monitoring layer of Node, in at least as many versions as there are.
const LAYER: &str = "SentryNodeServerlessSDKv10";
const VERSIONS: u32 = 80;

/// AWS with two functions, and a hub that has keys of it.
async fn stage() -> Option<(Counterpart, Hub)> {
    let aws = Moto::start(&json!({
        "functions": [{ "name": "watched", "runtime": "nodejs20.x" }, { "name": "other", "runtime": "nodejs20.x" }],
        "layers": [{ "name": LAYER, "versions": VERSIONS }],
    }))?;
    let credentials = [
        ("access_key_id", aws.fact("access_key_id")),
        ("secret_access_key", aws.fact("secret_access_key")),
        ("account_number", aws.fact("account_number")),
    ];
    let hub = Hub::at("aws_lambda", aws.url(), &credentials).await;
    hub.same_time(&aws).await;
    Some((aws, hub))
}

/// Takes the first step; answers the second.
async fn role_step(hub: &Hub) -> Value {
    let step = hub.start(None).await;
    assert_eq!(step["name"], "project_select", "{step}");
    let project = step["body"]["fields"][0]["default"].as_str().unwrap().to_owned();
    let step = hub.advance(&step, &[("projectId", &project), ("dsn", DSN)]).await;
    assert_eq!(step["name"], "cloudformation", "{step}");
    step
}

/// The external id that a person copies into the stack.
fn external_id(step: &Value) -> &str {
    let guide = step["body"]["guide"].as_array().unwrap();
    let line = guide.iter().find(|line| line["text"].as_str().unwrap().contains("ExternalId")).unwrap();
    line["copy"].as_str().unwrap()
}

/// A function as the customer's administrator sees it.
async fn function(aws: &Counterpart, name: &str) -> Value {
    let listed = aws.order(json!({ "list": REGION })).await;
    let functions = listed["Functions"].as_array().unwrap();
    functions.iter().find(|function| function["FunctionName"] == name).unwrap().clone()
}

#[tokio::test]
async fn a_role_is_taken_on_in_three_steps_and_a_function_gets_the_layer() {
    let Some((aws, hub)) = stage().await else { return };
    let tried = hub.tried().await;
    assert_eq!(tried["works"], true, "{tried}");
    let step = role_step(&hub).await;
    aws.order(json!({ "trust": external_id(&step) })).await;
    let step = hub.advance(&step, &[("account_number", ACCOUNT), ("region", REGION)]).await;
    assert_eq!((&step["name"], &step["body"]["kind"]), (&json!("instrumentation"), &json!("choose")), "{step}");
    let names: Vec<_> = step["body"]["options"].as_array().unwrap().iter().map(|option| &option["value"]).collect();
    assert_eq!(names, ["other", "watched"]);
    let id = connected(&hub.advance(&step, &[("enabledFunctions:watched", "on")]).await);

    let row = hub.integration(&id).await;
    let found = ["externalId", "name"].map(|name| row[name].as_str().unwrap());
    assert_eq!(found, ["123456789012-us-east-1", "123456789012 us-east-1"]);
    let (watched, other) = (function(&aws, "watched").await, function(&aws, "other").await);
    let layer = watched["Layers"][0]["Arn"].as_str().unwrap_or_else(|| panic!("{watched}"));
    assert!(layer.contains(&format!(":layer:{LAYER}:")), "{layer}");
    assert_eq!(watched["Environment"]["Variables"]["SENTRY_DSN"], DSN);
    assert!(other["Layers"].as_array().is_none_or(Vec::is_empty) && other["Environment"].is_null(), "{other}");
    assert_eq!(hub.check(&id).await, ("healthy".to_owned(), String::new()));
    assert_eq!(aws.seen().await["refused"], json!([]));

    // The customer deletes the stack.
    aws.order(json!({ "remove_role": true })).await;
    let (health, reason) = hub.check(&id).await;
    assert_eq!(health, "needs_reauth", "{reason}");
    assert!(reason.starts_with("AWS refuses the role arn:aws:iam::123456789012:role/PatchbayMonitoring"), "{reason}");
}

#[tokio::test]
async fn a_role_that_trusts_another_external_id_is_refused_and_can_be_corrected() {
    let Some((aws, hub)) = stage().await else { return };
    let step = role_step(&hub).await;
    let role = [("account_number", ACCOUNT), ("region", REGION)];
    let answer = hub.send(&step, &role).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    let told = answer.json()["fields"]["account_number"].to_string();
    assert!(told.contains("with the external id shown here"), "{}", answer.line());
    // One that a person brings along is not taken for ours.
    let answer = hub.send(&step, &[&role[..], &[("awsExternalId", "patchbay-external-id")]].concat()).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    assert!(!answer.json()["fields"]["awsExternalId"].is_null(), "{}", answer.line());

    aws.order(json!({ "trust": external_id(&step) })).await;
    let step = hub.advance(&step, &role).await;
    assert_eq!(step["name"], "instrumentation", "{step}");
    let other = role_step(&hub).await;
    assert_ne!(external_id(&other), "patchbay-external-id");
    assert_eq!(hub.send(&other, &role).await.status, 400, "each pipeline has an external id of its own");
}

#[tokio::test]
async fn a_service_gets_temporary_keys_of_the_role() {
    let Some((aws, hub)) = stage().await else { return };
    let step = role_step(&hub).await;
    aws.order(json!({ "trust": external_id(&step) })).await;
    let step = hub.advance(&step, &[("account_number", ACCOUNT), ("region", REGION)]).await;
    let id = connected(&hub.advance(&step, &[]).await);
    let answer = hub.access_token(&id).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.line());
    let keys = answer.json();
    assert!(keys["accessKeyId"].as_str().unwrap().starts_with("ASIA"), "temporary ones");
    assert!(!keys["sessionToken"].as_str().unwrap().is_empty());
    assert_ne!(keys["secretAccessKey"], aws.fact("secret_access_key"));
    let begin = hub.app.ctx.now();
    assert!(keys["expiresAt"].as_str().unwrap() > begin.to_rfc3339().as_str());
    assert_eq!(aws.seen().await["refused"], json!([]));
}
