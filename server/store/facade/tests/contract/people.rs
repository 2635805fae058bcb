//! Users, organizations, members, teams, sessions, tokens, audit.

use crate::support::{NOW, organization, user};
use domain::audit::AuditOutcome;
use domain::email::Email;
use domain::organizations::FeaturesOff;
use domain::roles::{Role, Scope, Scopes, TeamRole};
use domain::slug::{OrgSlug, TeamSlug};
use store::{Store, unique_violation};

pub async fn an_address_belongs_to_one_user(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let email = Email::parse("ada@example.com").unwrap();
    let id = store::users::insert(&mut conn, &email, "Ada", Some("hash"), true, NOW).await.unwrap();
    conn.commit().await.unwrap();
    let mut conn = store.write().await.unwrap();
    let error = store::users::insert(&mut conn, &email, "Eve", None, false, NOW).await.unwrap_err();
    assert_eq!(unique_violation(&error).as_deref(), Some("users_email"));
    drop(conn);
    let mut conn = store.read().await.unwrap();
    let found = store::users::by_email(&mut conn, &email).await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str(), found.is_instance_admin, found.created_at), (id, "Ada", true, NOW));
    assert_eq!(store::users::password_hash(&mut conn, id).await.unwrap().as_deref(), Some("hash"));
    assert_eq!(store::users::count(&mut conn).await.unwrap(), 1);
}

pub async fn a_slug_belongs_to_one_organization(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let id = organization(&mut conn, "acme").await;
    let off = FeaturesOff(["integrations-issue-sync".to_owned()].into());
    assert_eq!(store::organizations::set_features_off(&mut conn, id, &off).await.unwrap(), 1);
    conn.commit().await.unwrap();
    let mut conn = store.write().await.unwrap();
    let slug = OrgSlug::parse("acme").unwrap();
    let flags = domain::organizations::Flags::default();
    let error = store::organizations::insert(&mut conn, "Other", &slug, flags, NOW).await.unwrap_err();
    assert_eq!(unique_violation(&error).as_deref(), Some("organizations_slug"));
    drop(conn);
    let mut conn = store.read().await.unwrap();
    let found = store::organizations::by_slug(&mut conn, &slug).await.unwrap().unwrap();
    assert_eq!((found.id, found.features_off.clone()), (id, off));
    assert_eq!(store::organizations::by_id(&mut conn, id).await.unwrap(), Some(found));
}

pub async fn a_user_sees_the_organizations_they_are_in(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let (ada, eve) = (user(&mut conn, "ada@x.test").await, user(&mut conn, "eve@x.test").await);
    store::members::insert(&mut conn, acme, ada, Role::Member, NOW).await.unwrap();
    assert_eq!(store::members::set_role(&mut conn, acme, ada, Role::Owner).await.unwrap(), 1);
    assert_eq!(store::members::set_role(&mut conn, rival, ada, Role::Owner).await.unwrap(), 0);
    let mine = store::organizations::of_user(&mut conn, ada).await.unwrap();
    assert_eq!(mine.iter().map(|org| org.id).collect::<Vec<_>>(), [acme]);
    assert_eq!(store::organizations::of_user(&mut conn, eve).await.unwrap(), []);
    assert_eq!(store::organizations::role_of(&mut conn, acme, ada).await.unwrap(), Some(Role::Owner));
    assert_eq!(store::organizations::role_of(&mut conn, rival, ada).await.unwrap(), None);
    let members = store::members::of_organization(&mut conn, acme).await.unwrap();
    assert_eq!(members.iter().map(|member| member.email.as_str()).collect::<Vec<_>>(), ["ada@x.test"]);
    let error = store::members::insert(&mut conn, acme, ada, Role::Member, NOW).await.unwrap_err();
    assert_eq!(unique_violation(&error).as_deref(), Some("members_organization_id_user_id"));
}

