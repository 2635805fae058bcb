//! Vendors with what is in them: Azure DevOps, Jira and Sentry, whose items people and Patchbay change.

mod clients;
mod tests;

use super::counterpart::{Counterpart, Oidc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ops::Deref;

/// A vendor that runs; a [`Counterpart`] that understands more. `end2end/counterparts/vendor.mjs` lists what may be
/// specified and ordered.
pub struct Vendor(Counterpart);

/// An item as it is at its vendor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct VendorItem {
    /// What calls and webhooks name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The id of its project.
    pub project: String,
    /// Its state.
    pub status: String,
    /// The address of whoever has it; the name of a team.
    pub assignee: Option<String>,
    /// Oldest first.
    pub comments: Vec<VendorComment>,
}

/// A comment there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct VendorComment {
    /// The id.
    pub id: String,
    /// The name of who wrote it.
    pub author: String,
    /// As it was written: HTML at Azure DevOps, plain elsewhere.
    pub text: String,
}

/// What came of a burst of webhooks.
#[derive(Clone, Debug, Deserialize)]
pub struct Flooded {
    /// How many were sent, repeated ones with them.
    pub sent: u64,
    /// How many were taken at the first try.
    pub accepted: u64,
    /// How long it took in all.
    pub seconds: f64,
    /// The time of an answer that half of them were faster than.
    pub p50_ms: f64,
    /// The same for 99 of 100.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Vendor {
    /// The organization "fabrikam" of Azure DevOps; none where `oidc-provider` is missing, as for all of them.
    pub fn azure_devops(spec: &Value) -> Option<Self> {
        Self::start("azure-devops", "vsts", spec)
    }

    /// The site "Fabrikam" of Jira.
    pub fn jira(spec: &Value) -> Option<Self> {
        Self::start("jira", "jira", spec)
    }

    /// The organization with the id 2 of Sentry.
    pub fn sentry(spec: &Value) -> Option<Self> {
        Self::start("sentry", "sentry", spec)
    }

    fn start(vendor: &str, provider: &str, spec: &Value) -> Option<Self> {
        let mut all = json!({ "redirect_uris": [format!("http://hub.test/extensions/{provider}/setup/")] });
        let given = spec.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(given);
        all["vendor"] = vendor.into();
        Oidc::start(&all).map(Self)
    }

    /// The id of the project at this place.
    pub fn project(&self, at: usize) -> &str {
        self.facts()["projects"][at]["id"].as_str().unwrap()
    }

    /// Somebody changes an item there, by its id or name: `{"status", "assignee", "comment", "actor", "silent"}`. Its
    /// webhooks are delivered, or given up, when this is over.
    pub async fn change(&self, item: &str, what: Value) -> VendorItem {
        let mut change = what;
        change["item"] = item.into();
        let answer = self.order(json!({ "change": change })).await;
        serde_json::from_value(answer["item"].clone()).unwrap()
    }

    /// An item as it is now.
    pub async fn item(&self, item: &str) -> VendorItem {
        serde_json::from_value(self.order(json!({ "item": item })).await).unwrap()
    }

    /// All of them.
    pub async fn items(&self) -> Vec<VendorItem> {
        serde_json::from_value(self.order(json!({ "items": true })).await).unwrap()
    }

    /// Waits until no webhook is under way: after a change over the API they follow by themselves.
    pub async fn settle(&self) {
        self.order(json!({ "settle": true })).await;
    }

    /// The next calls that begin with this fail: `{"status", "body", "headers", "times", "late"}`.
    pub async fn fail(&self, calls: &str, how: Value) {
        let mut fault = how;
        fault["match"] = calls.into();
        self.order(json!({ "fail": fault })).await;
    }

    /// How often the API was called.
    pub async fn api_calls(&self) -> u64 {
        self.calls("").await
    }

    /// How often a route was called, by its method and template; by their beginning.
    pub async fn calls(&self, route: &str) -> u64 {
        let seen = self.seen().await;
        let calls = seen["counts"]["api"].as_object().unwrap().iter().filter(|(name, _)| name.starts_with(route));
        calls.map(|(_, count)| count.as_u64().unwrap()).sum()
    }

    /// What the API was asked to write into a field of an item, in order.
    pub async fn writes(&self, item: &str, field: &str) -> Vec<Value> {
        let seen = self.seen().await;
        let all = seen["writes"][item].as_array().cloned().unwrap_or_default();
        all.into_iter().filter(|write| write["field"] == field).map(|write| write["value"].clone()).collect()
    }

    /// The hooks that are registered.
    pub async fn hooks(&self) -> Vec<Value> {
        self.seen().await["registered"].as_array().unwrap().clone()
    }

    /// Asserts that every webhook was taken, if perhaps not at once.
    pub async fn delivered_everything(&self) {
        let seen = self.seen().await;
        assert_eq!(seen["hooks"]["undelivered"], json!([]), "webhooks were not taken");
    }

    /// A burst of changes with their webhooks; `end2end/counterparts/vendor/flood.mjs` lists what may be ordered.
    pub async fn flood(&self, order: Value) -> Flooded {
        serde_json::from_value(self.order(json!({ "flood": order })).await).unwrap()
    }
}

impl Deref for Vendor {
    type Target = Counterpart;

    fn deref(&self) -> &Counterpart {
        &self.0
    }
}
