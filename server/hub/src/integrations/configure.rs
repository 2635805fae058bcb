//! The configure page.

use super::organization_config::{For, organization_config};
use super::{TARGET, load, present};
use crate::access;
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::directory;
use crate::errors::OrInternal;
use crate::issue_sync::{self, Freshness};
use domain::catalogue::Manifest;
use domain::detail::{Configure, HealthDay};
use domain::grants::{Grant, GrantView, Permission};
use domain::ids::IntegrationId;
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::slug::OrgSlug;
use domain::time::DAY;
use domain::{AppError, Outcome};

/// Days of the health strip.
const DAYS: usize = 90;
/// Entries of the activity card.
const ACTIVITY: i64 = 20;

/// Everything the configure page shows.
///
/// # Errors
/// [`domain::Code::NotFound`] when the organization has no such installation of this provider.
pub async fn configure(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    id: IntegrationId,
) -> Outcome<Configure> {
    let access = access::open(ctx, actor, slug).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let missing = || AppError::not_found("This integration");
    let row = load(&mut conn, &access, id).await?;
    let manifest = present::manifest_of(&row).filter(|manifest| manifest.key == provider).ok_or_else(missing)?;
    let now = ctx.now();
    let from = now.plus(-(DAYS as i64) * DAY);
    let checks = store::health::since(&mut conn, row.id, from).await.or_internal()?;
    let target = row.id.to_string();
    let activity =
        store::audit::of_target(&mut conn, row.organization_id, TARGET, &target, ACTIVITY).await.or_internal()?;
    let secrets = store::credentials::of_installation(&mut conn, row.id).await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    let reconnect = match access.may(Need::INTEGRATIONS_WRITE) && manifest.installable {
        true => Some(directory::connect_option(ctx, manifest, &access, "Connect again".to_owned()).await?),
        false => None,
    };
    let fields = organization_config(ctx, &access.organization, &row, For::Page).await?;
    let (gathering, sync) = match issue_sync::is_tracker(manifest) {
        true => {
            let found = issue_sync::information(ctx, &row, Freshness::Stored).await?;
            let card = issue_sync::card(ctx, &access, &row).await?;
            (Some(issue_sync::gathering_view(found.as_ref(), ctx.now())), Some(card))
        }
        false => (None, None),
    };
    let links = sync.as_ref().map_or(0, |card| usize::try_from(card.links).unwrap_or(0));
    Ok(Configure {
        gathering,
        sync,
        grant: grant.map(|grant| view(manifest, grant)),
        reconnect,
        integration: present::with_config(&row, fields),
        provider: manifest.to_provider(true),
        secrets_set: secrets.iter().map(|secret| (secret.field.clone(), secret.version)).collect(),
        days: HealthDay::strip(&checks, now, DAYS),
        removal: [
            goes(secrets.len(), "stored credential", ""),
            goes(row.config.0.len().saturating_sub(1), "field", " of settings"),
            goes(checks.len(), "check", " of health history"),
            goes(links, "link", " to Sentry issues, with the sync log"),
        ]
        .into_iter()
        .flatten()
        .collect(),
        checks: checks.into_iter().take(20).collect(),
        activity,
        can_manage: access.may(Need::INTEGRATIONS_WRITE),
        who_can: Need::INTEGRATIONS_WRITE.who.to_owned(),
        now,
    })
}

fn view(manifest: &Manifest, grant: Grant) -> GrantView {
    let granted = grant.granted_scopes.as_ref().map(|scopes| scopes.0.as_slice());
    GrantView {
        permissions: Permission::compare(&manifest.scopes, &grant.requested_scopes.0, granted),
        is_told: granted.is_some(),
        expires_at: grant.expires_at,
        // GitHub's tokens are made on demand, by the app's key.
        renews: grant.refresh_at.is_some() || matches!(manifest.auth, Auth::GithubApp { .. }),
        refresh_expires_at: grant.refresh_expires_at,
        refreshed_at: grant.refreshed_at,
        problem: grant.problem,
    }
}

/// How many of something go with an installation; nothing is not worth a line.
fn goes(count: usize, noun: &str, what: &str) -> Option<String> {
    let plural = if count == 1 { "" } else { "s" };
    (count > 0).then(|| format!("{count} {noun}{plural}{what}"))
}
