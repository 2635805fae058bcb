//! Why a credential was not accepted: what happened, in which thing, and what to do next.

use crate::outbound::OutboundError;
use domain::AppError;
use domain::integrations::Health;

/// Why there is no account. Never holds a password or a key; what a server sent is shortened to one plain line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The form lacks a value.
    #[error("A value is missing here.")]
    Missing {
        /// The field.
        field: String,
    },
    /// A value cannot be used.
    #[error("{why}")]
    Invalid {
        /// The field.
        field: String,
        /// The sentence.
        why: String,
    },
    /// The way to sign in exists in the catalogue, but not in code.
    #[error("Patchbay cannot connect {provider} yet: signing in by “{way}” is not built. Nothing was sent.")]
    NotBuilt {
        /// The provider's name.
        provider: String,
        /// The way, for people.
        way: String,
    },
    /// The connection failed before the other side could judge the credential.
    #[error("{error}{}", next_step(.error))]
    Network {
        /// Why.
        error: OutboundError,
        /// The field that holds the host.
        field: Option<String>,
    },
    /// The database server has no TLS although the form asks for it.
    #[error(
        "{at} does not offer encryption. Turn it on at the server, or choose a setting that goes without if the \
         network between is safe."
    )]
    NoTls {
        /// Host and port.
        at: String,
    },
    /// Encryption could not be agreed on, or the certificate is not trusted.
    #[error(
        "{at} was reached, but {cause}. Correct the certificate at the server, or choose another encryption setting."
    )]
    Tls {
        /// Host and port.
        at: String,
        /// Why, as part of a sentence.
        cause: String,
    },
    /// The password is wrong.
    #[error("{at} refused the password of “{user}”. Correct the user or the password and try again.")]
    WrongPassword {
        /// Host and port.
        at: String,
        /// The role.
        user: String,
    },
    /// The role may not log in like this.
    #[error(
        "{at} does not let “{user}” log in like this: {message}. Check the user, the encryption setting and the \
         server's rules for this host."
    )]
    LoginRefused {
        /// Host and port.
        at: String,
        /// The role.
        user: String,
        /// The server's words.
        message: String,
    },
    /// There is no such database.
    #[error("{at} has no database “{database}”. Correct the name, or create the database first.")]
    UnknownDatabase {
        /// Host and port.
        at: String,
        /// The name.
        database: String,
    },
    /// The role may not use this database.
    #[error("“{user}” may not use “{database}” at {at}. Give it rights there, or use another one.")]
    NoAccess {
        /// Host and port.
        at: String,
        /// The name.
        database: String,
        /// The role.
        user: String,
    },
    /// The key was refused.
    #[error("{provider} refused the key. Copy it again, or create a new one there and check its permissions.")]
    WrongKey {
        /// The provider's name.
        provider: String,
        /// The field that holds the key.
        field: String,
    },
    /// The account or the whole address is not there.
    #[error(
        "{provider} has no such account (status {status}). Check the address, and whether the account still exists."
    )]
    Gone {
        /// The provider's name.
        provider: String,
        /// The HTTP status.
        status: u16,
        /// The field that holds the address.
        field: Option<String>,
    },
    /// The grant is gone: revoked, expired, or spent by somebody else.
    #[error("{provider} does not take this sign-in any more: {message}. Sign in there again.")]
    GrantEnded {
        /// The provider's name.
        provider: String,
        /// Why, as part of a sentence, with the provider's word for it.
        message: String,
    },
    /// An access token was refused. Whether the grant behind it still lives is seen when it is renewed.
    #[error("{provider} refused the access that it had given. Sign in there again.")]
    TokenRefused {
        /// The provider's name.
        provider: String,
    },
    /// The token is good, but not for this.
    #[error(
        "{provider} does not let whoever signed in do this. Somebody with more rights there has to sign in, or give \
         them these rights."
    )]
    NotAllowed {
        /// The provider's name.
        provider: String,
    },
    /// The grant is known to be gone; the provider was not asked again.
    #[error("{reason}")]
    GrantOver {
        /// The sentence of when it was found out.
        reason: String,
    },
    /// A renewal or a revocation was refused in words that do not tell whether the grant has ended.
    #[error("{provider} refused this ({message}). It is tried again later; if it stays, connect it again.")]
    Refused {
        /// The provider's name.
        provider: String,
        /// The provider's words.
        message: String,
    },
    /// This very change was refused: trying it again is useless.
    #[error("{provider} refused this: {message}. Correct what it names, here or there, then try again.")]
    Rejected {
        /// The provider's name.
        provider: String,
        /// The provider's own words, without the full stop.
        message: String,
    },
    /// The app that Patchbay is there was refused, or is not set up.
    #[error(
        "{provider} does not take the app credentials of this Patchbay ({message}). The instance administrator has to \
         correct them under Providers."
    )]
    AppRefused {
        /// The provider's name.
        provider: String,
        /// What is wrong, as part of a sentence.
        message: String,
    },
    /// The role in the customer's account cannot be taken on, or may not do this.
    #[error(
        "AWS refuses the role {role}: {message}. Check that the stack was made in this account, and with the external id \
         shown here."
    )]
    RoleRefused {
        /// Its ARN.
        role: String,
        /// What AWS said.
        message: String,
    },
    /// The installation sleeps: somebody suspended it over there.
    #[error("{provider} has suspended this installation. Somebody has to take up the suspension there.")]
    Suspended {
        /// The provider's name.
        provider: String,
    },
    /// There is nothing to connect.
    #[error("{message}")]
    NoAccount {
        /// The sentence.
        message: String,
    },
    /// Too many requests, or a server that is starting or full.
    #[error("{at} is busy right now: {message}. Try again in a few minutes.")]
    Busy {
        /// The provider's name, or host and port.
        at: String,
        /// Why, as part of a sentence.
        message: String,
    },
    /// The other side failed.
    #[error("{at} failed: {message}. Try again later; if it stays, look at its status page or its log.")]
    Failed {
        /// The provider's name, or host and port.
        at: String,
        /// How, as part of a sentence.
        message: String,
    },
    /// The other side answered something else than its protocol says.
    #[error("{at} gave an answer that Patchbay cannot use: {cause}. Check that the address is the right one.")]
    Broken {
        /// The provider's name, or host and port.
        at: String,
        /// Why, as part of a sentence.
        cause: String,
    },
}

