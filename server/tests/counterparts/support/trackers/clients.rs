//! Patchbay's own clients at these vendors: they get what they ask for, and ask for nothing that is not documented.

use super::tests::{BACK, Told, azure_token, jira_token, sentry_token};
use crate::support::{Counterpart, Vendor};
use domain::Timestamp;
use domain::config::ConfigData;
use domain::integrations::Account;
use domain::trackers::Item;
use hub::Clock as _;
use providers::outbound::Outbound;
use providers::sentry::Sentry;
use providers::trackers::{Assigned, HookState, Tracker};
use providers::{App, Provider, catalogue};
use secrecy::SecretString;
use serde_json::{Value, json};

const ADA: &str = "ada@fabrikam.example.com";
/// Somebody on the third page of people.
const FAR: &str = "person210@fabrikam.example.com";
const MARK: &str = "Sentry comment 12";

fn spec() -> Value {
    json!({ "redirect_uris": [BACK], "pkce": false, "projects": 120, "users": { "count": 250 }, "page_users": 100 })
}

fn account(external_id: &str, name: &str) -> Account {
    Account { external_id: external_id.to_owned(), name: name.to_owned(), ..Account::default() }
}

/// What a client needs to reach a vendor.
struct Door {
    outbound: Outbound,
    app: App,
}

impl Door {
    fn new() -> Self {
        Self { outbound: Outbound::new("127.0.0.1".parse().unwrap()), app: App::default() }
    }

    fn provider<'a>(&'a self, key: &str, vendor: &'a Counterpart) -> Provider<'a> {
        let manifest = catalogue::find(key).unwrap();
        let now: Timestamp = hub::ctx::SystemClock.now();
        Provider { outbound: &self.outbound, manifest, endpoint: Some(vendor.url()), app: &self.app, now }
    }
}

/// The same for both trackers: a life of an item.
async fn walk(tracker: &Tracker<'_>, vendor: &Vendor, key: &str, done: &str) -> Item {
    let item = tracker.item(key).await.unwrap().what;
    tracker.set_status(&item, done).await.unwrap();
    assert_eq!(tracker.item(key).await.unwrap().what.status, done);
    assert!(tracker.set_status(&item, "Nonsense").await.is_err());
    assert!(matches!(tracker.set_assignee(&item, Some(FAR)).await.unwrap(), Assigned::Done(_)));
    assert_eq!(vendor.item(key).await.assignee.as_deref(), Some(FAR));
    assert_eq!(tracker.set_assignee(&item, Some("nobody@fabrikam.example.com")).await.unwrap(), Assigned::Unknown);
    assert!(matches!(tracker.set_assignee(&item, None).await.unwrap(), Assigned::Done(_)));
    assert_eq!(vendor.item(key).await.assignee, None);
    assert!(!tracker.has_comment(&item, MARK).await.unwrap());
    tracker.add_comment(&item, "Ann <b>", "one\ntwo & three", MARK).await.unwrap();
    assert!(tracker.has_comment(&item, MARK).await.unwrap());
    for query in [item.name.as_str(), "item 2"] {
        assert_eq!(tracker.search(query).await.unwrap().len(), 1, "{query}");
    }
    item
}

/// A new bug, with everything that it requires.
async fn make(tracker: &Tracker<'_>, project: &str) -> Item {
    let types = tracker.item_types(project).await.unwrap();
    let (kind, _) = types.iter().find(|(_, name)| name == "Bug").unwrap();
    let fields = tracker.item_fields(project, kind).await.unwrap();
    let value = |name: &str| match name {
        "title" => "Made <here>".to_owned(),
        "description" => "one\ntwo".to_owned(),
        _ => "1".to_owned(),
    };
    let values: ConfigData = fields.iter().map(|field| (field.name.clone(), value(&field.name).into())).collect();
    assert_eq!(values.len(), 3, "{values:?}");
    tracker.create(project, kind, &values).await.unwrap()
}

