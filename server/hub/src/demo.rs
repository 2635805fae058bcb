//! The demonstration: two organizations with people of every role, teams, projects, installations and history.
//!
//! The accounts behind the installations are invented and have no credentials; nothing of it reaches a provider.

use crate::access::Permit;
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::users::{self, NewUser};
use crate::{integrations, organizations};
use domain::audit::AuditOutcome;
use domain::email::Email;
use domain::ids::{MemberId, OrgId, UserId};
use domain::integrations::{Account, Health, HealthCheck, ObjectStatus, StoredConfig};
use domain::roles::{Role, TeamRole};
use domain::slug::{OrgSlug, ProjectSlug, TeamSlug};
use domain::time::{DAY, HOUR, MINUTE};
use domain::{AppError, Outcome};
use serde_json::json;

/// Everybody's password.
pub const PASSWORD: &str = "patchbay-demo";
/// Marks a database that the demonstration made.
const MARK: &str = "demo";

/// Fills a fresh database; does nothing in one that it filled before.
///
/// # Errors
/// When the database holds something else.
pub async fn fill(ctx: &Ctx) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    if store::settings::get(&mut conn, MARK).await.or_internal()?.is_some() {
        return Ok(());
    }
    if store::users::count(&mut conn).await.or_internal()? > 0 {
        return Err(AppError::conflict(
            "This data directory holds a hub that the demonstration did not make. Name another one with --data-dir.",
        ));
    }
    drop(conn);
    let hash = crate::passwords::hash(PASSWORD.into()).await?;
    let actor = Actor::operator();
    let permit = Permit::trusted(&actor, None)?;
    let mut change = Change::begin(ctx, &permit).await?;
    let acme = organization(ctx, &mut change, "Acme", "acme").await?;
    let rival = organization(ctx, &mut change, "Rival", "rival").await?;
    let mut members = Vec::new();
    for (name, email, role) in [
        ("Olive Owner", "owner@acme.test", Role::Owner),
        ("Max Manager", "manager@acme.test", Role::Manager),
        ("Ada Admin", "admin@acme.test", Role::Admin),
        ("Mona Member", "member@acme.test", Role::Member),
    ] {
        let user = person(ctx, &mut change, name, email, role == Role::Owner, &hash).await?;
        members.push(store::members::insert(&mut change.conn, acme, user, role, ctx.now()).await.or_internal()?);
    }
    let owner = person(ctx, &mut change, "Rita Rival", "owner@rival.test", false, &hash).await?;
    store::members::insert(&mut change.conn, rival, owner, Role::Owner, ctx.now()).await.or_internal()?;
    let both = person(ctx, &mut change, "Bo Both", "both@acme.test", false, &hash).await?;
    store::members::insert(&mut change.conn, acme, both, Role::Member, ctx.now()).await.or_internal()?;
    store::members::insert(&mut change.conn, rival, both, Role::Admin, ctx.now()).await.or_internal()?;
    teams_and_projects(ctx, &mut change, acme, &members).await?;
    for sample in samples() {
        install(ctx, &mut change, acme, &sample).await?;
    }
    install(ctx, &mut change, rival, &Sample { name: "rival-secret-project", external_id: "9001", ..samples()[1] })
        .await?;
    crate::mail::write(
        ctx,
        &mut change.conn,
        "owner@acme.test",
        "Linear needs a new sign-in",
        "Linear refused the stored sign-in of the workspace Acme. Settings are kept.\n\nSign in again on its page.",
    )
    .await?;
    store::settings::put(&mut change.conn, MARK, "yes").await.or_internal()?;
    store::settings::claim(&mut change.conn, "setup.done", "yes").await.or_internal()?;
    change
        .commit(Record {
            action: "instance.demo",
            target_kind: "instance",
            target_id: String::new(),
            summary: "filled the demonstration".into(),
            event: None,
        })
        .await
}

/// An invented installation.
#[derive(Clone, Copy)]
struct Sample {
    provider: &'static str,
    external_id: &'static str,
    name: &'static str,
    domain: &'static str,
    status: ObjectStatus,
    health: Health,
    reason: Option<&'static str>,
    /// Days since it was installed.
    age: i64,
}

fn samples() -> [Sample; 6] {
    let fine = |provider, external_id, name, domain, age| Sample {
        provider,
        external_id,
        name,
        domain,
        status: ObjectStatus::Active,
        health: Health::Healthy,
        reason: None,
        age,
    };
    [
        Sample {
            health: Health::NeedsReauth,
            reason: Some("Linear refused the stored sign-in. Settings are kept. Sign in again."),
            ..fine("linear", "lin-acme", "Acme", "linear.app/acme", 61)
        },
        fine("github", "4001", "acme", "github.com/acme", 84),
        fine("github", "4002", "acme-labs", "github.com/acme-labs", 30),
        fine("vsts", "fabrikam", "fabrikam", "dev.azure.com/fabrikam", 45),
        fine("circleci", "c1rc1e", "Acme builds", "circleci.com", 20),
        Sample { status: ObjectStatus::Disabled, ..fine("slack", "T0ACME", "Acme HQ", "acme.slack.com", 88) },
    ]
}

