//! Paths on our own origin, the only thing a redirect may go to.

text_newtype! {
    /// `/…`, without anything a browser could read as another origin.
    pub struct LocalPath
}

impl LocalPath {
    /// Accepts only `/…` without `//` at the start, backslashes, control characters or spaces.
    ///
    /// # Errors
    /// When the text could lead elsewhere.
    pub fn parse(text: &str) -> Result<Self, String> {
        let local = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= 2_000
            && text.is_ascii()
            && !text.bytes().any(|b| b == b'\\' || b <= b' ' || b == 0x7f);
        // Encoded slashes at the start are decoded by some proxies before they redirect.
        let lower = text.to_ascii_lowercase();
        if local && !lower.starts_with("/%2f") && !lower.starts_with("/%5c") {
            Ok(Self(text.to_owned()))
        } else {
            Err("not a path on this site".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_on_this_site_is_one() {
        for good in ["/", "/settings/acme/integrations/?search=a%2Fb", "/a#b"] {
            assert!(LocalPath::parse(good).is_ok(), "{good:?}");
        }
        let hostile = [
            "",
            "evil",
            "//evil",
            "///evil",
            "/\\evil",
            "\\\\evil",
            "https://evil",
            "javascript:alert(1)",
            "/%2fevil",
            "/%2Fevil",
            "/%5cevil",
            "%2f%2fevil",
            "/a\r\nSet-Cookie: x",
            "/a\nb",
            "/\tevil",
            " //evil",
            "/ evil",
            "/\u{0}",
            "@evil",
            "user@evil",
            "//user:pw@evil/",
            "/\u{2025}evil",
            "／／evil",
            "/a\\b",
            "http:/evil",
            "data:text/html,x",
            "/a\u{7f}",
            "/é",
            "?x",
            "#x",
            ".//evil",
        ];
        for wrong in hostile {
            assert!(LocalPath::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
