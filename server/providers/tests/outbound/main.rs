//! The door to the network, against real servers on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod server;

use providers::outbound::{Addresses, AllowList, Limits, Outbound, OutboundError, Request, Resolve};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::SecretString;
use server::{Script, Server, Then};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::rustls;
use url::Url;

const FORBIDDEN: &str = "Patchbay does not connect to this address: only https to public addresses is allowed. \
                         Whoever runs this Patchbay can allow the host in its configuration.";

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn redirect(status: u16, to: impl std::fmt::Display) -> String {
    format!("HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

fn allowing(entries: impl std::fmt::Display) -> Outbound {
    let limits = Limits { connect: Duration::from_secs(1), total: Duration::from_secs(5), ..Limits::default() };
    Outbound::new(entries.to_string().parse().unwrap()).with_limits(limits)
}

#[tokio::test]
async fn a_private_address_is_reached_only_when_the_operator_allows_it() {
    let server = Server::answering(ok("hello")).await;
    let refused = Outbound::new(AllowList::default()).request(Request::get(server.url("/"))).await;
    assert_eq!(refused.unwrap_err().to_string(), FORBIDDEN);
    let refused = Outbound::new(AllowList::default())
        .connect_tcp("127.0.0.1", server.address.port(), Duration::from_secs(1))
        .await;
    assert_eq!(refused.unwrap_err(), OutboundError::Forbidden);
    assert_eq!(server.connections(), 0);

    let answer = allowing("127.0.0.1").request(Request::get(server.url("/"))).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (200, b"hello".as_slice()));
    assert!(server.heard().contains("user-agent: patchbay/"), "{}", server.heard());
    let port = server.address.port();
    allowing(server.address).connect_tcp("127.0.0.1", port, Duration::from_secs(1)).await.unwrap();
}

#[tokio::test]
async fn a_name_that_turns_to_another_address_after_its_check_gains_nothing() {
    // 127.0.0.2 stands for a public address here: it is let through. 127.0.0.1 is not.
    let outside = Server::start("127.0.0.2", ok("outside").into(), Then::Close).await;
    let port = outside.address.port();
    let inside = Server::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), ok("inside").into(), Then::Close);
    let names = Script::of(&[&["127.0.0.2"], &["127.0.0.1"], &["127.0.0.1"]]);
    let door = allowing("127.0.0.2").with_resolver(names.clone());
    let url: Url = format!("http://rebind.example.com:{port}/").parse().unwrap();

    let first = door.request(Request::get(url.clone())).await.unwrap();
    assert_eq!(first.body, b"outside");
    assert_eq!(names.left(), 2, "one look-up for one connection");
    assert_eq!(door.request(Request::get(url)).await.unwrap_err(), OutboundError::Forbidden);
    let database = door.connect_tcp("rebind.example.com", port, Duration::from_secs(1)).await;
    assert_eq!(database.unwrap_err(), OutboundError::Forbidden);
    assert_eq!((outside.connections(), inside.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_turns_between_two_redirects_is_refused() {
    let outside = Server::start("127.0.0.2", redirect(302, "/again").into(), Then::Close).await;
    let port = outside.address.port();
    let inside = Server::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), ok("inside").into(), Then::Close);
    let door = allowing("127.0.0.2").with_resolver(Script::of(&[&["127.0.0.2"], &["127.0.0.1"]]));
    let url: Url = format!("http://rebind.example.com:{port}/").parse().unwrap();
    assert_eq!(door.request(Request::get(url)).await.unwrap_err(), OutboundError::Forbidden);
    assert_eq!((outside.connections(), inside.connections()), (1, 0));
}

