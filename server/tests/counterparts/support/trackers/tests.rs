//! The vendors themselves: they keep what is written, tell of it, and take nothing that is not documented.

use crate::support::{Browser, Reply, Request, Vendor};
use ring::hmac::{HMAC_SHA256, Key, verify};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub const BACK: &str = "http://127.0.0.1:9/back";

/// Whoever is told by webhooks: takes each, and keeps it.
pub struct Told {
    pub url: String,
    webhooks: UnboundedReceiver<Webhook>,
}

/// A webhook as it came.
pub struct Webhook {
    head: String,
    body: String,
}

impl Webhook {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

impl Told {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, webhooks) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = Vec::new();
                let mut chunk = [0; 4096];
                let webhook = loop {
                    let read = stream.read(&mut chunk).await.unwrap();
                    text.extend_from_slice(&chunk[..read]);
                    if let Some(webhook) = whole(&text) {
                        break webhook;
                    }
                };
                sender.send(webhook).ok();
                let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
        });
        Self { url, webhooks }
    }

    /// The next one, which is there.
    pub fn next(&mut self) -> Webhook {
        self.webhooks.try_recv().unwrap()
    }
}

fn whole(text: &[u8]) -> Option<Webhook> {
    let (head, body) = std::str::from_utf8(text).ok()?.split_once("\r\n\r\n")?;
    let webhook = Webhook { head: head.to_owned(), body: body.to_owned() };
    (webhook.header("content-length") == body.len().to_string()).then_some(webhook)
}

/// The path and the parameters of an authorization request.
type Authorize<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// Signs in; answers the access token.
async fn sign_in(vendor: &Vendor, (path, params): Authorize<'_>, token: &str, is_json: bool) -> String {
    let mut url = url::Url::parse(&vendor.at(path)).unwrap();
    let usual =
        [("client_id", vendor.fact("client_id")), ("redirect_uri", BACK), ("response_type", "code"), ("state", "s")];
    url.query_pairs_mut().extend_pairs(usual).extend_pairs(params);
    let back = Browser::default().walk(url.as_str(), BACK).await;
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
        ("client_id", vendor.fact("client_id")),
        ("client_secret", vendor.fact("client_secret")),
    ];
    let request = Request::post(&vendor.at(token));
    let request = match is_json {
        true => {
            request.json(&fields.iter().copied().collect::<std::collections::BTreeMap<_, _>>().into_iter().collect())
        }
        false => request.form(&fields),
    };
    request.send().await.json()["access_token"].as_str().unwrap().to_owned()
}

/// A token of whoever may do everything at Azure DevOps.
pub async fn azure_token(vendor: &Vendor) -> String {
    let scope = "499b84ac-1321-427f-aa17-267ca6975798/.default";
    let params = [("scope", scope), ("prompt", "select_account"), ("response_mode", "query")];
    sign_in(vendor, ("/common/oauth2/v2.0/authorize", &params), "/common/oauth2/v2.0/token", false).await
}

/// The same at Jira.
pub async fn jira_token(vendor: &Vendor) -> String {
    let scope = "read:jira-work write:jira-work read:jira-user manage:jira-webhook";
    let params = [("scope", scope), ("audience", "api.atlassian.com"), ("prompt", "consent")];
    sign_in(vendor, ("/authorize", &params), "/oauth/token", true).await
}

/// A token of Sentry for these scopes.
pub async fn sentry_token(vendor: &Vendor, scope: &str) -> String {
    sign_in(vendor, ("/oauth/authorize/", &[("scope", scope)]), "/oauth/token/", false).await
}

fn spec() -> Value {
    json!({ "redirect_uris": [BACK], "pkce": false })
}

#[tokio::test]
async fn azure_devops_keeps_what_is_written_and_shows_the_secret_of_the_hook() {
    let Some(azure) = Vendor::azure_devops(&spec()) else { return };
    let token = azure_token(&azure).await;
    let call = async |method, path: &str, kind: &str, body: Option<Value>| -> Reply {
        let request = Request::new(method, &azure.at(&format!("/fabrikam/_apis{path}"))).bearer(&token);
        let request =
            request.header("accept", "application/json; api-version=4.1").header("x-tfs-fedauthredirect", "Suppress");
        match body {
            None => request.send().await,
            // Of two types the first counts.
            Some(body) => request.header("content-type", kind).json(&body).send().await,
        }
    };
    let mut told = Told::new().await;
    let subscription = json!({
        "publisherId": "tfs", "eventType": "workitem.updated", "resourceVersion": "1.0",
        "consumerId": "webHooks", "consumerActionId": "httpRequest",
        "consumerInputs": { "url": told.url, "httpHeaders": "shared-secret:not-shown-again" },
    });
    let hook = call("POST", "/hooks/subscriptions", "application/json", Some(subscription)).await;
    assert_eq!(hook.json()["status"], "enabled");
    assert!(!hook.text.contains("not-shown-again"), "the secret is shown again");

    let close = json!([{ "op": "replace", "path": "/fields/System.State", "value": "Closed" }]);
    azure.fail("PATCH /{org}/_apis/wit/workitems", json!({ "status": 502, "late": true })).await;
    let patch = "application/json-patch+json";
    assert_eq!(call("PATCH", "/wit/workitems/1", patch, Some(close)).await.status, 502);
    assert_eq!(azure.item("1").await.status, "Closed", "the answer is lost, the change is not");
    azure.settle().await;
    let webhook = told.next();
    assert_eq!(webhook.header("shared-secret"), "not-shown-again");
    assert_eq!(
        webhook.json()["resource"]["fields"]["System.State"],
        json!({ "oldValue": "New", "newValue": "Closed" })
    );

    let changed = azure.change("#1", json!({ "assignee": "ada@fabrikam.example.com" })).await;
    assert_eq!(changed.assignee.as_deref(), Some("ada@fabrikam.example.com"));
    let holder = told.next().json()["resource"]["fields"]["System.AssignedTo"]["newValue"].clone();
    assert_eq!(holder, "Ada Moss <ada@fabrikam.example.com>");
    assert_eq!(azure.writes("1", "System.State").await, ["Closed"]);
    assert_eq!(azure.calls("PATCH").await, 1);
    azure.refused_nothing().await;

    let nonsense = json!([{ "op": "replace", "path": "/fields/System.State", "value": "Nonsense" }]);
    assert_eq!(call("PATCH", "/wit/workitems/1", patch, Some(nonsense)).await.status, 400);
    azure.refused_nothing().await;
    let title = json!([{ "op": "replace", "path": "/fields/System.Title", "value": "Another" }]);
    assert_eq!(call("PATCH", "/wit/workitems/1", patch, Some(title)).await.status, 400);
    assert_eq!(call("GET", "/wit/wiql", "", None).await.status, 404);
    assert_eq!(azure.seen().await["refused"].as_array().unwrap().len(), 2);
    azure.order(json!({ "expire": true })).await;
    assert_eq!(call("GET", "/wit/workitems/1", "", None).await.status, 401);
}

