//! Plain connections for protocols that are not HTTP, through the same guard.

use super::guard::Target;
use super::{Outbound, OutboundError, tls};
use crate::text;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls;

impl Outbound {
    /// A connection to one of the host's checked addresses.
    ///
    /// # Errors
    /// The guard's refusal, or why no address answered before the deadline.
    pub async fn connect_tcp(&self, host: &str, port: u16, deadline: Duration) -> Result<TcpStream, OutboundError> {
        let target = Target::of_host(host, port)?;
        timeout(deadline, self.dial(&target))
            .await
            .unwrap_or_else(|_| Err(OutboundError::Timeout { host: target.words() }))
    }

    /// The checked addresses of a host, for a client that connects by itself and can be held to them.
    pub(crate) async fn checked(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, OutboundError> {
        let target = Target::of_host(host, port)?;
        Ok(self.addresses(&target).await?.into_iter().map(|address| address.ip()).collect())
    }

    async fn dial(&self, target: &Target) -> Result<TcpStream, OutboundError> {
        let mut last = OutboundError::Unresolvable { host: target.words() };
        for address in self.addresses(target).await? {
            match timeout(self.limits.connect, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = explain(target.words(), &error),
                Err(_) => last = OutboundError::Timeout { host: target.words() },
            }
        }
        Err(last)
    }
}

/// What an error of the socket, or of TLS on top of it, means.
pub(crate) fn explain(host: String, error: &io::Error) -> OutboundError {
    use io::ErrorKind as Kind;
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return OutboundError::Tls { host, cause: tls::cause(error) };
    }
    let cause = match error.kind() {
        Kind::TimedOut => return OutboundError::Timeout { host },
        Kind::ConnectionRefused => "it refused the connection".to_owned(),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
            "it closed the connection".to_owned()
        }
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => "there is no route to it".to_owned(),
        Kind::PermissionDenied => "a firewall on this machine does not allow it".to_owned(),
        kind => text::one_line(&kind.to_string(), 80),
    };
    OutboundError::Unreachable { host, cause }
}