#[tokio::test]
async fn one_private_address_among_public_ones_refuses_the_whole_name() {
    let server = Server::answering(ok("inside")).await;
    let port = server.address.port();
    let names = Script::of(&[&["93.184.215.14", "127.0.0.1"], &["127.0.0.1", "93.184.215.14"]]);
    let door = Outbound::new(AllowList::default()).with_resolver(names);
    let url: Url = format!("https://two.example.com:{port}/").parse().unwrap();
    assert_eq!(door.request(Request::get(url)).await.unwrap_err(), OutboundError::Forbidden);
    let database = door.connect_tcp("two.example.com", port, Duration::from_secs(1)).await;
    assert_eq!(database.unwrap_err(), OutboundError::Forbidden);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_into_the_network_is_refused_without_a_connection() {
    let inside = Server::answering(ok("inside")).await;
    for to in [inside.url("/").to_string(), format!("//{}/x", inside.address), "file:///etc/passwd".into()] {
        let outside = Server::answering(redirect(302, to)).await;
        let refused = allowing(outside.address).request(Request::get(outside.url("/"))).await;
        assert_eq!(refused.unwrap_err(), OutboundError::Forbidden);
        assert_eq!((outside.connections(), inside.connections()), (1, 0));
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_drops_every_credential() {
    let other = Server::answering(ok("other")).await;
    let first = Server::answering(redirect(302, other.url("/"))).await;
    let request = Request::get(first.url("/"))
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(HeaderName::from_static("x-workspace"), HeaderValue::from_static("blue"))
        .secret_header(AUTHORIZATION, SecretString::from("Bearer planted-key"));
    let answer = allowing("127.0.0.1").request(request).await.unwrap();
    assert_eq!(answer.body, b"other");
    assert!(first.heard().contains("authorization: bearer planted-key"), "{}", first.heard());
    assert!(!other.heard().contains("planted-key") && !other.heard().contains("x-workspace"), "{}", other.heard());
    assert!(other.heard().contains("accept: application/json"), "{}", other.heard());
}

#[tokio::test]
async fn a_redirect_on_the_same_host_keeps_the_key() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let mut heard = Vec::new();
        for answer in [redirect(307, "/moved"), ok("here")] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 8192];
            let read = stream.read(&mut buffer).await.unwrap();
            heard.push(String::from_utf8_lossy(&buffer[..read]).to_lowercase());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        heard
    });
    let request = Request::post(format!("http://{address}/").parse().unwrap())
        .json(&serde_json::json!({"a": 1}))
        .secret_header(AUTHORIZATION, SecretString::from("Bearer planted-key"));
    let answer = allowing("127.0.0.1").request(request).await.unwrap();
    assert_eq!(answer.body, b"here");
    let heard = server.await.unwrap();
    assert!(heard[1].starts_with("post /moved") && heard[1].contains("planted-key"), "{}", heard[1]);
}

#[tokio::test]
async fn a_body_is_never_carried_to_another_host() {
    let other = Server::answering(ok("other")).await;
    let first = Server::answering(redirect(307, other.url("/"))).await;
    let request = Request::post(first.url("/")).json(&serde_json::json!({"client_secret": "planted"}));
    let error = allowing("127.0.0.1").request(request).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} gave an answer that Patchbay cannot use: it redirects a change to another host.", first.address)
    );
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn the_fourth_redirect_is_not_followed() {
    let server = Server::answering(redirect(302, "/again")).await;
    let error = allowing("127.0.0.1").request(Request::get(server.url("/"))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} gave an answer that Patchbay cannot use: it redirects too often.", server.address)
    );
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx";
    let limits = Limits { total: Duration::from_millis(200), ..Limits::default() };
    for bytes in ["", "HTTP/1.1 200 OK\r\nx-a: b", head] {
        let server = Server::start("127.0.0.1", bytes.into(), Then::Hold).await;
        let door = allowing("127.0.0.1").with_limits(limits);
        let error = door.request(Request::get(server.url("/?key=planted"))).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} did not answer in time.", server.address));
    }
}

#[tokio::test]
async fn a_name_that_is_looked_up_for_ever_is_given_up() {
    struct Never;
    impl Resolve for Never {
        fn resolve<'a>(&'a self, _: &'a str) -> Addresses<'a> {
            Box::pin(std::future::pending())
        }
    }
    let limits = Limits { total: Duration::from_millis(100), ..Limits::default() };
    let door = Outbound::new(AllowList::default()).with_resolver(Never).with_limits(limits);
    let error = door.request(Request::get("https://slow.example.com/".parse().unwrap())).await.unwrap_err();
    assert_eq!(error, OutboundError::Timeout { host: "slow.example.com".into() });
    let error = door.connect_tcp("slow.example.com", 5432, Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error, OutboundError::Timeout { host: "slow.example.com:5432".into() });
}

