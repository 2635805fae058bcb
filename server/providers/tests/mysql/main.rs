//! MySQL and MariaDB connections, against a server of the test's own and against servers that are none.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod cluster;
mod impostors;

use cluster::Cluster;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::integrations::{Account, Health};
use domain::{Code, Timestamp};
use providers::connect::{CheckError, Secrets, accounts};
use providers::outbound::{AllowList, Limits, Outbound};
use providers::{App, Provider, catalogue};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;

const PASSWORD: &str = "planted-pass 'wörd' %";

fn manifest() -> &'static Manifest {
    catalogue::find("mysql").unwrap()
}

fn form(port: u16, changes: Value) -> ConfigData {
    let mut form = json!({"host": "127.0.0.1", "port": port, "database": "shop", "user": "reader", "tls": "disable"});
    for (key, value) in changes.as_object().unwrap() {
        form[key] = value.clone();
    }
    form.as_object().unwrap().clone()
}

fn password(text: &str) -> Secrets {
    [("password".to_owned(), SecretString::from(text))].into_iter().collect()
}

fn door() -> Outbound {
    Outbound::new("127.0.0.1".parse().unwrap())
}

async fn check(outbound: &Outbound, form: &ConfigData, secrets: &Secrets) -> Result<Account, CheckError> {
    let app = App::default();
    let provider = Provider { outbound, manifest: manifest(), endpoint: None, app: &app, now: Timestamp(0) };
    let mut accounts = accounts(&provider, form, secrets, None).await?;
    assert_eq!(accounts.len(), 1);
    Ok(accounts.remove(0))
}

async fn ask(port: u16, changes: Value) -> Result<Account, CheckError> {
    let answer = check(&door(), &form(port, changes), &password(PASSWORD)).await;
    assert!(!format!("{answer:?}").contains(PASSWORD));
    if let Err(error) = &answer {
        assert!(!error.to_string().contains(PASSWORD));
    }
    answer
}

/// The error's text with the port replaced, its field and what it means for health.
async fn refusal(port: u16, changes: Value) -> (String, Option<String>, Health) {
    let error = ask(port, changes).await.unwrap_err();
    let text = error.to_string().replace(&port.to_string(), "PORT");
    assert_eq!(error.to_app_error().code, if error.field().is_some() { Code::Invalid } else { Code::Provider });
    (text, error.field().map(str::to_owned), error.health())
}

fn told(text: &str, field: Option<&str>, health: Health) -> (String, Option<String>, Health) {
    (text.to_owned(), field.map(str::to_owned), health)
}

fn fact<'a>(account: &'a Account, label: &str) -> &'a str {
    account.facts.0.iter().find(|(known, _)| known == label).map_or("", |(_, text)| text.as_str())
}

/// The databases and users of the test, one statement a line.
fn statements() -> String {
    let password = PASSWORD.replace('\'', "''");
    let user = |name: &str, more: &str| format!("create user {name}@'%' identified by '{password}' {more};");
    let grant = |name: &str| format!("grant select on shop.* to {name}@'%';");
    let users = [
        ("reader", ""),
        ("encrypted", "require ssl"),
        ("locked", "account lock"),
        ("twice", "with max_connections_per_hour 1"),
    ];
    let users = users.iter().flat_map(|(name, more)| [user(name, more), grant(name)]);
    let global = [user("anywhere", ""), "grant select on *.* to anywhere@'%';".to_owned()];
    let databases = ["create database shop;".to_owned(), "create database closed;".to_owned()];
    databases.into_iter().chain(users).chain(global).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_real_server_is_checked_in_every_way() {
    let Some(cluster) = Cluster::new(&statements()) else {
        println!("No MariaDB is installed here (mariadbd and mariadb-install-db): nothing was checked.");
        println!("On Debian, `apt-get install mariadb-server` brings both; no service has to run.");
        return;
    };
    let server = cluster.start(false);
    a_good_log_in_gives_the_account(server.port).await;
    each_refusal_has_its_own_sentence(server.port).await;
    a_server_without_tls_is_not_trusted_with_a_secret_channel(server.port).await;
    drop(server);

    let server = cluster.start(true);
    encryption_is_as_the_form_says(server.port, &cluster.certificate).await;
}

async fn a_good_log_in_gives_the_account(port: u16) {
    let account = ask(port, json!({"port": port.to_string()})).await.unwrap();
    assert_eq!(account.external_id, format!("127.0.0.1:{port}/shop"));
    assert_eq!((account.name.as_str(), account.domain_name.as_deref()), ("shop", Some(&*format!("127.0.0.1:{port}"))));
    let labels: Vec<_> = account.facts.0.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["Server", "Database", "User", "Encryption"]);
    assert_eq!(
        (fact(&account, "Database"), fact(&account, "User"), fact(&account, "Encryption")),
        ("shop", "reader@%", "none")
    );
    let version = fact(&account, "Server").strip_prefix("MariaDB ").unwrap();
    assert!(version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(['-', ' ']), "{version}");
}

