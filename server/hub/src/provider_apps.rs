//! The apps that this instance is at providers: entered once by the instance administrator, used by every organization.

use crate::access;
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::vault::Place;
use domain::catalogue::Manifest;
use domain::config::{ConfigData, ConfigField};
use domain::error::Fields;
use domain::integrations::StoredConfig;
use domain::provider_apps::{AppTest, ProviderApp, StoredApp};
use domain::sign_in::Auth;
use domain::{AppError, Outcome};
use providers::connect::{Secrets, aws, github, oauth};
use providers::{App, Provider, catalogue};
use serde_json::Value;
use std::collections::BTreeMap;
use store::Conn;
use url::Url;

/// The field that moves a provider to another address.
const ENDPOINT: &str = "endpoint";

/// How this instance reaches a provider: with which app, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// The app.
    pub app: App,
    /// Another address than the manifest's.
    pub endpoint: Option<String>,
}

impl Reach {
    /// The provider as `providers` wants it.
    pub fn provider<'a>(&'a self, ctx: &'a Ctx, manifest: &'a Manifest) -> Provider<'a> {
        let endpoint = self.endpoint.as_deref();
        Provider { outbound: &ctx.outbound, manifest, endpoint, app: &self.app, now: ctx.now() }
    }

    /// Whether every value is there that signing in needs.
    pub fn is_complete(&self, manifest: &Manifest) -> bool {
        let there = |field: &ConfigField| match field.is_secret() {
            true => self.app.secrets.get(&field.name).is_some(),
            false => self.app.value(&field.name).is_some(),
        };
        manifest.auth.app_fields().iter().filter(|field| field.required).all(there)
    }
}

/// How an installation's provider is reached. A self-hosted provider's address and app come from the installation's own
/// form: the instance's app secret is never sent to an address that somebody typed there.
pub(crate) async fn reach(
    ctx: &Ctx,
    conn: &mut Conn,
    manifest: &Manifest,
    form: &ConfigData,
    secrets: &Secrets,
) -> Outcome<Reach> {
    let text = |name: &str| form.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let mut reach = of_instance(ctx, conn, manifest).await?;
    let Auth::Oauth2(oauth) = &manifest.auth else { return Ok(reach) };
    if let Some(client_id) = text("client_id") {
        reach.app = App::default();
        reach.app.values.insert("client_id".to_owned(), client_id.into());
        if let Some(secret) = secrets.get("client_secret") {
            reach.app.secrets.0.insert("client_secret".to_owned(), secret.clone());
        }
    }
    let default = oauth.fields.iter().find(|field| field.name == "base_url").and_then(|field| field.default.as_ref());
    let typed = text("base_url").filter(|typed| default.and_then(Value::as_str) != Some(typed.trim_end_matches('/')));
    if let (Some(typed), true) = (typed, fixed_endpoint(ctx, manifest).is_none()) {
        if text("client_id").is_none() {
            reach.app = App::default();
        }
        reach.endpoint = Some(typed.to_owned());
    }
    Ok(reach)
}

/// The instance's own app at a provider.
pub(crate) async fn of_instance(ctx: &Ctx, conn: &mut Conn, manifest: &Manifest) -> Outcome<Reach> {
    let fixed = fixed_endpoint(ctx, manifest).map(str::to_owned);
    let stored = store::provider_apps::find(conn, &manifest.key).await.or_internal()?;
    let Some(StoredApp { config, .. }) = stored else { return Ok(Reach { endpoint: fixed, ..Reach::default() }) };
    let mut secrets = BTreeMap::new();
    for secret in store::provider_apps::secrets(conn, &manifest.key).await.or_internal()? {
        let place = Place::App { provider: &manifest.key, field: &secret.field, version: secret.version };
        let opened = ctx.vault.open(conn, place, secret.key_id, &secret.ciphertext).await?;
        secrets.insert(secret.field, opened);
    }
    let app = App { values: config.0, secrets: Secrets(secrets) };
    let endpoint = fixed.or_else(|| app.value(ENDPOINT).map(str::to_owned));
    Ok(Reach { app, endpoint })
}

/// Where a provider sends people back to.
pub fn callback_url(ctx: &Ctx, provider: &str) -> Outcome<Url> {
    ctx.settings.public_url.join(&format!("/extensions/{provider}/setup/")).or_internal()
}

/// Every provider that needs an app of this instance, by name.
///
/// # Errors
/// [`domain::Code::NotFound`] for anybody but an instance administrator.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Outcome<Vec<ProviderApp>> {
    access::instance_admin(actor)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut apps = Vec::new();
    for manifest in catalogue::all().iter().filter(|manifest| needs_app(manifest)) {
        apps.push(view(ctx, &mut conn, manifest).await?);
    }
    apps.sort_by_key(|app| app.name.to_lowercase());
    Ok(apps)
}

