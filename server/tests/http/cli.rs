//! The command line, as a person at a shell meets it.

use insta::assert_snapshot;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A shell in an empty directory, without configuration.
struct Shell(TempDir);

impl Shell {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, file: &str) -> std::path::PathBuf {
        self.0.path().join(file)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run(self.command(args).output().unwrap())
    }

    /// With an account and an organization.
    fn with_acme() -> Self {
        let shell = Self::new();
        shell.run(&["user", "create", "--email", "ada@example.com", "--name", "Ada"]).done();
        shell.run(&["org", "create", "--name", "Acme", "--slug", "acme", "--owner", "ada@example.com"]).done();
        shell
    }
}

/// How a command ended.
struct Run(Output);

impl Run {
    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    fn out(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).unwrap()
    }

    fn err(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).unwrap()
    }

    /// What it printed; it must have worked.
    #[track_caller]
    fn done(&self) -> &str {
        assert_eq!(self.code(), 0, "{}", self.err());
        self.out()
    }

    /// Why it was refused: one message on stderr, nothing on stdout, exit 1.
    #[track_caller]
    fn refusal(&self) -> &str {
        assert_eq!((self.code(), self.out()), (1, ""), "{}", self.err());
        self.err().strip_prefix("patchbay: ").unwrap_or_else(|| panic!("{}", self.err())).trim_end()
    }
}

#[test]
fn stdout_holds_only_the_result() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["user", "create", "--email", "ada@example.com", "--name", "Ada"]).done(), "1\n");
    let org = shell.run(&["org", "create", "--name", "Acme", "--slug", "acme", "--owner", "ada@example.com"]);
    assert_eq!(org.done(), "1\n");
    let token = shell.run(&["token", "create", "--org", "acme", "--scope", "org:read"]);
    let text = token.done().strip_suffix('\n').unwrap();
    assert!(
        text.starts_with("pbo_") && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'),
        "{text}"
    );
    assert_eq!(token.err(), "");
    let token = shell.run(&[
        "token",
        "create",
        "--user",
        "ada@example.com",
        "--scope",
        "org:read",
        "--scope",
        "team:read",
        "--expires-in",
        "30d",
    ]);
    assert!(token.done().starts_with("pbu_"));
    assert_eq!(shell.run(&["migrate"]).done(), "");
}

#[test]
fn what_is_refused_says_why_and_exits_with_one() {
    let shell = Shell::with_acme();
    let mut lines = Vec::new();
    for args in [
        &["user", "create", "--email", "ADA@example.com", "--name", "Ada"][..],
        &["user", "create", "--email", "ada", "--name", " "],
        &["org", "create", "--name", "Acme", "--slug", "acme", "--owner", "ada@example.com"],
        &["org", "create", "--name", "Acme", "--slug", "settings", "--owner", "ada@example.com"],
        &["org", "create", "--name", "Acme", "--slug", "other", "--owner", "eve@example.com"],
        &["org", "feature", "nobody", "issue-sync", "off"],
        &["org", "feature", "acme", "nothing", "off"],
        &["token", "create", "--org", "nobody", "--scope", "org:read"],
        &["token", "create", "--user", "eve@example.com", "--scope", "org:read"],
        &["token", "create", "--org", "acme", "--scope", "org:everything"],
        &["--config", "missing.toml", "migrate"],
        &["--database-url", "mysql://localhost/x", "migrate"],
        &["serve", "--addr", "everywhere"],
    ] {
        lines.push(format!("{}\n  {}", args.join(" "), shell.run(args).refusal().replace('\n', "\n  ")));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    user create --email ADA@example.com --name Ada
      There is an account for ada@example.com already.
    user create --email ada --name  
      2 fields need another look.
        email: Write a whole e-mail address, such as ada@example.com.
        name: A name may not be empty.
    org create --name Acme --slug acme --owner ada@example.com
      The slug "acme" is already in use.
    org create --name Acme --slug settings --owner ada@example.com
      This slug "settings" is reserved and not allowed.
    org create --name Acme --slug other --owner eve@example.com
      There is no account for eve@example.com. Make it with `patchbay user create`.
    org feature nobody issue-sync off
      The organization "nobody" was not found.
    org feature acme nothing off
      There is no feature "nothing". Known: alert-rule, chat-unfurl, codeowners, commits, deployment, incident-management, issue-basic, issue-sync, serverless, stacktrace-link, ticket-rules.
    token create --org nobody --scope org:read
      The organization "nobody" was not found.
    token create --user eve@example.com --scope org:read
      There is no account for eve@example.com. Make it with `patchbay user create`.
    token create --org acme --scope org:everything
      "org:everything" is not a Scope, expected one of: event:read event:write event:admin project:read project:write project:admin project:releases org:read org:write org:admin org:integrations org:ci member:read member:invite member:write member:admin team:read team:write team:admin alerts:read alerts:write integration:credentials
    --config missing.toml migrate
      missing.toml could not be read: No such file or directory (os error 2)
    --database-url mysql://localhost/x migrate
      The database address begins with "mysql". Use sqlite:PATH or postgres://USER@HOST/DATABASE.
    serve --addr everywhere
      addr is "everywhere"; write an address and a port, such as 127.0.0.1:3000.
    "#);
}

#[test]
fn what_is_no_command_exits_with_two() {
    let shell = Shell::new();
    for args in [
        &[][..],
        &["nothing"],
        &["user", "create"],
        &["org", "feature", "acme", "issue-sync", "maybe"],
        &["token", "create", "--org", "acme"],
        &["token", "create", "--scope", "org:read"],
        &["token", "create", "--org", "acme", "--user", "a@b.c", "--scope", "org:read"],
        &["token", "create", "--org", "acme", "--scope", "org:read", "--expires-in", "soon"],
    ] {
        let run = shell.run(args);
        assert_eq!((run.code(), run.out()), (2, ""), "{args:?}: {}", run.err());
    }
    assert_eq!(shell.run(&["--help"]).code(), 0);
    assert!(shell.run(&["--version"]).done().starts_with("patchbay "));
    assert!(!shell.at("data").exists());
}

#[test]
fn a_password_comes_from_standard_input_and_nowhere_else() {
    let shell = Shell::new();
    let create = |email: &str, password: &str| {
        let args = ["user", "create", "--email", email, "--name", "Ada", "--instance-admin", "--password-stdin"];
        let mut child =
            shell.command(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        Run(child.wait_with_output().unwrap())
    };
    assert_eq!(create("ada@example.com", "several unrelated words\n").done(), "1\n");
    assert!(create("bob@example.com", "short\n").refusal().contains("12 characters"));
    assert!(create("bob@example.com", "").refusal().contains("No password came from standard input."));
}

#[test]
fn a_feature_is_switched_off_and_on() {
    let shell = Shell::with_acme();
    for state in ["off", "off", "on"] {
        assert_eq!(shell.run(&["org", "feature", "acme", "issue-sync", state]).done(), "", "{state}");
    }
}

#[test]
fn the_data_directory_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let shell = Shell::with_acme();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&shell.at("data")), 0o700);
    assert_eq!(mode(&shell.at("data/master.key")), 0o600);
}

