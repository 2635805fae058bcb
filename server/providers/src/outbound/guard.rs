//! From a host that somebody typed to the addresses that may be connected to, or a refusal.

use super::allow::parse_host;
use super::{Outbound, OutboundError, address};
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// Where a connection should go.
#[derive(Clone, Debug)]
pub(super) struct Target {
    host: Host,
    port: u16,
    /// Without TLS, which is for hosts on the operator's list only.
    plain_http: bool,
}

impl Target {
    pub fn of_url(url: &Url) -> Result<Self, OutboundError> {
        let plain_http = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(OutboundError::Forbidden),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Forbidden);
        }
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) if port != 0 => Ok(Self { host: host.to_owned(), port, plain_http }),
            _ => Err(OutboundError::Forbidden),
        }
    }

    pub fn of_host(host: &str, port: u16) -> Result<Self, OutboundError> {
        match parse_host(host) {
            Some(host) if port != 0 => Ok(Self { host, port, plain_http: false }),
            _ => Err(OutboundError::Forbidden),
        }
    }

    /// The name that has to be pinned, unless the host is an address already.
    pub fn name(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => Some(name),
            _ => None,
        }
    }

    /// For sentences: the host, with its port where that is not the usual one.
    pub fn words(&self) -> String {
        match (self.port, self.plain_http) {
            (443, false) | (80, true) => self.host.to_string(),
            (port, _) => format!("{}:{port}", self.host),
        }
    }
}

impl Outbound {
    /// The addresses of the target, every one of them checked.
    pub(super) async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let port = target.port;
        let found = match &target.host {
            Host::Ipv4(address) => vec![IpAddr::V4(*address)],
            Host::Ipv6(address) => vec![IpAddr::V6(*address)],
            Host::Domain(name) if self.allow.has_name(name, port) => return self.look_up(name, target).await,
            Host::Domain(name) if address::refused_name(name) => return Err(OutboundError::Forbidden),
            Host::Domain(name) => self.look_up(name, target).await?.iter().map(SocketAddr::ip).collect(),
        };
        let passes = |address: &IpAddr| {
            self.allow.has_address(*address, port) || !target.plain_http && !address::refused(*address)
        };
        if !found.iter().all(passes) {
            return Err(OutboundError::Forbidden);
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    async fn look_up(&self, name: &str, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let found = self.resolver.resolve(name).await.unwrap_or_default();
        if found.is_empty() {
            return Err(OutboundError::Unresolvable { host: name.to_owned() });
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, target.port)).collect())
    }
}
