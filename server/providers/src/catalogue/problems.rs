//! What a manifest must hold beyond its shape. The types refuse a missing or unknown field; this refuses wrong values.

mod calls;
mod sign_in;
mod sources;
mod urls;

use domain::catalogue::{Kind, Manifest};
use domain::config::{ConfigField, FieldKind};
use domain::sign_in::Auth;
use std::collections::BTreeSet;

/// The feature words, Sentry's first; `integrations-<word>` is the gate. A new word is added here.
const FEATURES: [&str; 20] = [
    "alert-rule",
    "chat-unfurl",
    "codeowners",
    "commits",
    "data-forwarding",
    "deployment",
    "incident-management",
    "issue-basic",
    "issue-sync",
    "mobile",
    "serverless",
    "session-replay",
    "stacktrace-link",
    "ticket-rules",
    "automation",
    "ci-status",
    "database-check",
    "design-link",
    "document-link",
    "reporting",
];

/// OAuth providers whose authorization request knows no scopes.
const WITHOUT_SCOPES: [&str; 2] = ["clickup", "notion"];

/// How a webhook can be signed.
const SCHEMES: [&str; 4] = ["hmac-sha256", "hmac-sha1", "ed25519", "shared-secret"];

/// Everything that is wrong with a manifest; nothing when it is complete.
pub fn problems(manifest: &Manifest) -> Vec<String> {
    let mut found = Vec::new();
    texts(manifest, &mut found);
    about(&manifest.about, &mut found);
    features_and_scopes(manifest, &mut found);
    kind(manifest, &mut found);
    sign_in::problems(manifest, &mut found);
    calls::problems(manifest, &mut found);
    sources::problems(manifest, &mut found);
    urls::problems(manifest, &mut found);
    let form = manifest.auth.fields();
    if matches!(manifest.auth, Auth::ApiKey { .. } | Auth::Database { .. })
        && form.iter().filter(|field| field.is_secret()).count() != 1
    {
        found.push("the install form needs exactly one secret".into());
    }
    fields("install", form, &mut found);
    fields("config", &manifest.config, &mut found);
    found
}

fn texts(manifest: &Manifest, found: &mut Vec<String>) {
    let mut refuse = |wrong: bool, problem: &str| found.extend(wrong.then(|| problem.to_owned()));
    let key_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    refuse(manifest.key.is_empty() || !manifest.key.chars().all(key_char), "key holds more than a-z, 0-9, - and _");
    for (name, text) in [("name", &manifest.name), ("noun", &manifest.noun), ("author", &manifest.author)] {
        refuse(text.trim().is_empty(), &format!("{name} is empty"));
    }
    refuse(manifest.tagline.trim().is_empty(), "tagline is empty");
    refuse(manifest.tagline.chars().count() > 70, "tagline is longer than 70 characters");
    refuse(manifest.tagline.ends_with('.'), "tagline ends in a full stop");
    refuse(manifest.tagline.contains('\n'), "tagline is longer than one line");
    refuse(!manifest.proven_against.ends_with('.'), "proven_against is no sentence");
    refuse(!(1..=2).contains(&manifest.categories.len()), "categories are not one or two");
    refuse(manifest.categories.len() == 2 && manifest.categories[0] == manifest.categories[1], "categories repeat");
    refuse(!is_color(&manifest.color), "color is not #rrggbb");
    refuse(!(1..=2).contains(&manifest.monogram.chars().count()), "monogram is not one or two characters");
}

fn is_color(color: &str) -> bool {
    color.len() == 7
        && color.starts_with('#')
        && color[1..].chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}

