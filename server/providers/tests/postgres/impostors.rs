//! Servers that are no PostgreSQL, or none that means well.

use super::{refusal, told};
use domain::integrations::Health;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that waits for something, then sends these bytes, perhaps for ever.
async fn impostor(bytes: Vec<u8>, for_ever: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            while stream.write_all(&bytes).await.is_ok() && for_ever {}
        }
    });
    port
}

#[tokio::test]
async fn something_that_is_not_postgresql_is_recognized() {
    let not_postgres = "127.0.0.1:PORT gave an answer that Patchbay cannot use: it does not speak the protocol of \
                        PostgreSQL. Check that the address is the right one.";
    let web = impostor(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), false).await;
    assert_eq!(refusal(web, json!({"tls": "require"})).await, told(not_postgres, None, Health::Unreachable));
    let (text, ..) = refusal(web, json!({"tls": "disable"})).await;
    assert!(text.starts_with("127.0.0.1:PORT gave an answer that Patchbay cannot use: "), "{text}");
    // It agrees to TLS and then talks on in clear.
    let stuffed = impostor(b"SR\0\0\0\x08\0\0\0\0".to_vec(), false).await;
    let (text, field, _) = refusal(stuffed, json!({"tls": "require"})).await;
    assert!(text.starts_with("127.0.0.1:PORT was reached, but"), "{text}");
    assert_eq!(field.as_deref(), Some("tls"));
}

#[tokio::test]
async fn a_server_that_floods_is_cut_off() {
    // An error message that claims to be 1 GiB long.
    let flood = impostor([b"E\x40\0\0\0".to_vec(), vec![b'x'; 65_536]].concat(), true).await;
    let started = Instant::now();
    let (text, ..) = refusal(flood, json!({})).await;
    assert!(text.starts_with("127.0.0.1:PORT gave an answer that Patchbay cannot use: "), "{text}");
    assert!(started.elapsed() < Duration::from_secs(4), "cut off by size, not by time");
}

#[tokio::test]
async fn a_server_that_repeats_the_password_or_sends_escape_codes_is_cleaned() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        // Asks for the password in clear.
        stream.write_all(b"R\0\0\0\x08\0\0\0\x03").await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        let password = &buffer[5..read - 1];
        let message = [b"SFATAL\0VFATAL\0CXX000\0M\x1b[31mYou said ".as_slice(), password, b"\n\0\0"].concat();
        let length = (message.len() as u32 + 4).to_be_bytes();
        stream.write_all(&[b"E".as_slice(), &length, &message].concat()).await.unwrap();
    });
    let (text, ..) = refusal(port, json!({})).await;
    assert_eq!(
        text,
        "127.0.0.1:PORT failed: [31mYou said …. Try again later; if it stays, look at its status page or its log."
    );
}
