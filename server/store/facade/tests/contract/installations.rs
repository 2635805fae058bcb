//! Integrations and installations.

use crate::support::{NOW, installation, organization, user};
use domain::ids::DataKeyId;
use domain::integrations::{Account, Facts, Health, HealthCheck, ObjectStatus, StoredConfig};
use serde_json::json;
use store::{Store, unique_violation};

pub async fn an_account_is_shared_but_its_state_is_not(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let (mine, theirs) = (installation(&mut conn, acme, "db").await, installation(&mut conn, rival, "db").await);
    assert_ne!(mine, theirs);
    store::installations::set_status(&mut conn, mine, ObjectStatus::Active, ObjectStatus::Disabled, None)
        .await
        .unwrap();
    let mine = store::installations::by_id(&mut conn, mine).await.unwrap().unwrap();
    let theirs = store::installations::by_id(&mut conn, theirs).await.unwrap().unwrap();
    assert_eq!(mine.integration_id, theirs.integration_id);
    assert_eq!((mine.status, theirs.status), (ObjectStatus::Disabled, ObjectStatus::Active));
    let account = Account { external_id: "db".into(), name: "renamed".into(), ..Account::default() };
    store::integrations::upsert(&mut conn, "postgres", &account, NOW).await.unwrap();
    assert_eq!(store::installations::by_id(&mut conn, theirs.id).await.unwrap().unwrap().name, "renamed");
    let (config, facts) = (StoredConfig::default(), Facts::default());
    let again = store::installations::insert(&mut conn, acme, mine.integration_id, &config, &facts, None, NOW).await;
    let broken = unique_violation(&again.unwrap_err()).unwrap();
    assert_eq!(broken, "organization_integrations_organization_id_integration_id");
}

pub async fn an_installation_is_read_whole_with_and_without_its_optional_parts(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let ada = user(&mut conn, "ada@x.test").await;
    let bare = installation(&mut conn, acme, "bare").await;
    let account = Account {
        external_id: "full".into(),
        name: "Full".into(),
        icon: Some("icon".into()),
        domain_name: Some("domain".into()),
        account_type: Some("team".into()),
        facts: Facts(vec![("Server".into(), "15".into())]),
    };
    let config = StoredConfig(json!({"port": 5432, "on": true}).as_object().unwrap().clone());
    let integration = store::integrations::upsert(&mut conn, "circleci", &account, NOW).await.unwrap();
    let full = store::installations::insert(&mut conn, acme, integration, &config, &account.facts, Some(ada), NOW)
        .await
        .unwrap();
    store::installations::set_health(&mut conn, full, Health::Healthy, None, NOW, None, NOW).await.unwrap();
    store::installations::set_health(
        &mut conn,
        full,
        Health::Unreachable,
        Some("down"),
        NOW.plus(2),
        Some(NOW.plus(3)),
        NOW.plus(1),
    )
    .await
    .unwrap();
    let all = store::installations::of_organization(&mut conn, acme, None).await.unwrap();
    assert_eq!(all.iter().map(|row| row.id).collect::<Vec<_>>(), [bare, full]);
    let row = &all[1];
    assert_eq!((row.config.clone(), row.facts.clone(), row.installed_by), (config, account.facts, Some(ada)));
    assert_eq!((row.health, row.health_reason.as_deref()), (Health::Unreachable, Some("down")));
    assert_eq!((row.checked_at, row.healthy_at, row.next_check_at), (Some(NOW.plus(2)), Some(NOW), Some(NOW.plus(3))));
    assert_eq!((all[0].icon.as_deref(), all[0].checked_at, all[0].removed_from), (None, None, None));
    let only = store::installations::of_organization(&mut conn, acme, Some("circleci")).await.unwrap();
    assert_eq!(only, all[1..]);
    let same = store::installations::of_integration(&mut conn, acme, integration).await.unwrap();
    assert_eq!(same.as_ref(), Some(row));
}

pub async fn a_status_moves_only_from_where_it_was(store: &Store) {
    use ObjectStatus::{Active, Disabled};
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    assert_eq!(store::installations::set_status(&mut conn, id, Disabled, Active, None).await.unwrap(), 0);
    assert_eq!(store::installations::set_status(&mut conn, id, Active, Disabled, None).await.unwrap(), 1);
}

pub async fn a_removal_remembers_where_it_came_from(store: &Store) {
    use ObjectStatus::{Active, Disabled, PendingDeletion};
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    store::installations::set_status(&mut conn, id, Active, Disabled, None).await.unwrap();
    store::installations::set_status(&mut conn, id, Disabled, PendingDeletion, Some(NOW)).await.unwrap();
    let row = store::installations::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((row.removed_from, row.removal_due_at), (Some(Disabled), Some(NOW)));
    store::installations::set_status(&mut conn, id, PendingDeletion, Disabled, None).await.unwrap();
    let row = store::installations::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((row.removed_from, row.removal_due_at), (None, None));
}

