//! The directory and its detail pages.

use crate::access::{self, Access};
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::present;
use crate::{markdown, pipelines};
use domain::catalogue::{Kind, Manifest, Resource};
use domain::detail::{Detail, GatedFeature, InstallOption};
use domain::directory::{Directory, DirectoryEntry, EntryAction, EntryStatus, sort};
use domain::integrations::Installation;
use domain::organizations::Organization;
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::catalogue;

/// Every entry of the catalogue with what the organization has of it.
///
/// # Errors
/// When the actor may not enter the organization.
pub async fn list(ctx: &Ctx, actor: &Actor, slug: &OrgSlug) -> Outcome<Directory> {
    let access = access::open(ctx, actor, slug).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let installations =
        store::installations::of_organization(&mut conn, access.organization.id, None).await.or_internal()?;
    let can_install = access.may(Need::INTEGRATIONS_WRITE);
    let requests = match can_install {
        true => store::install_requests::pending(&mut conn, access.organization.id).await.or_internal()?,
        false => Vec::new(),
    };
    let mut entries: Vec<_> = catalogue::all()
        .iter()
        .map(|manifest| {
            let mine: Vec<_> =
                installations.iter().filter(|installation| installation.provider == manifest.key).collect();
            let asked = requests.iter().filter(|request| request.provider == manifest.key).count();
            entry(manifest, &mine, slug, can_install, asked)
        })
        .collect();
    sort(&mut entries);
    let requests = entries.iter().map(|entry| entry.requests).sum();
    Ok(Directory { entries, can_install, requests })
}

/// One entry of the catalogue with everything its page shows.
///
/// # Errors
/// When the actor may not enter the organization, or there is no such entry of this kind.
pub async fn detail(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, kind: Kind, key: &str) -> Outcome<Detail> {
    let access = access::open(ctx, actor, slug).await?;
    let manifest = catalogue::find(key).filter(|manifest| manifest.kind == kind);
    let manifest = manifest.ok_or_else(|| AppError::not_found("This integration"))?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let org = access.organization.id;
    let mine = store::installations::of_organization(&mut conn, org, Some(&manifest.key)).await.or_internal()?;
    let can_manage = access.may(Need::INTEGRATIONS_WRITE);
    let mut requests = match can_manage {
        true => store::install_requests::pending(&mut conn, org).await.or_internal()?,
        false => Vec::new(),
    };
    requests.retain(|request| request.provider == manifest.key);
    let my_request = match actor.user_id() {
        Some(user) => store::install_requests::of_user(&mut conn, org, &manifest.key, user).await.or_internal()?,
        None => None,
    };
    drop(conn);
    let provider = manifest.to_provider(mine.iter().any(is_there));
    let features = provider.metadata.features.iter();
    Ok(Detail {
        description_html: markdown::to_html(&manifest.about),
        kind,
        tagline: manifest.tagline.clone(),
        categories: manifest.categories.clone(),
        sign_in: manifest.auth.label().to_owned(),
        features: features
            .map(|feature| GatedFeature {
                feature: feature.clone(),
                locked: locked(&access.organization, &feature.feature_gate),
            })
            .collect(),
        permissions: manifest.scopes.clone(),
        alerts: manifest.aspects.alerts.clone(),
        resources: resources(manifest),
        proven_against: manifest.proven_against.clone(),
        status: overall(manifest, &mine.iter().collect::<Vec<_>>()),
        installations: mine.iter().map(|installation| present::integration(manifest, installation)).collect(),
        install: install_option(ctx, manifest, &access, provider.can_add).await?,
        can_manage,
        my_request,
        requests,
        provider,
    })
}