async fn each_refusal_has_its_own_sentence(port: u16) {
    let wrong = check(&door(), &form(port, json!({})), &password("planted-wrong")).await.unwrap_err();
    assert_eq!(
        wrong.to_string(),
        format!("127.0.0.1:{port} refused the password of “reader”. Correct the user or the password and try again.")
    );
    assert_eq!((wrong.field(), wrong.health()), (Some("password"), Health::NeedsReauth));
    assert_eq!(check(&door(), &form(port, json!({})), &Secrets::default()).await.unwrap_err(), wrong);
    let (text, field, _) = refusal(port, json!({"user": "nobody-here"})).await;
    assert!(text.starts_with("127.0.0.1:PORT refused the password of “nobody-here”."), "{text}");
    assert_eq!(field.as_deref(), Some("password"));
    assert_eq!(
        refusal(port, json!({"user": "locked"})).await,
        told(
            "127.0.0.1:PORT does not let “locked” log in like this: Access denied, this account is locked. Check the \
             user, the encryption setting and the server's rules for this host.",
            Some("user"),
            Health::NeedsReauth
        )
    );
    assert_eq!(
        refusal(port, json!({"user": "anywhere", "database": "shopp"})).await,
        told(
            "127.0.0.1:PORT has no database “shopp”. Correct the name, or create the database first.",
            Some("database"),
            Health::RemovedAtProvider
        )
    );
    assert_eq!(
        refusal(port, json!({"database": "closed"})).await,
        told(
            "“reader” may not use “closed” at 127.0.0.1:PORT. Give it rights there, or use another one.",
            Some("database"),
            Health::NeedsReauth
        )
    );
    ask(port, json!({"user": "twice"})).await.unwrap();
    let (text, field, health) = refusal(port, json!({"user": "twice"})).await;
    assert!(text.starts_with("127.0.0.1:PORT is busy right now: User 'twice' has exceeded the"), "{text}");
    assert_eq!((field, health), (None, Health::Unreachable));
}

async fn a_server_without_tls_is_not_trusted_with_a_secret_channel(port: u16) {
    for tls in ["require", "verify-full"] {
        assert_eq!(
            refusal(port, json!({"tls": tls})).await,
            told(
                "127.0.0.1:PORT does not offer encryption. Turn it on at the server, or choose a setting that goes \
                 without if the network between is safe.",
                Some("tls"),
                Health::Unreachable
            )
        );
    }
    let account = ask(port, json!({"tls": "prefer"})).await.unwrap();
    assert_eq!(fact(&account, "Encryption"), "none: the server offers no TLS");
}

