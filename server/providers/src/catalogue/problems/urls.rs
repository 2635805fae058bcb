//! Which addresses of a manifest are not https.

use super::calls::calls;
use domain::catalogue::Manifest;
use domain::sign_in::{Auth, Oauth2};

/// The parts of an address that are replaced, and what may stand there.
const PLACEHOLDERS: [(&str, &str); 5] = [
    ("{slug}", "x"),
    ("{external_id}", "x"),
    ("{domain}", "example.com"),
    ("{profile_id}", "x"),
    ("{installation_id}", "x"),
];

pub(super) fn problems(manifest: &Manifest, found: &mut Vec<String>) {
    let mut urls = vec![
        ("documentation_url", manifest.documentation_url.as_str()),
        ("source_url", &manifest.source_url),
        ("issue_url", &manifest.issue_url),
    ];
    match &manifest.auth {
        Auth::Oauth2(oauth) => urls.extend(of_oauth(oauth)),
        Auth::GithubApp { install_url, authorize_url, token_url, api_url } => urls.extend([
            ("auth.install_url", install_url.as_str()),
            ("auth.authorize_url", authorize_url),
            ("auth.token_url", token_url),
            ("auth.api_url", api_url),
        ]),
        Auth::ApiKey { base_url, .. } => urls.push(("auth.base_url", base_url)),
        Auth::App { redirect_url, .. } => urls.extend(redirect_url.as_deref().map(|url| ("auth.redirect_url", url))),
        Auth::Document { url } => urls.push(("auth.url", url)),
        Auth::Database { .. } | Auth::AwsRole { .. } | Auth::Plugin => {}
    }
    // A path below the base address is looked at together with its probe.
    let absolute = calls(manifest).map(|(name, call)| (name, call.url.as_str()));
    urls.extend(absolute.filter(|(_, url)| !url.starts_with('/')));
    urls.extend(manifest.resources.iter().map(|resource| ("resource url", resource.url.as_str())));
    if let Some(install) = &manifest.aspects.external_install {
        urls.push(("aspects.externalInstall.url", &install.url));
    }
    for (name, url) in urls {
        if !is_https(url) {
            found.push(format!("{name} is not an https address: {url:?}"));
        }
    }
}

fn of_oauth(oauth: &Oauth2) -> impl Iterator<Item = (&'static str, &str)> {
    let Oauth2 { authorize_url, token_url, refresh_url, revoke_url, issuer, .. } = oauth;
    let given = [
        ("auth.authorize_url", Some(authorize_url)),
        ("auth.token_url", Some(token_url)),
        ("auth.refresh_url", refresh_url.as_ref()),
        ("auth.revoke_url", revoke_url.as_ref()),
        ("auth.issuer", issuer.as_ref()),
    ];
    given.into_iter().filter_map(|(name, url)| Some((name, url?.as_str())))
}

fn is_https(url: &str) -> bool {
    let url = PLACEHOLDERS.iter().fold(url.to_owned(), |url, (mark, value)| url.replace(mark, value));
    url::Url::parse(&url).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty() && url.port().is_none())
}
