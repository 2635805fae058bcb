//! A PostgreSQL server of the test's own: made in a temporary folder, on a free port of this machine, stopped at the end.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The superuser's password.
pub const SUPERUSER: &str = "planted-superuser";

/// The files of a cluster; any number of servers may run on them, one after the other.
pub struct Cluster {
    bin: PathBuf,
    home: TempDir,
    /// Who runs the server, where this process is root: PostgreSQL refuses to run as root.
    user: Option<(u32, u32)>,
    pub certificate: String,
}

/// A running server; stops when dropped.
pub struct Server {
    pub port: u16,
    child: Child,
}

impl Cluster {
    /// A new cluster with log-in by password, or nothing where PostgreSQL is not installed.
    pub fn new() -> Option<Self> {
        let bin = binaries()?;
        let home = tempfile::tempdir().unwrap();
        let user = (id("-u", None) == Some(0))
            .then(|| (id("-u", Some("postgres")).unwrap_or(65_534), id("-g", Some("postgres")).unwrap_or(65_534)));
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let cluster = Self { bin, home, user, certificate: made.cert.pem() };
        cluster.write("password", SUPERUSER);
        cluster.write("server.crt", &made.cert.pem());
        cluster.write("server.key", &made.signing_key.serialize_pem());
        cluster.own(cluster.home.path());
        let made = cluster
            .command("initdb")
            .args(["--auth=scram-sha-256", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"])
            .arg(format!("--pwfile={}", cluster.file("password").display()))
            .arg(format!("--pgdata={}", cluster.file("data").display()))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let rules = cluster.file("data/pg_hba.conf");
        let old = std::fs::read_to_string(&rules).unwrap();
        std::fs::write(
            &rules,
            format!("hostssl all encrypted all scram-sha-256\nhost all encrypted all reject\n{old}"),
        )
        .unwrap();
        Some(cluster)
    }

    /// Starts the server and waits until it says that it is ready.
    pub fn start(&self, tls: bool) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.file("data"));
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "fsync=off".to_owned(),
            format!("ssl={}", if tls { "on" } else { "off" }),
            format!("ssl_cert_file={}", self.file("server.crt").display()),
            format!("ssl_key_file={}", self.file("server.key").display()),
        ] {
            command.arg("-c").arg(setting);
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = log.next() else { panic!("the server did not start:\n{}", said.join("\n")) };
            let ready = line.contains("ready to accept connections");
            said.push(line);
            if ready {
                break;
            }
        }
        std::thread::spawn(move || log.for_each(drop));
        Server { port, child }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.env("LC_ALL", "C").current_dir(self.home.path()).stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::OpenOptionsExt;
        let path = self.file(name);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        self.own(&path);
    }

    fn own(&self, path: &Path) {
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A fast shutdown, by the id of the process that this test started.
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Where `initdb` and `postgres` are: the newest version of the usual place, else what `PATH` has.
fn binaries() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    places.sort();
    places.reverse();
    places.extend(std::env::split_paths(&std::env::var_os("PATH")?));
    places.into_iter().find(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
}

fn id(what: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(what).args(user).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
