//! What is wrong with how a manifest signs in.

use super::is_header;
use domain::catalogue::Manifest;
use domain::sign_in::{Auth, Oauth2, RevokeBy, TokenAnswer};

/// The fields of a form before a sign-in, and whether they are secret.
const FORM: [(&str, bool); 3] = [("base_url", false), ("client_id", false), ("client_secret", true)];

pub(super) fn problems(manifest: &Manifest, found: &mut Vec<String>) {
    for (name, value) in &manifest.headers {
        if !is_header(name) || value.is_empty() || !value.chars().all(|c| matches!(c, ' '..='~')) {
            found.push(format!("headers.{name} is no header"));
        }
    }
    if let Auth::Oauth2(oauth) = &manifest.auth {
        parameters(oauth, found);
        form(oauth, found);
        answer(&oauth.answer, found);
    }
}

fn parameters(oauth: &Oauth2, found: &mut Vec<String>) {
    let mut refuse = |wrong: bool, problem: &str| found.extend(wrong.then(|| problem.to_owned()));
    refuse(
        ![" ", ","].contains(&oauth.scope_separator.as_str()),
        "auth.scope_separator is neither a space nor a comma",
    );
    refuse(oauth.access_token_seconds.is_some_and(|life| life <= 0), "auth.access_token_seconds is no length of time");
    refuse(oauth.refresh_token_days.is_some_and(|life| life <= 0), "auth.refresh_token_days is no length of time");
    refuse(
        oauth.revoke_by == RevokeBy::Bearer && oauth.revoke_url.is_none(),
        "auth.revoke_by says how to revoke and auth.revoke_url not where",
    );
    for name in oauth.authorize_params.keys() {
        let ours = ["client_id", "redirect_uri", "response_type", "scope", "state"].contains(&name.as_str());
        refuse(
            ours || name.starts_with("code_challenge"),
            &format!("auth.authorize_params.{name} is set for each sign-in"),
        );
    }
}

fn form(oauth: &Oauth2, found: &mut Vec<String>) {
    for field in &oauth.fields {
        match FORM.iter().find(|(name, _)| *name == field.name) {
            None => found.push(format!("install field {} means nothing to a sign-in", field.name)),
            Some((_, secret)) if *secret != field.is_secret() => {
                found.push(format!("install field {} is {}secret", field.name, if *secret { "not " } else { "" }));
            }
            Some(_) => {}
        }
    }
    let has = |name: &str| oauth.fields.iter().any(|field| field.name == name);
    if has("client_id") != has("client_secret") {
        found.push("the install form asks for half an app: client_id and client_secret belong together".into());
    }
    if !oauth.guide.is_empty() && oauth.fields.is_empty() {
        found.push("auth.guide is shown with a form, and there is none".into());
    }
    if oauth.guide.iter().any(|line| line.trim().is_empty()) {
        found.push("auth.guide has an empty line".into());
    }
}

fn answer(answer: &TokenAnswer, found: &mut Vec<String>) {
    let TokenAnswer { access_token, refresh_token, expires_in, scope, ok, error } = answer;
    let pointers = [
        ("access_token", Some(access_token)),
        ("refresh_token", Some(refresh_token)),
        ("expires_in", Some(expires_in)),
        ("scope", Some(scope)),
        ("ok", ok.as_ref()),
        ("error", Some(error)),
    ];
    for (name, pointer) in pointers {
        if pointer.is_some_and(|pointer| !pointer.starts_with('/')) {
            found.push(format!("auth.answer.{name} does not start with /"));
        }
    }
}
