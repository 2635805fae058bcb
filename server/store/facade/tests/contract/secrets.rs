//! Sealed secrets and instance settings.

use crate::support::{NOW, installation, organization};
use domain::credentials::Ciphertext;
use store::Store;

pub async fn a_secret_is_written_only_over_the_version_before_it(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let acme = organization(&mut conn, "acme").await;
    let id = installation(&mut conn, acme, "db").await;
    let text = |text: &str| Ciphertext::parse(text).unwrap();
    assert!(store::credentials::current_key(&mut conn, acme).await.unwrap().is_none());
    let old = store::credentials::insert_key(&mut conn, acme, &text("old"), NOW).await.unwrap();
    let key = store::credentials::insert_key(&mut conn, acme, &text("new"), NOW).await.unwrap();
    assert_eq!(store::credentials::current_key(&mut conn, acme).await.unwrap().unwrap().id, key);
    assert_eq!(store::credentials::key_by_id(&mut conn, acme, old).await.unwrap().unwrap().wrapped, text("old"));
    let first = store::credentials::put(&mut conn, id, "token", key, &text("one"), 1, NOW).await.unwrap();
    assert!(first.is_some());
    assert_eq!(store::credentials::put(&mut conn, id, "token", key, &text("late"), 1, NOW).await.unwrap(), None);
    assert_eq!(store::credentials::put(&mut conn, id, "token", key, &text("two"), 2, NOW).await.unwrap(), first);
    let stored = store::credentials::of_installation(&mut conn, id).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!((stored[0].ciphertext.clone(), stored[0].version, stored[0].key_id), (text("two"), 2, key));
}

pub async fn the_first_secret_of_each_installation_is_its_own(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (acme, rival) = (organization(&mut conn, "acme").await, organization(&mut conn, "rival").await);
    let text = Ciphertext::parse("sealed").unwrap();
    let mut expected = Vec::new();
    for (org, name) in [(acme, "one"), (rival, "two")] {
        let id = installation(&mut conn, org, name).await;
        installation(&mut conn, org, &format!("{name} without secret")).await;
        let key = store::credentials::insert_key(&mut conn, org, &text, NOW).await.unwrap();
        for field in ["token", "another"] {
            let secret = store::credentials::put(&mut conn, id, field, key, &text, 1, NOW).await.unwrap().unwrap();
            expected.push((id, secret));
        }
    }
    let found = store::credentials::first_ids(&mut conn, acme).await.unwrap();
    assert_eq!(found.iter().map(|first| (first.installation_id, first.credential)).collect::<Vec<_>>(), expected[..1]);
}

pub async fn a_name_is_claimed_once(store: &Store) {
    let mut conn = store.write().await.unwrap();
    assert_eq!(store::settings::claim(&mut conn, "setup", "first").await.unwrap(), 1);
    assert_eq!(store::settings::claim(&mut conn, "setup", "second").await.unwrap(), 0);
    assert_eq!(store::settings::get(&mut conn, "setup").await.unwrap().as_deref(), Some("first"));
    store::settings::put(&mut conn, "setup", "third").await.unwrap();
    assert_eq!(store::settings::get(&mut conn, "setup").await.unwrap().as_deref(), Some("third"));
    assert_eq!(store::settings::get(&mut conn, "other").await.unwrap(), None);
}
