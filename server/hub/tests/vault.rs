//! Secrets in the database open only where they belong.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

use domain::credentials::{Ciphertext, Credential};
use domain::ids::{InstallationId, OrgId};
use domain::integrations::ObjectStatus::{Active, DeletionInProgress, PendingDeletion};
use domain::integrations::{Account, Facts, StoredConfig};
use domain::organizations::Flags;
use domain::slug::OrgSlug;
use hub::Ctx;
use hub::ctx::{Settings, SystemClock, SystemEntropy};
use hub::vault::{Place, Vault};
use providers::outbound::Outbound;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::Path;
use store::{Conn, Store};

const SECRET: &str = "planted-secret-9f3c";

async fn ctx(folder: &Path) -> Ctx {
    let store = Store::open(&format!("sqlite:{}", folder.join("hub.db").display())).await.unwrap();
    let vault = Vault::from_file(&folder.join("master.key"), &store).await.unwrap();
    vault.check(&store).await.unwrap();
    let settings = Settings {
        public_url: "http://127.0.0.1:3000".parse().unwrap(),
        setup_code: None,
        smtp: None,
        endpoints: Default::default(),
    };
    Ctx::new(store, vault, Outbound::new(Default::default()), Box::new(SystemClock), Box::new(SystemEntropy), settings)
}

async fn installation(ctx: &Ctx, conn: &mut Conn, slug: &str) -> (OrgId, InstallationId) {
    let now = ctx.now();
    let slug = OrgSlug::parse(slug).unwrap();
    let org = store::organizations::insert(conn, "Name", &slug, Flags::default(), now).await.unwrap();
    let account = Account { external_id: slug.to_string(), name: "db".into(), ..Account::default() };
    let integration = store::integrations::upsert(conn, "postgres", &account, now).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    (org, store::installations::insert(conn, org, integration, &config, &facts, None, now).await.unwrap())
}

async fn put(
    ctx: &Ctx,
    conn: &mut Conn,
    org: OrgId,
    installation: InstallationId,
    field: &str,
    version: i64,
) -> Ciphertext {
    let place = Place::Installation { org, installation, field, version };
    let secret = SecretString::from(SECRET);
    let (key, sealed) = ctx.vault.seal(ctx, conn, place, &secret).await.unwrap();
    store::credentials::put(conn, installation, field, key, &sealed, version, ctx.now()).await.unwrap().unwrap();
    sealed
}

async fn open(ctx: &Ctx, conn: &mut Conn, org: OrgId, stored: &Credential) -> domain::Outcome<SecretString> {
    let Credential { installation_id: installation, field, version, .. } = stored;
    let place = Place::Installation { org, installation: *installation, field, version: *version };
    ctx.vault.open(conn, place, stored.key_id, &stored.ciphertext).await
}

#[tokio::test]
async fn a_sealed_secret_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(folder.path()).await;
    let mut conn = ctx.store.write().await.unwrap();
    let (org, id) = installation(&ctx, &mut conn, "acme").await;
    put(&ctx, &mut conn, org, id, "token", 1).await;
    let stored = store::credentials::of_installation(&mut conn, id).await.unwrap().remove(0);
    let opened = open(&ctx, &mut conn, org, &stored).await.unwrap();
    assert_eq!(opened.expose_secret(), SECRET);
}

#[tokio::test]
async fn a_ciphertext_moved_to_another_row_field_version_or_organization_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(folder.path()).await;
    let mut conn = ctx.store.write().await.unwrap();
    let (acme, mine) = installation(&ctx, &mut conn, "acme").await;
    let (rival, theirs) = installation(&ctx, &mut conn, "rival").await;
    put(&ctx, &mut conn, acme, mine, "token", 1).await;
    put(&ctx, &mut conn, rival, theirs, "token", 1).await;
    let good = store::credentials::of_installation(&mut conn, mine).await.unwrap().remove(0);
    let foreign = store::credentials::of_installation(&mut conn, theirs).await.unwrap().remove(0);
    let moved = [
        ("row", acme, Credential { installation_id: theirs, ..good.clone() }),
        ("field", acme, Credential { field: "password".into(), ..good.clone() }),
        ("version", acme, Credential { version: 2, ..good.clone() }),
        ("key", acme, Credential { key_id: foreign.key_id, ..good.clone() }),
        ("organization", rival, Credential { key_id: foreign.key_id, ..good.clone() }),
        ("ciphertext", acme, Credential { ciphertext: foreign.ciphertext.clone(), ..good.clone() }),
    ];
    for (what, org, credential) in moved {
        let error = open(&ctx, &mut conn, org, &credential).await.unwrap_err();
        assert_eq!(error.code, domain::Code::Internal, "{what}");
        assert!(!error.message.contains(SECRET), "{what}");
    }
    assert!(open(&ctx, &mut conn, acme, &good).await.is_ok());
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = ctx(folder.path()).await.store.clone();
    let right = std::fs::read_to_string(folder.path().join("master.key")).unwrap();
    let wrong = Vault::from_text(&SecretString::from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).unwrap();
    let error = wrong.check(&store).await.unwrap_err().to_string();
    assert!(error.contains("not the one this database was written with"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path().join("master.key")).unwrap(), right);
    Vault::from_text(&SecretString::from(right)).unwrap().check(&store).await.unwrap();
}

#[tokio::test]
async fn a_lost_master_key_is_told_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = ctx(folder.path()).await.store.clone();
    let file = folder.path().join("master.key");
    std::fs::remove_file(&file).unwrap();
    let error = Vault::from_file(&file, &store).await.err().unwrap().to_string();
    assert!(error.contains("is missing, and this database was written with one"), "{error}");
    assert!(!file.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn the_master_key_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    ctx(folder.path()).await;
    let mode = std::fs::metadata(folder.path().join("master.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn no_file_of_the_database_holds_a_secret_in_plain_or_after_its_installation_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(folder.path()).await;
    let mut conn = ctx.store.write().await.unwrap();
    let (org, id) = installation(&ctx, &mut conn, "acme").await;
    let sealed = put(&ctx, &mut conn, org, id, "token", 1).await;
    conn.commit().await.unwrap();
    assert!(!holds(folder.path(), SECRET));
    let mut conn = ctx.store.write().await.unwrap();
    for (from, to) in [(Active, PendingDeletion), (PendingDeletion, DeletionInProgress)] {
        store::installations::set_status(&mut conn, id, from, to, None).await.unwrap();
    }
    assert_eq!(store::installations::delete_in_progress(&mut conn, id).await.unwrap(), 1);
    conn.commit().await.unwrap();
    ctx.store.close().await;
    assert!(!holds(folder.path(), sealed.as_str()), "deleted rows are overwritten");
}

#[tokio::test]
async fn the_secret_of_an_app_opens_only_at_its_provider_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = ctx(folder.path()).await;
    let mut conn = ctx.store.write().await.unwrap();
    let place = |provider, field, version| Place::App { provider, field, version };
    let here = place("slack", "client_secret", 1);
    let (key, sealed) = ctx.vault.seal(&ctx, &mut conn, here, &SECRET.into()).await.unwrap();
    assert_eq!(ctx.vault.open(&mut conn, here, key, &sealed).await.unwrap().expose_secret(), SECRET);
    for elsewhere in
        [place("linear", "client_secret", 1), place("slack", "token", 1), place("slack", "client_secret", 2)]
    {
        assert!(ctx.vault.open(&mut conn, elsewhere, key, &sealed).await.is_err(), "{elsewhere:?}");
    }
}

fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
