//! Where a call goes: its placeholders filled in, and everything moved to where the provider is.

use domain::integrations::Account;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Position, Url};

/// What RFC 3986 lets stand in a path segment by itself is kept; everything else is encoded.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the placeholders of a call stand for, where it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Places<'a> {
    pub external_id: Option<&'a str>,
    pub domain: Option<&'a str>,
    pub profile_id: Option<&'a str>,
    pub installation_id: Option<&'a str>,
}

impl<'a> Places<'a> {
    /// Those of a known account. `server` is the server that its id begins with, if it does.
    pub fn of(account: &'a Account, server: Option<&str>) -> Self {
        let id = account.external_id.as_str();
        let own = server.and_then(|server| id.strip_prefix(server)?.strip_prefix('/'));
        Self { external_id: Some(own.unwrap_or(id)), domain: account.domain_name.as_deref(), ..Self::default() }
    }

    /// The address with every placeholder replaced; nothing when one is not known or would change where it leads.
    pub fn fill(&self, address: &str) -> Option<String> {
        let ids = [
            ("{external_id}", self.external_id),
            ("{profile_id}", self.profile_id),
            ("{installation_id}", self.installation_id),
        ];
        let mut filled = address.to_owned();
        for (mark, value) in ids {
            if filled.contains(mark) {
                // A dot alone names another folder, encoded or not.
                let value = value.filter(|value| !value.is_empty() && !value.bytes().all(|byte| byte == b'.'))?;
                filled = filled.replace(mark, &utf8_percent_encode(value, SEGMENT).to_string());
            }
        }
        if filled.contains("{domain}") {
            filled = filled.replace("{domain}", self.domain.filter(|domain| is_place(domain))?);
        }
        Some(filled)
    }
}

/// Whether a text is a host, perhaps with a port and a path, and nothing more.
fn is_place(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | ':' | '/' | '[' | ']');
    let starts = |first: char| first.is_ascii_alphanumeric() || first == '[';
    text.starts_with(starts) && text.chars().all(plain) && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The address of a call. With a base, everything is below it: a path, and what an absolute address names after its
/// host. Without one the address has to be absolute.
pub(super) fn locate(base: Option<&str>, address: &str) -> Option<Url> {
    let Some(base) = base else {
        return Url::parse(address).ok().filter(Url::has_host);
    };
    let path_and_query = match Url::parse(address) {
        Ok(absolute) => absolute[Position::BeforePath..Position::AfterQuery].to_owned(),
        Err(_) => address.to_owned(),
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

/// Where a server that a person named is: host, port and path, without the scheme.
pub(super) fn server(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let server = &url[Position::BeforeHost..Position::AfterPath];
    Some(server.trim_end_matches('/').to_owned()).filter(|server| !server.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_below_its_base() {
        let url = |base, address: &str| locate(base, address).map(String::from);
        assert_eq!(url(Some("https://a.com"), "/v1/me").as_deref(), Some("https://a.com/v1/me"));
        assert_eq!(url(Some("https://a.com/api/"), "me?x=1").as_deref(), Some("https://a.com/api/me?x=1"));
        assert_eq!(url(Some("http://127.0.0.1:1"), "https://b.com/me?x").as_deref(), Some("http://127.0.0.1:1/me?x"));
        assert_eq!(url(None, "https://b.com/me?x#y").as_deref(), Some("https://b.com/me?x#y"));
        for wrong in ["", "a.com", "https://", "mailto:x", "https://a.com/?x", "https://a.com/#x"] {
            assert_eq!(url(Some(wrong), "/me"), None, "{wrong}");
        }
        for wrong in ["", "/me", "mailto:x"] {
            assert_eq!(url(None, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn placeholders_stay_in_their_segment() {
        let places = Places {
            external_id: Some("a/b ?#ü"),
            domain: Some("acme.example.com:8443/x"),
            profile_id: Some("{domain}"),
            installation_id: None,
        };
        let filled = |address: &str| places.fill(address);
        assert_eq!(filled("/x/{external_id}/y").as_deref(), Some("/x/a%2Fb%20%3F%23%C3%BC/y"));
        assert_eq!(filled("https://{domain}/y").as_deref(), Some("https://acme.example.com:8443/x/y"));
        assert_eq!(filled("/{profile_id}").as_deref(), Some("/%7Bdomain%7D"));
        assert_eq!(filled("/{installation_id}"), None);
        assert_eq!(filled("/{other}").as_deref(), Some("/{other}"));
    }

    #[test]
    fn a_value_that_leads_elsewhere_is_refused() {
        for id in ["", ".", ".."] {
            assert_eq!(Places { external_id: Some(id), ..Places::default() }.fill("/{external_id}/x"), None, "{id}");
        }
        for domain in
            ["", "u@evil.com", "a.com?x", "a.com#x", "a.com/../b", "a.com\\b", "//a.com", "a.com/", "é.com", " "]
        {
            assert_eq!(
                Places { domain: Some(domain), ..Places::default() }.fill("https://{domain}/"),
                None,
                "{domain}"
            );
        }
    }

    #[test]
    fn the_id_of_an_account_on_a_named_server_is_its_id_there() {
        let account = Account { external_id: "git.example.com/7".into(), ..Account::default() };
        let id = |server| Places::of(&account, server).external_id.map(str::to_owned);
        assert_eq!(id(Some("git.example.com")).as_deref(), Some("7"));
        assert_eq!(id(Some("other.example.com")).as_deref(), Some("git.example.com/7"));
        assert_eq!(id(None).as_deref(), Some("git.example.com/7"));
        assert_eq!(server(" https://git.example.com/x/ ").as_deref(), Some("git.example.com/x"));
    }
}
