//! The form of a database: where it is, who logs in, and how much encryption is asked for.

use super::{CheckError, Secrets};
use crate::outbound::{OutboundError, explain_io};
use crate::text;
use domain::config::ConfigData;
use domain::integrations::{Account, Facts};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::io;
use std::time::Duration;

/// For the connection with its handshake and log-in, and again for the statement.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// How much encryption the form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tls {
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
pub(super) struct Login {
    /// What the server speaks, for sentences.
    pub protocol: &'static str,
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub password: SecretString,
    pub tls: Tls,
}

impl Login {
    /// Reads the form; `port` is the usual one.
    pub fn read(form: &ConfigData, secrets: &Secrets, protocol: &'static str, port: u64) -> Result<Self, CheckError> {
        let text = |field: &str| match form.get(field).and_then(Value::as_str).map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(CheckError::Missing { field: field.to_owned() }),
        };
        let invalid = |field: &str, why: &str| CheckError::Invalid { field: field.to_owned(), why: why.to_owned() };
        let port = match form.get("port") {
            None | Some(Value::Null) => Some(port),
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
            protocol,
            host: host.to_ascii_lowercase(),
            port,
            database: text("database")?,
            user: text("user")?,
            password,
            tls,
        })
    }

    /// Host and port, for sentences.
    pub fn at(&self) -> String {
        match self.host.contains(':') && !self.host.starts_with('[') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// The database that answered, with facts about it; which one it is goes after the server.
    pub fn account<const N: usize>(&self, database: String, facts: [(&str, String); N]) -> Account {
        let mut facts: Vec<_> = facts.into_iter().map(|(label, text)| (label.to_owned(), text)).collect();
        facts.insert(1, ("Database".to_owned(), database.clone()));
        Account {
            external_id: format!("{}/{database}", self.at()),
            name: database,
            domain_name: Some(self.at()),
            facts: Facts(facts),
            ..Account::default()
        }
    }

    /// What an error of the socket means.
    pub fn socket(&self, error: &io::Error) -> CheckError {
        use io::ErrorKind as Kind;
        match explain_io(self.at(), error) {
            OutboundError::Tls { host, cause } => CheckError::Tls { at: host, cause },
            // The codec's own complaints about what it read.
            _ if matches!(error.kind(), Kind::Other | Kind::InvalidData | Kind::InvalidInput) => self.other_protocol(),
            error => self.network(error),
        }
    }

    /// The server is none of this protocol.
    pub fn other_protocol(&self) -> CheckError {
        CheckError::Broken { at: self.at(), cause: format!("it does not speak the protocol of {}", self.protocol) }
    }

    /// A server's words, without the password should it repeat it.
    pub fn clean(&self, message: &str) -> String {
        text::clean(message.trim_end_matches('.'), &[self.password.expose_secret()], 200)
    }

    /// No connection.
    pub fn network(&self, error: OutboundError) -> CheckError {
        CheckError::Network { error, field: Some("host".to_owned()) }
    }
}
