//! What is wrong with the calls that name an account and check it.

use domain::catalogue::Manifest;
use domain::sign_in::{Auth, Call, Probe};

pub(super) fn problems(manifest: &Manifest, found: &mut Vec<String>) {
    let named = matches!(
        manifest.auth,
        Auth::Oauth2 { .. } | Auth::ApiKey { .. } | Auth::GithubApp { .. } | Auth::AwsRole { .. }
    );
    if named && manifest.identity.is_none() {
        found.push("identity is missing".into());
    }
    for (name, probe) in [("profile", &manifest.profile), ("identity", &manifest.identity)] {
        if let Some(probe) = probe {
            check_probe(name, probe, found);
        }
    }
    if manifest.profile.as_ref().is_some_and(|probe| probe.list.is_some()) {
        found.push("profile.list is set, and only one person signs in".into());
    }
    let has_base = matches!(manifest.auth, Auth::ApiKey { .. });
    for (name, call) in calls(manifest) {
        check_call(name, call, has_base, found);
        placeholders(name, call, manifest, found);
    }
    later(manifest, found);
}

/// Every call of a manifest, with its name there.
pub(super) fn calls(manifest: &Manifest) -> impl Iterator<Item = (&'static str, &Call)> {
    let probes = [("profile.call", &manifest.profile), ("identity.call", &manifest.identity)];
    let probes = probes.into_iter().filter_map(|(name, probe)| Some((name, probe.as_ref()?.call.as_ref()?)));
    probes.chain(manifest.health.as_ref().map(|call| ("health", call)))
}

/// What is wrong with a call in itself.
pub(super) fn check_call(name: &str, call: &Call, has_base: bool, found: &mut Vec<String>) {
    if !matches!((call.method.as_str(), &call.body), ("GET", None) | ("POST", _)) {
        found.push(format!("{name} is neither a GET without a body nor a POST"));
    }
    if let Some(body) = &call.body
        && serde_json::from_str::<serde_json::Value>(body).is_err()
    {
        found.push(format!("{name}.body is not JSON"));
    }
    if has_base != call.url.starts_with('/') {
        found.push(format!("{name}.url is below the base address of an API key, and absolute elsewhere"));
    }
    if call.ok.as_ref().is_some_and(|pointer| !pointer.starts_with('/')) {
        found.push(format!("{name}.ok does not start with /"));
    }
}

fn check_probe(name: &str, probe: &Probe, found: &mut Vec<String>) {
    for (part, pointer) in [
        ("id", Some(&probe.id)),
        ("name", Some(&probe.name)),
        ("icon", probe.icon.as_ref()),
        ("domain", probe.domain.as_ref()),
        ("account_type", probe.account_type.as_ref()),
        // The whole answer may be the list.
        ("list", probe.list.as_ref().filter(|list| !list.is_empty())),
    ] {
        if pointer.is_some_and(|pointer| !pointer.starts_with('/')) {
            found.push(format!("{name}.{part} does not start with /"));
        }
    }
    if probe.none.as_ref().is_some_and(|none| !none.ends_with('.')) {
        found.push(format!("{name}.none is no sentence"));
    }
}

/// A placeholder stands only where it is known by then.
fn placeholders(name: &str, call: &Call, manifest: &Manifest, found: &mut Vec<String>) {
    let known: &[(&str, bool)] = &[
        ("{external_id}", name == "health"),
        ("{domain}", name == "health"),
        ("{profile_id}", name != "profile.call" && manifest.profile.is_some()),
        ("{installation_id}", matches!(manifest.auth, Auth::GithubApp { .. })),
    ];
    let mut rest = call.url.as_str();
    while let Some(start) = rest.find('{') {
        let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
        let mark = &rest[start..end];
        if !known.iter().any(|(known, usable)| *known == mark && *usable) {
            found.push(format!("{name}.url has {mark}, which is not known there"));
        }
        rest = &rest[end..];
    }
}

/// What only the token answer says can be read once; later checks need a call.
fn later(manifest: &Manifest, found: &mut Vec<String>) {
    let no_call = |probe: &Option<Probe>| probe.as_ref().is_some_and(|probe| probe.call.is_none());
    let oauth = matches!(manifest.auth, Auth::Oauth2 { .. });
    if oauth && manifest.health.is_none() && (no_call(&manifest.identity) || no_call(&manifest.profile)) {
        found.push("health is missing: the account is read out of the token answer, which comes only once".into());
    }
    if manifest.health.as_ref().is_some_and(|call| call.url.contains("{profile_id}")) && no_call(&manifest.profile) {
        found.push("health.url has {profile_id}, which is read out of the token answer, which comes only once".into());
    }
    if matches!(manifest.auth, Auth::ApiKey { .. }) && (no_call(&manifest.identity) || no_call(&manifest.profile)) {
        found.push("identity has no call, and a key comes without an answer".into());
    }
}
