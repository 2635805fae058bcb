//! A host is asked eight things at once.

use providers::outbound::{AT_ONCE, Limits, Outbound, Request};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use url::Url;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

/// A server that answers only those whom a test lets through, and counts who is waiting.
struct Gate {
    url: Url,
    open: Arc<Semaphore>,
    /// How many requests have come.
    seen: watch::Receiver<usize>,
    most: Arc<AtomicUsize>,
}

impl Gate {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let (open, most) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (came, seen) = watch::channel(0);
        let (gate, highest) = (open.clone(), most.clone());
        tokio::spawn(async move {
            let inside = Arc::new(AtomicUsize::new(0));
            while let Ok((mut stream, _)) = listener.accept().await {
                let (gate, highest, inside, came) = (gate.clone(), highest.clone(), inside.clone(), came.clone());
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    let _ = stream.read(&mut buffer).await;
                    highest.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    came.send_modify(|seen| *seen += 1);
                    gate.acquire().await.unwrap().forget();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    let _ = stream.write_all(OK).await;
                });
            }
        });
        Self { url, open, seen, most }
    }

    fn ask(&self, door: &Outbound) -> tokio::task::JoinHandle<bool> {
        let (door, url) = (door.clone(), self.url.clone());
        tokio::spawn(async move { door.request(Request::get(url)).await.is_ok() })
    }
}

#[tokio::test]
async fn a_ninth_request_waits_for_its_turn_and_no_request_is_lost() {
    let (mut gate, other) = (Gate::start().await, Gate::start().await);
    let door = Outbound::new("127.0.0.1".parse().unwrap());
    let asked: Vec<_> = (0..3 * AT_ONCE).map(|_| gate.ask(&door)).collect();
    for let_through in 0..asked.len() {
        let expected = asked.len().min(AT_ONCE + let_through);
        gate.seen.wait_for(|seen| *seen >= expected).await.unwrap();
        gate.open.add_permits(1);
        if let_through == 0 {
            // Another host does not wait for this one.
            other.open.add_permits(1);
            assert!(other.ask(&door).await.unwrap());
        }
    }
    for asked in asked {
        assert!(asked.await.unwrap());
    }
    assert_eq!((gate.most.load(Ordering::SeqCst), other.most.load(Ordering::SeqCst)), (AT_ONCE, 1));
}

#[tokio::test]
async fn waiting_for_a_turn_is_not_taken_from_the_time_limit() {
    let mut gate = Gate::start().await;
    let limits = Limits { total: Duration::from_millis(500), ..Limits::default() };
    let door = Outbound::new("127.0.0.1".parse().unwrap()).with_limits(limits);
    let before: Vec<_> = (0..2 * AT_ONCE).map(|_| gate.ask(&door)).collect();
    gate.seen.wait_for(|seen| *seen >= AT_ONCE).await.unwrap();
    let mut last = gate.ask(&door);
    // Nobody is let through: twice eight run into the limit, and only then does the last one begin.
    tokio::select! {
        seen = gate.seen.wait_for(|seen| *seen > 2 * AT_ONCE) => drop(seen.unwrap()),
        _ = &mut last => panic!("it gave up while it waited"),
    }
    for asked in before {
        assert!(!asked.await.unwrap());
    }
    gate.open.add_permits(2 * AT_ONCE + 1);
    assert!(last.await.unwrap());
}
