//! What every request passes through, outermost first: request id and log line, security headers, same-origin check,
//! and who the client is.

mod client;
mod headers;
mod origin;
mod trace;

pub use client::identify;
pub use headers::secure;
pub use origin::same_origin;
pub use trace::trace;
