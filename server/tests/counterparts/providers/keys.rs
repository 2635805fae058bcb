//! Every provider that takes a key: installed, checked, and refused once the key is withdrawn, at a stub that answers
//! what the vendor documents to the one documented request, and nothing to any other.

use super::documented::{Documented, default_server, external_id};
use super::hub_app::Hub;
use crate::app_support::ADMIN;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::catalogue::Manifest;
use domain::config::ConfigField;
use domain::sign_in::Auth;
use serde_json::json;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const KEY: &str = "planted-key";
const USER: &str = "alice";

/// One test each.
macro_rules! proven {
    ($($key:ident),+ $(,)?) => {
        mod installs_with_the_documented_request {
            $(#[tokio::test]
            async fn $key() {
                super::prove(stringify!($key)).await;
            })+
        }

        const PROVEN: &[&str] = &[$(stringify!($key)),+];
    };
}

proven!(circleci, datadog, grafana, jenkins, opsgenie, vercel);

#[test]
fn every_provider_that_takes_a_key_is_proven_here() {
    let manifests = providers::catalogue::all().iter();
    let by_key = manifests.filter(|manifest| matches!(manifest.auth, Auth::ApiKey { .. }) && manifest.installable);
    let mut keys: Vec<_> = by_key.map(|manifest| manifest.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, PROVEN);
}

/// The vendor knows this key, and no other.
async fn know(server: &MockServer, manifest: &Manifest, documented: &Documented, key: &str) {
    let Auth::ApiKey { header, prefix, .. } = &manifest.auth else { panic!("{} takes no key", manifest.key) };
    let call = manifest.identity.as_ref().unwrap().call.clone().unwrap();
    let value = match prefix.trim_end() {
        "Basic" => format!("{prefix}{}", BASE64_STANDARD.encode(format!("{USER}:{key}"))),
        _ => format!("{prefix}{key}"),
    };
    let header = header.clone();
    let has = |request: &Request, name: &str, value: &str| {
        request.headers.get(name).and_then(|found| found.to_str().ok()) == Some(value)
    };
    let is_asked = move |request: &Request| {
        let Request { url, method, body, .. } = request;
        (method.as_str(), url.path(), url.query()) == (call.method.as_str(), call.url.as_str(), None)
            && has(request, "accept", "application/json")
            && body.is_empty()
    };
    server.reset().await;
    let good = ResponseTemplate::new(200).set_body_json(documented.identity().unwrap());
    let known = is_asked.clone();
    let with_key = Mock::given(move |request: &Request| known(request) && has(request, &header, &value));
    with_key.respond_with(good).mount(server).await;
    let refusal = ResponseTemplate::new(documented.refused.status).set_body_string(documented.refused.body.clone());
    Mock::given(is_asked).respond_with(refusal).with_priority(9).mount(server).await;
}

/// What a person fills in. A server of one's own is the stub's; another one is moved there by the operator.
fn form<'a>(fields: &'a [ConfigField], server: &'a str, key: &'a str) -> Vec<(String, &'a str)> {
    let value = |field: &'a ConfigField| match field.name.as_str() {
        "base_url" => default_server(fields).unwrap_or(server),
        "user" => USER,
        _ => key,
    };
    fields.iter().map(|field| (format!("values[{}]", field.name), value(field))).collect()
}

async fn prove(key: &str) {
    let manifest = providers::catalogue::find(key).unwrap();
    let (documented, vendor) = (Documented::of(manifest), MockServer::start().await);
    let (fields, uri) = (manifest.auth.fields(), vendor.uri());
    let is_own = fields.iter().any(|field| field.name == "base_url") && default_server(fields).is_none();
    let endpoints = if is_own { Vec::new() } else { vec![(key.to_owned(), uri.clone())] };
    let hub = Hub::with(key, endpoints).await;
    let install = async |key: &str| {
        let values = form(fields, &uri, key);
        let mut form = vec![("org", "acme"), ("provider", manifest.key.as_str())];
        form.extend(values.iter().map(|(name, value)| (name.as_str(), *value)));
        hub.app.call("integrations/install", &form).session(ADMIN).await
    };
    know(&vendor, manifest, &documented, KEY).await;

    let answer = install("another-key").await;
    let secret = fields.iter().find(|field| field.is_secret()).unwrap();
    assert_eq!(answer.status, 400, "{}", answer.line());
    assert!(!answer.json()["fields"][&secret.name].is_null(), "beside the field: {}", answer.line());

    let answer = install(KEY).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let (row, expected) = (hub.integration(&id).await, &documented.expected[0]);
    let server = default_server(fields).or(is_own.then_some(uri.as_str()));
    let place = server.map(|server| server.split_once("://").unwrap().1.to_owned());
    let found = ["externalId", "name", "domainName", "icon"].map(|name| row[name].clone());
    let domain = expected.domain.clone().or(place);
    let named = [json!(external_id(server, &expected.id)), json!(expected.name), json!(domain), json!(expected.icon)];
    assert_eq!(found, named);
    assert_eq!(hub.check(&id).await, ("healthy".to_owned(), String::new()));
    assert!(!hub.integration(&id).await.to_string().contains(KEY));

    know(&vendor, manifest, &documented, "the-next-key").await;
    let (health, reason) = hub.check(&id).await;
    assert_eq!(health, "needs_reauth", "{reason}");
    assert_eq!(hub.access_token(&id).await.status, 409, "a key of its own never leaves Patchbay");
    // The new key in place of the old one.
    assert_eq!(install("the-next-key").await.json()["id"], id);
    assert_eq!(hub.check(&id).await.0, "healthy");
    hub.remove(&id).await;
}