fn entry(
    manifest: &Manifest,
    mine: &[&Installation],
    slug: &OrgSlug,
    can_install: bool,
    asked: usize,
) -> DirectoryEntry {
    let status = overall(manifest, mine);
    let broken = mine.iter().find(|installation| of(installation) == status).filter(|_| status.needs_attention());
    let place = |installation: &Installation| {
        format!("/settings/{slug}/integrations/{}/{}/", manifest.key, installation.integration_id)
    };
    let action = match status {
        _ if broken.is_some() => EntryAction::Review,
        status if status.is_installed() => EntryAction::Configure,
        _ if manifest.installable && can_install => EntryAction::Install,
        _ => EntryAction::View,
    };
    DirectoryEntry {
        key: manifest.key.clone(),
        name: manifest.name.clone(),
        tagline: manifest.tagline.clone(),
        kind: manifest.kind,
        categories: manifest.categories.clone(),
        popularity: manifest.popularity,
        keywords: manifest.feature_keys().join(" "),
        status,
        configurations: u32::try_from(mine.len()).unwrap_or(u32::MAX),
        alert: broken.and_then(|installation| installation.health_reason.clone()),
        cure: broken.map(|installation| place(installation)),
        action,
        requests: u32::try_from(asked).unwrap_or(u32::MAX),
    }
}

fn of(installation: &Installation) -> EntryStatus {
    EntryStatus::of(installation.status, installation.health)
}

/// The worst status of an entry's installations: the order of [`EntryStatus`] is from worst to best.
fn overall(manifest: &Manifest, mine: &[&Installation]) -> EntryStatus {
    let none = if manifest.kind == Kind::Document { EntryStatus::LearnMore } else { EntryStatus::NotInstalled };
    mine.iter().map(|installation| of(installation)).min().unwrap_or(none)
}

fn is_there(installation: &Installation) -> bool {
    of(installation) != EntryStatus::Removing
}

fn locked(organization: &Organization, gate: &str) -> Option<String> {
    let open = organization.has_feature(gate);
    (!open).then(|| "Switched off for this organization. The operator of this instance can switch it on.".to_owned())
}

fn resources(manifest: &Manifest) -> Vec<Resource> {
    let link = |title: &str, url: &str| Resource { title: title.to_owned(), url: url.to_owned() };
    let mut links = vec![link("Documentation", &manifest.documentation_url)];
    links.extend(manifest.resources.iter().cloned());
    links.push(link("View source", &manifest.source_url));
    links.push(link("Report a problem", &manifest.issue_url));
    links
}

async fn install_option(ctx: &Ctx, manifest: &Manifest, access: &Access, can_add: bool) -> Outcome<InstallOption> {
    let not = |reason: String| Ok(InstallOption::Not { reason });
    if let Auth::Document { url } = &manifest.auth {
        return Ok(InstallOption::Document { url: url.clone() });
    }
    if let (false, Some(install)) = (manifest.installable, &manifest.aspects.external_install) {
        return Ok(InstallOption::External { install: install.clone() });
    }
    if !manifest.installable {
        return not(format!(
            "Signing in to {} ({}) is not built yet, so it cannot be installed in this version.",
            manifest.name,
            manifest.auth.label()
        ));
    }
    if !access.may(Need::INTEGRATIONS_WRITE) {
        return Ok(InstallOption::Ask { reason: format!("{} can install this.", Need::INTEGRATIONS_WRITE.who) });
    }
    if !can_add {
        return not(format!("{} is connected already, and an organization can connect only one.", manifest.name));
    }
    connect_option(ctx, manifest, access, format!("Add {}", manifest.noun.to_lowercase())).await
}

/// How somebody who may connects an account of this provider: by a form or by steps.
pub(crate) async fn connect_option(
    ctx: &Ctx,
    manifest: &Manifest,
    access: &Access,
    label: String,
) -> Outcome<InstallOption> {
    if let Some(fields) = manifest.auth.form() {
        return Ok(InstallOption::Form { fields: fields.to_vec(), label });
    }
    match pipelines::preflight(ctx, access, manifest).await? {
        Some(preflight) => Ok(InstallOption::Pipeline { label, preflight }),
        None => Ok(InstallOption::Not { reason: format!("{} cannot be connected here.", manifest.name) }),
    }
}
