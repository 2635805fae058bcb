//! Choices that a provider offers for a setting: repositories, channels, teams. The manifest says how they are asked for.

mod pages;

use super::place::{self, Places};
use super::{CheckError, Secrets, api_key, identity, not_built, oauth, typed};
use crate::Provider;
use crate::connect::call::Caller;
use domain::config::{ChoiceSource, ConfigData};
use domain::integrations::Account;
use domain::sign_in::{Auth, Call};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// The field that holds the token of a sign-in.
const ACCESS_TOKEN: &str = "access_token";

/// How many pages of a list are read, with a request each.
pub const MAX_PAGES: usize = 50;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// For people.
    pub label: String,
    /// Where people see it.
    pub url: Option<String>,
}

/// What a provider has to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What was read.
    pub found: Vec<Choice>,
    /// Whether there is more behind the last page that is read.
    pub goes_on: bool,
}

/// Asks a provider for choices, page by page where the source says how, each choice once. `values` replace their names in
/// braces in the address, and in the body as JSON text.
///
/// # Errors
/// Why they could not all be read: part of a list is never taken for the whole.
pub async fn choices(
    provider: &Provider<'_>,
    form: &ConfigData,
    secrets: &Secrets,
    account: &Account,
    source: &ChoiceSource,
    values: &BTreeMap<String, String>,
) -> Result<Choices, CheckError> {
    let caller = caller(provider, form, secrets)?;
    let server = typed(form).and_then(place::server);
    let places = Places::of(account, server.as_deref());
    let first = filled(&source.call, values);
    let (mut call, mut found, mut known) = (first.clone(), Vec::new(), HashSet::new());
    for _ in 0..MAX_PAGES {
        let answer = caller.send(&call, &places).await?;
        let json = caller.read(&call, &answer)?;
        let items = json.pointer(&source.list).and_then(Value::as_array);
        let items = items.ok_or_else(|| caller.broken("it sent no list to choose from"))?;
        let choices = items.iter().filter_map(|item| choice(source, item));
        found.extend(choices.filter(|choice| known.insert(choice.value.clone())));
        match source.next.as_ref().and_then(|next| pages::after(next, &first, &answer, &json)) {
            None => return Ok(Choices { found, goes_on: false }),
            Some(next) if next == call => return Err(caller.broken("its next page is the same page again")),
            Some(next) => call = next,
        }
    }
    Ok(Choices { found, goes_on: true })
}

fn choice(source: &ChoiceSource, item: &Value) -> Option<Choice> {
    let value = identity::word(item, &source.value)?;
    let label = identity::word(item, &source.label).unwrap_or_else(|| value.clone());
    let url = source.url.as_deref().and_then(|pointer| identity::word(item, pointer));
    Some(Choice { value, label, url })
}

fn caller<'a>(
    provider: &'a Provider<'a>,
    form: &'a ConfigData,
    secrets: &'a Secrets,
) -> Result<Caller<'a>, CheckError> {
    match &provider.manifest.auth {
        Auth::ApiKey { .. } => api_key::caller(provider, form, secrets),
        Auth::Oauth2(oauth) => oauth::caller(provider, oauth, secrets),
        Auth::GithubApp { .. } => match secrets.get(ACCESS_TOKEN) {
            Some(token) => Ok(oauth::token_caller(provider, "Bearer ", token)),
            None => Err(CheckError::Missing { field: ACCESS_TOKEN.to_owned() }),
        },
        _ => Err(not_built(provider.manifest)),
    }
}

fn filled(call: &Call, values: &BTreeMap<String, String>) -> Call {
    let mut call = call.clone();
    for (name, value) in values {
        let mark = format!("{{{name}}}");
        call.url = call.url.replace(&mark, &utf8_percent_encode(value, NON_ALPHANUMERIC).to_string());
        if let Some(body) = &mut call.body {
            let text = Value::from(value.as_str()).to_string();
            *body = body.replace(&mark, &text[1..text.len() - 1]);
        }
    }
    call
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_where_it_was_put() {
        let call = Call {
            method: "POST".into(),
            url: "https://a.com/x/{repo}/y?q={query}".into(),
            body: Some(r#"{"variables": {"text": "{query}"}}"#.into()),
            ok: None,
        };
        let values =
            BTreeMap::from([("repo".to_owned(), "../z?".to_owned()), ("query".to_owned(), "a\"}&b=1\"".to_owned())]);
        let call = filled(&call, &values);
        assert_eq!(call.url, "https://a.com/x/%2E%2E%2Fz%3F/y?q=a%22%7D%26b%3D1%22");
        assert_eq!(call.body.as_deref(), Some(r#"{"variables": {"text": "a\"}&b=1\""}}"#));
    }
}
