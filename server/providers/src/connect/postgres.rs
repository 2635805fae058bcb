//! PostgreSQL: a real connection, one fixed statement, nothing kept open.

use super::{CheckError, Secrets};
use crate::outbound::{Outbound, OutboundError, explain_io, tls};
use crate::text;
use domain::config::ConfigData;
use domain::integrations::{Account, Facts};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// For the connection with its handshake and log-in, and again for the statement.
const DEADLINE: Duration = Duration::from_secs(5);

/// More than a server says during a log-in and one short row; a server that sends more is cut off.
const MAX_BYTES: u64 = 256 * 1024;

/// Without parameters, so that it also passes poolers that know no prepared statements.
const PROBE: &str = "select current_setting('server_version'), current_database(), current_user";

pub(super) async fn check(outbound: &Outbound, form: &ConfigData, secrets: &Secrets) -> Result<Account, CheckError> {
    let login = Login::read(form, secrets)?;
    let deadline = DEADLINE.min(outbound.limits().total);
    let late = || login.network(OutboundError::Timeout { host: login.at() });
    let (client, connection, encryption) =
        timeout(deadline, login.open(outbound, deadline)).await.unwrap_or_else(|_| Err(late()))?;
    // The client ends with the statement; that lets the connection say good-bye and end too.
    let statement = async move { client.simple_query(PROBE).await };
    let (answer, _) = timeout(deadline, async { tokio::join!(statement, connection) }).await.map_err(|_| late())?;
    let messages = answer.map_err(|error| login.explain(&error))?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let column = |index| {
        let text = row.and_then(|row| row.try_get(index).ok().flatten()).unwrap_or_default();
        text::one_line(text, 100)
    };
    let (version, database, role) = (column(0), column(1), column(2));
    if database.is_empty() {
        return Err(CheckError::Broken { at: login.at(), cause: "it did not say which database this is".into() });
    }
    let number = version.split(' ').next().unwrap_or_default();
    let facts = [
        ("Server", format!("PostgreSQL {number}").trim_end().to_owned()),
        ("Database", database.clone()),
        ("Role", role),
        ("Encryption", encryption),
    ];
    Ok(Account {
        external_id: format!("{}/{database}", login.at()),
        name: database,
        domain_name: Some(login.at()),
        facts: Facts(facts.map(|(label, text)| (label.to_owned(), text)).into()),
        ..Account::default()
    })
}

/// How much encryption the form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    /// None.
    Disable,
    /// Where the server has it.
    Prefer,
    /// Always, with any certificate.
    Require,
    /// Always, with a certificate for this host.
    VerifyFull,
}

/// The values of the form.
struct Login {
    host: String,
    port: u16,
    database: String,
    user: String,
    password: SecretString,
    tls: Tls,
}

/// A connection with or without TLS.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}
type BoxWire = Box<dyn Wire>;

