//! Providers that take a key in a header: one call, described by the manifest, tells whose key it is.
//!
//! Three names of the form have a meaning here: its secret field is the key, `base_url` moves the provider to another
//! address, and `user` goes before the key where the header is `Basic` (RFC 7617).

use super::{CheckError, Secrets};
use crate::outbound::{Outbound, OutboundError, Request, Response};
use crate::text;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::catalogue::{Auth, Manifest, Probe};
use domain::config::{ConfigData, ConfigField};
use domain::integrations::Account;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

/// The form field that moves a self-hosted provider to another address.
const BASE_URL_FIELD: &str = "base_url";

/// The form field with the user that a `Basic` header needs.
const USER_FIELD: &str = "user";

/// Longest id and name that are kept, in characters.
const MAX_ID: usize = 255;

pub(super) async fn check(
    outbound: &Outbound,
    manifest: &Manifest,
    base_url: Option<&str>,
    form: &ConfigData,
    secrets: &Secrets,
) -> Result<Account, CheckError> {
    let Auth::ApiKey { base_url: default, header, prefix, fields } = &manifest.auth else {
        return Err(not_built(manifest));
    };
    let Some(probe) = manifest.identity.as_ref().or(manifest.health.as_ref()) else {
        return Err(not_built(manifest));
    };
    let (key_field, key) = key(fields, secrets)?;
    let typed = form.get(BASE_URL_FIELD).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    // Only an address that the person typed can be corrected in the form.
    let address_field = base_url.xor(typed).and(typed).map(|_| BASE_URL_FIELD.to_owned());
    let base = base_url.or(typed).unwrap_or(default);
    let url =
        probe_url(base, base != default, &probe.url).ok_or_else(|| bad_address(manifest, address_field.clone()))?;

    let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| not_built(manifest))?;
    let value = header_value(prefix, key_field, key, form)?;
    let request =
        request(probe, url).header(ACCEPT, HeaderValue::from_static("application/json")).secret_header(name, value);
    let answer = outbound.request(request).await.map_err(|error| network(manifest, error, address_field.clone()))?;
    judge(&answer, manifest, key_field, address_field)?;
    let account = account(&answer, manifest, probe)?;
    Ok(match typed.and_then(place) {
        Some(place) => placed(account, &place),
        None => account,
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

/// Where a server that the person named is: host, port and path, without the scheme.
fn place(base: &str) -> Option<String> {
    let url = Url::parse(base.trim()).ok()?;
    let place = &url[url::Position::BeforeHost..url::Position::AfterPath];
    Some(place.trim_end_matches('/').to_owned()).filter(|place| !place.is_empty())
}

/// Two servers both have an account 1: the id of a server's account begins with the server.
fn placed(account: Account, place: &str) -> Account {
    Account {
        external_id: format!("{place}/{}", account.external_id),
        domain_name: account.domain_name.or_else(|| Some(text::one_line(place, MAX_ID))),
        ..account
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

/// The probe's path below the base. An absolute probe moves along when the base was overridden, so that an override
/// catches every call.
fn probe_url(base: &str, overridden: bool, probe: &str) -> Option<Url> {
    let path_and_query = match Url::parse(probe) {
        Ok(absolute) if !overridden => return Some(absolute),
        Ok(absolute) => absolute[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        Err(_) => probe.to_owned(),
    };
    let mut url = Url::parse(base.trim()).ok()?;
    if url.cannot_be_a_base() || url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query.as_str(), None),
    };
    let below = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
    url.set_path(&below);
    url.set_query(query);
    Some(url)
}

fn request(probe: &Probe, url: Url) -> Request {
    let request = match probe.method.as_str() {
        "POST" => Request::new(Method::POST, url),
        _ => Request::get(url),
    };
    match &probe.body {
        Some(body) => request.body(HeaderValue::from_static("application/json"), body.as_str()),
        None => request,
    }
}

/// Turns an error status into its meaning. The body of such an answer is not repeated: it may hold the key.
fn judge(
    answer: &Response,
    manifest: &Manifest,
    key_field: &str,
    address_field: Option<String>,
) -> Result<(), CheckError> {
    let provider = manifest.name.clone();
    let limited = answer.headers.contains_key(RETRY_AFTER)
        || answer.headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0");
    match answer.status.as_u16() {
        200..=299 => Ok(()),
        403 if limited => Err(CheckError::Busy { at: provider, message: "it takes no more requests for now".into() }),
        401 | 403 => Err(CheckError::WrongKey { provider, field: key_field.to_owned() }),
        status @ (404 | 410) => Err(CheckError::Gone { provider, status, field: address_field }),
        429 => Err(CheckError::Busy { at: provider, message: "it takes no more requests for now".into() }),
        status => Err(CheckError::Failed { at: provider, message: format!("it answered with status {status}") }),
    }
}

fn account(answer: &Response, manifest: &Manifest, probe: &Probe) -> Result<Account, CheckError> {
    let broken = |cause: &str| CheckError::Broken { at: manifest.name.clone(), cause: cause.to_owned() };
    let Some(json) = answer.json() else {
        return Err(broken(if answer.body.trim_ascii_start().starts_with(b"<") {
            "it sent a page instead of data"
        } else {
            "it did not send JSON"
        }));
    };
    let id = word(&json, &probe.id).ok_or_else(|| broken("it does not say whose key this is"))?;
    if id.chars().count() > MAX_ID {
        return Err(broken("the id of its account is too long"));
    }
    let optional = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| word(&json, pointer));
    Ok(Account {
        name: word(&json, &probe.name).map_or_else(|| id.clone(), |name| text::one_line(&name, MAX_ID)),
        icon: optional(&probe.icon).filter(|icon| icon.starts_with("https://") && icon.len() <= 2_000),
        domain_name: optional(&probe.domain).map(|domain| text::one_line(without_scheme(&domain), MAX_ID)),
        external_id: id,
        ..Account::default()
    })
}

/// Text or a whole number at a pointer, as text; anything else counts as absent.
fn word(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() && !text.chars().any(char::is_control) => {
            Some(text.trim().to_owned())
        }
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn without_scheme(domain: &str) -> &str {
    let rest = domain.strip_prefix("https://").or_else(|| domain.strip_prefix("http://")).unwrap_or(domain);
    rest.trim_end_matches('/')
}

fn network(manifest: &Manifest, error: OutboundError, field: Option<String>) -> CheckError {
    match error {
        OutboundError::TooLarge { .. } => {
            CheckError::Broken { at: manifest.name.clone(), cause: "it sent far more than an account".into() }
        }
        OutboundError::Broken { cause, .. } => CheckError::Broken { at: manifest.name.clone(), cause },
        error => CheckError::Network { error, field },
    }
}

fn bad_address(manifest: &Manifest, field: Option<String>) -> CheckError {
    match field {
        Some(field) => CheckError::Invalid {
            field,
            why: "Write the address of the server alone, such as https://example.com, without ? and #.".into(),
        },
        None => CheckError::Failed {
            at: manifest.name.clone(),
            message: "the address configured for it is not an address".into(),
        },
    }
}

fn not_built(manifest: &Manifest) -> CheckError {
    CheckError::NotBuilt { provider: manifest.name.clone(), way: manifest.auth.label().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_probe_is_found_below_its_base() {
        let url = |base: &str, overridden, probe: &str| probe_url(base, overridden, probe).map(String::from);
        assert_eq!(url("https://a.com", false, "/v1/me").as_deref(), Some("https://a.com/v1/me"));
        assert_eq!(url("https://a.com/api/", false, "me?x=1").as_deref(), Some("https://a.com/api/me?x=1"));
        assert_eq!(url("https://a.com", false, "https://b.com/me").as_deref(), Some("https://b.com/me"));
        assert_eq!(url("http://127.0.0.1:1", true, "https://b.com/me?x").as_deref(), Some("http://127.0.0.1:1/me?x"));
        for wrong in ["", "a.com", "https://", "mailto:x", "https://a.com/?x", "https://a.com/#x"] {
            assert_eq!(url(wrong, true, "/me"), None, "{wrong}");
        }
    }

    #[test]
    fn only_text_and_whole_numbers_are_words() {
        let json = json!({"a": "x", "b": 7, "c": 1.5, "d": true, "e": null, "f": ["y"], "g": " ", "h": {"i/j": "z"}, "k": "a\u{1b}b"});
        let found = ["/a", "/b", "/c", "/d", "/e", "/f", "/f/0", "/g", "/h/i~1j", "/k", "/none", "bad"];
        let words: Vec<_> = found.iter().map(|pointer| word(&json, pointer)).collect();
        let some = |text: &str| Some(text.to_owned());
        let expected = [some("x"), some("7"), None, None, None, None, some("y"), None, some("z"), None, None, None];
        assert_eq!(words, expected);
    }
}
