//! Who acts.

use domain::ids::{OrgId, SessionId, UserId};
use domain::roles::Scopes;
use domain::tokens::Token;
use domain::users::User;
use secrecy::SecretString;

/// Where a request comes from, before anybody knows who it is.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The address, as far as trusted proxies tell it.
    pub address: Option<String>,
    /// Leads from an answer to the log.
    pub request_id: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// The session cookie's token.
    pub session: Option<SecretString>,
}

/// Who acts, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// The address.
    pub address: Option<String>,
    /// Leads to the log.
    pub request_id: Option<String>,
    /// The session, where the actor is a signed-in person.
    pub session: Option<SessionId>,
}

/// Kinds of actor.
#[derive(Clone, Debug)]
pub enum Who {
    /// A signed-in person.
    User(User),
    /// A person's token: the person, capped by the token's scopes.
    UserToken(User, Token),
    /// An organization's token.
    OrgToken(Token),
    /// The person at the machine, by the command line.
    Operator,
    /// A job of Patchbay's own.
    System,
}

impl Actor {
    /// A person or token at a client.
    pub fn at(who: Who, client: &Client) -> Self {
        Self { who, address: client.address.clone(), request_id: client.request_id.clone(), session: None }
    }

    /// The command line.
    pub const fn operator() -> Self {
        Self { who: Who::Operator, address: None, request_id: None, session: None }
    }

    /// A job.
    pub const fn system() -> Self {
        Self { who: Who::System, address: None, request_id: None, session: None }
    }

    /// How the audit log names the actor.
    pub fn label(&self) -> String {
        match &self.who {
            Who::User(user) => user.email.to_string(),
            Who::UserToken(user, token) => format!("{} by token {}", user.email, token.name),
            Who::OrgToken(token) => format!("token {}", token.name),
            Who::Operator => "command line".to_owned(),
            Who::System => "Patchbay".to_owned(),
        }
    }

    /// What a running sign-in is bound to: this session, or this token. Nobody else can go on with it.
    pub fn binding(&self) -> String {
        match (&self.who, self.session) {
            (Who::UserToken(_, token) | Who::OrgToken(token), _) => format!("token:{}", token.id),
            (_, Some(session)) => format!("session:{session}"),
            _ => "local".to_owned(),
        }
    }

    /// The person behind the actor, if there is one.
    pub fn user(&self) -> Option<&User> {
        match &self.who {
            Who::User(user) | Who::UserToken(user, _) => Some(user),
            _ => None,
        }
    }

    /// The person's id.
    pub fn user_id(&self) -> Option<UserId> {
        self.user().map(|user| user.id)
    }

    /// The organization an organization's token acts for.
    pub fn token_organization(&self) -> Option<OrgId> {
        match &self.who {
            Who::OrgToken(token) => token.organization_id,
            _ => None,
        }
    }

    /// What the actor's token caps the role to; a session has no cap.
    pub fn cap(&self) -> Option<Scopes> {
        match &self.who {
            Who::UserToken(_, token) | Who::OrgToken(token) => Some(token.scopes.expanded()),
            _ => None,
        }
    }

    /// Who the rate limit counts: the token's user or organization, the signed-in user, else the address.
    pub fn caller(&self) -> String {
        match &self.who {
            Who::User(user) | Who::UserToken(user, _) => format!("user:{}", user.id),
            Who::OrgToken(token) => format!("org:{}", token.organization_id.map_or(0, |id| id.0)),
            Who::Operator | Who::System => "local".to_owned(),
        }
    }
}