pub async fn a_team_without_members_is_listed_with_none(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let ada = user(&mut conn, "ada@x.test").await;
    let member = store::members::insert(&mut conn, acme, ada, Role::Member, NOW).await.unwrap();
    let full = TeamSlug::parse("full").unwrap();
    let full = store::teams::insert(&mut conn, acme, &full, "Full", NOW).await.unwrap();
    store::teams::insert(&mut conn, acme, &TeamSlug::parse("empty").unwrap(), "Empty", NOW).await.unwrap();
    for role in [TeamRole::Contributor, TeamRole::Admin] {
        assert_eq!(store::teams::add_member(&mut conn, full, member, role).await.unwrap(), 1);
    }
    let teams = store::teams::of_organization(&mut conn, acme).await.unwrap();
    let counts: Vec<_> = teams.iter().map(|team| (team.slug.as_str(), team.member_count)).collect();
    assert_eq!(counts, [("empty", 0), ("full", 1)]);
}

pub async fn a_session_is_found_by_its_token_and_ends(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ada = user(&mut conn, "ada@x.test").await;
    let id = store::sessions::insert(&mut conn, "hash", ada, None, Some("browser"), NOW).await.unwrap();
    assert_eq!(store::sessions::touch(&mut conn, id, NOW.plus(5)).await.unwrap(), 1);
    let found = store::sessions::by_token_hash(&mut conn, "hash").await.unwrap().unwrap();
    assert_eq!((found.id, found.user_id, found.last_seen_at), (id, ada, NOW.plus(5)));
    assert_eq!(store::sessions::by_token_hash(&mut conn, "other").await.unwrap(), None);
    assert_eq!(store::sessions::delete_ended(&mut conn, NOW.plus(5), NOW).await.unwrap(), 0);
    assert_eq!(store::sessions::delete_ended(&mut conn, NOW.plus(6), NOW).await.unwrap(), 1);
    assert_eq!(store::sessions::delete(&mut conn, "hash").await.unwrap(), 0);
}

pub async fn a_token_keeps_its_scopes_and_may_lack_an_end(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let ada = user(&mut conn, "ada@x.test").await;
    let scopes = Scopes::of(&[Scope::OrgRead, Scope::OrgIntegrations]);
    let add = |org, user, hash, end| (org, user, hash, end);
    for (org, user, hash, end) in [add(Some(acme), None, "one", None), add(None, Some(ada), "two", Some(NOW.plus(9)))] {
        store::tokens::insert(&mut conn, org, user, "ci", hash, "abcd", &scopes, end, NOW).await.unwrap();
    }
    let one = store::tokens::by_hash(&mut conn, "one").await.unwrap().unwrap();
    assert_eq!((one.organization_id, one.user_id, one.scopes, one.expires_at), (Some(acme), None, scopes, None));
    let two = store::tokens::by_hash(&mut conn, "two").await.unwrap().unwrap();
    assert_eq!((two.organization_id, two.user_id, two.expires_at), (None, Some(ada), Some(NOW.plus(9))));
    assert_eq!(store::tokens::touch(&mut conn, one.id, NOW).await.unwrap(), 1);
    assert_eq!(store::tokens::by_hash(&mut conn, "one").await.unwrap().unwrap().last_used_at, Some(NOW));
}

pub async fn a_denied_try_is_kept_without_organization(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    for (org, outcome) in [(None, AuditOutcome::Denied), (Some(acme), AuditOutcome::Done)] {
        let address = org.map(|_| "192.0.2.1");
        store::audit::insert(&mut conn, org, "ada", "x.y", "thing", "7", "did it", outcome, address, None, NOW)
            .await
            .unwrap();
    }
    let entries = store::audit::of_target(&mut conn, acme, "thing", "7", 10).await.unwrap();
    assert_eq!(entries.len(), 1, "an entry of the instance is not an organization's");
    assert_eq!((entries[0].outcome, entries[0].address.as_deref()), (AuditOutcome::Done, Some("192.0.2.1")));
    assert_eq!(entries[0].request_id, None);
}