#[tokio::test]
async fn an_answer_larger_than_the_limit_is_cut_off() {
    let declared = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n").await;
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let endless = Server::start("127.0.0.1", [head, vec![b'x'; 65_536]].concat(), Then::Repeat).await;
    for server in [declared, endless] {
        let error = allowing("127.0.0.1").request(Request::get(server.url("/"))).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} sent more than Patchbay reads of one answer.", server.address));
    }
    let exact = Server::answering(ok(&"x".repeat(1024 * 1024))).await;
    assert_eq!(allowing("127.0.0.1").request(Request::get(exact.url("/"))).await.unwrap().body.len(), 1024 * 1024);
}

#[tokio::test]
async fn a_zip_bomb_is_cut_off_while_it_unfolds() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..64 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000, "64 MiB fit into {} bytes", bomb.len());
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let server = Server::answering([head.into_bytes(), bomb].concat()).await;
    let error = allowing("127.0.0.1").request(Request::get(server.url("/"))).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { host: server.address.to_string() });
}

#[tokio::test]
async fn a_damaged_answer_says_what_is_wrong_with_it() {
    let cases = [
        ("SSH-2.0-OpenSSH_9.2\r\n", "invalid HTTP version parsed"),
        ("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello", "its body is damaged"),
    ];
    for (bytes, cause) in cases {
        let server = Server::answering(bytes).await;
        let error = allowing("127.0.0.1").request(Request::get(server.url("/?key=planted"))).await.unwrap_err();
        let expected = format!("{} gave an answer that Patchbay cannot use: {cause}.", server.address);
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn an_error_names_the_host_and_neither_path_nor_key() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url: Url = format!("http://{free}/planted/path?key=planted").parse().unwrap();
    let request = Request::get(url).secret_header(AUTHORIZATION, SecretString::from("planted"));
    assert_eq!(format!("{request:?}"), "Request GET 127.0.0.1");
    let error = allowing("127.0.0.1").request(request).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{free} could not be reached: it refused the connection."));
    assert!(!format!("{error:?}").contains("planted"));

    let request = Request::get(format!("http://{free}/").parse().unwrap())
        .secret_header(AUTHORIZATION, SecretString::from("planted\nkey"));
    let error = allowing("127.0.0.1").request(request).await.unwrap_err();
    assert!(!error.to_string().contains("planted"), "{error}");
    let unknown = Outbound::new(AllowList::default()).with_resolver(Script::of(&[]));
    let error = unknown.request(Request::get("https://no.example.com/?key=planted".parse().unwrap())).await;
    assert_eq!(error.unwrap_err().to_string(), "No address was found for no.example.com.");
}

#[tokio::test]
async fn a_certificate_is_trusted_when_its_authority_is() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(ok("over tls").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    let url: Url = format!("https://{address}/").parse().unwrap();
    let error = allowing("127.0.0.1").request(Request::get(url.clone())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "No secure connection to {address} could be made: its certificate is not signed by an authority that this \
             machine trusts."
        )
    );
    let door = allowing("127.0.0.1").trusting(&made.cert.pem()).unwrap();
    assert_eq!(door.request(Request::get(url)).await.unwrap().body, b"over tls");
    assert_eq!(door.trusting("nothing").err().as_deref(), Some("The PEM text holds no certificate."));

    let plain = Server::answering(ok("plain")).await;
    let url: Url = format!("https://{}/", plain.address).parse().unwrap();
    let error = allowing("127.0.0.1").request(Request::get(url)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("No secure connection to {} could be made: it does not speak TLS on this port.", plain.address)
    );
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let proxy = Server::answering(ok("proxy")).await;
    let mut again = tokio::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "a_private_address_is_reached_only_when_the_operator_allows_it"]);
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        again.env(name, proxy.url("/").as_str());
    }
    let output = again.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    assert_eq!(proxy.connections(), 0);
}
