//! The APIs for programs: Codegen's `/v1`, Sentry's `/api/0`, and our own `/api/patchbay`.
//!
//! Each folder translates one wire format to the use cases and back, errors included.

pub mod caller;
pub mod codegen;
pub mod patchbay;
pub mod sentry;
