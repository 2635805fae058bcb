//! E-mail addresses, as far as a settings page may judge them: the mail server has the last word.

use std::fmt::Write as _;

text_newtype! {
    /// An address in lower case, at most 75 characters (the Sentry wire's limit).
    pub struct Email
}

impl Email {
    /// Reads an address: one `@`, something on both sides, a dot or a plain host at the right, no spaces.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let refuse = || Err("Write a whole e-mail address, such as ada@example.com.".to_owned());
        if text.chars().count() > 75 {
            return Err("An e-mail address may be at most 75 characters long.".to_owned());
        }
        let Some((local, host)) = text.rsplit_once('@') else { return refuse() };
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
        if local.is_empty() || !local.chars().all(plain) {
            return refuse();
        }
        let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        if !host.split('.').all(label) {
            return refuse();
        }
        Ok(Self(text))
    }

    /// Two letters for the round picture.
    pub fn initials(&self) -> String {
        let mut initials = String::new();
        for part in self.0.split(['@', '.', '-', '_']).take(2) {
            if let Some(first) = part.chars().next() {
                let _ = write!(initials, "{}", first.to_uppercase());
            }
        }
        initials
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_lower_case_and_whole() {
        assert_eq!(Email::parse(" Ada@Example.com ").unwrap().as_str(), "ada@example.com");
        for wrong in ["", "ada", "@x.y", "ada@", "a b@x.y", "a@x..y", "a@x.y>", "a,b@x.y", "a@b@c.d\n", "a\u{0}@x.y"] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
