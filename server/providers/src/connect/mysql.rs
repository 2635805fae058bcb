//! MySQL and MariaDB: a real connection to a checked address, one fixed statement, nothing kept open.

use super::login::{DEADLINE, Login, Tls};
use super::{CheckError, Secrets};
use crate::outbound::{Outbound, OutboundError, tls};
use crate::text;
use domain::config::ConfigData;
use domain::integrations::Account;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, IoError, Opts, OptsBuilder, ServerError, SslOpts, TlsError};
use secrecy::ExposeSecret;
use std::net::IpAddr;
use tokio::time::timeout;

/// The protocol, for sentences.
const PROTOCOL: &str = "MySQL";

/// More than one packet of a log-in or of one short row holds; a server that claims more is cut off.
const MAX_PACKET: usize = 256 * 1024;

/// Without parameters, so that it also passes proxies that know no prepared statements.
const PROBE: &str = "select version(), database(), current_user()";

/// How this connection is encrypted, as the server sees it.
const ENCRYPTION: &str = "show session status like 'Ssl_version'";

pub(super) async fn check(outbound: &Outbound, form: &ConfigData, secrets: &Secrets) -> Result<Account, CheckError> {
    let login = Login::read(form, secrets, PROTOCOL, 3306)?;
    let deadline = DEADLINE.min(outbound.limits().total);
    let late = || login.network(OutboundError::Timeout { host: login.at() });
    let (mut connection, words) = timeout(deadline, open(&login, outbound)).await.unwrap_or_else(|_| Err(late()))?;
    let asked = timeout(deadline, ask(&mut connection)).await.map_err(|_| late())?;
    // The answer is there; whether the server hears the good-bye in time is its own business.
    let _ = timeout(deadline, connection.disconnect()).await;
    let (row, ssl_version) = asked.map_err(|error| explain(&login, &error))?;
    let column = |text: Option<String>| text::one_line(&text.unwrap_or_default(), 100);
    let (version, database, user) = row
        .map_or_else(Default::default, |(version, database, user)| (column(version), column(database), column(user)));
    if database.is_empty() {
        return Err(CheckError::Broken { at: login.at(), cause: "it did not say which database this is".into() });
    }
    let encryption = match ssl_version.and_then(|(_, version)| version).filter(|version| version.starts_with("TLS")) {
        Some(version) => format!("{}, {words}", text::one_line(&version, 20).replace("TLSv", "TLS ")),
        None => words.to_owned(),
    };
    Ok(login.account(database, [("Server", server(&version)), ("User", user), ("Encryption", encryption)]))
}

/// The columns of the fixed statement.
type Row = (Option<String>, Option<String>, Option<String>);

async fn ask(connection: &mut Conn) -> mysql_async::Result<(Option<Row>, Option<(String, Option<String>)>)> {
    let row = connection.query_first(PROBE).await?;
    // A proxy may not know this; then only our own side of the encryption is told.
    let ssl_version = connection.query_first(ENCRYPTION).await.unwrap_or_default();
    Ok((row, ssl_version))
}

/// A connection that is logged in, and how it is encrypted, in words.
async fn open(login: &Login, outbound: &Outbound) -> Result<(Conn, &'static str), CheckError> {
    let addresses = outbound.checked(&login.host, login.port).await.map_err(|error| login.network(error))?;
    let (encrypted, words) = match login.tls {
        Tls::Disable => (None, "none"),
        Tls::Prefer | Tls::Require => (Some(unverified()), "certificate not verified"),
        Tls::VerifyFull => (Some(verified(outbound.trust())), "certificate verified"),
    };
    let with_tls = encrypted.is_some();
    match Conn::new(options(login, addresses.clone(), encrypted)).await {
        Ok(connection) => Ok((connection, words)),
        // The server said so before anything was sent to it.
        Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if with_tls && login.tls == Tls::Prefer => {
            let connection = Conn::new(options(login, addresses, None)).await;
            connection
                .map(|connection| (connection, "none: the server offers no TLS"))
                .map_err(|error| explain(login, &error))
        }
        Err(error) => Err(explain(login, &error)),
    }
}

/// Everything that the client would else find out or choose by itself is said here: it goes to the checked addresses
/// and nowhere else, asks nothing beside our statements and never shows the password in clear.
fn options(login: &Login, addresses: Vec<IpAddr>, encrypted: Option<SslOpts>) -> Opts {
    OptsBuilder::default()
        .ip_or_hostname(login.host.trim_matches(['[', ']']))
        .resolved_ips(Some(addresses))
        .tcp_port(login.port)
        .user(Some(&login.user))
        .pass(Some(login.password.expose_secret()))
        .db_name(Some(&login.database))
        .ssl_opts(encrypted)
        .prefer_socket(false)
        .enable_cleartext_plugin(false)
        .max_allowed_packet(Some(MAX_PACKET))
        .wait_timeout(Some(30))
        .stmt_cache_size(0)
        .into()
}

