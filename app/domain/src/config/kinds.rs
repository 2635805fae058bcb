//! What the larger kinds of fields are made of, with the keys of the Sentry wire.

use crate::sign_in::Call;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A choice per column for each item that a person adds, such as a status for each project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceMapper {
    /// The word on the button that adds an item.
    pub add_button_text: String,
    /// The items that can be added.
    pub add_dropdown: AddDropdown,
    /// The choices of each column: the same for every item, or by item.
    pub mapped_selectors: MappedSelectors,
    /// The heading of each column.
    pub column_labels: BTreeMap<String, String>,
    /// The heading of the items.
    pub mapped_column_label: String,
    /// Whether a toast may say what the value was and is; rarely useful here.
    #[serde(default)]
    pub format_message_value: bool,
    /// Whether `mapped_selectors` is by item.
    #[serde(default, skip_serializing_if = "super::is_off")]
    pub per_item_mapping: bool,
    /// Choices by item beside the shared ones, which hold the union for clients that know nothing else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub per_item_selectors: BTreeMap<String, Columns>,
    /// Where the choices of an item are asked for (`?field=…&item=…`), when they are not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
}

/// The items that can be added to a mapper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddDropdown {
    /// Shown when every item is in use.
    pub empty_message: String,
    /// Shown when a search finds nothing.
    pub no_results_message: String,
    /// The items.
    pub items: Vec<MapperItem>,
}

/// An item of a mapper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapperItem {
    /// Its id.
    pub value: String,
    /// For people.
    pub label: String,
}

/// The selectors of an item, by column.
pub type Columns = BTreeMap<String, Selector>;

/// The selectors of a mapper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MappedSelectors {
    /// The same for every item.
    Shared(Columns),
    /// By item.
    PerItem(BTreeMap<String, Columns>),
}

impl Default for MappedSelectors {
    fn default() -> Self {
        Self::Shared(Columns::new())
    }
}

/// The choices of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selector {
    /// Value and label.
    pub choices: Vec<(String, String)>,
    /// Shown while nothing is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
}

impl ChoiceMapper {
    /// The choices of a column for an item; none where they are asked for apart.
    pub fn selector(&self, item: &str, column: &str) -> Option<&Selector> {
        let shared = match &self.mapped_selectors {
            MappedSelectors::PerItem(items) => items.get(item)?.get(column),
            // The union would offer states that this item does not have.
            MappedSelectors::Shared(_) if self.status_url.is_some() => None,
            MappedSelectors::Shared(columns) => columns.get(column),
        };
        self.per_item_selectors.get(item).and_then(|columns| columns.get(column)).or(shared)
    }

    /// What the column shows while nothing is chosen.
    pub fn placeholder(&self, column: &str) -> &str {
        let shared = match &self.mapped_selectors {
            MappedSelectors::Shared(columns) => columns.get(column),
            MappedSelectors::PerItem(items) => items.values().find_map(|columns| columns.get(column)),
        };
        shared.and_then(|selector| selector.placeholder.as_deref()).unwrap_or_default()
    }

    /// What an item is called; its id where the list no longer has it.
    pub fn label<'a>(&'a self, item: &'a str) -> &'a str {
        self.add_dropdown.items.iter().find(|known| known.value == item).map_or(item, |known| known.label.as_str())
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.column_labels.iter().map(|(key, label)| (key.as_str(), label.as_str()))
    }
}

/// Rows of text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// The columns, in order.
    pub column_keys: Vec<String>,
    /// The heading of each column.
    pub column_labels: BTreeMap<String, String>,
    /// The word on the button that adds a row.
    pub add_button_text: String,
    /// What a deleted row takes along.
    pub confirm_delete_message: String,
    /// Columns that are secrets: kept in the vault, never shown; an empty cell of an existing row keeps what is stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_columns: Vec<String>,
}

/// Pairs of a project here and an item over there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectMapper {
    /// The outside items.
    pub mapped_dropdown: MappedDropdown,
    /// The organization's projects.
    #[serde(default)]
    pub sentry_projects: Vec<SentryProject>,
    /// The provider whose picture stands beside the items.
    pub icon_type: String,
    /// Where a person who came from there goes on.
    pub next_button: NextButton,
    /// How the provider is asked for its items. Of the manifest; [`super::ConfigField::without_source`] takes it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<ChoiceSource>>,
}

/// The outside items of a project mapper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MappedDropdown {
    /// The items.
    #[serde(default)]
    pub items: Vec<LinkedItem>,
    /// Shown while nothing is chosen.
    pub placeholder: String,
}

/// An outside item of a project mapper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkedItem {
    /// Its id.
    pub value: String,
    /// For people.
    pub label: String,
    /// Where people see it.
    pub url: String,
}

/// A project of the organization. Its id is a number on this wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SentryProject {
    /// The id.
    pub id: i64,
    /// The slug.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Language or framework.
    pub platform: Option<String>,
}

/// The button that leads back to where a person came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextButton {
    /// The word on it.
    pub text: String,
    /// One sentence about it.
    pub description: String,
    /// The origin that `?next=` must have, such as `https://vercel.com`.
    pub allowed_domain: String,
}

/// How a provider is asked for choices: a call, and where its answer holds them. `{query}` and the names of other
/// fields in braces are replaced in the address and the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceSource {
    /// The call.
    pub call: Call,
    /// JSON pointer (RFC 6901) to the list.
    pub list: String,
    /// Pointer from an item to its value.
    pub value: String,
    /// Pointer from an item to its label.
    pub label: String,
    /// Pointer from an item to its page, for those that have one.
    #[serde(default)]
    pub url: Option<String>,
    /// Where an answer names the page after it, at a provider that cannot search: every page is read. One that searches
    /// by `{query}` has none: what is not among the first page of what fits is found by a longer text.
    #[serde(default)]
    pub next: Option<NextPage>,
}

/// Where an answer names the page after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum NextPage {
    /// A `Link` header with `rel="next"` (RFC 8288). Only the query of its address is used, so that no answer leads the
    /// credential elsewhere.
    Link,
    /// A cursor, which goes into the next call.
    Cursor {
        /// Pointer to the cursor; the last page has none.
        at: String,
        /// Pointer to what is true where there is another page, at a provider whose last page has a cursor as well.
        #[serde(default)]
        more: Option<String>,
        /// Where it goes: the name of a parameter of the address, or a pointer into the body, to a `null` that waits there.
        into: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_are_shared_or_by_item_on_the_same_key() {
        let selector = json!({"choices": [["Done", "Done"]], "placeholder": "Select a status"});
        let shared: MappedSelectors = serde_json::from_value(json!({ "on_resolve": selector })).unwrap();
        assert!(matches!(shared, MappedSelectors::Shared(_)));
        let by_item: MappedSelectors = serde_json::from_value(json!({"7": { "on_resolve": selector }})).unwrap();
        assert!(matches!(by_item, MappedSelectors::PerItem(_)));
    }
}
