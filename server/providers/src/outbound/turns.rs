//! Turns: a host is never asked too many things at once, however many parts of Patchbay want something of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// How many requests one host gets at once.
pub const AT_ONCE: usize = 8;

/// The hosts that are being asked something, each with its free places.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<BTreeMap<String, Weak<Semaphore>>>>);

impl Turns {
    /// Waits for a turn at the host of this address, first come, first served. It ends when the answer is dropped.
    pub async fn take(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        self.places(url).acquire_owned().await.ok()
    }

    fn places(&self, url: &Url) -> Arc<Semaphore> {
        let host = url.host_str().unwrap_or_default();
        let host = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = hosts.get(&host).and_then(Weak::upgrade) {
            return places;
        }
        // Nobody is at this host: a good moment to forget the others that are done.
        hosts.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(AT_ONCE));
        hosts.insert(host, Arc::downgrade(&places));
        places
    }
}
