//! PostgreSQL: a real connection, one fixed statement, nothing kept open.

use super::login::{DEADLINE, Login, Tls};
use super::{CheckError, Secrets};
use crate::outbound::{Outbound, OutboundError, tls};
use crate::text;
use domain::config::ConfigData;
use domain::integrations::Account;
use secrecy::ExposeSecret;
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

/// The protocol, for sentences.
const PROTOCOL: &str = "PostgreSQL";

/// More than a server says during a log-in and one short row; a server that sends more is cut off.
const MAX_BYTES: u64 = 256 * 1024;

/// Without parameters, so that it also passes poolers that know no prepared statements.
const PROBE: &str = "select current_setting('server_version'), current_database(), current_user";

pub(super) async fn check(outbound: &Outbound, form: &ConfigData, secrets: &Secrets) -> Result<Account, CheckError> {
    let login = Login::read(form, secrets, PROTOCOL, 5432)?;
    let deadline = DEADLINE.min(outbound.limits().total);
    let late = || login.network(OutboundError::Timeout { host: login.at() });
    let (client, connection, encryption) =
        timeout(deadline, open(&login, outbound, deadline)).await.unwrap_or_else(|_| Err(late()))?;
    // The client ends with the statement; that lets the connection say good-bye and end too.
    let statement = async move { client.simple_query(PROBE).await };
    let (answer, _) = timeout(deadline, async { tokio::join!(statement, connection) }).await.map_err(|_| late())?;
    let messages = answer.map_err(|error| explain(&login, &error))?;
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
    let server = format!("PostgreSQL {number}").trim_end().to_owned();
    Ok(login.account(database, [("Server", server), ("Role", role), ("Encryption", encryption)]))
}

/// A connection with or without TLS.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}
type BoxWire = Box<dyn Wire>;

/// A connection that is logged in, and how it is encrypted, in words.
async fn open(
    login: &Login,
    outbound: &Outbound,
    deadline: Duration,
) -> Result<(tokio_postgres::Client, impl Future<Output = Result<(), tokio_postgres::Error>> + use<>, String), CheckError>
{
    let stream = outbound.connect_tcp(&login.host, login.port, deadline).await.map_err(|error| login.network(error))?;
    let (wire, encryption) = encrypt(login, stream, outbound).await?;
    let (read, write) = tokio::io::split(wire);
    let limited = tokio::io::join(read.take(MAX_BYTES), write);
    let (client, connection) = Config::new()
        .user(&login.user)
        .password(login.password.expose_secret())
        .dbname(&login.database)
        .application_name("Patchbay")
        .ssl_mode(SslMode::Disable)
        .connect_raw(limited, NoTls)
        .await
        .map_err(|error| explain(login, &error))?;
    Ok((client, connection, encryption))
}

/// Asks for TLS as the protocol says (one fixed message, one byte back) and shakes hands.
async fn encrypt(login: &Login, mut stream: TcpStream, outbound: &Outbound) -> Result<(BoxWire, String), CheckError> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    let (config, words): (Arc<ClientConfig>, _) = match login.tls {
        Tls::Disable => return Ok((Box::new(stream), "none".to_owned())),
        Tls::Prefer | Tls::Require => (tls::Trust::unverified(), "certificate not verified"),
        Tls::VerifyFull => (outbound.trust().verified(), "certificate verified"),
    };
    let io_error = |error: io::Error| login.socket(&error);
    stream.write_all(&SSL_REQUEST).await.map_err(io_error)?;
    match (stream.read_u8().await.map_err(io_error)?, login.tls) {
        (b'S', _) => {}
        (b'N', Tls::Prefer) => return Ok((Box::new(stream), "none: the server offers no TLS".to_owned())),
        (b'N', _) => return Err(CheckError::NoTls { at: login.at() }),
        _ => return Err(login.other_protocol()),
    }
    let name = ServerName::try_from(login.host.trim_matches(['[', ']']).to_owned()).map_err(|_| CheckError::Tls {
        at: login.at(),
        cause: "no certificate can be for a host of this name".to_owned(),
    })?;
    let stream = TlsConnector::from(config).connect(name, stream).await.map_err(|error| login.socket(&error))?;
    let version = stream.get_ref().1.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
    let words = format!("{}, {words}", version.replace("TLSv", "TLS ").replace('_', "."));
    Ok((Box::new(stream), words))
}

fn explain(login: &Login, error: &tokio_postgres::Error) -> CheckError {
    let (at, user) = (login.at(), login.user.clone());
    if let Some(error) = error.as_db_error() {
        let message = login.clean(error.message());
        let code = error.code();
        return if *code == SqlState::INVALID_PASSWORD {
            CheckError::WrongPassword { at, user }
        } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
            CheckError::LoginRefused { at, user, message }
        } else if *code == SqlState::INVALID_CATALOG_NAME {
            CheckError::UnknownDatabase { at, database: login.database.clone() }
        } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
            CheckError::NoAccess { at, database: login.database.clone(), user }
        } else if code.code().starts_with("53") || code.code().starts_with("57P") {
            CheckError::Busy { at, message }
        } else {
            CheckError::Failed { at, message }
        };
    }
    let socket = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match socket {
        Some(error) => login.socket(error),
        None if error.is_closed() => CheckError::Broken { at, cause: "it closed the connection".to_owned() },
        None => {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            CheckError::Broken { at, cause: login.clean(&cause) }
        }
    }
}
