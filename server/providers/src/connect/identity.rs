//! Reads accounts out of an answer, as a probe of a manifest points at them.

use super::CheckError;
use crate::text;
use domain::catalogue::Manifest;
use domain::integrations::Account;
use domain::sign_in::Probe;
use serde_json::Value;

/// Longest id and name that are kept, in characters.
const MAX_ID: usize = 255;

/// Every account that the probe finds; one without a list, and at least one in any case.
pub(super) fn accounts(manifest: &Manifest, probe: &Probe, json: &Value) -> Result<Vec<Account>, CheckError> {
    let Some(list) = &probe.list else {
        return Ok(vec![account(manifest, probe, json)?]);
    };
    let items = json.pointer(list).and_then(Value::as_array).ok_or_else(|| broken(manifest, "it sent no list"))?;
    if items.is_empty() {
        return Err(nothing(manifest, probe));
    }
    let mut found: Vec<Account> = Vec::new();
    for item in items {
        let account = account(manifest, probe, item)?;
        // A provider may name one account once for each of its products.
        if !found.iter().any(|known| known.external_id == account.external_id) {
            found.push(account);
        }
    }
    Ok(found)
}

/// The account that one object is about.
pub(super) fn account(manifest: &Manifest, probe: &Probe, json: &Value) -> Result<Account, CheckError> {
    let id = word(json, &probe.id).ok_or_else(|| broken(manifest, "it does not say which account this is"))?;
    if id.chars().count() > MAX_ID {
        return Err(broken(manifest, "the id of its account is too long"));
    }
    let optional = |pointer: &Option<String>| pointer.as_ref().and_then(|pointer| word(json, pointer));
    Ok(Account {
        name: word(json, &probe.name).map_or_else(|| id.clone(), |name| text::one_line(&name, MAX_ID)),
        icon: optional(&probe.icon).filter(|icon| icon.starts_with("https://") && icon.len() <= 2_000),
        domain_name: optional(&probe.domain).map(|domain| {
            let place = match &probe.domain_template {
                Some(template) => template.replace("{}", &domain),
                None => without_scheme(&domain).to_owned(),
            };
            text::one_line(&place, MAX_ID)
        }),
        account_type: optional(&probe.account_type).map(|kind| text::one_line(&kind, 64)),
        external_id: id,
        ..Account::default()
    })
}

/// Two servers both have an account 1: the id of an account on a server that a person named begins with the server.
pub(super) fn placed(account: Account, server: &str) -> Account {
    Account {
        external_id: format!("{server}/{}", account.external_id),
        domain_name: account.domain_name.or_else(|| Some(text::one_line(server, MAX_ID))),
        ..account
    }
}

/// Text or a whole number at a pointer, as text; anything else counts as absent.
pub(super) fn word(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() && !text.chars().any(char::is_control) => {
            Some(text.trim().to_owned())
        }
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn nothing(manifest: &Manifest, probe: &Probe) -> CheckError {
    let none = || {
        format!(
            "{} shows nothing to connect to whoever signed in. Ask there to be let into an account, then sign in again.",
            manifest.name
        )
    };
    CheckError::NoAccount { message: probe.none.clone().unwrap_or_else(none) }
}

fn without_scheme(domain: &str) -> &str {
    let rest = domain.strip_prefix("https://").or_else(|| domain.strip_prefix("http://")).unwrap_or(domain);
    rest.trim_end_matches('/')
}

fn broken(manifest: &Manifest, cause: &str) -> CheckError {
    CheckError::Broken { at: manifest.name.clone(), cause: cause.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
