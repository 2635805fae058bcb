//! Servers that are no MySQL, or none that means well.

use super::{refusal, told};
use domain::integrations::Health;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that says these bytes at once, perhaps for ever, and reads on.
async fn impostor(bytes: Vec<u8>, for_ever: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            while stream.write_all(&bytes).await.is_ok() && for_ever {}
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    port
}

/// The greeting of a server of version 8 without TLS that wants this log-in method.
fn greeting(method: &str) -> Vec<u8> {
    let mut body = b"\x0a8.4.0\0\x01\0\0\0AAAAAAAA\0\x01\xa2\x21\x02\0\x08\0\x15".to_vec();
    body.extend([0; 10]);
    body.extend(b"BBBBBBBBBBBB\0");
    body.extend(method.as_bytes());
    body.push(0);
    packet(0, &body)
}

fn packet(number: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_le_bytes();
    [&length[..3], &[number], body].concat()
}

#[tokio::test]
async fn something_that_is_not_mysql_is_recognized() {
    let not_mysql = "127.0.0.1:PORT gave an answer that Patchbay cannot use: it does not speak the protocol of MySQL. \
                     Check that the address is the right one.";
    for said in [b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), packet(0, b"\x0a")]
    {
        for tls in ["disable", "require"] {
            let port = impostor(said.clone(), false).await;
            assert_eq!(refusal(port, json!({"tls": tls})).await, told(not_mysql, None, Health::Unreachable));
        }
    }
}

#[tokio::test]
async fn a_server_that_floods_is_cut_off() {
    let flood = impostor(packet(0, &[b'x'; 0x00ff_ffff]), true).await;
    let started = Instant::now();
    let (text, ..) = refusal(flood, json!({})).await;
    assert!(text.starts_with("127.0.0.1:PORT gave an answer that Patchbay cannot use: "), "{text}");
    assert!(started.elapsed() < Duration::from_secs(4), "cut off by size, not by time");
}

#[tokio::test]
async fn a_server_that_wants_the_password_in_clear_does_not_get_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&greeting("mysql_native_password")).await.unwrap();
        let mut heard = vec![0; 4096];
        let read = stream.read(&mut heard).await.unwrap();
        heard.truncate(read);
        // Change to another method.
        stream.write_all(&packet(2, b"\xfemysql_clear_password\0")).await.unwrap();
        let _ = stream.read_to_end(&mut heard).await;
        heard
    });
    let (text, field, health) = refusal(port, json!({})).await;
    assert_eq!(
        text,
        "127.0.0.1:PORT does not let “reader” log in like this: it asks for the password in clear, which Patchbay does \
         not send. Check the user, the encryption setting and the server's rules for this host."
    );
    assert_eq!((field.as_deref(), health), (Some("user"), Health::NeedsReauth));
    let heard = heard.await.unwrap();
    assert!(!heard.windows(7).any(|window| window == b"planted"), "the password went over the wire");
}

#[tokio::test]
async fn a_log_in_method_that_is_not_known_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&greeting("mysql_native_password")).await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        stream.write_all(&packet(2, b"\xfedialog\x1b\0")).await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let (text, ..) = refusal(port, json!({})).await;
    assert!(text.contains("it asks for the log-in method “dialog”, which Patchbay does not have."), "{text}");
}

#[tokio::test]
async fn a_server_that_sends_escape_codes_is_cleaned() {
    let message = b"\xff\x50\x04#42000\x1b[31mNo\nway.";
    let port = impostor(packet(0, message), false).await;
    let (text, ..) = refusal(port, json!({})).await;
    assert_eq!(
        text,
        "127.0.0.1:PORT failed: [31mNo way. Try again later; if it stays, look at its status page or its log."
    );
}
