//! Why an exchange failed, in whole sentences that hold a host at most: no path, no query, no header.

/// Why nothing came back. [`OutboundError::Forbidden`] has one text for every refusal of the guard, so that the
/// difference between two refusals tells nothing about the network behind it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The guard refused it; no connection was made.
    #[error(
        "Patchbay does not connect to this address: only https to public addresses is allowed. \
         Whoever runs this Patchbay can allow the host in its configuration."
    )]
    Forbidden,
    /// The name has no address.
    #[error("No address was found for {host}.")]
    Unresolvable {
        /// The name.
        host: String,
    },
    /// No connection could be made.
    #[error("{host} could not be reached: {cause}.")]
    Unreachable {
        /// Who.
        host: String,
        /// Why, as part of a sentence.
        cause: String,
    },
    /// A deadline passed.
    #[error("{host} did not answer in time.")]
    Timeout {
        /// Who.
        host: String,
    },
    /// No secure connection could be made.
    #[error("No secure connection to {host} could be made: {cause}.")]
    Tls {
        /// Who.
        host: String,
        /// Why, as part of a sentence.
        cause: String,
    },
    /// The answer is larger than the limit.
    #[error("{host} sent more than Patchbay reads of one answer.")]
    TooLarge {
        /// Who.
        host: String,
    },
    /// The answer breaks its protocol.
    #[error("{host} gave an answer that Patchbay cannot use: {cause}.")]
    Broken {
        /// Who.
        host: String,
        /// Why, as part of a sentence.
        cause: String,
    },
}
