//! Users: people with an account on this instance.

use crate::email::Email;
use crate::ids::UserId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A person's account. The password's hash is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// Unique on the instance.
    pub email: Email,
    /// For people.
    pub name: String,
    /// Administers the instance, beside any organization.
    pub is_instance_admin: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Shortest password, in characters (OWASP ASVS 6.2.1 asks for 8; 12 resist offline guessing).
pub const MIN_PASSWORD: usize = 12;
/// Longest password, in bytes; beyond it hashing only burns time.
pub const MAX_PASSWORD: usize = 1_024;

/// The name of a person: not empty, one line, at most 64 characters.
///
/// # Errors
/// A sentence for beside the field.
pub fn parse_name(text: &str) -> Result<String, String> {
    crate::text::plain(text, "A name", 64)
}

/// Whether a new password is long enough and not one of the first that anybody would try.
///
/// # Errors
/// A sentence for beside the field.
pub fn check_password(password: &str, email: &Email) -> Result<(), String> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(format!("A password needs at least {MIN_PASSWORD} characters; several words make a good one."));
    }
    if password.len() > MAX_PASSWORD {
        return Err(format!("A password may be at most {MAX_PASSWORD} bytes long."));
    }
    let lower = password.to_lowercase();
    let (local, _) = email.as_str().split_once('@').unwrap_or((email.as_str(), ""));
    let repeated = {
        let mut chars: Vec<char> = lower.chars().collect();
        chars.sort_unstable();
        chars.dedup();
        chars.len() < 4
    };
    let guessable = ["password", "123456789", "qwertyuiop", "abcdefgh", "letmein", "iloveyou"];
    let rest = guessable.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    if repeated || rest.chars().count() < 6 || lower == email.as_str() || (local.len() > 3 && lower == local.repeat(2))
    {
        return Err("This password is among the first that anybody would try. Take several unrelated words.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_first_guess() {
        let email = Email::parse("ada@example.com").unwrap();
        for good in ["patchbay-demo", "correct horse battery", "пароль из многих слов", " twelve spaces "]
        {
            assert_eq!(check_password(good, &email), Ok(()), "{good:?}");
        }
        for weak in
            ["", "short", "aaaaaaaaaaaa", "password1234", "Password123456789", "ada@example.com", "abababababab"]
        {
            assert!(check_password(weak, &email).is_err(), "{weak:?}");
        }
        assert!(check_password(&"ab cd".repeat(300), &email).is_err());
    }
}