/// Saves an app as a form sent it. A secret that was left empty stays as it is.
///
/// # Errors
/// Field errors; nothing is saved then.
pub async fn save(ctx: &Ctx, actor: &Actor, provider: &str, values: BTreeMap<String, String>) -> Outcome<ProviderApp> {
    let permit = access::instance_admin(actor)?;
    let manifest = find(provider)?;
    let fields = manifest.auth.app_fields();
    let mut change = Change::begin(ctx, &permit).await?;
    let stored = store::provider_apps::secrets(&mut change.conn, provider).await.or_internal()?;
    let mut errors = Fields::default();
    let (mut plain, mut secrets) = (ConfigData::new(), Vec::new());
    for field in &fields {
        let text = values.get(&field.name).map_or("", String::as_str);
        let keeps = field.is_secret() && text.is_empty() && stored.iter().any(|secret| secret.field == field.name);
        if keeps {
            continue;
        }
        match errors.take(&field.name, field.check(&Value::from(text))) {
            Some(Value::String(secret)) if field.is_secret() => secrets.push((&field.name, secret)),
            Some(value) => drop(plain.insert(field.name.clone(), value)),
            None => {}
        }
    }
    for name in values.keys().filter(|name| !fields.iter().any(|field| field.name == **name)) {
        errors.refuse(name, "There is no such field.");
    }
    errors.finish()?;
    store::provider_apps::put(&mut change.conn, provider, &StoredConfig(plain), ctx.now()).await.or_internal()?;
    for (field, secret) in secrets.into_iter().filter(|(_, secret)| !secret.is_empty()) {
        let version = stored.iter().find(|old| old.field == *field).map_or(1, |old| old.version + 1);
        let place = Place::App { provider, field, version };
        let (key, sealed) = ctx.vault.seal(ctx, &mut change.conn, place, &secret.into()).await?;
        let written = store::provider_apps::put_secret(&mut change.conn, provider, field, key, &sealed, version)
            .await
            .or_internal()?;
        if written == 0 {
            return Err(AppError::conflict("Somebody replaced this secret just now. Reload the page and try again."));
        }
    }
    change.commit(record("provider.app.save", provider, format!("set up the app at {}", manifest.name))).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    view(ctx, &mut conn, manifest).await
}

/// Forgets an app with its secrets. Connections that were made with it cannot be renewed any more.
///
/// # Errors
/// [`domain::Code::NotFound`] for anybody but an instance administrator.
pub async fn forget(ctx: &Ctx, actor: &Actor, provider: &str) -> Outcome<ProviderApp> {
    let permit = access::instance_admin(actor)?;
    let manifest = find(provider)?;
    let mut change = Change::begin(ctx, &permit).await?;
    store::provider_apps::delete(&mut change.conn, provider).await.or_internal()?;
    change.commit(record("provider.app.forget", provider, format!("forgot the app at {}", manifest.name))).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    view(ctx, &mut conn, manifest).await
}

/// Asks the provider whether it takes the app's credentials.
///
/// # Errors
/// [`domain::Code::NotFound`] for anybody but an instance administrator. A refusal by the provider is no error: the
/// answer says so.
pub async fn test(ctx: &Ctx, actor: &Actor, provider: &str) -> Outcome<AppTest> {
    let permit = access::instance_admin(actor)?;
    let manifest = find(provider)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let reach = of_instance(ctx, &mut conn, manifest).await?;
    drop(conn);
    if !reach.is_complete(manifest) {
        return Ok(AppTest { works: false, message: "Something is still missing. Save the form first.".to_owned() });
    }
    let reached = reach.provider(ctx, manifest);
    let found = match &manifest.auth {
        Auth::GithubApp { .. } => github::test(&reached).await,
        Auth::AwsRole { .. } => aws::test(&reached).await,
        _ => oauth::test(&reached, &callback_url(ctx, provider)?).await,
    };
    let test = match found {
        Ok(message) => AppTest { works: true, message },
        Err(error) => AppTest { works: false, message: error.to_string() },
    };
    let outcome = if test.works { "it works" } else { "it does not work" };
    let summary = format!("tested the app at {}: {outcome}", manifest.name);
    Change::begin(ctx, &permit).await?.commit(record("provider.app.test", provider, summary)).await?;
    Ok(test)
}

fn needs_app(manifest: &Manifest) -> bool {
    manifest.installable && !manifest.auth.app_fields().is_empty()
}

fn find(provider: &str) -> Outcome<&'static Manifest> {
    catalogue::find(provider).filter(|manifest| needs_app(manifest)).ok_or_else(|| AppError::not_found("This provider"))
}

fn fixed_endpoint<'a>(ctx: &'a Ctx, manifest: &Manifest) -> Option<&'a str> {
    ctx.settings.endpoints.get(&manifest.key).map(String::as_str)
}

async fn view(ctx: &Ctx, conn: &mut Conn, manifest: &Manifest) -> Outcome<ProviderApp> {
    let reach = of_instance(ctx, conn, manifest).await?;
    let stored = store::provider_apps::find(conn, &manifest.key).await.or_internal()?;
    let address = |path: &str| ctx.settings.public_url.join(path).map(String::from).or_internal();
    let key = &manifest.key;
    let mut addresses = Vec::new();
    if matches!(manifest.auth, Auth::Oauth2(_) | Auth::GithubApp { .. }) {
        addresses.push(("Callback URL".to_owned(), callback_url(ctx, key)?.into()));
    }
    if matches!(manifest.auth, Auth::GithubApp { .. }) {
        addresses.push(("Set-up URL".to_owned(), callback_url(ctx, key)?.into()));
        addresses.push(("Webhook URL".to_owned(), address(&format!("/extensions/{key}/webhook/"))?));
    }
    Ok(ProviderApp {
        provider: key.clone(),
        name: manifest.name.clone(),
        sign_in: manifest.auth.label().to_owned(),
        fields: manifest.auth.app_fields(),
        complete: reach.is_complete(manifest) && stored.is_some(),
        values: reach.app.values,
        secrets_set: reach.app.secrets.0.into_keys().collect(),
        addresses,
        documentation_url: manifest.documentation_url.clone(),
        endpoint_fixed: fixed_endpoint(ctx, manifest).map(str::to_owned),
        updated_at: stored.map(|stored| stored.updated_at),
    })
}

fn record<'a>(action: &'a str, provider: &str, summary: String) -> Record<'a> {
    Record { action, target_kind: "provider", target_id: provider.to_owned(), summary, event: None }
}
