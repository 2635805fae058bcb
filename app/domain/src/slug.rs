//! Slugs: the names in URLs. The rules are those of the Sentry API, so that its clients' slugs work here.

text_newtype! {
    /// An organization's slug: 3 to 50 letters, digits and hyphens, lower case, not only digits, not reserved.
    pub struct OrgSlug
}
text_newtype! {
    /// A team's slug: at most 50 of `a-z 0-9 _ -`, not only digits.
    pub struct TeamSlug
}
text_newtype! {
    /// A project's slug: at most 100 of `a-z 0-9 _ -`, not only digits.
    pub struct ProjectSlug
}

/// Words that cannot be an organization's slug, because a path of ours or of a Sentry client means something else by
/// them (the list of Sentry 23.7.1).
const RESERVED: &str = "404 500 _admin _experiment _static about accept access account accountspayable acl admin \
    answers ap api app at au1 auth authentication avatar billing blog branding careers client clients community \
    contact corp customers de debug devinfra docs enterprise eu events expenses ext extension extensions features \
    finance for from get-cli github-deployment-gate guide help ingest integration-platform integrations invoice \
    invoices ja jobs legal login logout lp mail manage my onboarding organization-avatar organizations out payment \
    payments platforms plugins policy pricing privacy project-avatar projects receipt receipts referrals register \
    remote resources sa1 sales security sentry-apps settings signup sponsorship ssh sso staff subscribe support \
    team-avatar teams terms thanks themonitor trust us vs welcome";

impl OrgSlug {
    /// Reads a slug; upper case becomes lower, `_` becomes `-`.
    ///
    /// # Errors
    /// The sentence a Sentry client expects for the rule that is broken.
    pub fn parse(text: &str) -> Result<Self, String> {
        let slug = text.to_lowercase().replace('_', "-");
        if text.chars().any(char::is_whitespace) {
            return Err(format!("The slug \"{}\" should not contain any whitespace.", shown(text)));
        }
        if slug.chars().count() < 3 {
            return Err(format!("This slug \"{}\" is too short. Minimum of 3 characters.", shown(text)));
        }
        if RESERVED.split_whitespace().any(|word| word == slug || word == text) {
            return Err(format!("This slug \"{}\" is reserved and not allowed.", shown(text)));
        }
        let edges = !slug.starts_with('-') && !slug.ends_with('-');
        if slug.len() > 50
            || !edges
            || only_digits(&slug)
            || !slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return Err("A slug is up to 50 letters, digits and hyphens, does not begin or end with a hyphen and is \
                        not only digits."
                .to_owned());
        }
        Ok(Self(slug))
    }

    /// A slug made from a name: `Acme & Sons` becomes `acme-sons`. May still be taken.
    pub fn from_name(name: &str) -> Option<Self> {
        let candidate = dashed(name, 50);
        Self::parse(&candidate).or_else(|_| Self::parse(&format!("{candidate}-org"))).ok()
    }
}

impl TeamSlug {
    /// Reads a slug.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        part(text, 50).map(Self)
    }
}

impl ProjectSlug {
    /// Reads a slug.
    ///
    /// # Errors
    /// A sentence for beside the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        part(text, 100).map(Self)
    }
}

fn part(text: &str, max: usize) -> Result<String, String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if text.is_empty() || text.len() > max || only_digits(text) || !text.bytes().all(allowed) {
        return Err(format!(
            "A slug is up to {max} lower-case letters, digits, underscores and hyphens, and is not only digits."
        ));
    }
    Ok(text.to_owned())
}

fn only_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn dashed(name: &str, max: usize) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(max);
    slug.trim_end_matches('-').to_owned()
}

/// What a person typed, short enough and plain enough to be quoted back.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_slug_follows_sentrys_rules() {
        assert_eq!(OrgSlug::parse("Acme_Corp").unwrap().as_str(), "acme-corp");
        assert_eq!(OrgSlug::parse("ab").unwrap_err(), "This slug \"ab\" is too short. Minimum of 3 characters.");
        assert_eq!(OrgSlug::parse("settings").unwrap_err(), "This slug \"settings\" is reserved and not allowed.");
        assert_eq!(OrgSlug::parse("a b").unwrap_err(), "The slug \"a b\" should not contain any whitespace.");
        for wrong in ["123", "-abc", "abc-", "äbc", "a/b", "a.b", &"a".repeat(51)] {
            assert!(OrgSlug::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_becomes_a_slug() {
        assert_eq!(OrgSlug::from_name("Acme & Sons!").unwrap().as_str(), "acme-sons");
        assert_eq!(OrgSlug::from_name("Settings").unwrap().as_str(), "settings-org");
        assert_eq!(OrgSlug::from_name("日本"), None);
    }
}
