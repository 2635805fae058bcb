//! A database per app: a file, or a database on the PostgreSQL that the environment names.

use std::io::Write as _;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use store::Store;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use url::Url;

/// Names a PostgreSQL server by a superuser's address.
const VARIABLE: &str = "PATCHBAY_TEST_DATABASE_URL";

/// Which kind of database a test runs on.
#[derive(Clone, Debug)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A database on this server.
    Postgres(Url),
}

impl Backend {
    /// PostgreSQL, where there is one; says once why not.
    pub fn postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        let url = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
        if url.is_none() {
            SAID.call_once(|| {
                // Past the test harness, which hides what passing tests print.
                let _ = writeln!(std::io::stderr(), "PostgreSQL is skipped: {VARIABLE} names no server.");
            });
        }
        url.map(|url| Self::Postgres(Url::parse(&url).unwrap()))
    }
}

/// An empty database of a test's own; gone when it is dropped.
pub enum Database {
    /// The folder of the file.
    Sqlite(TempDir),
    /// The server, and the database there.
    Postgres {
        /// The server.
        server: Url,
        /// The database.
        name: String,
    },
}

impl Database {
    pub async fn make(backend: &Backend) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        match backend {
            Backend::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
            Backend::Postgres(server) => {
                let name = format!("patchbay_http_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
                connect(server).await.batch_execute(&format!("create database {name}")).await.unwrap();
                Self::Postgres { server: server.clone(), name }
            }
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.address()).await.unwrap()
    }

    /// Where it is, as `--database-url` takes it.
    pub fn address(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("patchbay.db").display()),
            Self::Postgres { server, name } => {
                let mut url = server.clone();
                url.set_path(name);
                url.into()
            }
        }
    }

    /// Everything that is written, for looking for what must not be there: the bytes of the files, or the text of
    /// every row.
    pub async fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Sqlite(folder) => files(folder.path()),
            Self::Postgres { .. } => {
                let client = connect(&Url::parse(&self.address()).unwrap()).await;
                let tables = "select quote_ident(tablename) from pg_tables where schemaname = 'public'";
                let mut text = String::new();
                for table in client.query(tables, &[]).await.unwrap() {
                    let rows =
                        format!("select coalesce(string_agg(t::text, e'\n'), '') from {} t", table.get::<_, &str>(0));
                    text += client.query_one(&rows, &[]).await.unwrap().get::<_, &str>(0);
                }
                text.into_bytes()
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name } = self else { return };
        let (server, drop) = (server.clone(), format!("drop database if exists {name} with (force)"));
        // Dropping cannot wait; a thread can.
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { connect(&server).await.batch_execute(&drop).await })
        });
        if let Ok(Err(error)) = gone.join() {
            eprintln!("A database of this test stayed behind: {error}");
        }
    }
}

async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn files(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
}