async fn encryption_is_as_the_form_says(port: u16, certificate: &str) {
    for tls in ["prefer", "require"] {
        let account = ask(port, json!({"tls": tls})).await.unwrap();
        assert_eq!(fact(&account, "Encryption"), "TLS 1.3, certificate not verified");
    }
    assert_eq!(fact(&ask(port, json!({})).await.unwrap(), "Encryption"), "none");
    assert_eq!(
        refusal(port, json!({"tls": "verify-full"})).await,
        told(
            "127.0.0.1:PORT was reached, but its certificate is not signed by an authority that this machine trusts. \
             Correct the certificate at the server, or choose another encryption setting.",
            Some("tls"),
            Health::Unreachable
        )
    );
    let trusting = door().trusting(certificate).unwrap();
    let account = check(&trusting, &form(port, json!({"tls": "verify-full"})), &password(PASSWORD)).await.unwrap();
    assert_eq!(fact(&account, "Encryption"), "TLS 1.3, certificate verified");

    let other_name =
        Outbound::new("db.example.com".parse().unwrap()).trusting(certificate).unwrap().with_resolver(Here);
    let verified = form(port, json!({"tls": "verify-full", "host": "DB.example.com"}));
    let error = check(&other_name, &verified, &password(PASSWORD)).await.unwrap_err();
    let cause = "its certificate is for another name".to_owned();
    assert_eq!(error, CheckError::Tls { at: format!("db.example.com:{port}"), cause });

    let account = ask(port, json!({"tls": "require", "user": "encrypted"})).await.unwrap();
    assert_eq!(fact(&account, "User"), "encrypted@%");
    // MariaDB does not tell a log-in in clear from a wrong password.
    let (text, ..) = refusal(port, json!({"user": "encrypted"})).await;
    assert!(text.starts_with("127.0.0.1:PORT refused the password of “encrypted”"), "{text}");
}

/// Every name is on this machine.
struct Here;
impl providers::outbound::Resolve for Here {
    fn resolve<'a>(&'a self, _: &'a str) -> providers::outbound::Addresses<'a> {
        Box::pin(async { Ok(vec![std::net::Ipv4Addr::LOCALHOST.into()]) })
    }
}

#[tokio::test]
async fn a_refused_address_is_told_before_any_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let closed = Outbound::new(AllowList::default()).with_resolver(Here);
    for host in ["127.0.0.1", "localhost", "0x7f.1", "db", "db.example.com", "169.254.169.254", "::1"] {
        let error = check(&closed, &form(port, json!({"host": host})), &password(PASSWORD)).await.unwrap_err();
        assert!(error.to_string().starts_with("Patchbay does not connect to this address:"), "{host}: {error}");
        assert_eq!((error.field(), error.health()), (Some("host"), Health::Unreachable));
    }
    assert!(tokio::time::timeout(Duration::ZERO, listener.accept()).await.is_err(), "somebody connected");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_apart_from_one_that_is_silent() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(
        refusal(free, json!({})).await,
        told(
            "127.0.0.1:PORT could not be reached: it refused the connection. Check the address and the port, and that \
             a firewall lets this Patchbay in.",
            Some("host"),
            Health::Unreachable
        )
    );
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let limits = Limits { total: Duration::from_millis(200), ..Limits::default() };
    for tls in ["disable", "require"] {
        let door = door().with_limits(limits);
        let error = check(&door, &form(port, json!({"tls": tls})), &password(PASSWORD)).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("127.0.0.1:{port} did not answer in time.")), "{error}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_used_blames_the_field() {
    let cases = [
        (json!({"host": "mysql://reader:planted@db.example.com/shop"}), "host"),
        (json!({"port": 65_536}), "port"),
        (json!({"database": " "}), "database"),
        (json!({"user": null}), "user"),
        (json!({"tls": "maybe"}), "tls"),
    ];
    for (changes, field) in cases {
        let error = ask(3306, changes).await.unwrap_err();
        assert_eq!((error.field(), error.to_app_error().code), (Some(field), Code::Invalid));
        assert!(!format!("{error:?} {error}").contains("planted"));
    }
}