fn unverified() -> SslOpts {
    SslOpts::default().with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true)
}

/// What the rest of Patchbay trusts, and nothing else.
fn verified(trust: &tls::Trust) -> SslOpts {
    let (certificates, with_mozilla) = trust.certificates();
    let roots = certificates.iter().map(|certificate| certificate.to_vec().into()).collect();
    SslOpts::default().with_root_certs(roots).with_disable_built_in_roots(!with_mozilla)
}

/// The product with its number: `10.11.6-MariaDB-0+deb12u1` is MariaDB 10.11.6.
fn server(version: &str) -> String {
    let product = if version.to_ascii_lowercase().contains("mariadb") { "MariaDB" } else { "MySQL" };
    // MariaDB calls itself 5.5.5 first, for the sake of old replicas.
    let number = version.strip_prefix("5.5.5-").unwrap_or(version);
    let number = number.split(['-', ' ']).next().unwrap_or_default();
    format!("{product} {number}").trim_end().to_owned()
}

fn explain(login: &Login, error: &Error) -> CheckError {
    let at = login.at();
    let broken = |cause: String| CheckError::Broken { at: login.at(), cause };
    let refused = |message: String| CheckError::LoginRefused { at: login.at(), user: login.user.clone(), message };
    match error {
        Error::Server(error) => server_error(login, error),
        Error::Io(IoError::Io(error)) => login.socket(error),
        Error::Io(IoError::Tls(TlsError::Tls(error))) => CheckError::Tls { at, cause: tls::cause(error) },
        Error::Io(IoError::Tls(TlsError::InvalidDnsName(_))) => {
            CheckError::Tls { at, cause: "no certificate can be for a host of this name".to_owned() }
        }
        Error::Io(IoError::Tls(_)) => CheckError::Tls { at, cause: "the handshake failed".to_owned() },
        Error::Driver(DriverError::NoClientSslFlagFromServer) => CheckError::NoTls { at },
        Error::Driver(DriverError::ConnectionClosed) => broken("it closed the connection".to_owned()),
        Error::Driver(DriverError::UnknownAuthPlugin { name }) => {
            refused(format!("it asks for the log-in method “{}”, which Patchbay does not have", login.clean(name)))
        }
        Error::Driver(DriverError::CleartextPluginDisabled) => {
            refused("it asks for the password in clear, which Patchbay does not send".to_owned())
        }
        Error::Driver(DriverError::MysqlOldPasswordDisabled) => {
            refused("it asks for a password method of before 2004, which Patchbay does not have".to_owned())
        }
        Error::Driver(DriverError::PacketTooLarge) => broken("it sent far more than was asked for".to_owned()),
        _ => login.other_protocol(),
    }
}

/// The numbers of MySQL's and MariaDB's error reference.
fn server_error(login: &Login, error: &ServerError) -> CheckError {
    let (at, user, database) = (login.at(), login.user.clone(), login.database.clone());
    // Before the log-in has begun, the state stands in front of the words.
    let words = error.message.strip_prefix('#').and_then(|rest| rest.get(5..)).unwrap_or(&error.message);
    let message = login.clean(words);
    match error.code {
        1045 | 1698 => CheckError::WrongPassword { at, user },
        1049 => CheckError::UnknownDatabase { at, database },
        1044 | 1142 => CheckError::NoAccess { at, database, user },
        1129 | 1130 | 1251 | 1275 | 1396 | 1524 | 1820 | 1862 | 3118 | 3159 | 4151 => {
            CheckError::LoginRefused { at, user, message }
        }
        1040 | 1053 | 1203 | 1226 => CheckError::Busy { at, message },
        _ => CheckError::Failed { at, message },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_called_by_its_product_and_number() {
        assert_eq!(server("10.11.6-MariaDB-0+deb12u1"), "MariaDB 10.11.6");
        assert_eq!(server("5.5.5-10.4.32-MariaDB"), "MariaDB 10.4.32");
        assert_eq!(server("8.4.3"), "MySQL 8.4.3");
        assert_eq!(server("8.0.36-0ubuntu0.22.04.1"), "MySQL 8.0.36");
        assert_eq!(server(""), "MySQL");
    }
}