#[tokio::test]
async fn jira_moves_an_issue_only_where_its_workflow_lets_it_go_and_signs_what_it_tells() {
    let mut spec = spec();
    spec["workflow"] = json!({ "To Do": ["In Progress"] });
    let Some(jira) = Vendor::jira(&spec) else { return };
    let token = jira_token(&jira).await;
    let site = format!("/ex/jira/{}/rest/api/3", jira.fact("cloud_id"));
    let call = async |method, path: &str, body: Value| -> Reply {
        Request::new(method, &jira.at(&format!("{site}{path}"))).bearer(&token).json(&body).send().await
    };
    let mut told = Told::new().await;
    let filter = format!("project in ({})", jira.project(0));
    let events = json!([{ "jqlFilter": filter, "events": ["jira:issue_updated"], "fieldIdsFilter": ["status"] }]);
    let made = call("POST", "/webhook", json!({ "url": told.url, "webhooks": events })).await;
    assert_eq!(jira.hooks().await[0]["id"], made.json()["webhookRegistrationResult"][0]["createdWebhookId"]);

    for (transition, status) in [("31", 400), ("21", 204)] {
        let moved = call("POST", "/issue/OPS-1/transitions", json!({ "transition": { "id": transition } })).await;
        assert_eq!(moved.status, status, "{transition}");
    }
    jira.change("OPS-1", json!({ "assignee": "ada@fabrikam.example.com" })).await;
    jira.settle().await;
    let webhook = told.next();
    assert_eq!(webhook.json()["changelog"]["items"][0]["toString"], "In Progress");
    let (signed, signature) =
        webhook.header("authorization").strip_prefix("Bearer ").unwrap().rsplit_once('.').unwrap();
    let signature = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, signature).unwrap();
    let key = Key::new(HMAC_SHA256, jira.fact("client_secret").as_bytes());
    verify(&key, signed.as_bytes(), &signature).unwrap();
    assert!(told.webhooks.try_recv().is_err(), "only the status was asked for");

    let comment = json!({ "version": 1, "type": "doc", "content": [{ "type": "text", "text": "bare" }] });
    assert_eq!(call("POST", "/issue/OPS-1/comment", json!({ "body": comment })).await.status, 400);
    assert_eq!(jira.item("OPS-1").await.comments, []);
    assert_eq!(jira.seen().await["refused"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sentry_needs_the_scope_and_sends_what_was_held_in_the_order_that_was_asked_for() {
    let mut told = Told::new().await;
    let mut spec = spec();
    spec["hook"] = json!({ "url": told.url, "secret": "shh" });
    let Some(sentry) = Vendor::sentry(&spec) else { return };
    let resolve = async |scope: &str| {
        let token = sentry_token(&sentry, scope).await;
        let request = Request::new("PUT", &sentry.at("/api/0/organizations/2/issues/4001/")).bearer(&token);
        request.json(&json!({ "status": "resolved" })).send().await.status
    };
    assert_eq!((resolve("event:read").await, resolve("event:write").await), (403, 200));
    sentry.settle().await;
    let webhook = told.next();
    let signature = webhook.header("sentry-hook-signature");
    let signature: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).unwrap()).collect();
    verify(&Key::new(HMAC_SHA256, b"shh"), webhook.body.as_bytes(), &signature).unwrap();

    sentry.order(json!({ "hold_hooks": true })).await;
    for status in ["unresolved", "ignored"] {
        sentry.change("API-1", json!({ "status": status })).await;
    }
    assert!(told.webhooks.try_recv().is_err());
    sentry.order(json!({ "release_hooks": "reversed" })).await;
    let actions = [told.next().json()["action"].clone(), told.next().json()["action"].clone()];
    assert_eq!(actions, ["archived", "unresolved"]);

    let flooded = sentry.flood(json!({ "count": 20, "rate": 1000, "repeat_every": 10 })).await;
    assert_eq!((flooded.sent, flooded.accepted), (22, 22));
    assert!(flooded.p50_ms <= flooded.p99_ms && flooded.p99_ms <= flooded.max_ms && flooded.seconds > 0.0);
    assert_eq!(sentry.items().await.len(), 3);
    sentry.delivered_everything().await;
    sentry.refused_nothing().await;
}
