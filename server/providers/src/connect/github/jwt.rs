//! How a GitHub App names itself: a JWT signed with its private key (RFC 7519, RS256), good for a few minutes.

use super::super::CheckError;
use crate::Provider;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// How far back it is dated, in seconds: a clock may be slow.
const BEFORE: i64 = 60;

/// How long it is good, in seconds. GitHub takes ten minutes at most, by its own clock.
const AFTER: i64 = 9 * 60;

/// The app's id.
pub(super) fn app_id<'a>(provider: &Provider<'a>) -> Result<&'a str, CheckError> {
    let id = provider.app.value("app_id").map(str::trim);
    id.ok_or_else(|| refused(provider, "no app id is entered here"))
}

/// The value of the `Authorization` header.
pub(super) fn sign(provider: &Provider<'_>) -> Result<SecretString, CheckError> {
    let key = key(provider)?;
    let now = provider.now.0.div_euclid(1000);
    let claims = json!({"iat": now - BEFORE, "exp": now + AFTER, "iss": app_id(provider)?});
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT"})), part(&claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| refused(provider, "the private key entered here cannot sign"))?;
    Ok(format!("Bearer {signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)).into())
}

/// The private key, as GitHub gives it (PKCS #1) or converted (PKCS #8).
fn key(provider: &Provider<'_>) -> Result<RsaKeyPair, CheckError> {
    let missing = || refused(provider, "no private key is entered here");
    let pem = provider.app.secrets.get("private_key").ok_or_else(missing)?.expose_secret();
    if pem.trim().is_empty() {
        return Err(missing());
    }
    // A key that came through an environment variable often has its line breaks spelled out.
    let pem = SecretString::from(pem.replace("\\n", "\n"));
    let key = match PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()) {
        Ok(PrivateKeyDer::Pkcs1(key)) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok(),
        Ok(PrivateKeyDer::Pkcs8(key)) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        _ => None,
    };
    key.ok_or_else(|| refused(provider, "the private key entered here is not the whole .pem file of an RSA key"))
}

fn refused(provider: &Provider<'_>, message: &str) -> CheckError {
    CheckError::AppRefused { provider: provider.manifest.name.clone(), message: message.to_owned() }
}