impl CheckError {
    /// The field of the form to blame, if one is.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Missing { field } | Self::Invalid { field, .. } | Self::WrongKey { field, .. } => Some(field),
            Self::Network { field, .. } | Self::Gone { field, .. } => field.as_deref(),
            Self::NoTls { .. } | Self::Tls { .. } => Some("tls"),
            Self::WrongPassword { .. } => Some("password"),
            Self::LoginRefused { .. } => Some("user"),
            Self::UnknownDatabase { .. } | Self::NoAccess { .. } => Some("database"),
            Self::RoleRefused { .. } => Some("account_number"),
            Self::GrantEnded { .. } | Self::GrantOver { .. } | Self::TokenRefused { .. } | Self::NotAllowed { .. } => {
                None
            }
            Self::Refused { .. } | Self::Rejected { .. } | Self::AppRefused { .. } => None,
            Self::Suspended { .. } | Self::NoAccount { .. } => None,
            Self::NotBuilt { .. } | Self::Busy { .. } | Self::Failed { .. } | Self::Broken { .. } => None,
        }
    }

    /// What this means for a connection that worked before.
    pub fn health(&self) -> Health {
        match self {
            Self::WrongKey { .. }
            | Self::WrongPassword { .. }
            | Self::LoginRefused { .. }
            | Self::NoAccess { .. }
            | Self::GrantEnded { .. }
            | Self::GrantOver { .. }
            | Self::TokenRefused { .. }
            | Self::RoleRefused { .. }
            | Self::NotAllowed { .. } => Health::NeedsReauth,
            Self::Gone { .. } | Self::UnknownDatabase { .. } | Self::Suspended { .. } | Self::NoAccount { .. } => {
                Health::RemovedAtProvider
            }
            _ => Health::Unreachable,
        }
    }

    /// Whether the same call may go well later without anybody doing anything: the other side is away, busy or broken,
    /// or refused a token that may be renewed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network { error, .. } => *error != OutboundError::Forbidden,
            Self::Busy { .. } | Self::Failed { .. } | Self::Broken { .. } => true,
            Self::TokenRefused { .. } | Self::Refused { .. } => true,
            _ => false,
        }
    }

    /// As the form shows it: beside a field where one is to blame, else above the form.
    pub fn to_app_error(&self) -> AppError {
        match self.field() {
            Some(field) => AppError::field(field, self.to_string()),
            None => AppError::provider(self.to_string()),
        }
    }
}

/// What to do about a failed connection; begins with a space.
fn next_step(error: &OutboundError) -> &'static str {
    match error {
        OutboundError::Forbidden => "",
        OutboundError::Unresolvable { .. } => " Check the spelling of the host.",
        OutboundError::Unreachable { .. } => {
            " Check the address and the port, and that a firewall lets this Patchbay in."
        }
        OutboundError::Timeout { .. } => " Try again; if it stays, check the address and the firewall in between.",
        OutboundError::Tls { .. } => " Its certificate has to be corrected there.",
        OutboundError::TooLarge { .. } | OutboundError::Broken { .. } => " Check that the address is the right one.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_go_well_later_by_itself_is_tried_again() {
        let (at, provider) = (String::from("Example"), String::from("Example"));
        let network = |error| CheckError::Network { error, field: None };
        let timeout = OutboundError::Timeout { host: at.clone() };
        assert!(network(timeout).is_transient() && !network(OutboundError::Forbidden).is_transient());
        let busy = CheckError::Busy { at: at.clone(), message: "full".into() };
        let failed = CheckError::Failed { at: at.clone(), message: "it answered with status 503".into() };
        let broken = CheckError::Broken { at, cause: "it did not send JSON".into() };
        assert!(busy.is_transient() && failed.is_transient() && broken.is_transient());
        assert!(CheckError::TokenRefused { provider: provider.clone() }.is_transient());
        let rejected = CheckError::Rejected { provider: provider.clone(), message: "no".into() };
        let gone = CheckError::Gone { provider: provider.clone(), status: 404, field: None };
        let ended = CheckError::GrantEnded { provider: provider.clone(), message: "revoked".into() };
        let not_allowed = CheckError::NotAllowed { provider };
        assert!(![rejected, gone, ended, not_allowed].iter().any(CheckError::is_transient));
    }
}
