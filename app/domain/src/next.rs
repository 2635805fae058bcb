//! Where a page may lead on to, when its address asks for it: one origin, compared as a whole.
//!
//! A look at how the text begins is not enough: `https://vercel.com.evil.example` and `https://vercel.com@evil.example`
//! begin with `https://vercel.com`. This reads less than a browser does, and refuses whatever it does not read.

/// Whether an address has exactly this origin, such as `https://vercel.com`.
pub fn leads_to(address: &str, origin: &str) -> bool {
    match (parse(address), parse(origin)) {
        (Some(address), Some(origin)) => address == origin,
        _ => false,
    }
}

/// Scheme, host and port.
type Origin = (&'static str, String, u16);

fn parse(text: &str) -> Option<Origin> {
    // A browser drops tabs and line breaks anywhere, and takes `\` for `/`: neither belongs into an address.
    let clean = text.len() <= 2_000 && text.bytes().all(|byte| byte > b' ' && byte < 0x7f && byte != b'\\');
    let (scheme, rest) = text.split_once("://").filter(|_| clean)?;
    let (scheme, default) = match scheme.to_ascii_lowercase().as_str() {
        "https" => ("https", 443),
        // For systems in one's own network.
        "http" => ("http", 80),
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.split_once(':') {
        None => (authority, default),
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()?),
        Some(_) => return None,
    };
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (host.len() <= 253 && host.split('.').all(label)).then(|| (scheme, host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_very_origin_is_one() {
        for good in [
            "https://vercel.com",
            "https://vercel.com/",
            "https://VERCEL.com/x",
            "HTTPS://vercel.com/x",
            "https://vercel.com:443/x",
            "https://vercel.com/integrations?next=https://evil.example#x",
            "https://vercel.com?x=@evil.example",
            "https://vercel.com#@evil.example",
            "https://vercel.com/@evil.example",
        ] {
            assert!(leads_to(good, "https://vercel.com"), "{good}");
        }
        assert!(leads_to("http://10.0.0.7:8080/x", "http://10.0.0.7:8080"));
    }

    #[test]
    fn nothing_that_only_looks_like_the_origin_is_one() {
        for hostile in [
            "",
            "https://vercel.com.evil.com",
            "https://vercel.com.",
            "https://vercel.com@evil.com",
            "https://vercel.com:443@evil.com",
            "https://vercel.com:pw@evil.com/",
            "https://user@vercel.com",
            "https://evil.com/https://vercel.com",
            "https://evilvercel.com",
            "https://www.vercel.com",
            "https://vercel.com%2eevil.com",
            "https://vercel.com%40evil.com",
            "https://vercel.com\\@evil.com",
            "https://vercel.com\\.evil.com",
            "https:\\\\vercel.com",
            "https:vercel.com",
            "https:/vercel.com",
            "https:///vercel.com",
            "//vercel.com",
            "/vercel.com",
            "vercel.com",
            "http://vercel.com",
            "http://vercel.com:443",
            "https://vercel.com:80",
            "https://vercel.com:8443",
            "https://vercel.com:",
            "https://vercel.com:+443",
            "https://vercel.com:443:443",
            "https://vercel.com:99999",
            "javascript:alert(1)",
            "javascript://vercel.com/%0aalert(1)",
            "data:text/html,https://vercel.com",
            "blob:https://vercel.com/x",
            "ftp://vercel.com",
            " https://vercel.com",
            "https://vercel.com\n.evil.com",
            "https://ver\tcel.com",
            "\u{0}https://vercel.com",
            "https://vercel.com\u{3002}evil.com",
            "https://verc\u{435}l.com",
            "https://[::1]",
            "https://",
        ] {
            assert!(!leads_to(hostile, "https://vercel.com"), "{hostile:?}");
        }
        assert!(!leads_to("", "") && !leads_to("x", "x"), "no origin is no permission");
    }
}
