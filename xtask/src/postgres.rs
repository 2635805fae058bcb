//! A private PostgreSQL for one run: its own folder, a free loopback port, nothing kept.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::shell;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A running cluster; it stops when this is dropped.
pub struct Cluster {
    binaries: PathBuf,
    folder: TempDir,
    owner: Option<Owner>,
    server: Child,
    port: u16,
}

/// The user that runs the server when we are root, because PostgreSQL refuses to.
#[derive(Clone, Copy)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Creates and starts a cluster, and waits until it answers.
    pub fn start() -> Result<Self> {
        let binaries = binaries().context("PostgreSQL is missing; run `cargo xtask setup --tests`")?;
        let owner = if shell::is_root() { Some(unprivileged_user()?) } else { None };
        let folder = tempfile::Builder::new().prefix("patchbay-postgres-").tempdir()?;
        if let Some(Owner { uid, gid }) = owner {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let program = |name| program(&binaries, name, folder.path(), owner);

        shell::run_quietly(
            program("initdb")
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .args(["--pgdata", "data"]),
        )?;
        let port = free_port()?;
        let log = fs::File::create(folder.path().join("log"))?;
        let server = program("postgres")
            .args(["-D", "data", "-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "max_connections=200"])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut cluster = Self { binaries, folder, owner, server, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The URL of a database, as the super-user.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database and runs the files in it.
    pub fn create_database(&self, name: &str, scripts: &[PathBuf]) -> Result<String> {
        shell::run_quietly(self.psql("postgres").arg("--command").arg(format!("create database {name}")))?;
        for script in scripts {
            shell::run_quietly(self.psql(name).arg("--single-transaction").arg("--file").arg(script))?;
        }
        Ok(self.url(name))
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(self.binaries.join("psql"));
        command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname"]).arg(self.url(database));
        command
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            let mut ready = Command::new(self.binaries.join("pg_isready"));
            ready.args(["--quiet", "--host=127.0.0.1", "--port", &self.port.to_string()]);
            if ready.status()?.success() {
                return Ok(());
            }
            let ended = self.server.try_wait()?;
            if ended.is_some() || start.elapsed() > START_LIMIT {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("PostgreSQL does not start\n{log}");
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = program(&self.binaries, "pg_ctl", self.folder.path(), self.owner);
        let stopped = shell::output(stop.args(["stop", "-D", "data", "-m", "immediate"]));
        if stopped.is_err() {
            self.server.kill().ok();
        }
        self.server.wait().ok();
    }
}

/// The folder of the server's programs: from `PATH`, else Debian's newest.
pub fn binaries() -> Option<PathBuf> {
    if let Some(initdb) = shell::which("initdb") {
        return initdb.canonicalize().ok()?.parent().map(Path::to_path_buf);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path());
    versions
        .filter(|folder| folder.join("bin/initdb").is_file())
        .max_by_key(|folder| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()))
        .map(|folder| folder.join("bin"))
}

fn program(binaries: &Path, name: &str, folder: &Path, owner: Option<Owner>) -> Command {
    let mut command = Command::new(binaries.join(name));
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(Owner { uid, gid }) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn unprivileged_user() -> Result<Owner> {
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2);
        Some(Owner { uid: ids.next()?.parse().ok()?, gid: ids.next()?.parse().ok()? })
    };
    find("postgres").or_else(|| find("nobody")).context("no user `postgres` or `nobody` to run PostgreSQL as")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_until_it_is_dropped() {
        let cluster = Cluster::start().unwrap();
        let script = cluster.folder.path().join("table.sql");
        fs::write(&script, "create table t (id bigint)").unwrap();
        cluster.create_database("example", &[script]).unwrap();
        let port = cluster.port;
        drop(cluster);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
