//! What every request passes through, outermost first: request id and log line, security headers, same-origin check,
//! who the client is, and the way back of a form without JavaScript that was refused.

mod client;
mod headers;
mod origin;
mod refused;
mod trace;

pub use client::identify;
pub use headers::secure;
pub use origin::same_origin;
pub use refused::{send_form_back, shown_again};
pub use trace::trace;
