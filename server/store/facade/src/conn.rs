//! A store of either kind, and the transactions it gives out.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// The database. Cheap to clone.
#[derive(Clone)]
pub enum Store {
    /// One file; one connection writes, several read.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// The connections that read.
        readers: SqlitePool,
    },
    /// A server that several replicas may share.
    Postgres(PgPool),
}

/// A transaction. Dropping it without [`Conn::commit`] rolls it back.
pub enum Conn {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Begins a transaction that only reads: one moment of the database.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn read(&self) -> sqlx::Result<Conn> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that writes. On SQLite it waits for its turn at once, so that it never fails later.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn write(&self) -> sqlx::Result<Conn> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        })
    }

    /// Whether several processes may share this database.
    pub const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Closes every connection after what runs on it has ended.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn {
    /// Makes what was written last.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}
