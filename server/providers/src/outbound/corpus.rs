//! The hostile addresses that people have used to make a server talk to itself, and ordinary ones beside them.

use super::guard::Target;
use super::{Addresses, AllowList, Outbound, OutboundError, Resolve};
use std::net::IpAddr;
use std::sync::Mutex;
use url::Url;

/// Where the names of the corpus lead; every other name leads to a public address.
const NAMES: &[(&str, &[&str])] = &[
    ("127.0.0.1.nip.io", &["127.0.0.1"]),
    ("localtest.me", &["127.0.0.1", "::1"]),
    ("metadata.google.com", &["169.254.169.254"]),
    ("both.example.com", &["93.184.215.14", "10.0.0.5"]),
    ("both-turned.example.com", &["10.0.0.5", "93.184.215.14"]),
    ("six.example.com", &["93.184.215.14", "fd00::5"]),
    ("mapped.example.com", &["::ffff:127.0.0.1"]),
    ("nat64.example.com", &["64:ff9b::7f00:1"]),
    ("zero.example.com", &["0.0.0.0"]),
    ("linklocal.example.com", &["fe80::1"]),
    ("azure.example.com", &["168.63.129.16"]),
    ("alibaba.example.com", &["100.100.100.200"]),
    ("xn--mgba3a4f16a.example.com", &["192.168.1.1"]),
];

#[rustfmt::skip]
const HOSTILE: &[&str] = &[
    // This machine, in every spelling.
    "https://127.0.0.1/", "https://127.0.0.1:8443/", "https://127.1/", "https://127.0.1/", "https://127.255.255.254/",
    "https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0x7F.1/", "https://0177.0.0.1/",
    "https://0x7f.0x0.0x0.0x1/", "https://127.0.0.1./", "https://127.000.000.001/", "https://00000177.1/",
    "https://0/", "https://0.0.0.0/", "https://0.0.0.1/", "https://00/", "https://0x0/", "https://0x/",
    "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://localhost:443/", "https://a.localhost/",
    "https://localhost.localdomain/", "https://ip6-localhost/", "https://l\u{2060}ocalhost/", "https://ｌｏｃａｌｈｏｓｔ/",
    "https://loc%61lhost/", "https://127%2e0%2e0%2e1/", "https://①②⑦.⓪.⓪.①/", "https://１２７.０.０.１/",
    "https://127。0。0。1/", "https://localhost。/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[0000::0001]/", "https://[::127.0.0.1]/", "https://[::7f00:1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/", "https://[::ffff:0:127.0.0.1]/",
    // This network.
    "https://10.0.0.1/", "https://10.255.255.255/", "https://012.0.0.1/", "https://167772161/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.0.1/", "https://192.168.257/", "https://3232235777/",
    "https://0xc0a80101/", "https://100.64.0.1/", "https://100.127.255.254/", "https://192.0.0.1/",
    "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[febf::1]/", "https://[fec0::1]/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:192.168.0.1]/",
    // The metadata services of the clouds.
    "https://169.254.169.254/latest/meta-data/", "https://2852039166/", "https://0xa9fea9fe/", "https://0251.0376.0251.0376/",
    "https://169.254.43518/", "https://169.16689662/", "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/",
    "https://[fd00:ec2::254]/", "https://[fd20:ce::254]/", "https://100.100.100.200/", "https://192.0.0.192/",
    "https://168.63.129.16/", "https://169.254.170.2/v2/credentials", "https://metadata.google.internal/",
    "https://metadata/", "https://instance-data/",
    // Forms that carry another address inside.
    "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::10.0.0.1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/", "https://[2001:0:7f00:1::]/",
    "https://[2001::5efe:7f00:1]/", "https://[2606:4700::5efe:127.0.0.1]/", "https://[::ffff:8.8.8.8]/",
    // Nobody's addresses.
    "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://198.18.0.1/", "https://192.88.99.1/",
    "https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/", "https://255.255.255.255/",
    "https://4294967295/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[100::1]/",
    "https://[4000::1]/",
    // Names that lead inside, or only partly outside.
    "https://127.0.0.1.nip.io/", "https://localtest.me/", "https://metadata.google.com/", "https://both.example.com/",
    "https://both-turned.example.com/", "https://six.example.com/", "https://mapped.example.com/",
    "https://nat64.example.com/", "https://zero.example.com/", "https://linklocal.example.com/",
    "https://azure.example.com/", "https://alibaba.example.com/", "https://xn--mgba3a4f16a.example.com/",
    "https://db/", "https://kubernetes.default.svc.cluster.local/", "https://host.docker.internal/",
    "https://router.lan/", "https://nas.home/", "https://example.com./", "https://1.0.0.127.in-addr.arpa/",
    // Other schemes, other people's names, ports that are none.
    "http://example.com/", "http://93.184.215.14/", "http://127.0.0.1/", "ftp://example.com/", "file:///etc/passwd",
    "file://example.com/etc/passwd", "gopher://example.com:6379/_SET", "dict://example.com:11211/", "ldap://example.com/",
    "ws://example.com/", "wss://example.com/", "javascript:alert(1)", "data:text/plain,hi", "jar:https://example.com!/",
    "unix:/var/run/docker.sock", "https://user@example.com/", "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/", "https://:@127.0.0.1/", "https://example.com:443@10.0.0.1/",
    "https://127.0.0.1\\@example.com/", "https://127.0.0.1#@example.com/", "https://127.0.0.1?@example.com/",
    "https://example.com:0/", "https://example.com:99999/", "https:///", "https://", "//127.0.0.1/", "https:127.0.0.1",
    "https:/\\127.0.0.1/", "ht\ntps://127.0.0.1/", "https://127.0.0.1\t/", "", "example.com",
];

