//! Which addresses and names are refused: everything that is not plainly on the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether no connection is made to this address unless the operator allows it.
pub fn refused(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => refused_v4(address),
        IpAddr::V6(address) => refused_v6(address),
    }
}

/// Whether a host name is refused before anything is looked up: names that only mean something on this machine or in
/// this network. Looking them up would already tell the caller which of them exist.
pub fn refused_name(name: &str) -> bool {
    #[rustfmt::skip]
    const PRIVATE: [&str; 12] = [
        "localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "onion",
        "test",
    ];
    match name.rsplit_once('.') {
        // One label: `db`, `metadata`, `localhost`.
        None => true,
        // A trailing dot is a second spelling of the same host.
        Some((_, "")) => true,
        Some((_, last)) => PRIVATE.iter().any(|private| last.eq_ignore_ascii_case(private)),
    }
}

/// The special ranges of RFC 6890 and later, and one cloud's metadata service that sits on a public address.
fn refused_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        // "This network", loopback, private (RFC 1918).
        [0 | 10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] => true,
        // Carrier-grade NAT (RFC 6598), where one cloud keeps its metadata, and link-local, where most others do.
        [100, 64..=127, ..] | [169, 254, ..] => true,
        // IETF protocol assignments; the retired 6to4 relay.
        [192, 0, 0, _] | [192, 88, 99, _] => true,
        // Documentation and benchmarks.
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18..=19, ..] => true,
        // Azure's own services, as seen from inside a virtual machine.
        [168, 63, 129, 16] => true,
        // Multicast, reserved and broadcast.
        [224..=255, ..] => true,
        _ => false,
    }
}

/// Only global unicast (2000::/3) passes. That leaves out the unspecified address, loopback, IPv4-compatible
/// (::/96), IPv4-mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64), unique local
/// (fc00::/7), link-local (fe80::/10), site-local (fec0::/10) and multicast (ff00::/8) without naming them.
fn refused_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let global_unicast = s[0] & 0xe000 == 0x2000;
    // Teredo, ORCHID, benchmarks and other protocol assignments (2001::/23).
    let protocol = s[0] == 0x2001 && s[1] < 0x0200;
    let documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || (s[0] == 0x3fff && s[1] < 0x1000);
    // 6to4 (2002::/16) and ISATAP (…:0:5efe:a.b.c.d) carry an IPv4 address that a relay would connect to.
    let six_to_four = s[0] == 0x2002;
    let isatap = s[4] & 0xfcff == 0 && s[5] == 0x5efe;
    !global_unicast || protocol || documentation || six_to_four || isatap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_every_range_are_where_they_should_be() {
        #[rustfmt::skip]
        let refused_ones = [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
            "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.192",
            "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
            "198.51.100.7", "203.0.113.7", "168.63.129.16", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
            "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1",
            "2001:10::1", "2001:1ff:ffff::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
            "3fff:fff::1", "4000::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1",
            "ff02::1", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:7f00:1",
        ];
        for text in refused_ones {
            assert!(refused(text.parse().unwrap()), "{text} should be refused");
        }
        #[rustfmt::skip]
        let public = [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888",
            "2606:4700::1111", "2a00:1450::1", "3ffe::1",
        ];
        for text in public {
            assert!(!refused(text.parse().unwrap()), "{text} should pass");
        }
    }

    #[test]
    fn names_of_this_network_are_refused_before_a_look_up() {
        for name in ["localhost", "LOCALHOST", "db", "a.localhost", "db.internal", "nas.local", "example.com.", "x.lan"]
        {
            assert!(refused_name(name), "{name}");
        }
        for name in ["example.com", "internal.example.com", "localhost.example.com"] {
            assert!(!refused_name(name), "{name}");
        }
    }
}
