//! `cargo xtask db prepare`: what the checked queries need when no database is there.
//!
//! The query macros describe themselves to fresh, migrated, empty databases and write one file per query.
//! Fresh and empty matters: what a database says about nullable columns depends on its rows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::postgres::Cluster;
use crate::{cargo, paths, shell};

struct Backend {
    name: &'static str,
    package: &'static str,
    /// The variable in which the macros look for their database, as in the backend's `sqlx.toml`.
    url_variable: &'static str,
}

const SQLITE: Backend = Backend { name: "sqlite", package: "store-sqlite", url_variable: "SQLITE_DATABASE_URL" };
const POSTGRES: Backend =
    Backend { name: "postgres", package: "store-postgres", url_variable: "POSTGRES_DATABASE_URL" };

/// Prepares both backends on a PostgreSQL of its own.
pub fn run(check: bool) -> Result<()> {
    prepare(&Cluster::start()?, check)
}

/// Prepares both backends, or with `check` says whether that would change anything.
pub fn prepare(cluster: &Cluster, check: bool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sqlite_url = create_sqlite(&folder.path().join("prepare.db"), &SQLITE.migrations()?)?;
    let postgres_url = cluster.create_database("prepare", &POSTGRES.migrations()?)?;

    let mut stale = false;
    for (backend, url) in [(SQLITE, sqlite_url), (POSTGRES, postgres_url)] {
        let prepared = folder.path().join(backend.name);
        fs::create_dir(&prepared)?;
        backend.describe_queries(&url, &prepared)?;
        let (found, wanted) = (query_files(&backend.prepared())?, query_files(&prepared)?);
        let changes = changes(&found, &wanted);
        for change in &changes {
            println!("{}: {change}", backend.name);
        }
        println!("{}: {} queries, {} changes", backend.name, wanted.len(), changes.len());
        stale |= !changes.is_empty();
        if !check {
            replace(&backend.prepared(), &found, &wanted)?;
        }
    }
    if check && stale {
        bail!("the prepared queries are out of date; run `cargo xtask db prepare` and commit what it writes");
    }
    Ok(())
}

impl Backend {
    fn folder(&self) -> PathBuf {
        paths::root().join("server/store").join(self.name)
    }

    fn prepared(&self) -> PathBuf {
        self.folder().join(".sqlx")
    }

    fn migrations(&self) -> Result<Vec<PathBuf>> {
        let folder = self.folder().join("migrations");
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
        files.sort();
        Ok(files)
    }

    /// Compiles the crate against the database; its macros write what they learn into `into`.
    fn describe_queries(&self, url: &str, into: &Path) -> Result<()> {
        let source = Touched::new(self.folder().join("src/lib.rs"))?;
        let checked = shell::run(
            cargo::cargo()
                .args(["check", "--quiet", "-p", self.package, "--all-targets"])
                .env("SQLX_OFFLINE", "false")
                .env("SQLX_OFFLINE_DIR", into)
                .env(self.url_variable, url),
        );
        drop(source);
        checked.with_context(|| format!("the queries do not fit the {} database", self.name))
    }
}

/// A source file made to look changed, so that cargo compiles it again; it looks as before afterwards,
/// so that other builds do not.
struct Touched {
    file: PathBuf,
    before: SystemTime,
    now: SystemTime,
}

impl Touched {
    fn new(file: PathBuf) -> Result<Self> {
        let before = modified(&file)?;
        fs::File::options().append(true).open(&file)?.set_modified(SystemTime::now())?;
        let now = modified(&file)?;
        Ok(Self { file, before, now })
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        // Someone may have saved the file meanwhile.
        if modified(&self.file).is_ok_and(|time| time == self.now)
            && let Ok(file) = fs::File::options().append(true).open(&self.file)
        {
            file.set_modified(self.before).ok();
        }
    }
}

fn modified(file: &Path) -> Result<SystemTime> {
    fs::metadata(file)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot read {}", file.display()))
}

fn create_sqlite(file: &Path, migrations: &[PathBuf]) -> Result<String> {
    const SCRIPT: &str = "\
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for path in sys.argv[2:]:
    try:
        db.executescript(open(path, encoding='utf-8').read())
    except sqlite3.Error as error:
        sys.exit(f'{path}: {error}')
";
    shell::run_quietly(Command::new("python3").args(["-c", SCRIPT]).arg(file).args(migrations))?;
    Ok(format!("sqlite://{}", file.display()))
}

type QueryFiles = BTreeMap<String, String>;

fn query_files(folder: &Path) -> Result<QueryFiles> {
    let mut files = QueryFiles::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(files);
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") && name.ends_with(".json") {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

fn changes(found: &QueryFiles, wanted: &QueryFiles) -> Vec<String> {
    let describe = |verb: &str, name: &str, text: &str| format!("{verb} {name} ({})", first_words(text));
    let written = wanted.iter().filter_map(|(name, text)| match found.get(name) {
        None => Some(describe("new", name, text)),
        Some(old) if old != text => Some(describe("changed", name, text)),
        Some(_) => None,
    });
    let unused = found.iter().filter(|(name, _)| !wanted.contains_key(*name));
    written.chain(unused.map(|(name, text)| describe("unused", name, text))).collect()
}

/// The beginning of the SQL of a query file, so that a person recognizes it.
fn first_words(text: &str) -> String {
    let file: Value = serde_json::from_str(text).unwrap_or_default();
    let sql = file["query"].as_str().unwrap_or("not a query file");
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(60).collect()
}

fn replace(folder: &Path, found: &QueryFiles, wanted: &QueryFiles) -> Result<()> {
    fs::create_dir_all(folder)?;
    for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, text) in wanted.iter().filter(|(name, text)| found.get(*name) != Some(text)) {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_name_the_file_and_its_sql() {
        let file = |name: &str, sql: &str| (name.to_owned(), format!("{{\"query\": \"{sql}\"}}"));
        let found = QueryFiles::from([file("query-1.json", "select 1"), file("query-2.json", "select 2")]);
        let wanted = QueryFiles::from([file("query-2.json", "select 2"), file("query-3.json", "select\\n 3")]);
        assert_eq!(changes(&found, &wanted), ["new query-3.json (select 3)", "unused query-1.json (select 1)"]);
        assert!(changes(&found, &found).is_empty());
    }
}
