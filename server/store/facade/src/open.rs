//! Opening a database by its address.

use crate::Store;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

/// How long a request waits for a connection before it is refused.
const ACQUIRE: Duration = Duration::from_secs(10);

/// Why a database could not be opened. The text never holds the address's password.
#[derive(Debug)]
pub struct OpenError(String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl Store {
    /// Opens `sqlite:PATH` (made when it is missing) or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// When the address is not understood, the database cannot be reached, or its schema is newer than this program.
    pub async fn open(address: &str) -> Result<Self, OpenError> {
        if address.starts_with("sqlite:") {
            open_sqlite(address).await
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            open_postgres(address).await
        } else {
            let scheme = address.split(':').next().unwrap_or_default();
            Err(OpenError(format!(
                "The database address begins with {scheme:?}. Use sqlite:PATH or postgres://USER@HOST/DATABASE."
            )))
        }
    }
}

async fn open_sqlite(address: &str) -> Result<Store, OpenError> {
    let refuse = |error: sqlx::Error| OpenError(format!("The database {address} could not be opened: {error}"));
    let options = SqliteConnectOptions::from_str(address)
        .map_err(refuse)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // Deleted secrets are overwritten, not only unlinked.
        .pragma("secure_delete", "on");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.clone())
        .await
        .map_err(refuse)?;
    store_sqlite::MIGRATOR.run(&writer).await.map_err(|error| migration_error(&error))?;
    let readers = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(8)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.read_only(true).create_if_missing(false))
        .await
        .map_err(refuse)?;
    Ok(Store::Sqlite { writer, readers })
}

async fn open_postgres(address: &str) -> Result<Store, OpenError> {
    let options = PgConnectOptions::from_str(address)
        .map_err(|_| OpenError("The database address is not a PostgreSQL address.".to_owned()))?
        .application_name("patchbay");
    let place = format!("{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await
        .map_err(|error| OpenError(format!("The database {place} could not be opened: {error}")))?;
    store_postgres::MIGRATOR.run(&pool).await.map_err(|error| migration_error(&error))?;
    Ok(Store::Postgres(pool))
}

fn migration_error(error: &sqlx::migrate::MigrateError) -> OpenError {
    OpenError(match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => format!(
            "The database was written by a newer Patchbay (schema step {version}). Start that version, or restore a \
             backup made before it."
        ),
        error => format!("The database's schema could not be brought up to date: {error}. Nothing was lost."),
    })
}