async fn install(ctx: &Ctx, change: &mut Change<'_>, org: OrgId, sample: &Sample) -> Outcome<()> {
    let now = ctx.now();
    let begin = now.plus(-sample.age * DAY);
    let account = Account {
        external_id: sample.external_id.to_owned(),
        name: sample.name.to_owned(),
        domain_name: Some(sample.domain.to_owned()),
        ..Account::default()
    };
    let conn = &mut change.conn;
    let integration = store::integrations::upsert(conn, sample.provider, &account, begin).await.or_internal()?;
    let mut config = StoredConfig::default();
    config.0.insert(integrations::present::CONNECTION.to_owned(), json!({}));
    let id = store::installations::insert(conn, org, integration, &config, &account.facts, None, begin)
        .await
        .or_internal()?;
    for day in 0..sample.age {
        let at = begin.plus(day * DAY + 9 * HOUR);
        // One bad day in about thirty, so that the strip shows what a bad day looks like.
        let bad = (day * 7 + sample.age) % 31 == 0;
        let check = HealthCheck {
            checked_at: at,
            health: if bad { Health::Unreachable } else { Health::Healthy },
            reason: bad.then(|| "The provider did not answer in time.".to_owned()),
            duration_ms: 40 + (day * 13) % 90,
        };
        store::health::insert(conn, id, &check).await.or_internal()?;
    }
    let checked = now.plus(-2 * MINUTE);
    let last = HealthCheck {
        checked_at: checked,
        health: sample.health,
        reason: sample.reason.map(str::to_owned),
        duration_ms: 61,
    };
    store::health::insert(conn, id, &last).await.or_internal()?;
    store::installations::set_health(conn, id, sample.health, sample.reason, checked, None, checked)
        .await
        .or_internal()?;
    store::installations::set_status(conn, id, ObjectStatus::Active, sample.status, None).await.or_internal()?;
    let manifest = providers::catalogue::find(sample.provider);
    let name = manifest.map_or(sample.provider, |manifest| manifest.name.as_str());
    let mut history = vec![(begin, "integration.add", format!("installed {name} ({})", sample.name))];
    if sample.status == ObjectStatus::Disabled {
        history.push((now.plus(-2 * DAY), "integration.disable", format!("paused {name} ({})", sample.name)));
    }
    for (at, action, summary) in history {
        let (kind, target) = (integrations::TARGET, id.to_string());
        let who = "owner@acme.test";
        store::audit::insert(conn, Some(org), who, action, kind, &target, &summary, AuditOutcome::Done, None, None, at)
            .await
            .or_internal()?;
    }
    Ok(())
}

async fn organization(ctx: &Ctx, change: &mut Change<'_>, name: &str, slug: &str) -> Outcome<OrgId> {
    let slug = OrgSlug::parse(slug).map_err(AppError::invalid)?;
    organizations::insert(ctx, &mut change.conn, name, &slug).await
}

async fn person(
    ctx: &Ctx,
    change: &mut Change<'_>,
    name: &str,
    email: &str,
    is_instance_admin: bool,
    hash: &str,
) -> Outcome<UserId> {
    let email = Email::parse(email).map_err(AppError::invalid)?;
    let user = NewUser { email, name: name.to_owned(), password: None, is_instance_admin };
    users::insert(ctx, &mut change.conn, &user, Some(hash)).await
}

async fn teams_and_projects(ctx: &Ctx, change: &mut Change<'_>, org: OrgId, members: &[MemberId]) -> Outcome<()> {
    let now = ctx.now();
    for (slug, name, projects) in [
        ("core", "Core", &[("api", "API", "rust"), ("web", "Web", "javascript")][..]),
        ("data", "Data", &[("warehouse", "Warehouse", "python")][..]),
    ] {
        let slug = TeamSlug::parse(slug).map_err(AppError::invalid)?;
        let team = store::teams::insert(&mut change.conn, org, &slug, name, now).await.or_internal()?;
        for member in members {
            store::teams::add_member(&mut change.conn, team, *member, TeamRole::Contributor).await.or_internal()?;
        }
        for (slug, name, platform) in projects {
            let slug = ProjectSlug::parse(slug).map_err(AppError::invalid)?;
            let project =
                store::projects::insert(&mut change.conn, org, &slug, name, Some(platform), now).await.or_internal()?;
            store::projects::add_team(&mut change.conn, project, team).await.or_internal()?;
        }
    }
    Ok(())
}
