//! Fresh databases, and rows to begin with.

use domain::Timestamp;
use domain::email::Email;
use domain::ids::{InstallationId, OrgId, UserId};
use domain::integrations::{Account, Facts, StoredConfig};
use domain::organizations::Flags;
use domain::slug::OrgSlug;
use sqlx::Connection as _;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Conn, Store};

/// The time of every test unless it says otherwise.
pub const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A SQLite database in a directory that goes away with it.
pub struct Home {
    /// The database.
    pub store: Store,
    _folder: tempfile::TempDir,
}

/// A fresh SQLite database.
pub async fn sqlite() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("contract.db").display())).await.unwrap();
    Home { store, _folder: folder }
}

/// A fresh PostgreSQL database, or none with the reason printed.
pub async fn postgres() -> Option<Store> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("PATCHBAY_TEST_DATABASE_URL") else {
        println!("skipped: PATCHBAY_TEST_DATABASE_URL names no PostgreSQL; `cargo xtask test` starts one");
        return None;
    };
    let name = format!("contract_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(Store::open(&format!("{base}/{name}")).await.unwrap())
}

/// Adds a user.
pub async fn user(conn: &mut Conn, email: &str) -> UserId {
    let email = Email::parse(email).unwrap();
    store::users::insert(conn, &email, "Somebody", None, false, NOW).await.unwrap()
}

/// Adds an organization.
pub async fn organization(conn: &mut Conn, slug: &str) -> OrgId {
    let slug = OrgSlug::parse(slug).unwrap();
    store::organizations::insert(conn, "Some Name", &slug, Flags::default(), NOW).await.unwrap()
}

/// Adds an installation of an account named by its id.
pub async fn installation(conn: &mut Conn, org: OrgId, external_id: &str) -> InstallationId {
    let account = Account { external_id: external_id.into(), name: external_id.into(), ..Account::default() };
    let integration = store::integrations::upsert(conn, "postgres", &account, NOW).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    store::installations::insert(conn, org, integration, &config, &facts, None, NOW).await.unwrap()
}
