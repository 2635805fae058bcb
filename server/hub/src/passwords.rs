//! Passwords: argon2id, off the threads that answer requests, few at a time.

use crate::errors::OrInternal;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use domain::Outcome;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// How many hashes run at once: each takes 19 MiB and one core.
static TURNS: Semaphore = Semaphore::const_new(2);
/// How many verifications ran, real and dummy: a test asserts that an unknown user costs one as well.
static RUNS: AtomicU64 = AtomicU64::new(0);
/// What an unknown user's password is checked against.
static DUMMY: LazyLock<String> = LazyLock::new(|| hash_now(b"nobody's password").unwrap_or_default());

/// Hashes a password for storing, in PHC format.
///
/// # Errors
/// When hashing fails, which means that memory is short.
pub async fn hash(password: SecretString) -> Outcome<String> {
    let _turn = TURNS.acquire().await.or_internal()?;
    tokio::task::spawn_blocking(move || hash_now(password.expose_secret().as_bytes()).or_internal())
        .await
        .or_internal()?
}

/// Whether the password belongs to the hash. Without a hash it runs as long and answers no.
///
/// # Errors
/// When the work could not be started.
pub async fn verify(password: SecretString, hash: Option<String>) -> Outcome<bool> {
    let _turn = TURNS.acquire().await.or_internal()?;
    RUNS.fetch_add(1, Ordering::Relaxed);
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| DUMMY.clone());
        let Ok(parsed) = argon2::PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok() && known
    })
    .await
    .or_internal()
}

/// How many verifications ran in this process.
pub fn runs() -> u64 {
    RUNS.load(Ordering::Relaxed)
}

fn hash_now(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password)?.to_string())
}
