//! Grants, pipelines, apps, requests and circuit breakers.

use crate::support::{NOW, installation, organization, user};
use domain::circuits::Circuit;
use domain::credentials::Ciphertext;
use domain::grants::ScopeList;
use domain::install_requests::RequestStatus;
use domain::integrations::StoredConfig;
use domain::pipelines::PipelineId;
use serde_json::json;
use store::Store;

fn scopes(words: &[&str]) -> ScopeList {
    ScopeList(words.iter().map(|word| (*word).to_owned()).collect())
}

fn sealed(text: &str) -> Ciphertext {
    Ciphertext::parse(text).unwrap()
}

pub async fn one_of_two_takes_the_lease_of_a_grant_and_a_late_writer_changes_nothing(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "linear").await;
    assert_eq!(store::grants::of_installation(&mut conn, id).await.unwrap(), None);
    let end = Some(NOW.plus(60_000));
    store::grants::put(&mut conn, id, &scopes(&["read"]), None, end, None, Some(NOW), NOW).await.unwrap();
    let grant = store::grants::of_installation(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((grant.version, grant.granted_scopes.clone(), grant.expires_at), (1, None, end));

    let until = NOW.plus(30_000);
    let fence = store::grants::lease(&mut conn, id, grant.version, NOW, until).await.unwrap();
    assert_eq!(fence, Some(2));
    assert_eq!(store::grants::lease(&mut conn, id, 1, NOW, until).await.unwrap(), None, "the version moved");
    assert_eq!(store::grants::lease(&mut conn, id, 2, NOW, until).await.unwrap(), None, "it is leased");
    assert_eq!(store::grants::due(&mut conn, NOW, 9).await.unwrap(), [], "somebody is at it");
    let late = store::grants::lease(&mut conn, id, 2, until, until.plus(1)).await.unwrap();
    assert_eq!(late, Some(3), "a lease ends by time");

    let granted = scopes(&["read", "write"]);
    let write = async |conn: &mut store::Conn, fence| {
        store::grants::renewed(conn, id, fence, Some(&granted), end, None, None, NOW).await.unwrap()
    };
    assert_eq!(write(&mut conn, 2).await, 0, "the first holder is too late");
    assert_eq!(write(&mut conn, 3).await, 1);
    let grant = store::grants::of_installation(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((grant.version, grant.granted_scopes.as_ref()), (4, Some(&granted)));
    let row = store::installations::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((row.requested_scopes, row.granted_scopes), (Some(scopes(&["read"])), Some(granted)));
}

pub async fn a_failed_renewal_counts_and_keeps_what_was_granted(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "linear").await;
    let granted = scopes(&["read"]);
    store::grants::put(&mut conn, id, &granted, Some(&granted), None, Some(NOW.plus(5)), Some(NOW), NOW).await.unwrap();
    for failures in 1..=2 {
        let version = store::grants::of_installation(&mut conn, id).await.unwrap().unwrap().version;
        let fence = store::grants::lease(&mut conn, id, version, NOW, NOW.plus(9)).await.unwrap().unwrap();
        let next = Some(NOW.plus(7));
        assert_eq!(store::grants::failed(&mut conn, id, fence, "down", next).await.unwrap(), 1);
        let grant = store::grants::of_installation(&mut conn, id).await.unwrap().unwrap();
        assert_eq!((grant.failures, grant.problem.as_deref(), grant.refresh_at), (failures, Some("down"), next));
        assert_eq!(grant.granted_scopes.as_ref(), Some(&granted));
    }
    assert_eq!(store::grants::due(&mut conn, NOW.plus(6), 9).await.unwrap(), []);
    assert_eq!(store::grants::due(&mut conn, NOW.plus(7), 9).await.unwrap(), [id]);
    assert_eq!(store::grants::ending(&mut conn, NOW.plus(4), 9).await.unwrap(), []);
    assert_eq!(store::grants::ending(&mut conn, NOW.plus(5), 9).await.unwrap(), [id]);
    assert_eq!(store::grants::warned(&mut conn, id).await.unwrap(), 1);
    assert_eq!(store::grants::warned(&mut conn, id).await.unwrap(), 0);
    assert_eq!(store::grants::ending(&mut conn, NOW.plus(5), 9).await.unwrap(), []);
}

pub async fn a_pipeline_is_found_by_its_owner_alone_and_moves_once_per_step(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let key = store::credentials::insert_key(&mut conn, acme, &sealed("key"), NOW).await.unwrap();
    let id = PipelineId::parse("0123456789abcdef0123456789abcdef").unwrap();
    let end = NOW.plus(100);
    store::pipelines::insert(&mut conn, &id, acme, "slack", "session:1", Some("hash"), key, &sealed("a"), NOW, end)
        .await
        .unwrap();
    assert_eq!(store::pipelines::find(&mut conn, &id, rival, "session:1").await.unwrap(), None);
    assert_eq!(store::pipelines::find(&mut conn, &id, acme, "session:2").await.unwrap(), None);
    assert_eq!(store::pipelines::newest(&mut conn, rival, "session:1").await.unwrap(), None);
    assert_eq!(store::pipelines::newest_at(&mut conn, "github", "session:1").await.unwrap(), None);
    let found = store::pipelines::find(&mut conn, &id, acme, "session:1").await.unwrap();
    assert_eq!(store::pipelines::newest(&mut conn, acme, "session:1").await.unwrap(), found);
    assert_eq!(store::pipelines::newest_at(&mut conn, "slack", "session:1").await.unwrap(), found);
    assert_eq!(store::pipelines::by_state(&mut conn, "hash").await.unwrap(), found);
    assert_eq!(found.map(|row| (row.version, row.expires_at)), Some((1, end)));

    assert_eq!(store::pipelines::advance(&mut conn, &id, 1, None, key, &sealed("b")).await.unwrap(), 1);
    assert_eq!(store::pipelines::advance(&mut conn, &id, 1, None, key, &sealed("c")).await.unwrap(), 0);
    assert_eq!(store::pipelines::by_state(&mut conn, "hash").await.unwrap(), None, "a state is used once");
    let found = store::pipelines::find(&mut conn, &id, acme, "session:1").await.unwrap().unwrap();
    assert_eq!((found.version, found.ciphertext), (2, sealed("b")));
    assert_eq!(store::pipelines::delete_ended(&mut conn, end.plus(-1)).await.unwrap(), 0);
    assert_eq!(store::pipelines::delete_ended(&mut conn, end).await.unwrap(), 1);
    assert_eq!(store::pipelines::delete(&mut conn, &id).await.unwrap(), 0);
}

