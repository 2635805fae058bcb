//! What the two sides tell by themselves. Only after the signature is checked is anything believed; then it is written
//! down as events of the links it is about, and that is all that whoever tells it waits for.

use super::{SENTRY, hooks};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::present;
use crate::provider_apps;
use crate::vault::Place;
use domain::ids::InstallationId;
use domain::integrations::{Installation, ObjectStatus};
use domain::issue_sync::{Aspect, IssueLink, Payload, Side};
use domain::time::SECOND;
use domain::{AppError, Outcome, Timestamp};
use http::HeaderMap;
use providers::sentry::Notice;
use providers::trackers::{ItemEvent, azure, jira};
use providers::{catalogue, webhooks};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

/// The provider that sends the webhooks of all its sites to one address.
const JIRA: &str = "jira";
/// The secret of the hook that a tracker keeps for us.
pub(super) const HOOK_SECRET: &str = "hook_secret";
/// The setting of a Sentry connection with a secret of its own.
const OWN_SECRET: &str = "webhook_secret";
/// The secret that an app signs with, where it is the app of this instance.
const CLIENT_SECRET: &str = "client_secret";

/// The longest id of a delivery, in bytes.
const MAX_ID: usize = 200;

/// What to answer Azure DevOps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is taken, or is of no interest.
    Taken,
    /// It is no notice of a service hook.
    Incomplete,
    /// Nobody here connected this organization.
    UnknownAccount,
    /// The secret is missing or wrong.
    Refused,
}

/// Takes a notice of Azure DevOps' service hooks. The organizations that share the account each have a hook with a
/// secret of its own; the secret says whose it is.
///
/// # Errors
/// When the database refuses; the sender tries again.
pub async fn azure_devops(ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Outcome<Answer> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Ok(Answer::Incomplete) };
    let (account, event) = match azure::read_notice(&body) {
        azure::Notice::Incomplete => return Ok(Answer::Incomplete),
        azure::Notice::Other => return Ok(Answer::Taken),
        azure::Notice::Changed { account_id, event } => (account_id, event),
    };
    let mut conn = ctx.store.read().await.or_internal()?;
    let rows = store::installations::of_account(&mut conn, "vsts", &account).await.or_internal()?;
    if rows.is_empty() {
        return Ok(Answer::UnknownAccount);
    }
    for row in rows {
        let webhook = present::manifest_of(&row).and_then(|manifest| manifest.webhook.as_ref());
        let secret = secret(ctx, &mut conn, &row, HOOK_SECRET).await?;
        let (Some(webhook), Some(secret)) = (webhook, secret) else { continue };
        if webhooks::is_genuine(webhook, &secret, headers, &[], ctx.now()) {
            drop(conn);
            if let Some(event) = event {
                item_changed(ctx, &row, event).await?;
            }
            return Ok(Answer::Taken);
        }
    }
    tracing::warn!(provider.key = "vsts", "Refused a notice whose secret does not fit");
    Ok(Answer::Refused)
}

