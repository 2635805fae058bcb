//! A MariaDB server of the test's own: made in a temporary folder, on a free port of this machine, stopped at the end.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The files of a server; any number of servers may run on them, one after the other.
pub struct Cluster {
    server: PathBuf,
    home: TempDir,
    /// Who runs the server, where this process is root: MariaDB refuses to run as root.
    user: Option<(u32, u32)>,
    pub certificate: String,
}

/// A running server; stops when dropped.
pub struct Server {
    pub port: u16,
    child: Child,
}

impl Cluster {
    /// Files made by the statements, one a line, or nothing where MariaDB is not installed.
    pub fn new(statements: &str) -> Option<Self> {
        let (server, install) = (find("mariadbd")?, find("mariadb-install-db")?);
        let home = tempfile::tempdir().unwrap();
        let user = (id("-u", None) == Some(0))
            .then(|| (id("-u", Some("mysql")).unwrap_or(65_534), id("-g", Some("mysql")).unwrap_or(65_534)));
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let cluster = Self { server, home, user, certificate: made.cert.pem() };
        cluster.own(cluster.home.path());
        cluster.write("statements", statements);
        cluster.write("server.crt", &cluster.certificate);
        cluster.write("server.key", &made.signing_key.serialize_pem());
        let made = cluster
            .command(&install)
            .arg("--no-defaults")
            .arg(cluster.option("datadir", "data"))
            .args(["--skip-test-db", "--auth-root-authentication-method=socket"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}{}", text(&made.stdout), text(&made.stderr));
        // Run once, so that later servers find what the statements made.
        drop(cluster.run(false, &[cluster.option("init-file", "statements")]));
        Some(cluster)
    }

    /// Starts the server and waits until it says that it is ready.
    pub fn start(&self, tls: bool) -> Server {
        self.run(tls, &[])
    }

    fn run(&self, tls: bool, more: &[String]) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command(&self.server);
        command.arg("--no-defaults").arg(self.option("datadir", "data")).arg(self.option("socket", "socket"));
        command.arg(self.option("pid-file", "pid")).arg(format!("--port={port}"));
        command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]);
        if tls {
            command.arg(self.option("ssl-cert", "server.crt")).arg(self.option("ssl-key", "server.key"));
        } else {
            command.arg("--skip-ssl");
        }
        let mut child = command.args(more).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = log.next() else { panic!("the server did not start:\n{}", said.join("\n")) };
            let ready = line.contains("ready for connections");
            said.push(line);
            if ready {
                break;
            }
        }
        assert!(!said.iter().any(|line| line.contains("[ERROR]")), "{}", said.join("\n"));
        std::thread::spawn(move || log.for_each(drop));
        Server { port, child }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("LC_ALL", "C").current_dir(self.home.path()).stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn option(&self, name: &str, file: &str) -> String {
        format!("--{name}={}", self.home.path().join(file).display())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.own(&path);
    }

    fn own(&self, path: &Path) {
        if let Some((user, group)) = self.user {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A clean shutdown, by the id of the process that this test started.
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A program of `PATH` or of the usual places; those of a server are often not in `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/libexec", "/opt/homebrew/bin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|place| place.join(program)).find(|file| file.is_file())
}

fn id(what: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(what).args(user).output().ok()?;
    text(&output.stdout).trim().parse().ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