impl Login {
    fn read(form: &ConfigData, secrets: &Secrets) -> Result<Self, CheckError> {
        let text = |field: &str| match form.get(field).and_then(Value::as_str).map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(CheckError::Missing { field: field.to_owned() }),
        };
        let invalid = |field: &str, why: &str| CheckError::Invalid { field: field.to_owned(), why: why.to_owned() };
        let port = match form.get("port") {
            None | Some(Value::Null) => Some(5432),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let port = port
            .and_then(|port| u16::try_from(port).ok())
            .filter(|port| *port != 0)
            .ok_or_else(|| invalid("port", "The port must be a number between 1 and 65535."))?;
        let tls = match form.get("tls").and_then(Value::as_str).unwrap_or("require") {
            "disable" => Tls::Disable,
            "prefer" => Tls::Prefer,
            "require" => Tls::Require,
            "verify-full" => Tls::VerifyFull,
            _ => return Err(invalid("tls", "Encryption must be one of: disable, prefer, require, verify-full.")),
        };
        let host = text("host")?;
        // A whole connection string would carry the password into every sentence that names the host.
        if url::Host::parse(&host).is_err() && host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(invalid("host", "Write the name or the address of the server alone, without port and user."));
        }
        let password = secrets.get("password").cloned().unwrap_or_default();
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
            database: text("database")?,
            user: text("user")?,
            password,
            tls,
        })
    }

    fn at(&self) -> String {
        match self.host.contains(':') && !self.host.starts_with('[') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// A connection that is logged in, and how it is encrypted, in words.
    async fn open(
        &self,
        outbound: &Outbound,
        deadline: Duration,
    ) -> Result<
        (tokio_postgres::Client, impl Future<Output = Result<(), tokio_postgres::Error>> + use<>, String),
        CheckError,
    > {
        let stream =
            outbound.connect_tcp(&self.host, self.port, deadline).await.map_err(|error| self.network(error))?;
        let (wire, encryption) = self.encrypt(stream, outbound).await?;
        let (read, write) = tokio::io::split(wire);
        let limited = tokio::io::join(read.take(MAX_BYTES), write);
        let (client, connection) = Config::new()
            .user(&self.user)
            .password(self.password.expose_secret())
            .dbname(&self.database)
            .application_name("Patchbay")
            .ssl_mode(SslMode::Disable)
            .connect_raw(limited, NoTls)
            .await
            .map_err(|error| self.explain(&error))?;
        Ok((client, connection, encryption))
    }

    /// Asks for TLS as the protocol says (one fixed message, one byte back) and shakes hands.
    async fn encrypt(&self, mut stream: TcpStream, outbound: &Outbound) -> Result<(BoxWire, String), CheckError> {
        const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
        let (config, words): (Arc<ClientConfig>, _) = match self.tls {
            Tls::Disable => return Ok((Box::new(stream), "none".to_owned())),
            Tls::Prefer | Tls::Require => (tls::Trust::unverified(), "certificate not verified"),
            Tls::VerifyFull => (outbound.trust().verified(), "certificate verified"),
        };
        let io_error = |error: io::Error| self.socket(&error);
        stream.write_all(&SSL_REQUEST).await.map_err(io_error)?;
        match (stream.read_u8().await.map_err(io_error)?, self.tls) {
            (b'S', _) => {}
            (b'N', Tls::Prefer) => return Ok((Box::new(stream), "none: the server offers no TLS".to_owned())),
            (b'N', _) => return Err(CheckError::NoTls { at: self.at() }),
            _ => return Err(self.not_postgres()),
        }
        let name = ServerName::try_from(self.host.trim_matches(['[', ']']).to_owned()).map_err(|_| {
            CheckError::Tls { at: self.at(), cause: "no certificate can be for a host of this name".to_owned() }
        })?;
        let stream = TlsConnector::from(config).connect(name, stream).await.map_err(|error| self.socket(&error))?;
        let version = stream.get_ref().1.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
        let words = format!("{}, {words}", version.replace("TLSv", "TLS ").replace('_', "."));
        Ok((Box::new(stream), words))
    }

    fn explain(&self, error: &tokio_postgres::Error) -> CheckError {
        let (at, user) = (self.at(), self.user.clone());
        if let Some(error) = error.as_db_error() {
            let message = self.clean(error.message());
            let code = error.code();
            return if *code == SqlState::INVALID_PASSWORD {
                CheckError::WrongPassword { at, user }
            } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
                CheckError::LoginRefused { at, user, message }
            } else if *code == SqlState::INVALID_CATALOG_NAME {
                CheckError::UnknownDatabase { at, database: self.database.clone() }
            } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
                CheckError::NoAccess { at, database: self.database.clone(), user }
            } else if code.code().starts_with("53") || code.code().starts_with("57P") {
                CheckError::Busy { at, message }
            } else {
                CheckError::Failed { at, message }
            };
        }
        let socket = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        match socket {
            Some(error) => self.socket(error),
            None if error.is_closed() => CheckError::Broken { at, cause: "it closed the connection".to_owned() },
            None => {
                let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                CheckError::Broken { at, cause: self.clean(&cause) }
            }
        }
    }

    fn socket(&self, error: &io::Error) -> CheckError {
        use io::ErrorKind as Kind;
        match explain_io(self.at(), error) {
            OutboundError::Tls { host, cause } => CheckError::Tls { at: host, cause },
            // The codec's own complaints about what it read.
            _ if matches!(error.kind(), Kind::Other | Kind::InvalidData | Kind::InvalidInput) => self.not_postgres(),
            error => self.network(error),
        }
    }

    /// A server's words, without the password should it repeat it.
    fn clean(&self, message: &str) -> String {
        let password = self.password.expose_secret();
        let message = match password.is_empty() {
            true => message.to_owned(),
            false => message.replace(password, "…"),
        };
        text::one_line(message.trim_end_matches('.'), 200)
    }

    fn not_postgres(&self) -> CheckError {
        CheckError::Broken { at: self.at(), cause: "it does not speak the protocol of PostgreSQL".to_owned() }
    }

    fn network(&self, error: OutboundError) -> CheckError {
        CheckError::Network { error, field: Some("host".to_owned()) }
    }
}