#[tokio::test]
async fn azure_devops_and_its_client_understand_each_other() {
    let mut spec = spec();
    spec["required"] =
        json!({ "Bug": [{ "referenceName": "Custom.Area", "name": "Area", "allowedValues": ["1", "2"] }] });
    let Some(azure) = Vendor::azure_devops(&spec) else { return };
    let (door, token) = (Door::new(), SecretString::from(azure_token(&azure).await));
    let (provider, account) = (door.provider("vsts", &azure), account(azure.fact("account_id"), "fabrikam"));
    let base = Tracker::new(&provider, &account, &token, None).unwrap().locate().await.unwrap();
    let tracker = Tracker::new(&provider, &account, &token, Some(&base)).unwrap();
    let projects = tracker.projects().await.unwrap();
    assert_eq!((projects.len(), projects[0].0.as_str()), (120, azure.project(0)));
    let states = tracker.states(azure.project(0)).await.unwrap();
    assert_eq!(states.iter().filter(|state| state.is_done).count(), 2);
    walk(&tracker, &azure, "1", "Closed").await;
    assert_eq!(azure.item("1").await.comments[0].text.matches("<b>").count(), 0, "what people write is no HTML");
    assert_eq!(make(&tracker, azure.project(1)).await.name, "#4");

    let mut told = Told::new().await;
    let hook = tracker.create_hook(&told.url.parse().unwrap(), &"s3cret".into()).await.unwrap();
    azure.change("2", json!({ "status": "Active" })).await;
    assert_eq!(told.next().header("shared-secret"), "s3cret");
    assert_eq!(tracker.look_at_hook(&hook.id).await.unwrap(), HookState::Alive { expires_at: None });
    azure.order(json!({ "hook_status": { "status": "disabledBySystem" } })).await;
    assert_eq!(tracker.look_at_hook(&hook.id).await.unwrap(), HookState::Gone);
    for _ in 0..2 {
        tracker.delete_hook(&hook.id).await.unwrap();
    }
    azure.refused_nothing().await;
}

#[tokio::test]
async fn jira_and_its_client_understand_each_other() {
    let mut spec = spec();
    let area =
        json!({ "fieldId": "customfield_10011", "name": "Area", "allowedValues": [{ "id": "1", "value": "API" }] });
    spec["required"] = json!({ "Bug": [area] });
    let Some(jira) = Vendor::jira(&spec) else { return };
    let (door, token) = (Door::new(), SecretString::from(jira_token(&jira).await));
    let (provider, account) = (door.provider("jira", &jira), account(jira.fact("cloud_id"), "Fabrikam"));
    let base = Tracker::new(&provider, &account, &token, None).unwrap().locate().await.unwrap();
    let tracker = Tracker::new(&provider, &account, &token, Some(&base)).unwrap();
    assert_eq!(tracker.projects().await.unwrap().len(), 120);
    let states = tracker.states(jira.project(0)).await.unwrap();
    assert_eq!(states.iter().filter(|state| state.is_done).count(), 1);
    let item = walk(&tracker, &jira, "30001", "Done").await;
    assert_eq!(item.name, "OPS-1");
    assert_eq!(make(&tracker, jira.project(1)).await.name, "WEB-1");

    let mut told = Told::new().await;
    let hook = tracker.create_hook(&told.url.parse().unwrap(), &"unused".into()).await.unwrap();
    jira.change("OPS-2", json!({ "status": "Done" })).await;
    assert_eq!(told.next().json()["issue"]["id"], "30002");
    assert!(tracker.renew_hook(&hook.id).await.unwrap().is_some());
    assert_ne!(tracker.look_at_hook(&hook.id).await.unwrap(), HookState::Gone);
    jira.order(json!({ "expire_hooks": true })).await;
    assert_eq!(tracker.look_at_hook(&hook.id).await.unwrap(), HookState::Gone);
    tracker.delete_hook(&hook.id).await.unwrap();
    jira.refused_nothing().await;
}

#[tokio::test]
async fn sentry_and_its_client_understand_each_other() {
    let Some(vendor) = Vendor::sentry(&json!({ "redirect_uris": [BACK], "pkce": false })) else { return };
    let (door, token) = (Door::new(), SecretString::from(sentry_token(&vendor, "event:read event:write").await));
    let (provider, account) = (door.provider("sentry", &vendor), account("2", "The Interstellar Jurisdiction"));
    let sentry = Sentry::new(&provider, &account, &token);
    sentry.set_status("4001", true).await.unwrap();
    assert!(matches!(sentry.set_assignee("4001", Some(ADA)).await.unwrap(), Assigned::Done(_)));
    assert_eq!(sentry.set_assignee("4001", Some("nobody@fabrikam.example.com")).await.unwrap(), Assigned::Unknown);
    let issue = sentry.issue("4001").await.unwrap().what;
    assert_eq!((issue.status.as_str(), issue.assignee.unwrap().email.as_deref()), ("resolved", Some(ADA)));
    assert!(matches!(sentry.set_assignee("4001", None).await.unwrap(), Assigned::Done(_)));
    for query in ["API-2", "item 3", "is:resolved"] {
        assert_eq!(sentry.search(query).await.unwrap().len(), 1, "{query}");
    }
    vendor.refused_nothing().await;
}
