//! Providers that take a key in a header.
//!
//! Three names of the form have a meaning here: its secret field is the key, `base_url` moves the provider to another
//! address, and `user` goes before the key where the header is `Basic` (RFC 7617).

use super::call::{Caller, Credential};
use super::{BASE_URL_FIELD, CheckError, Secrets, not_built, typed};
use crate::Provider;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::config::{ConfigData, ConfigField};
use domain::sign_in::Auth;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// The form field with the user that a `Basic` header needs.
const USER_FIELD: &str = "user";

/// Who calls with the key of the form.
pub(super) fn caller<'a>(
    provider: &'a Provider<'a>,
    form: &'a ConfigData,
    secrets: &Secrets,
) -> Result<Caller<'a>, CheckError> {
    let Auth::ApiKey { base_url, header, prefix, fields } = &provider.manifest.auth else {
        return Err(not_built(provider.manifest));
    };
    let (key_field, key) = key(fields, secrets)?;
    let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| not_built(provider.manifest))?;
    let value = header_value(prefix, key_field, key, form)?;
    let typed = typed(form);
    // Only an address that the person typed can be corrected in the form.
    let address_field = provider.endpoint.xor(typed).and(typed).map(|_| BASE_URL_FIELD.to_owned());
    Ok(Caller {
        provider,
        base: Some(provider.endpoint.or(typed).unwrap_or(base_url)),
        address_field,
        header: (name, value),
        credential: Credential::Key(key_field.to_owned()),
    })
}

/// The value of the key's header.
fn header_value(
    prefix: &str,
    key_field: &str,
    key: &SecretString,
    form: &ConfigData,
) -> Result<SecretString, CheckError> {
    let invalid = |field: &str, why: &str| CheckError::Invalid { field: field.to_owned(), why: why.to_owned() };
    let key = key.expose_secret();
    if HeaderValue::from_str(key).is_err() {
        return Err(invalid(key_field, "This holds characters that no key has. Copy it again, without line breaks."));
    }
    if prefix.trim_end() != "Basic" {
        return Ok(format!("{prefix}{key}").into());
    }
    match form.get(USER_FIELD).and_then(Value::as_str).map(str::trim) {
        None | Some("") => Err(CheckError::Missing { field: USER_FIELD.to_owned() }),
        Some(user) if user.contains(':') => Err(invalid(USER_FIELD, "A user name holds no colon here.")),
        Some(user) => Ok(format!("{prefix}{}", BASE64_STANDARD.encode(format!("{user}:{key}"))).into()),
    }
}

/// The one secret of the form.
fn key<'a>(fields: &'a [ConfigField], secrets: &'a Secrets) -> Result<(&'a str, &'a SecretString), CheckError> {
    let field = fields.iter().find(|field| field.is_secret()).map_or("token", |field| &field.name);
    match secrets.get(field) {
        Some(key) if !key.expose_secret().trim().is_empty() => Ok((field, key)),
        _ => Err(CheckError::Missing { field: field.to_owned() }),
    }
}