pub async fn settings_are_written_only_over_the_version_that_was_seen(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    let config = StoredConfig(json!({"a": null, "b": "é\n\"'"}).as_object().unwrap().clone());
    assert_eq!(store::installations::set_config(&mut conn, id, &config, 1).await.unwrap(), 1);
    assert_eq!(store::installations::set_config(&mut conn, id, &StoredConfig::default(), 1).await.unwrap(), 0);
    let row = store::installations::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((row.config, row.config_version), (config, 2));
}

pub async fn only_active_installations_are_due_for_a_check(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let mut ids = Vec::new();
    for (name, next) in [("later", 9), ("paused", 1), ("first", 1), ("second", 2)] {
        let id = installation(&mut conn, acme, name).await;
        store::installations::postpone_check(&mut conn, id, NOW.plus(next)).await.unwrap();
        ids.push(id);
    }
    installation(&mut conn, acme, "never").await;
    store::installations::set_status(&mut conn, ids[1], ObjectStatus::Active, ObjectStatus::Disabled, None)
        .await
        .unwrap();
    let due = store::installations::due_for_check(&mut conn, NOW.plus(2), 10).await.unwrap();
    assert_eq!(due, [ids[2], ids[3]]);
    assert_eq!(store::installations::due_for_check(&mut conn, NOW.plus(2), 1).await.unwrap(), [ids[2]]);
}

pub async fn deleting_an_installation_takes_its_secrets_and_checks_along(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    let sealed = domain::credentials::Ciphertext::parse("sealed").unwrap();
    let key: DataKeyId = store::credentials::insert_key(&mut conn, acme, &sealed, NOW).await.unwrap();
    store::credentials::put(&mut conn, id, "token", key, &sealed, 1, NOW).await.unwrap();
    let check = HealthCheck { checked_at: NOW, health: Health::Healthy, reason: None, duration_ms: 3 };
    store::health::insert(&mut conn, id, &check).await.unwrap();
    assert_eq!(store::health::since(&mut conn, id, NOW).await.unwrap(), [check]);
    assert_eq!(store::health::since(&mut conn, id, NOW.plus(1)).await.unwrap(), []);
    assert_eq!(store::installations::delete_in_progress(&mut conn, id).await.unwrap(), 0, "it is in use");
    let removing = ObjectStatus::DeletionInProgress;
    store::installations::set_status(&mut conn, id, ObjectStatus::Active, removing, None).await.unwrap();
    assert_eq!(store::installations::delete_in_progress(&mut conn, id).await.unwrap(), 1);
    assert_eq!(store::credentials::of_installation(&mut conn, id).await.unwrap(), []);
    assert_eq!(store::health::since(&mut conn, id, NOW).await.unwrap(), []);
    assert_eq!(store::installations::delete_in_progress(&mut conn, id).await.unwrap(), 0);
}

pub async fn a_check_that_began_before_a_newer_verdict_does_not_overwrite_it(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    let mut write = async |health, at: i64, begun: i64| {
        store::installations::set_health(&mut conn, id, health, None, NOW.plus(at), None, NOW.plus(begun))
            .await
            .unwrap()
    };
    assert_eq!(write(Health::Healthy, 5, 5).await, 1);
    assert_eq!(write(Health::NeedsReauth, 9, 4).await, 0);
    assert_eq!(write(Health::Unreachable, 9, 6).await, 1);
    let row = store::installations::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((row.health, row.checked_at), (Health::Unreachable, Some(NOW.plus(9))));
}

pub async fn an_account_counts_the_other_organizations_that_use_it(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let (mine, theirs) = (installation(&mut conn, acme, "db").await, installation(&mut conn, rival, "db").await);
    let integration = store::installations::by_id(&mut conn, mine).await.unwrap().unwrap().integration_id;
    assert_eq!(store::installations::others_of(&mut conn, integration, mine).await.unwrap(), 1);
    let everywhere = store::installations::of_account(&mut conn, "postgres", "db").await.unwrap();
    assert_eq!(everywhere.iter().map(|row| row.id).collect::<Vec<_>>(), [mine, theirs]);
    let removing = ObjectStatus::PendingDeletion;
    store::installations::set_status(&mut conn, theirs, ObjectStatus::Active, removing, None).await.unwrap();
    assert_eq!(store::installations::others_of(&mut conn, integration, mine).await.unwrap(), 0);
}
