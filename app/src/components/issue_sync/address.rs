//! What the address of the links page says of the form that links: how far a person without JavaScript has come.

use crate::links::encoded;
use domain::ids::IntegrationId;
use std::fmt::Write;

/// Which item an issue is linked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Way {
    /// One that is there.
    #[default]
    Existing,
    /// One that is created.
    New,
}

impl Way {
    /// The word in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Existing => "existing",
            Self::New => "new",
        }
    }
}

/// What was chosen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// Whether the form is open.
    pub open: bool,
    /// The Sentry connection.
    pub sentry: Option<IntegrationId>,
    /// What is looked for in Sentry.
    pub issue_query: String,
    /// The chosen issue.
    pub issue: String,
    /// Which item.
    pub way: Way,
    /// What is looked for in the tracker.
    pub item_query: String,
    /// The chosen item.
    pub item: String,
    /// The chosen project of a new item.
    pub project: String,
    /// The chosen type of a new item.
    pub item_type: String,
}

impl Address {
    /// Reads a query.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default();
        let mut address = Self {
            open: false,
            sentry: text("sentry").parse().ok(),
            issue_query: text("issue_query"),
            issue: text("issue"),
            way: if text("way") == Way::New.as_str() { Way::New } else { Way::Existing },
            item_query: text("item_query"),
            item: text("item"),
            project: text("project"),
            item_type: text("type"),
        };
        address.open = get("form").is_some() || address != Self::default();
        address
    }

    /// The pairs that hold something.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let way = if self.way == Way::New { self.way.as_str() } else { "" };
        let texts = [
            ("issue_query", self.issue_query.as_str()),
            ("issue", &self.issue),
            ("way", way),
            ("item_query", &self.item_query),
            ("item", &self.item),
            ("project", &self.project),
            ("type", &self.item_type),
        ];
        let sentry = self.sentry.map(|id| ("sentry", id.to_string()));
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (key, text.to_owned()));
        sentry.into_iter().chain(texts).collect()
    }

    /// The page with this choice.
    pub fn url(&self, base: &str) -> String {
        let mut url = format!("{base}?form=link");
        for (key, value) in self.pairs() {
            // Writing into text cannot fail.
            let _ = write!(url, "&{key}={}", encoded(&value));
        }
        url
    }

    /// Without the issue and all that was chosen after it.
    pub fn before_issue(&self) -> Self {
        Self { open: true, sentry: self.sentry, issue_query: self.issue_query.clone(), ..Self::default() }
    }

    /// Without the item and all that was chosen after it.
    pub fn before_item(&self) -> Self {
        let issue = self.issue.clone();
        Self { issue, way: self.way, item_query: self.item_query.clone(), ..self.before_issue() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_survives_in_the_address() {
        let address = Address {
            open: true,
            sentry: Some(IntegrationId(7)),
            issue_query: "a&b=\"><img onerror>".into(),
            issue: "12".into(),
            way: Way::New,
            project: "p".into(),
            ..Address::default()
        };
        let url = address.url("/links/");
        assert!(!url.contains(['<', '"', ' ']) && url.contains("&way=new&project=p"), "{url}");
        let pairs = address.pairs();
        let get = |key: &str| pairs.iter().find(|(other, _)| *other == key).map(|(_, value)| value.clone());
        assert_eq!(Address::read(get), address);
        assert_eq!(address.before_issue().pairs().len(), 2, "a choice before takes those after it along");
        assert!(!Address::read(|_| None).open);
    }
}
