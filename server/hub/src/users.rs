//! Users: the account behind an actor, and making one.

use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::internal;
use domain::email::Email;
use domain::error::Fields;
use domain::ids::UserId;
use domain::users::{User, check_password, parse_name};
use domain::{AppError, Outcome};
use secrecy::{ExposeSecret as _, SecretString};
use store::Conn;

/// A checked new account.
pub struct NewUser {
    /// The address.
    pub email: Email,
    /// The name.
    pub name: String,
    /// The password; an account without one cannot sign in by password.
    pub password: Option<SecretString>,
    /// Whether it administers the instance.
    pub is_instance_admin: bool,
}

/// The account behind the actor.
///
/// # Errors
/// [`domain::Code::SignedOut`] when the actor is no person.
pub async fn me(_: &Ctx, actor: &Actor) -> Outcome<User> {
    actor.user().cloned().ok_or_else(AppError::signed_out)
}

impl NewUser {
    /// Checks what a person typed; errors are noted under `email`, `name` and `password`.
    pub fn check(fields: &mut Fields, email: &str, name: &str, password: Option<SecretString>) -> Option<Self> {
        let email = fields.take("email", Email::parse(email));
        let name = fields.take("name", parse_name(name));
        let guess = email.clone().or_else(|| Email::parse("nobody@example.invalid").ok())?;
        if let Some(password) = &password {
            fields.take("password", check_password(password.expose_secret(), &guess));
        }
        Some(Self { email: email?, name: name?, password, is_instance_admin: false })
    }
}

/// Hashes the password (before a transaction is opened, for it takes long).
///
/// # Errors
/// When hashing fails.
pub async fn hash(user: &NewUser) -> Outcome<Option<String>> {
    match &user.password {
        Some(password) => Ok(Some(crate::passwords::hash(password.clone()).await?)),
        None => Ok(None),
    }
}

/// Adds the account.
///
/// # Errors
/// A field error when the address is taken.
pub async fn insert(ctx: &Ctx, conn: &mut Conn, user: &NewUser, hash: Option<&str>) -> Outcome<UserId> {
    match store::users::insert(conn, &user.email, &user.name, hash, user.is_instance_admin, ctx.now()).await {
        Ok(id) => Ok(id),
        Err(error) if store::unique_violation(&error).as_deref() == Some("users_email") => {
            Err(AppError::field("email", format!("There is an account for {} already.", user.email)))
        }
        Err(error) => Err(internal(&error)),
    }
}
