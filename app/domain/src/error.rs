//! The one error that leaves Patchbay: a code for programs, a sentence for people, and fields that were wrong.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a use case answers.
pub type Outcome<T> = Result<T, AppError>;

text_enum! {
    /// What kind of refusal it is; decides the HTTP status.
    pub enum Code {
        /// 400: the input is wrong; `fields` says where.
        Invalid = "invalid",
        /// 401: nobody is signed in, or no longer.
        SignedOut = "signed_out",
        /// 403: known, but not allowed.
        Forbidden = "forbidden",
        /// 404: not there, or not to be seen from here.
        NotFound = "not_found",
        /// 409: somebody else changed it first, or it is there already.
        Conflict = "conflict",
        /// 429: too often.
        TooMany = "too_many",
        /// 502: the provider or database on the other side refused or failed.
        Provider = "provider",
        /// 500: our fault; the request id leads to the log.
        Internal = "internal",
        /// 503: not ready yet, or no longer.
        Unavailable = "unavailable",
    }
}

impl Code {
    /// The HTTP status of this code.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Provider => 502,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// A refusal: what happened, in which thing, and what to do next. Never holds a secret or an internal cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// For programs.
    pub code: Code,
    /// For people: a whole sentence.
    pub message: String,
    /// Field name to what is wrong with it; a field error is shown beside its field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl AppError {
    /// An error with a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: BTreeMap::new() }
    }

    /// The input is wrong as a whole.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// One field is wrong.
    pub fn field(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code: Code::Invalid, fields: [(name.to_owned(), message.clone())].into(), message }
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        Self::new(Code::SignedOut, "You are signed out. Sign in to go on.")
    }

    /// The thing is not there, or not to be seen by this caller.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("{what} was not found."))
    }

    /// The caller may not do this; says who can.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, message)
    }

    /// Somebody else changed it first, or it is there already.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Code::Conflict, message)
    }

    /// The other side refused or failed.
    pub fn provider(message: impl Into<String>) -> Self {
        Self::new(Code::Provider, message)
    }

    /// Our fault. The cause stays in the log; the sentence holds the request id that leads to it.
    pub fn internal(request_id: &str) -> Self {
        Self::new(
            Code::Internal,
            format!("Patchbay could not do this. Nothing was changed. The log has the cause under {request_id}."),
        )
    }

    /// Adds a field error.
    #[must_use]
    pub fn with(mut self, name: &str, message: impl Into<String>) -> Self {
        self.fields.insert(name.to_owned(), message.into());
        self
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

/// Collects field errors so that a form shows all of them at once.
#[derive(Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Keeps the value, or notes the error under the field's name.
    pub fn take<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.0.insert(name.to_owned(), message)).ok()
    }

    /// Notes an error.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.0.insert(name.to_owned(), message.into());
    }

    /// The error, if any field was refused.
    pub fn finish(self) -> Outcome<()> {
        match self.0.len() {
            0 => Ok(()),
            1 => Err(AppError {
                code: Code::Invalid,
                message: self.0.values().next().cloned().unwrap_or_default(),
                fields: self.0,
            }),
            n => {
                Err(AppError { code: Code::Invalid, message: format!("{n} fields need another look."), fields: self.0 })
            }
        }
    }
}