/// Takes a webhook of Jira, which sends those of all its sites to one address and signs them with the secret of the app.
/// The hooks that it was sent for say which connections it is about, but for those whose site it is clearly not from:
/// hooks and items of two sites may have the same ids. Where it does not say which site it is from, the worst is a look
/// too many, and a wrong name in the log: what is carried is what the site itself says.
///
/// # Errors
/// [`domain::Code::NotFound`] when this instance is no app there, [`domain::Code::SignedOut`] when the signature does not
/// fit.
pub async fn jira_cloud(ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Outcome<()> {
    let nothing = || AppError::not_found("This webhook");
    let manifest = catalogue::find(JIRA).ok_or_else(nothing)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let reach = provider_apps::of_instance(ctx, &mut conn, manifest).await?;
    drop(conn);
    let secret = reach.app.secrets.get(CLIENT_SECRET).ok_or_else(nothing)?;
    if !jira::is_genuine(headers, body, secret, ctx.now()) {
        tracing::warn!(provider.key = JIRA, "Refused a webhook whose signature does not fit");
        return Err(AppError::signed_out());
    }
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let Some(mut event) = jira::read_notice(&body) else { return Ok(()) };
    let id = header(headers, "x-atlassian-webhook-identifier").filter(|id| is_id(id));
    event.delivery_id = id.map(str::to_owned).or(event.delivery_id);
    for hook in jira::hook_ids(&body) {
        let mut rows = hooks::connections(ctx, JIRA, &hook).await?;
        rows.retain(|row| !jira::is_elsewhere(&body, &present::account(row)));
        for row in rows {
            item_changed(ctx, &row, event.clone()).await?;
        }
    }
    Ok(())
}

/// Takes a webhook of Sentry: of the app that this instance is there, or, with an installation, of that connection's own.
///
/// # Errors
/// As [`jira_cloud`].
pub async fn sentry(ctx: &Ctx, own: Option<InstallationId>, headers: &HeaderMap, body: &[u8]) -> Outcome<()> {
    let nothing = || AppError::not_found("This webhook");
    let manifest = catalogue::find(SENTRY).ok_or_else(nothing)?;
    let webhook = manifest.webhook.as_ref().ok_or_else(nothing)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let (secret, source) = match own {
        Some(id) => {
            let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
            let row = row.filter(|row| row.provider == SENTRY).ok_or_else(nothing)?;
            (secret(ctx, &mut conn, &row, OWN_SECRET).await?, format!("{SENTRY}:{id}"))
        }
        None => {
            let reach = provider_apps::of_instance(ctx, &mut conn, manifest).await?;
            (reach.app.secrets.get(CLIENT_SECRET).cloned(), SENTRY.to_owned())
        }
    };
    drop(conn);
    let secret = secret.ok_or_else(nothing)?;
    let text = |name: &str| header(headers, name);
    let seconds: Option<i64> = text("sentry-hook-timestamp").and_then(|text| text.parse().ok());
    let at = Timestamp(seconds.unwrap_or_default().saturating_mul(SECOND));
    // The time is not part of what is signed, so a delivery is taken once as well.
    let is_genuine = webhooks::is_genuine(webhook, &secret, headers, body, ctx.now());
    let (true, Some(request_id)) = (is_genuine, text("request-id").filter(|id| is_id(id))) else {
        tracing::warn!(provider.key = SENTRY, "Refused a webhook whose signature or time does not fit");
        return Err(AppError::signed_out());
    };
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    match providers::sentry::read_notice(text("sentry-hook-resource").unwrap_or_default(), at, &body) {
        Notice::Issue { issue_id, web_url, aspect: Some(aspect), actor, at } => {
            let told =
                Told { side: Side::Sentry, aspects: vec![aspect], payload: Payload::default(), actor, at: Some(at) };
            issue_changed(ctx, own, &source, request_id, &issue_id, web_url.as_deref(), told).await
        }
        Notice::Comment { issue_id, comment_id, actor, at } => {
            let payload = Payload { comment_id: Some(comment_id), ..Payload::default() };
            let aspects = vec![Aspect::Comment];
            let told = Told { side: Side::Sentry, aspects, payload, actor, at: Some(at) };
            issue_changed(ctx, own, &source, request_id, &issue_id, None, told).await
        }
        Notice::Issue { .. } | Notice::Other => Ok(()),
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// Whether a text can be the id of a delivery: a key of the database, which has a limit.
fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
}

/// What a side told about a link.
struct Told {
    side: Side,
    aspects: Vec<Aspect>,
    payload: Payload,
    actor: Option<String>,
    at: Option<Timestamp>,
}

async fn item_changed(ctx: &Ctx, row: &Installation, event: ItemEvent) -> Outcome<()> {
    let ItemEvent { delivery_id, item_key, status_changed, assignee_changed, actor, at, .. } = event;
    // A paused connection looks at both sides when it is resumed.
    if row.status != ObjectStatus::Active || !(status_changed || assignee_changed) {
        return Ok(());
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let link = store::issue_links::of_item(&mut conn, row.id, &item_key).await.or_internal()?;
    drop(conn);
    let Some(link) = link else { return Ok(()) };
    let mut aspects = Vec::new();
    aspects.extend(status_changed.then_some(Aspect::Status));
    aspects.extend(assignee_changed.then_some(Aspect::Assignee));
    let told = Told { side: Side::Tracker, aspects, payload: Payload::default(), actor, at };
    let source = format!("{}:{}", row.provider, row.id);
    take(ctx, &source, delivery_id.as_deref(), &[link], &told).await
}

/// An issue's id says nothing about which Sentry it is in: its address does. A connection's own secret speaks for that
/// connection alone.
async fn issue_changed(
    ctx: &Ctx,
    own: Option<InstallationId>,
    source: &str,
    request_id: &str,
    issue_id: &str,
    web_url: Option<&str>,
    told: Told,
) -> Outcome<()> {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let told_host = web_url.and_then(host);
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut links = store::issue_links::of_issue(&mut conn, issue_id).await.or_internal()?;
    links.retain(|link| {
        own.is_none_or(|own| own == link.sentry_id)
            && told_host.as_deref().is_none_or(|told| host(&link.issue_url).as_deref() == Some(told))
    });
    let mut active = Vec::new();
    for link in links {
        let row = store::installations::by_id(&mut conn, link.sentry_id).await.or_internal()?;
        if row.is_some_and(|row| row.status == ObjectStatus::Active) {
            active.push(link);
        }
    }
    drop(conn);
    match active.is_empty() {
        true => Ok(()),
        false => take(ctx, source, Some(request_id), &active, &told).await,
    }
}

/// Writes the events down, once per delivery.
async fn take(ctx: &Ctx, source: &str, delivery: Option<&str>, links: &[IssueLink], told: &Told) -> Outcome<()> {
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    if let Some(delivery) = delivery
        && store::webhook_deliveries::insert(&mut conn, source, delivery, now).await.or_internal()? == 0
    {
        return Ok(());
    }
    for link in links {
        // Unlinked a moment ago: there is nothing left to tell.
        if store::issue_links::wake(&mut conn, link.id, now).await.or_internal()? == 0 {
            continue;
        }
        for aspect in &told.aspects {
            // One that a look found before its webhook came.
            if *aspect == Aspect::Comment && is_known(&mut conn, link, told.payload.comment_id.as_deref()).await? {
                continue;
            }
            let actor = told.actor.as_deref();
            store::sync_events::insert(&mut conn, link, told.side, *aspect, &told.payload, actor, told.at, now)
                .await
                .or_internal()?;
        }
    }
    conn.commit().await.or_internal()?;
    ctx.sync_wake.notify_one();
    Ok(())
}

/// Whether a comment is an event of the link already. The link's row has to be held, by waking it, so that of two that
/// ask at once the second one sees the first one's.
pub(super) async fn is_known(conn: &mut store::Conn, link: &IssueLink, comment: Option<&str>) -> Outcome<bool> {
    let known = store::sync_events::payloads(conn, link.id, Aspect::Comment).await.or_internal()?;
    Ok(known.iter().any(|known| known.comment_id.as_deref() == comment))
}

/// One secret of a connection.
async fn secret(ctx: &Ctx, conn: &mut store::Conn, row: &Installation, field: &str) -> Outcome<Option<SecretString>> {
    let stored = store::credentials::of_installation(conn, row.id).await.or_internal()?;
    let Some(credential) = stored.into_iter().find(|credential| credential.field == field) else { return Ok(None) };
    let version = credential.version;
    let place = Place::Installation { org: row.organization_id, installation: row.id, field, version };
    ctx.vault.open(conn, place, credential.key_id, &credential.ciphertext).await.map(Some)
}
