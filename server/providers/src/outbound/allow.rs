//! The operator's exceptions: hosts and networks that may be connected to although they are not public.

use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use url::Host;

/// The hosts and networks that the operator lets through, also over plain http. Empty unless configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList(Vec<Entry>);

/// One line of the list: a network, an address or a name, with a port or for every port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    what: What,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// The name as it is typed; whatever addresses it has are the operator's decision.
    Name(String),
    /// Every host with an address in here.
    Net(IpNet),
}

impl AllowList {
    /// The entries, as configured.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Whether nothing is let through.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name is let through, whatever its addresses are.
    pub(super) fn has_name(&self, name: &str, port: u16) -> bool {
        self.0.iter().any(|entry| entry.takes(port) && matches!(&entry.what, What::Name(known) if known == name))
    }

    /// Whether this address is let through.
    pub(super) fn has_address(&self, address: IpAddr, port: u16) -> bool {
        self.0.iter().any(|entry| entry.takes(port) && matches!(&entry.what, What::Net(net) if net.contains(&address)))
    }
}

impl Entry {
    fn takes(&self, port: u16) -> bool {
        self.port.is_none_or(|only| only == port)
    }
}

impl FromIterator<Entry> for AllowList {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl FromStr for AllowList {
    type Err = String;

    /// Entries separated by commas or spaces; an empty text is the empty list.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split([',', ' ', '\n', '\t']).filter(|entry| !entry.is_empty()).map(str::parse).collect()
    }
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let help = "write a host, host:port, an address or a network such as 10.0.0.0/8";
        if text.contains("://") || text.contains('@') {
            return Err(format!("“{text}” is not a host: {help}."));
        }
        if text.contains('/') {
            let net: IpNet = text.parse().map_err(|_| format!("“{text}” is not a network: {help}."))?;
            if net.trunc() != net {
                return Err(format!("“{text}” has bits set after its prefix; write {}.", net.trunc()));
            }
            return Ok(Self { what: What::Net(net), port: None });
        }
        let (host, port) = split_port(text).ok_or_else(|| format!("“{text}” has no valid port: {help}."))?;
        let what = match parse_host(host) {
            Some(Host::Ipv4(address)) => What::Net(IpAddr::V4(address).into()),
            Some(Host::Ipv6(address)) => What::Net(IpAddr::V6(address).into()),
            Some(Host::Domain(name)) if !name.ends_with('.') && !name.contains('*') => What::Name(name),
            _ => return Err(format!("“{text}” is not a host: {help}.")),
        };
        Ok(Self { what, port })
    }
}

impl fmt::Display for AllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&entries.join(", "))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = match &self.what {
            What::Name(name) => name.clone(),
            What::Net(net) if net.prefix_len() < net.max_prefix_len() => net.to_string(),
            What::Net(net) => match (net.addr(), self.port) {
                (IpAddr::V6(address), Some(_)) => format!("[{address}]"),
                (address, _) => address.to_string(),
            },
        };
        match self.port {
            Some(port) => write!(f, "{host}:{port}"),
            None => f.write_str(&host),
        }
    }
}

/// A host as a person writes it, in the one form that the rest of this module compares; also the decimal, octal and
/// hexadecimal spellings of an IPv4 address, which name look-ups would understand too.
pub(super) fn parse_host(text: &str) -> Option<Host> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match bare.parse::<Ipv6Addr>() {
        Ok(address) => Some(Host::Ipv6(address)),
        Err(_) => Host::parse(text).ok(),
    }
}

/// `host`, `host:port`, `[v6]:port` or a bare IPv6 address.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => {
            Some((host, Some(port.parse().ok().filter(|port| *port != 0)?)))
        }
        _ => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allow_list_reads_as_it_is_written() {
        for text in ["", "127.0.0.1", "10.0.0.0/8", "db.internal", "db.internal:5432", "[::1]:8080", "::1", "fd00::/8"]
        {
            assert_eq!(text.parse::<AllowList>().unwrap().to_string(), text);
        }
        let list: AllowList = " DB.Internal,0x7f.1:80\n 10.0.0.0/8 ".parse().unwrap();
        assert_eq!(list.to_string(), "db.internal, 127.0.0.1:80, 10.0.0.0/8");
        assert!(AllowList::default().is_empty());
    }

    #[test]
    fn a_wrong_entry_says_what_to_write() {
        let refusal = |text: &str| text.parse::<Entry>().unwrap_err();
        assert_eq!(refusal("10.0.0.1/8"), "“10.0.0.1/8” has bits set after its prefix; write 10.0.0.0/8.");
        assert_eq!(
            refusal("http://127.0.0.1:8080"),
            "“http://127.0.0.1:8080” is not a host: write a host, host:port, an address or a network such as 10.0.0.0/8."
        );
        for text in
            ["", "*.internal", "db:0", "db:http", "db:99999", "10.0.0.0/33", "a b", "db.internal.", "u@db", "[::1"]
        {
            assert!(text.parse::<Entry>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_entry_with_a_port_allows_that_port_only() {
        let list: AllowList = "db.internal:5432, 127.0.0.1:80, 10.0.0.0/8".parse().unwrap();
        assert!(list.has_name("db.internal", 5432) && !list.has_name("db.internal", 5433));
        assert!(!list.has_name("x.db.internal", 5432));
        let local = "127.0.0.1".parse().unwrap();
        assert!(list.has_address(local, 80) && !list.has_address(local, 81));
        assert!(list.has_address("10.1.2.3".parse().unwrap(), 1));
        assert!(!list.has_address("::ffff:10.1.2.3".parse().unwrap(), 1));
    }
}
