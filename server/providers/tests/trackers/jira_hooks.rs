//! Jira: webhooks, which end after thirty days.

use crate::jira::{jira, stub};
use crate::stub::{Exchange, NOW, ask, ok, status};
use domain::Timestamp;
use domain::time::{DAY, MINUTE};
use providers::connect::CheckError;
use providers::trackers::HookState;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;
use wiremock::ResponseTemplate;

fn projects(ids: &[&str]) -> Exchange {
    let values: Vec<_> = ids.iter().map(|id| json!({"id": id, "key": "P", "name": "Project"})).collect();
    jira("GET /project/search?startAt=0&maxResults=50", ok(json!({"isLast": true, "values": values})))
}

fn registered(answer: Value) -> Vec<Exchange> {
    let body = json!({
        "url": "https://patchbay.example.com/x/",
        "webhooks": [{
            "events": ["jira:issue_updated"], "fieldIdsFilter": ["status", "assignee"], "jqlFilter": "project IN (10000, 10001)",
        }],
    });
    vec![projects(&["10000", "1) OR (1=1", "10001"]), jira("POST /webhook", ok(answer)).body(body)]
}

fn place() -> (Url, SecretString) {
    (Url::parse("https://patchbay.example.com/x/").unwrap(), "planted-hook-secret".into())
}

#[tokio::test]
async fn a_webhook_names_every_project_and_holds_no_secret() {
    let (url, secret) = place();
    let answer = json!({"webhookRegistrationResult": [{"createdWebhookId": 1000}]});
    let hook = ask!(stub(registered(answer)).await, None, |tracker| tracker.create_hook(&url, &secret)).unwrap();
    assert_eq!(hook.id, "1000");
    let late = hook.expires_at.unwrap().0 - NOW.plus(30 * DAY).0;
    assert!((0..MINUTE).contains(&late), "{late}");
}

#[tokio::test]
async fn a_webhook_that_was_refused_inside_a_success_tells_why() {
    let (url, secret) = place();
    let answer =
        json!({"webhookRegistrationResult": [{"errors": ["The clause myClause is unsupported", "Too many."]}]});
    let error = ask!(stub(registered(answer)).await, None, |tracker| tracker.create_hook(&url, &secret)).unwrap_err();
    let message = "The clause myClause is unsupported Too many".to_owned();
    assert_eq!(error, CheckError::Rejected { provider: "Jira".into(), message });
    let error =
        ask!(stub(registered(json!({}))).await, None, |tracker| tracker.create_hook(&url, &secret)).unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let error = ask!(stub(vec![projects(&[])]).await, None, |tracker| tracker.create_hook(&url, &secret)).unwrap_err();
    assert!(matches!(error, CheckError::Rejected { .. }), "{error:?}");
}

#[tokio::test]
async fn a_webhook_is_looked_for_on_every_page() {
    let page = |start: usize, values: Value| {
        let asked = format!("GET /webhook?startAt={start}&maxResults=50");
        jira(&asked, ok(json!({"isLast": false, "total": 2, "startAt": start, "values": values})))
    };
    let hook =
        |id: u64, end: Value| json!([{"id": id, "jqlFilter": "project IN (1)", "events": [], "expirationDate": end}]);
    let june = Some(Timestamp(1_559_392_950_000));
    for (end, expires_at) in
        [(json!("2019-06-01T12:42:30.000+0000"), june), (json!(1_559_392_950_000_i64), june), (json!(null), None)]
    {
        let exchanges = vec![page(0, hook(999, json!(null))), page(1, hook(1000, end)), projects(&["1"])];
        let state = ask!(stub(exchanges).await, None, |tracker| tracker.look_at_hook("1000"));
        assert_eq!(state, Ok(HookState::Alive { expires_at }));
    }
    let exchanges = vec![page(0, hook(999, json!(null))), page(1, hook(10_000, json!(null)))];
    assert_eq!(ask!(stub(exchanges).await, None, |tracker| tracker.look_at_hook("1000")), Ok(HookState::Gone));
    // A project came since the webhook was made: it is not told about, so another webhook is needed.
    let exchanges = vec![page(0, hook(999, json!(null))), page(1, hook(1000, json!(null))), projects(&["1", "12"])];
    assert_eq!(ask!(stub(exchanges).await, None, |tracker| tracker.look_at_hook("1000")), Ok(HookState::Gone));
}

#[tokio::test]
async fn a_webhook_is_renewed_and_deleted_by_its_number() {
    let ids = json!({"webhookIds": [1000]});
    let renewed = ok(json!({"expirationDate": "2019-06-01T12:42:30.000+0000"}));
    let stub_ = stub(vec![jira("PUT /webhook/refresh", renewed).body(ids.clone())]).await;
    assert_eq!(ask!(stub_, None, |tracker| tracker.renew_hook("1000")), Ok(Some(Timestamp(1_559_392_950_000))));
    let stub_ = stub(vec![jira("DELETE /webhook", ResponseTemplate::new(202)).body(ids.clone())]).await;
    assert_eq!(ask!(stub_, None, |tracker| tracker.delete_hook("1000")), Ok(()));
    let busy = status(429, json!({}));
    let stub_ = stub(vec![jira("DELETE /webhook", busy).body(ids)]).await;
    assert!(ask!(stub_, None, |tracker| tracker.delete_hook("1000")).unwrap_err().is_transient());
    for id in ["", "x", "1000, 1001", "-1"] {
        let error = ask!(stub(Vec::new()).await, None, |tracker| tracker.delete_hook(id)).unwrap_err();
        assert!(matches!(error, CheckError::Rejected { .. }), "{error:?}");
    }
}
