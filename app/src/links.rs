//! The addresses of the pages, spelled once.

use domain::catalogue::Kind;
use domain::ids::{IntegrationId, LinkId};
use domain::issue_sync::LogFilter;
use domain::pipelines::PipelineId;
use domain::slug::OrgSlug;

/// Home: leads on to the last organization's directory.
pub const HOME: &str = "/";
/// The mail outbox.
pub const OUTBOX: &str = "/admin/mail/";
/// The apps that Patchbay is at providers.
pub const PROVIDER_APPS: &str = "/admin/providers/";
/// The set-up of a fresh instance.
pub const SETUP: &str = "/setup";
/// The sign-in.
pub const LOGIN: &str = "/login";

/// The sign-in that leads back to a page of ours.
pub fn login(next: &str) -> String {
    if next == HOME { LOGIN.to_owned() } else { format!("{LOGIN}?next={}", encoded(next)) }
}

/// Text as a value in a query, by RFC 3986.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    out
}

/// The directory.
pub fn directory(org: &OrgSlug) -> String {
    format!("/settings/{org}/integrations/")
}

/// The detail page of an entry of any kind.
pub fn detail(org: &OrgSlug, kind: Kind, key: &str) -> String {
    format!("/settings/{org}/{}/{key}/", kind.path())
}

/// The configurations of a first-party provider.
pub fn configurations(org: &OrgSlug, provider: &str) -> String {
    format!("/settings/{org}/integrations/{provider}/?tab=configurations")
}

/// The install page for browsers without JavaScript.
pub fn install(org: &OrgSlug, provider: &str) -> String {
    format!("/settings/{org}/integrations/{provider}/install/")
}

/// The install page at a step of a pipeline; a pipeline that connects an installation again names it.
pub fn install_step(org: &OrgSlug, provider: &str, pipeline: &PipelineId, again: Option<IntegrationId>) -> String {
    let again = again.map(|id| format!("&again={id}")).unwrap_or_default();
    format!("{}?pipeline={pipeline}{again}", install(org, provider))
}

/// The install page that connects an installation again in place.
pub fn install_again(org: &OrgSlug, provider: &str, id: IntegrationId) -> String {
    format!("{}?again={id}", install(org, provider))
}

/// The credentials of one provider's app, for those who run the instance.
pub fn provider_app(provider: &str) -> String {
    format!("{PROVIDER_APPS}{provider}/")
}

/// The configure page of one installation.
pub fn configure(org: &OrgSlug, provider: &str, id: IntegrationId) -> String {
    format!("/settings/{org}/integrations/{provider}/{id}/")
}

/// The removal page for browsers without JavaScript.
pub fn remove(org: &OrgSlug, provider: &str, id: IntegrationId) -> String {
    format!("/settings/{org}/integrations/{provider}/{id}/remove/")
}

/// The links of a tracker.
pub fn issue_links(org: &OrgSlug, provider: &str, id: IntegrationId) -> String {
    format!("/settings/{org}/integrations/{provider}/{id}/links/")
}

/// The links of a tracker, with a new one marked.
pub fn issue_links_added(org: &OrgSlug, provider: &str, id: IntegrationId, link: LinkId) -> String {
    format!("{}?added={link}", issue_links(org, provider, id))
}

/// The sync log of a tracker.
pub fn sync_log(org: &OrgSlug, provider: &str, id: IntegrationId, filter: &LogFilter) -> String {
    let pairs = [
        ("status", filter.status.map(|status| status.to_string())),
        ("link", filter.link.map(|link| link.to_string())),
        ("before", filter.before.map(|line| line.to_string())),
    ];
    let query: Vec<_> =
        pairs.into_iter().filter_map(|(key, value)| value.map(|value| format!("{key}={value}"))).collect();
    let base = format!("/settings/{org}/integrations/{provider}/{id}/sync-log/");
    if query.is_empty() { base } else { format!("{base}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::path::LocalPath;

    #[test]
    fn the_way_back_survives_the_sign_in_and_stays_on_this_site() {
        assert_eq!(login("/"), "/login");
        assert_eq!(
            login("/settings/acme/integrations/?search=a b&x=ü"),
            "/login?next=%2Fsettings%2Facme%2Fintegrations%2F%3Fsearch%3Da%20b%26x%3D%C3%BC"
        );
        assert!(LocalPath::parse(&login("//evil.example")).is_ok());
    }

    #[test]
    fn a_filter_of_the_sync_log_is_in_its_address() {
        let org = OrgSlug::parse("acme").unwrap();
        let log = |filter| sync_log(&org, "vsts", IntegrationId(7), &filter);
        assert_eq!(log(LogFilter::default()), "/settings/acme/integrations/vsts/7/sync-log/");
        let filter =
            LogFilter { status: Some(domain::issue_sync::EventStatus::Failed), link: Some(LinkId(3)), before: None };
        assert_eq!(log(filter), "/settings/acme/integrations/vsts/7/sync-log/?status=failed&link=3");
    }
}