#[test]
fn a_wrong_master_key_is_one_clear_error_and_overwrites_nothing() {
    let shell = Shell::with_acme();
    let key = std::fs::read(shell.at("data/master.key")).unwrap();
    let create = ["user", "create", "--email", "eve@example.com", "--name", "Eve"];
    std::fs::write(shell.at("data/master.key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    let refusal = "The master key is not the one this database was written with. Nothing was changed. Put the right key back, \
                   or start with the database that belongs to this key.";
    assert_eq!(shell.run(&create).refusal(), refusal);
    assert_eq!(Server::refusal(&shell, &["--addr", "127.0.0.1:0"]), refusal);
    assert_eq!(std::fs::read(shell.at("data/master.key")).unwrap(), b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    std::fs::write(shell.at("data/master.key"), "not a key").unwrap();
    assert!(shell.run(&create).refusal().contains("The master key must be 32 bytes in base64"));
    // The right key finds everything as it was.
    std::fs::write(shell.at("data/master.key"), key).unwrap();
    assert_eq!(shell.run(&create).done(), "2\n");
}

#[test]
fn the_demonstration_refuses_other_machines_and_other_peoples_data() {
    let shell = Shell::with_acme();
    for (args, said) in [
        (&["--demo", "--addr", "0.0.0.0:0"][..], "passwords are public"),
        (&["--demo", "--addr", "127.0.0.1:0"], "a hub that the demonstration did not make"),
        (&["--addr", "0.0.0.0:0"], "plain http"),
    ] {
        let refusal = Server::refusal(&shell, args);
        assert!(refusal.contains(said), "{refusal}");
    }
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a line on stderr begins with once the server answers.
const LISTENING: &str = "Patchbay is listening on http://127.0.0.1:";

impl Server {
    fn spawn(shell: &Shell, args: &[&str]) -> (Self, impl Iterator<Item = String> + use<>) {
        let args = [&["serve"], args].concat();
        let mut child = shell.command(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        (Self(child), lines)
    }

    /// Starts and waits until it listens.
    fn start(shell: &Shell, args: &[&str]) -> Self {
        let (server, mut lines) = Self::spawn(shell, &[&["--addr", "127.0.0.1:0"], args].concat());
        assert!(lines.any(|line| line.starts_with(LISTENING)));
        // Somebody has to read on, or the server blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        server
    }

    /// Why it does not start; a server that does start ends here.
    #[track_caller]
    fn refusal(shell: &Shell, args: &[&str]) -> String {
        let (mut server, lines) = Self::spawn(shell, args);
        let said: Vec<_> = lines.inspect(|line| assert!(!line.starts_with(LISTENING), "it serves")).collect();
        assert_eq!(server.0.wait().unwrap().code(), Some(1), "{said:?}");
        said.last().unwrap().strip_prefix("patchbay: ").unwrap().to_owned()
    }
}

#[test]
fn one_data_directory_has_one_server() {
    let shell = Shell::new();
    let server = Server::start(&shell, &["--demo"]);
    let second = Server::refusal(&shell, &["--addr", "127.0.0.1:0"]);
    assert!(second.starts_with("Another Patchbay serves the data directory data."), "{second}");
    // Commands beside it work, and the lock ends with its holder.
    assert!(shell.run(&["token", "create", "--org", "acme", "--scope", "org:read"]).done().starts_with("pbo_"));
    drop(server);
    drop(Server::start(&shell, &["--demo"]));
}

#[test]
fn a_taken_port_is_told_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let refusal = Server::refusal(&Shell::new(), &["--addr", &addr]);
    assert!(refusal.contains("Choose another one with --addr."), "{refusal}");
}

#[test]
fn cargo_leptos_watch_starts_it_without_a_word_and_it_serves() {
    let shell = Shell::new();
    assert_eq!(shell.run(&[]).code(), 2, "a person is told how it is used");
    let watched = shell.command(&[]).env("LEPTOS_WATCH", "true").env("PATCHBAY_ADDR", "nowhere").output().unwrap();
    let refusal = Run(watched).refusal().to_owned();
    assert!(refusal.contains("nowhere"), "{refusal}");
}
