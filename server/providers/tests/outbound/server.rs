//! What the tests talk to: servers on this machine, and a resolver that says what it was told to.

use providers::outbound::{Addresses, Resolve};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// A server that gives every connection the same bytes, and remembers what it was asked.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
}

/// What a server does after its bytes.
#[derive(Clone, Copy)]
pub enum Then {
    Close,
    Hold,
    Repeat,
}

impl Server {
    pub async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        Self::start("127.0.0.1", bytes.into(), Then::Close).await
    }

    pub async fn start(ip: &str, bytes: Vec<u8>, then: Then) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        Self::on(listener, bytes, then)
    }

    pub fn on(listener: TcpListener, bytes: Vec<u8>, then: Then) -> Self {
        let address = listener.local_addr().unwrap();
        let (connections, heard) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (count, notes) = (connections.clone(), heard.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (bytes, notes) = (bytes.clone(), notes.clone());
                tokio::spawn(async move {
                    let mut buffer = vec![0; 8192];
                    let read = stream.read(&mut buffer).await.unwrap_or(0);
                    notes.lock().unwrap().push(String::from_utf8_lossy(&buffer[..read]).to_lowercase());
                    while stream.write_all(&bytes).await.is_ok() {
                        match then {
                            Then::Close => return,
                            Then::Hold => return std::future::pending().await,
                            Then::Repeat => {}
                        }
                    }
                });
            }
        });
        Self { address, connections, heard }
    }

    pub fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }
}

/// Gives one answer after the other, and counts.
#[derive(Clone)]
pub struct Script(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

impl Script {
    pub fn of(answers: &[&[&str]]) -> Self {
        let parsed = answers.iter().map(|answer| answer.iter().map(|ip| ip.parse().unwrap()).collect());
        Self(Arc::new(Mutex::new(parsed.collect())))
    }

    pub fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Resolve for Script {
    fn resolve<'a>(&'a self, _: &'a str) -> Addresses<'a> {
        let next = self.0.lock().unwrap().pop_front().unwrap_or_default();
        Box::pin(async move { Ok(next) })
    }
}
