//! What every use case works with: database, vault, network, clock, randomness, settings.

use crate::integrations::KeptLists;
use crate::live::Live;
use crate::rate_limits::Window;
use crate::vault::Vault;
use domain::Timestamp;
use providers::outbound::Outbound;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use store::Store;
use tokio::sync::Notify;
use url::Url;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Gives random bytes that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator, by way of a cryptographic one per thread.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// `smtp://` or `smtps://` address, credentials included; never logged.
    pub url: secrecy::SecretString,
    /// The sender's address.
    pub from: String,
}

/// What the operator decided.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers find this instance.
    pub public_url: Url,
    /// The one-time code that setting up needs off loopback.
    pub setup_code: Option<secrecy::SecretString>,
    /// The mail server, if there is one.
    pub smtp: Option<Smtp>,
    /// Base URLs that replace those of the manifests, by provider key.
    pub endpoints: BTreeMap<String, String>,
}

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

/// The inside of [`Ctx`].
pub struct Inner {
    /// The database.
    pub store: Store,
    /// The keeper of secrets.
    pub vault: Vault,
    /// The door to the network.
    pub outbound: Outbound,
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// Randomness.
    pub entropy: Box<dyn Entropy>,
    /// The operator's decisions.
    pub settings: Settings,
    /// The live stream.
    pub live: Live,
    /// Lists of choices that were read lately.
    pub kept_lists: KeptLists,
    /// Wakes the worker of issue sync: this process wrote an event down.
    pub sync_wake: Notify,
    /// Accepted requests of the status API, where one process counts for itself.
    pub api_window: Window,
    /// Failed sign-ins.
    pub login_window: Window,
}

impl Ctx {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        vault: Vault,
        outbound: Outbound,
        clock: Box<dyn Clock>,
        entropy: Box<dyn Entropy>,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            vault,
            outbound,
            clock,
            entropy,
            settings,
            live: Live::default(),
            kept_lists: KeptLists::default(),
            sync_wake: Notify::new(),
            api_window: Window::default(),
            login_window: Window::default(),
        }))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

impl Deref for Ctx {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