fn about(about: &str, found: &mut Vec<String>) {
    if about.trim().is_empty() {
        return found.push("about.md is empty".into());
    }
    let opens_a_tag = |(at, _)| {
        about[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
    };
    if about.match_indices('<').any(opens_a_tag) {
        found.push("about.md holds raw HTML".into());
    }
    let blocks = about.split("\n\n").filter(|block| !block.trim().is_empty()).count();
    if !(2..=5).contains(&blocks) {
        found.push("about.md is not two to five blocks of text".into());
    }
}

fn features_and_scopes(manifest: &Manifest, found: &mut Vec<String>) {
    if manifest.features.is_empty() {
        found.push("features are missing".into());
    }
    let keys: Vec<_> = manifest.features.iter().map(|feature| feature.key.as_str()).collect();
    twice("feature", &keys, found);
    for feature in &manifest.features {
        if !FEATURES.contains(&feature.key.as_str()) {
            found.push(format!("feature {} is not among the known words", feature.key));
        }
        if feature.text.trim().is_empty() || feature.text.contains('\n') {
            found.push(format!("feature {} needs a text of one line", feature.key));
        }
    }
    let oauth = matches!(manifest.auth, Auth::Oauth2 { .. });
    if oauth && manifest.scopes.is_empty() != WITHOUT_SCOPES.contains(&manifest.key.as_str()) {
        found.push("scopes are missing, or there where the provider has none".into());
    }
    let names: Vec<_> = manifest.scopes.iter().map(|scope| scope.name.as_str()).collect();
    twice("scope", &names, found);
    for scope in &manifest.scopes {
        if scope.name.trim().is_empty() || scope.text.trim().is_empty() {
            found.push(format!("scope {:?} has no plain words", scope.name));
        }
    }
}

fn kind(manifest: &Manifest, found: &mut Vec<String>) {
    let fitting = match manifest.auth {
        Auth::Plugin => Kind::Plugin,
        Auth::App { .. } => Kind::App,
        Auth::Document { .. } => Kind::Document,
        _ => Kind::FirstParty,
    };
    if manifest.kind != fitting {
        found.push(format!("kind is {} and its sign-in belongs to {fitting}", manifest.kind));
    }
    if manifest.multiple && manifest.kind != Kind::FirstParty {
        found.push("multiple is only for first-party entries".into());
    }
    if let Auth::Database { engine, .. } = &manifest.auth
        && !["postgres", "mysql"].contains(&engine.as_str())
    {
        found.push(format!("engine {engine} is neither postgres nor mysql"));
    }
    if let Some(webhook) = &manifest.webhook {
        if !SCHEMES.contains(&webhook.scheme.as_str()) {
            found.push(format!("webhook scheme {} is not known", webhook.scheme));
        }
        if !is_header(&webhook.header) {
            found.push(format!("webhook header {:?} is no header", webhook.header));
        }
    }
    if let Auth::ApiKey { header, .. } = &manifest.auth
        && !is_header(header)
    {
        found.push(format!("header {header:?} is no header"));
    }
}

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn fields(form: &str, fields: &[ConfigField], found: &mut Vec<String>) {
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    twice(&format!("{form} field"), &names, found);
    for field in fields {
        let name = &field.name;
        let mut refuse =
            |wrong: bool, problem: &str| found.extend(wrong.then(|| format!("{form} field {name} {problem}")));
        let name_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        refuse(name.is_empty() || !name.chars().all(name_char), "holds more than a-z, 0-9 and _");
        refuse(field.label.trim().is_empty(), "has no label");
        refuse(field.is_secret() && field.default.is_some(), "is a secret with a default");
        let misses = field.default.as_ref().and_then(|default| field.check(default).err());
        refuse(misses.is_some(), &format!("refuses its own default: {}", misses.unwrap_or_default()));
        match &field.kind {
            FieldKind::Select { choices, source: None, .. } => {
                refuse(choices.len() < 2, "offers no choice");
                refuse(field.default.is_none(), "is a select without a default");
            }
            FieldKind::Select { choices, depends_on, source: Some(source), .. } => {
                refuse(!choices.is_empty(), "has choices of its own and a source of them");
                let unknown = depends_on.iter().find(|name| !names.contains(&name.as_str()));
                refuse(unknown.is_some(), "depends on a field that is not there");
                let used = |name: &String| {
                    source.call.url.contains(name) || source.call.body.iter().any(|it| it.contains(name))
                };
                refuse(!depends_on.iter().all(used), "depends on a field that its call does not name");
            }
            FieldKind::Table(table) => {
                let labelled = table.column_keys.iter().all(|column| table.column_labels.contains_key(column));
                refuse(!labelled, "has a column without a label");
                let known = table.secret_columns.iter().all(|column| table.column_keys.contains(column));
                refuse(!known, "hides a column that is not there");
            }
            _ => {}
        }
    }
}

fn twice(what: &str, names: &[&str], found: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    found.extend(names.iter().filter(|name| !seen.insert(**name)).map(|name| format!("{what} {name} is there twice")));
}
