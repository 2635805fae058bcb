//! The catalogue: every folder of `catalogue/` as a [`Manifest`]. A provider is here because its folder exists.

mod problems;

pub use problems::problems;

use domain::catalogue::Manifest;
use std::sync::LazyLock;

/// Key, `manifest.toml` and `about.md` of each folder, sorted by key; written by `build.rs`.
const FOLDERS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

static ALL: LazyLock<Vec<Manifest>> = LazyLock::new(|| {
    let read = |&(folder, manifest, about)| read(folder, manifest, about).unwrap_or_else(|problem| panic!("{problem}"));
    FOLDERS.iter().map(read).collect()
});

/// Every provider, sorted by key.
///
/// # Panics
/// When a manifest cannot be read. The tests read them all.
pub fn all() -> &'static [Manifest] {
    &ALL
}

/// The provider with this key.
pub fn find(key: &str) -> Option<&'static Manifest> {
    let index = all().binary_search_by(|manifest| manifest.key.as_str().cmp(key)).ok()?;
    all().get(index)
}

/// Reads one folder. The error names the file.
fn read(folder: &str, manifest: &str, about: &str) -> Result<Manifest, String> {
    let file = format!("catalogue/{folder}/manifest.toml");
    let mut manifest: Manifest = toml::from_str(manifest).map_err(|error| format!("{file}: {error}"))?;
    if manifest.key != folder {
        return Err(format!("{file}: the key is {:?} and the folder {folder:?}; they must be the same", manifest.key));
    }
    about.trim().clone_into(&mut manifest.about);
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::Kind;
    use domain::sign_in::{Auth, RevokeBy};
    use std::collections::BTreeSet;

    /// The types that a Codegen client always gets a row for.
    const CODEGEN: [&str; 11] =
        ["slack", "linear", "notion", "figma", "clickup", "jira", "sentry", "monday", "github", "circleci", "postgres"];

    /// The providers that must be there, by how they sign in.
    const PROMISED: [(&str, &[&str]); 6] = [
        (
            "oauth2",
            &[
                "slack",
                "linear",
                "notion",
                "figma",
                "clickup",
                "jira",
                "sentry",
                "monday",
                "gitlab",
                "vsts",
                "pagerduty",
                "discord",
                "bitbucket",
                "asana",
            ],
        ),
        ("github_app", &["github"]),
        ("api_key", &["circleci", "opsgenie", "datadog", "vercel", "jenkins", "grafana"]),
        ("database", &["postgres", "mysql"]),
        ("aws_role", &["aws_lambda"]),
        ("plugin", &["webhooks", "amazon-sqs", "twilio", "trello"]),
    ];

    fn sample() -> (String, String) {
        let (_, manifest, about) = FOLDERS.iter().find(|(folder, ..)| *folder == "circleci").unwrap();
        ((*manifest).to_owned(), (*about).to_owned())
    }

    fn auth_kind(manifest: &Manifest) -> String {
        serde_json::to_value(&manifest.auth).unwrap()["kind"].as_str().unwrap().to_owned()
    }

    #[test]
    fn every_folder_can_be_read() {
        let problems: Vec<_> = FOLDERS.iter().filter_map(|(key, text, about)| read(key, text, about).err()).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn every_manifest_is_complete() {
        let lines = |manifest: &'static Manifest| {
            problems(manifest).into_iter().map(|problem| format!("catalogue/{}: {problem}", manifest.key))
        };
        let problems: Vec<String> = all().iter().flat_map(lines).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    /// Nested tables do not refuse unknown keys by themselves, so a misspelt one would be dropped in silence.
    #[test]
    fn nothing_in_a_manifest_is_dropped() {
        let mut lost = Vec::new();
        for (key, text, about) in FOLDERS {
            let written: serde_json::Value = toml::from_str(text).unwrap();
            let kept = serde_json::to_value(read(key, text, about).unwrap()).unwrap();
            missing(&written, &kept, key, &mut lost);
        }
        assert!(lost.is_empty(), "{}", lost.join("\n"));
    }

    fn missing(written: &serde_json::Value, kept: &serde_json::Value, at: &str, lost: &mut Vec<String>) {
        use serde_json::Value::{Array, Object};
        match (written, kept) {
            (Object(written), Object(kept)) => {
                for (name, value) in written {
                    missing(value, kept.get(name).unwrap_or(&serde_json::Value::Null), &format!("{at}.{name}"), lost);
                }
            }
            (Array(written), Array(kept)) if written.len() == kept.len() => {
                for (index, (written, kept)) in written.iter().zip(kept).enumerate() {
                    missing(written, kept, &format!("{at}[{index}]"), lost);
                }
            }
            (written, kept) if written == kept => {}
            _ => lost.push(format!("{at} is not part of a manifest")),
        }
    }

    #[test]
    fn an_incomplete_manifest_is_refused_and_its_file_named() {
        let (manifest, about) = sample();
        let error = |manifest: &str| read("circleci", manifest, &about).unwrap_err();
        for (broken, said) in [
            (manifest.replacen("noun = \"Installation\"\n", "", 1), "missing field `noun`"),
            (manifest.replacen("noun =", "nuon =", 1), "unknown field `nuon`"),
            (manifest.replacen("kind = \"api_key\"", "kind = \"magic\"", 1), "unknown variant `magic`"),
            (manifest.replacen("base_url =", "base_uri =", 1), "unknown field `base_uri`"),
            (manifest.replacen("type = \"number\"", "type = \"amount\"", 1), "unknown variant `amount`"),
            (manifest.replacen("key = \"circleci\"", "key = \"circle\"", 1), "they must be the same"),
            ("name = ".to_owned(), "TOML parse error"),
        ] {
            let error = error(&broken);
            assert!(error.starts_with("catalogue/circleci/manifest.toml: "), "{error}");
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn every_promised_provider_is_there() {
        for (kind, keys) in PROMISED {
            for key in keys {
                let manifest = find(key).unwrap_or_else(|| panic!("{key} is missing"));
                assert_eq!(auth_kind(manifest), kind, "{key}");
            }
        }
        let count = |kind| all().iter().filter(|manifest| manifest.kind == kind).count();
        assert!(count(Kind::Document) >= 5);
        assert!(count(Kind::App) >= 2);
        assert!(find("no-such-provider").is_none());
        assert!(all().is_sorted_by(|a, b| a.key < b.key));
    }

    #[test]
    fn the_types_codegen_names_are_ours_one_by_one() {
        let named: Vec<_> = all().iter().filter_map(|manifest| manifest.codegen_type.as_deref()).collect();
        assert_eq!(named.len(), CODEGEN.len());
        assert_eq!(BTreeSet::from_iter(named), BTreeSet::from(CODEGEN));
    }

    #[test]
    fn what_was_not_tried_against_the_vendor_says_so() {
        let silent = |manifest: &&Manifest| {
            let text = &manifest.proven_against;
            let honest = ["Nothing yet: ", "An invented vendor, ", "A stub that replays ", "A test double"];
            let named = ["Debian", "PostgreSQL", "MariaDB", "emulate", "oidc-provider", "moto"];
            !honest.iter().any(|start| text.starts_with(start)) && !named.iter().any(|name| text.contains(name))
        };
        let silent: Vec<_> = all().iter().filter(silent).map(|m| (&m.key, &m.proven_against)).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }

    #[test]
    fn problems_are_found_all_at_once() {
        let (manifest, about) = sample();
        let mut broken = read("circleci", &manifest, &about).unwrap();
        broken.tagline = "Ends in a full stop.".into();
        broken.color = "green".into();
        broken.about = "<script>alert(1)</script>".into();
        broken.config.push(broken.config[0].clone());
        broken.identity = None;
        broken.documentation_url = "http://circleci.com".into();
        let Auth::ApiKey { fields, .. } = &mut broken.auth else { panic!("an API key") };
        fields.clear();
        assert_eq!(
            problems(&broken),
            [
                "tagline ends in a full stop",
                "color is not #rrggbb",
                "about.md holds raw HTML",
                "about.md is not two to five blocks of text",
                "identity is missing",
                "documentation_url is not an https address: \"http://circleci.com\"",
                "the install form needs exactly one secret",
                "config field project_slug is there twice",
            ]
        );
    }

    #[test]
    fn what_a_sign_in_cannot_use_is_found() {
        let mut broken = find("slack").unwrap().clone();
        broken.headers.insert("Bad Header".into(), "x".into());
        broken.health = None;
        let identity = broken.identity.as_mut().unwrap();
        identity.call = None;
        identity.list = Some("teams".into());
        let Auth::Oauth2(oauth) = &mut broken.auth else { panic!("OAuth") };
        oauth.scope_separator = ";".into();
        oauth.revoke_by = RevokeBy::Bearer;
        oauth.revoke_url = None;
        oauth.issuer = Some("http://slack.com".into());
        oauth.authorize_params = [("state".to_owned(), "1".to_owned())].into();
        oauth.answer.access_token = "access_token".into();
        oauth.guide = vec!["Make an app.".into()];
        assert_eq!(
            problems(&broken),
            [
                "headers.Bad Header is no header",
                "auth.scope_separator is neither a space nor a comma",
                "auth.revoke_by says how to revoke and auth.revoke_url not where",
                "auth.authorize_params.state is set for each sign-in",
                "auth.guide is shown with a form, and there is none",
                "auth.answer.access_token does not start with /",
                "identity.list does not start with /",
                "health is missing: the account is read out of the token answer, which comes only once",
                "auth.issuer is not an https address: \"http://slack.com\"",
            ]
        );
    }

    #[test]
    fn a_form_before_a_sign_in_holds_what_the_sign_in_knows() {
        let (manifest, about) = sample();
        let mut broken = find("gitlab").unwrap().clone();
        let Auth::ApiKey { fields, .. } = read("circleci", &manifest, &about).unwrap().auth else { panic!("a key") };
        let Auth::Oauth2(oauth) = &mut broken.auth else { panic!("OAuth") };
        let secret = fields[0].clone();
        oauth.fields = vec![secret.clone(), domain::config::ConfigField { name: "client_id".into(), ..secret }];
        assert_eq!(
            problems(&broken),
            [
                "install field token means nothing to a sign-in",
                "install field client_id is secret",
                "the install form asks for half an app: client_id and client_secret belong together",
            ]
        );
    }

    #[test]
    fn a_placeholder_stands_only_where_it_is_known() {
        let mut broken = find("asana").unwrap().clone();
        let call = |url: &str| serde_json::from_value(serde_json::json!({"method": "GET", "url": url})).unwrap();
        broken.profile = None;
        broken.identity.as_mut().unwrap().call = Some(call("https://{domain}/{profile_id}/x"));
        broken.health = Some(call("https://{domain}/{external_id}/{other}"));
        assert_eq!(
            problems(&broken),
            [
                "identity.call.url has {domain}, which is not known there",
                "identity.call.url has {profile_id}, which is not known there",
                "health.url has {other}, which is not known there",
            ]
        );
    }
}