pub async fn an_app_keeps_its_secrets_until_it_is_forgotten(store: &Store) {
    let mut conn = store.write().await.unwrap();
    assert_eq!(store::provider_apps::current_key(&mut conn).await.unwrap(), None);
    let key = store::provider_apps::insert_key(&mut conn, &sealed("wrapped"), NOW).await.unwrap();
    let current = store::provider_apps::current_key(&mut conn).await.unwrap();
    assert_eq!(store::provider_apps::key_by_id(&mut conn, key).await.unwrap(), current);
    let config = |id: &str| StoredConfig(json!({"client_id": id}).as_object().unwrap().clone());
    store::provider_apps::put(&mut conn, "slack", &config("a"), NOW).await.unwrap();
    store::provider_apps::put(&mut conn, "slack", &config("b"), NOW.plus(1)).await.unwrap();
    let found = store::provider_apps::find(&mut conn, "slack").await.unwrap().unwrap();
    assert_eq!((found.config, found.updated_at), (config("b"), NOW.plus(1)));
    for (version, written) in [(1, 1), (3, 0), (2, 1)] {
        let sealed = sealed("x");
        let done = store::provider_apps::put_secret(&mut conn, "slack", "client_secret", key, &sealed, version).await;
        assert_eq!(done.unwrap(), written, "version {version}");
    }
    let secrets = store::provider_apps::secrets(&mut conn, "slack").await.unwrap();
    assert_eq!(
        secrets.iter().map(|secret| (secret.field.as_str(), secret.version)).collect::<Vec<_>>(),
        [("client_secret", 2)]
    );
    assert_eq!(store::provider_apps::all(&mut conn).await.unwrap().len(), 1);
    assert_eq!(store::provider_apps::delete(&mut conn, "slack").await.unwrap(), 1);
    assert_eq!(store::provider_apps::secrets(&mut conn, "slack").await.unwrap(), []);
    assert_eq!(store::provider_apps::find(&mut conn, "slack").await.unwrap(), None);
}

pub async fn a_request_waits_once_is_decided_once_and_can_be_made_again(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let ada = user(&mut conn, "ada@x.test").await;
    let id = store::install_requests::put(&mut conn, acme, "slack", ada, "please", NOW).await.unwrap();
    let again =
        store::install_requests::put(&mut conn, acme, "slack", ada, "pretty please", NOW.plus(1)).await.unwrap();
    assert_eq!(id, again);
    let waiting = store::install_requests::pending(&mut conn, acme).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].message.as_str(), waiting[0].created_at, &*waiting[0].user_name),
        ("pretty please", NOW, "Somebody")
    );
    assert_eq!(store::install_requests::pending(&mut conn, rival).await.unwrap(), []);
    assert_eq!(store::install_requests::by_id(&mut conn, rival, id).await.unwrap(), None);
    let declined = RequestStatus::Declined;
    assert_eq!(store::install_requests::decide(&mut conn, id, declined, "boss", NOW.plus(2)).await.unwrap(), 1);
    assert_eq!(store::install_requests::decide(&mut conn, id, RequestStatus::Approved, "x", NOW).await.unwrap(), 0);
    let mine = store::install_requests::of_user(&mut conn, acme, "slack", ada).await.unwrap().unwrap();
    assert_eq!((mine.status, mine.decided_by.as_deref(), mine.decided_at), (declined, Some("boss"), Some(NOW.plus(2))));
    store::install_requests::put(&mut conn, acme, "slack", ada, "", NOW.plus(3)).await.unwrap();
    let mine = store::install_requests::by_id(&mut conn, acme, id).await.unwrap().unwrap();
    assert_eq!((mine.status, mine.decided_by, mine.created_at), (RequestStatus::Pending, None, NOW.plus(3)));
}

pub async fn a_circuit_is_remembered_until_it_closes(store: &Store) {
    let mut conn = store.write().await.unwrap();
    assert_eq!(store::circuits::find(&mut conn, "slack").await.unwrap(), None);
    let circuit = Circuit { failures: 7, open_until: NOW };
    store::circuits::put(&mut conn, "slack", Circuit::default()).await.unwrap();
    store::circuits::put(&mut conn, "slack", circuit).await.unwrap();
    assert_eq!(store::circuits::find(&mut conn, "slack").await.unwrap(), Some(circuit));
    assert_eq!(store::circuits::close(&mut conn, "slack").await.unwrap(), 1);
    assert_eq!(store::circuits::find(&mut conn, "slack").await.unwrap(), None);
}
