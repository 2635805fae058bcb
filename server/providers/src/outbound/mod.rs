//! The one door to the network: nothing in Patchbay opens a connection in any other way.
//!
//! A call names a host. The host is checked ([`address`]), looked up, and every address that the look-up gave is
//! checked again; then a connection is made to one of those addresses and to nothing else, so that a name that changes
//! its answer between the check and the connection gains nothing. Each redirect goes through the same steps. The
//! operator's [`AllowList`] is the only exception.
//!
//! A host is asked [`AT_ONCE`] things at once; what comes on top waits for its turn.

pub mod address;

mod allow;
mod error;
mod guard;
mod http;
mod message;
mod resolve;
mod tcp;
pub(crate) mod tls;
mod turns;

#[cfg(test)]
mod corpus;

pub use allow::{AllowList, Entry};
pub use error::OutboundError;
pub use message::{Request, Response};
pub use resolve::{Addresses, Resolve, SystemResolver};
pub(crate) use tcp::explain as explain_io;
pub use turns::AT_ONCE;

use std::sync::Arc;
use std::time::Duration;

/// How long and how much an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For opening one connection.
    pub connect: Duration,
    /// For the whole exchange: look-ups, redirects and the last byte of the answer. Waiting for a turn does not count.
    pub total: Duration,
    /// Bytes of an answer's body, after decompression.
    pub body: usize,
    /// How many redirects are followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15), body: 1024 * 1024, redirects: 3 }
    }
}

/// The door. Cheap to clone; holds no connection between two calls. Clones share their turns.
#[derive(Clone)]
pub struct Outbound {
    allow: Arc<AllowList>,
    limits: Limits,
    resolver: Arc<dyn Resolve>,
    trust: tls::Trust,
    turns: turns::Turns,
}

impl Outbound {
    /// A door that lets public addresses through, and those of the operator's list.
    pub fn new(allow: AllowList) -> Self {
        Self {
            allow: Arc::new(allow),
            limits: Limits::default(),
            resolver: Arc::new(SystemResolver),
            trust: tls::Trust::of_this_machine(),
            turns: turns::Turns::default(),
        }
    }

    /// The same door with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same door with another way to look names up. Its answers are checked like any other.
    #[must_use]
    pub fn with_resolver(mut self, resolver: impl Resolve + 'static) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    /// The same door, which also trusts the certificate authorities of this PEM text.
    ///
    /// # Errors
    /// A sentence, when the text holds no certificate or a broken one.
    pub fn trusting(mut self, pem: &str) -> Result<Self, String> {
        self.trust = self.trust.and(pem)?;
        Ok(self)
    }

    /// The operator's exceptions, for the page that warns about them.
    pub fn allow_list(&self) -> &AllowList {
        &self.allow
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    pub(crate) fn trust(&self) -> &tls::Trust {
        &self.trust
    }
}
