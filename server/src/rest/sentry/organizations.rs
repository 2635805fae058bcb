//! `GET /api/0/organizations/` and `GET /api/0/organizations/{org}/`.

use super::caller::{Caller, Entered};
use super::error::Refusal;
use super::paging::Page;
use super::params::Params;
use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use domain::organizations::{FEATURES, Flags, OrgStatus, Organization, OrganizationView};
use domain::roles::{Need, Role, Scope, TeamRole};
use hub::{Actor, Ctx};
use serde_json::{Value, json};

/// The organizations that the caller may see, by name.
pub async fn list(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    params: Params,
    uri: Uri,
) -> Result<Response, Refusal> {
    if actor.cap().is_some_and(|cap| !cap.has_any(Need::ORG_READ.any)) {
        return Err(Refusal::Forbidden);
    }
    let page = Page::read(&params)?;
    let mut mine = hub::organizations::mine(&ctx, &actor).await?;
    mine.retain(|view| view.scopes.has_any(Need::ORG_READ.any));
    for token in params.last("query").unwrap_or_default().split_whitespace() {
        mine.retain(|view| fits(&view.organization, &actor, token));
    }
    Ok(page.answer(&ctx, &uri, &params, &mine, |view| summary(&ctx, &view.organization)))
}

/// One organization, without its teams and projects: as Sentry answers when asked for `detailed=0`.
pub async fn details(State(ctx): State<Ctx>, Entered(access): Entered) -> Result<Json<Value>, Refusal> {
    access.permit(&ctx, Need::ORG_READ).await?;
    let OrganizationView { organization, role, scopes } = access.view();
    let flag = |flag| organization.flags.has(flag);
    let mut body = summary(&ctx, &organization);
    let more = json!({
        "access": scopes,
        "role": role,
        "orgRole": role,
        "orgRoleList": Role::ALL.iter().map(|other| org_role(*other, role)).collect::<Vec<_>>(),
        "teamRoleList": TeamRole::ALL.iter().map(|role| team_role(*role)).collect::<Vec<_>>(),
        "defaultRole": organization.default_role,
        "isDefault": false,
        "openMembership": flag(Flags::ALLOW_JOINLEAVE),
        "allowSharedIssues": !flag(Flags::DISABLE_SHARED_ISSUES),
        "enhancedPrivacy": flag(Flags::ENHANCED_PRIVACY),
        "onboardingTasks": [],
        "pendingAccessRequests": 0,
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    Ok(Json(body))
}

/// An organization as a list shows it.
fn summary(ctx: &Ctx, organization: &Organization) -> Value {
    let flag = |flag| organization.flags.has(flag);
    let here = ctx.settings.public_url.origin().ascii_serialization();
    let features: Vec<_> = FEATURES.iter().filter(|feature| organization.has_feature(feature)).collect();
    let status = match organization.status {
        OrgStatus::Active => "active",
        OrgStatus::PendingDeletion => "pending deletion",
    };
    json!({
        "id": organization.id,
        "slug": organization.slug,
        "name": organization.name,
        "status": { "id": organization.status, "name": status },
        "dateCreated": organization.created_at.to_rfc3339(),
        "features": features,
        "isEarlyAdopter": flag(Flags::EARLY_ADOPTER),
        "require2FA": flag(Flags::REQUIRE_2FA),
        "avatar": { "avatarType": "letter_avatar", "avatarUuid": null, "avatarUrl": null },
        // Clients that know of several regions send their next calls there.
        "links": { "organizationUrl": here, "regionUrl": here },
        "hasAuthProvider": false,
        "allowMemberInvite": !flag(Flags::DISABLE_MEMBER_INVITE),
        "allowMemberProjectCreation": !flag(Flags::DISABLE_MEMBER_PROJECT_CREATION),
        "allowSuperuserAccess": false,
    })
}

/// Whether an organization fits one word of `query`: `slug:acme`, `id:1`, or plain text.
fn fits(organization: &Organization, actor: &Actor, token: &str) -> bool {
    let text = |word: &str| {
        let word = word.to_lowercase();
        organization.name.to_lowercase().contains(&word) || organization.slug.as_str().contains(&word)
    };
    match token.split_once(':') {
        None => text(token),
        Some(("query", word)) => text(word),
        Some(("slug", slug)) => organization.slug.as_str() == slug,
        Some(("id", id)) => organization.id.to_string() == id,
        Some(("status", status)) => organization.status.as_str() == status,
        Some(("email", email)) => actor.user().is_some_and(|user| user.email.as_str() == email),
        Some(_) => false,
    }
}

fn org_role(role: Role, mine: Option<Role>) -> Value {
    let minimum = if role == Role::Member { TeamRole::Contributor } else { TeamRole::Admin };
    let description = match role {
        Role::Member => "Sees integrations and works in the projects of their teams.",
        Role::Admin => "Also installs integrations and manages projects and teams.",
        Role::Manager => "Also manages members and most settings.",
        Role::Owner => "Also everything else.",
    };
    // Nobody gives a role above their own.
    let allowed = mine.is_some_and(|mine| role <= mine && mine.scopes().has(Scope::MemberInvite));
    json!({
        "id": role,
        "name": title(role.as_str()),
        "desc": description,
        "scopes": role.scopes(),
        "isGlobal": role >= Role::Manager,
        "isAllowed": allowed,
        "isRetired": false,
        "isTeamRolesAllowed": true,
        "minimumTeamRole": minimum,
    })
}

fn team_role(role: TeamRole) -> Value {
    let description = match role {
        TeamRole::Contributor => "Works in the projects of the team.",
        TeamRole::Admin => "Also manages the team and its projects.",
    };
    let mut is_minimum_of = Role::ALL.iter().filter(|org| (role == TeamRole::Contributor) == (**org == Role::Member));
    json!({
        "id": role,
        "name": if role == TeamRole::Admin { "Team Admin".to_owned() } else { title(role.as_str()) },
        "desc": description,
        "isMinimumRoleFor": is_minimum_of.next_back(),
        "isAllowed": true,
        "isRetired": false,
    })
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