#[rustfmt::skip]
const ORDINARY: &[&str] = &[
    "https://example.com/", "https://EXAMPLE.com", "https://api.linear.app/graphql", "https://circleci.com/api/v2/me",
    "https://gitlab.example.com:8443/api/v4/user", "https://93.184.215.14/", "https://1.1.1.1:443/", "https://[2606:4700::1111]/",
    "https://xn--bcher-kva.example/", "https://bücher.example/", "https://example.com/?next=http://127.0.0.1/",
    "https://example.com/@127.0.0.1", "https://127.0.0.1.example.com/", "https://localhost.example.com/",
    "https://internal.example.com/", "https://8.8.8.8/", "https://172.15.0.1/", "https://172.32.0.1/",
    "https://100.63.255.255/", "https://169.253.0.1/", "https://a-b.example.co.uk/x#y",
];

struct Table;

impl Resolve for Table {
    fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a> {
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, addresses)| *addresses);
        let addresses = known.unwrap_or(&["93.184.215.14", "2606:2800:21f::1"]);
        let parsed = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Box::pin(async move { Ok(parsed) })
    }
}

async fn verdict(door: &Outbound, url: &str) -> Result<usize, OutboundError> {
    let url = Url::parse(url).map_err(|_| OutboundError::Forbidden)?;
    Ok(door.addresses(&Target::of_url(&url)?).await?.len())
}

#[tokio::test]
async fn hostile_urls_are_refused_with_one_text() {
    assert!(HOSTILE.len() >= 150, "{}", HOSTILE.len());
    let door = Outbound::new(AllowList::default()).with_resolver(Table);
    let mut passed = Vec::new();
    for url in HOSTILE {
        if verdict(&door, url).await != Err(OutboundError::Forbidden) {
            passed.push(*url);
        }
    }
    assert_eq!(passed, [""; 0]);
}

#[tokio::test]
async fn ordinary_urls_pass() {
    let door = Outbound::new(AllowList::default()).with_resolver(Table);
    for url in ORDINARY {
        assert!(verdict(&door, url).await.is_ok(), "{url}");
    }
}

#[tokio::test]
async fn a_database_host_goes_through_the_same_guard() {
    let door = Outbound::new(AllowList::default()).with_resolver(Table);
    #[rustfmt::skip]
    let hosts = [
        "127.0.0.1", "127.1", "0x7f000001", "017700000001", "2130706433", "localhost", "localhost.", "::1", "[::1]",
        "::ffff:127.0.0.1", "db", "db.internal", "169.254.169.254", "localtest.me", "both.example.com", "",
        "a b", "u:p@db.example.com", "postgres://db.example.com", "/var/run/postgresql", "db.example.com/x", "fe80::1%eth0",
        "db.example.com.",
    ];
    for host in hosts {
        let verdict = match Target::of_host(host, 5432) {
            Ok(target) => door.addresses(&target).await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert_eq!(verdict, Err(OutboundError::Forbidden), "{host}");
    }
    let target = Target::of_host("db.example.com", 5432).unwrap();
    assert_eq!(door.addresses(&target).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_allow_list_lets_through_what_it_names_and_nothing_beside_it() {
    let allow = "10.0.0.0/8, 127.0.0.1:8080, db.internal, localtest.me:444";
    let door = Outbound::new(allow.parse().unwrap()).with_resolver(Table);
    #[rustfmt::skip]
    let passes = [
        "http://10.1.2.3/", "https://10.1.2.3/", "http://127.0.0.1:8080/", "http://0x7f.1:8080/", "http://db.internal/",
        "https://DB.internal:99/", "https://localtest.me:444/", "https://both.example.com/", "https://example.com/",
    ];
    for url in passes {
        assert!(verdict(&door, url).await.is_ok(), "{url}");
    }
    #[rustfmt::skip]
    let refused = [
        "http://127.0.0.1:8081/", "https://127.0.0.1/", "https://127.0.0.2:8080/", "http://example.com/", "ftp://10.1.2.3/",
        "http://u@10.1.2.3/", "https://x.db.internal/", "https://localtest.me/", "http://both.example.com/",
        "https://six.example.com/", "https://[::ffff:10.1.2.3]/", "https://db.internal./",
    ];
    for url in refused {
        assert_eq!(verdict(&door, url).await, Err(OutboundError::Forbidden), "{url}");
    }
}

#[tokio::test]
async fn names_of_this_network_are_not_even_looked_up() {
    struct Recorder(Mutex<Vec<String>>);
    impl Resolve for &'static Recorder {
        fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a> {
            self.0.lock().unwrap().push(name.to_owned());
            let public: IpAddr = "93.184.215.14".parse().unwrap();
            Box::pin(async move { Ok(vec![public]) })
        }
    }
    static RECORDER: Recorder = Recorder(Mutex::new(Vec::new()));
    let door = Outbound::new(AllowList::default()).with_resolver(&RECORDER);
    for url in
        ["https://db/", "https://vault.internal/", "https://nas.local/", "https://localhost/", "https://example.com/"]
    {
        let _ = verdict(&door, url).await;
    }
    assert_eq!(*RECORDER.0.lock().unwrap(), ["example.com"]);
}
