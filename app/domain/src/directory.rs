//! The directory as a value: what is listed, how it is searched, counted and ordered.

use crate::catalogue::{Category, Kind};
use crate::integrations::{Health, ObjectStatus};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What one line of the directory says about an entry: stored status and health, put together.
    pub enum EntryStatus {
        /// The grant or key was refused, or the account is gone over there.
        NeedsSignIn = "needs_sign_in",
        /// The provider cannot be reached.
        Unreachable = "unreachable",
        /// Installed and working.
        Connected = "connected",
        /// Installed, not checked yet.
        Unchecked = "unchecked",
        /// Installed and paused.
        Paused = "paused",
        /// Being removed.
        Removing = "removing",
        /// Not there.
        NotInstalled = "not_installed",
        /// Nothing to install.
        LearnMore = "learn_more",
    }
}

impl EntryStatus {
    /// The status of one installation.
    pub const fn of(status: ObjectStatus, health: Health) -> Self {
        match (status, health) {
            (ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress, _) => Self::Removing,
            (ObjectStatus::Disabled, _) => Self::Paused,
            (ObjectStatus::Active, Health::NeedsReauth | Health::RemovedAtProvider) => Self::NeedsSignIn,
            (ObjectStatus::Active, Health::Unreachable) => Self::Unreachable,
            (ObjectStatus::Active, Health::Healthy) => Self::Connected,
            (ObjectStatus::Active, Health::Unknown) => Self::Unchecked,
        }
    }

    /// The word beside the mark.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NeedsSignIn => "Needs sign-in",
            Self::Unreachable => "Unreachable",
            Self::Connected => "Connected",
            Self::Unchecked => "Not checked yet",
            Self::Paused => "Paused",
            Self::Removing => "Being removed",
            Self::NotInstalled => "Not installed",
            Self::LearnMore => "Documentation",
        }
    }

    /// Whether the organization has it.
    pub const fn is_installed(self) -> bool {
        !matches!(self, Self::NotInstalled | Self::LearnMore)
    }

    /// Whether a person has to look at it.
    pub const fn needs_attention(self) -> bool {
        matches!(self, Self::NeedsSignIn | Self::Unreachable)
    }
}

/// One line of the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// The provider's key.
    pub key: String,
    /// For people.
    pub name: String,
    /// One line.
    pub tagline: String,
    /// What kind of entry it is.
    pub kind: Kind,
    /// One or two.
    pub categories: Vec<Category>,
    /// Higher first among those not installed.
    pub popularity: u32,
    /// Further words it is found by.
    pub keywords: String,
    /// The worst status of its installations.
    pub status: EntryStatus,
    /// How many configurations.
    pub configurations: u32,
    /// What is wrong and what to do, where something is.
    pub alert: Option<String>,
    /// Where the cure is: a path.
    pub cure: Option<String>,
    /// What the button offers.
    pub action: EntryAction,
    /// Requests to install it that wait for the viewer's decision.
    pub requests: u32,
}

text_enum! {
    /// The quiet action at the end of a line.
    pub enum EntryAction {
        /// Something is wrong: look at it.
        Review = "review",
        /// Installed: open its settings.
        Configure = "configure",
        /// Can be installed by this user.
        Install = "install",
        /// Can be looked at only.
        View = "view",
    }
}

impl EntryAction {
    /// The word on the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Review => "Review",
            Self::Configure => "Configure",
            Self::Install => "Install",
            Self::View => "View",
        }
    }
}

/// The directory page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Every entry, in order.
    pub entries: Vec<DirectoryEntry>,
    /// Whether the user may install.
    pub can_install: bool,
    /// Requests to install something that wait for the viewer's decision.
    pub requests: u32,
}

/// Which part of the directory is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Segment {
    /// Everything.
    #[default]
    All,
    /// What the organization has.
    Installed,
    /// What a person has to look at.
    Attention,
}

impl Segment {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::All, Self::Installed, Self::Attention];

    /// The value of `status` in the URL; empty for all.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Installed => "installed",
            Self::Attention => "attention",
        }
    }

    /// The word on the segment.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Installed => "Installed",
            Self::Attention => "Attention",
        }
    }

    /// Reads the URL; an unknown word means all.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|segment| segment.as_str() == text).unwrap_or_default()
    }

    fn holds(self, status: EntryStatus) -> bool {
        match self {
            Self::All => true,
            Self::Installed => status.is_installed(),
            Self::Attention => status.needs_attention(),
        }
    }
}

/// What the URL says to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Typed text.
    pub search: String,
    /// One category.
    pub category: Option<Category>,
    /// One segment.
    pub segment: Segment,
}

/// What a filter leaves, with the counts for its controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The entries, in order.
    pub entries: Vec<DirectoryEntry>,
    /// Per segment, under the search and category.
    pub segments: [(Segment, usize); 3],
    /// Per category that occurs, under the search and segment.
    pub categories: Vec<(Category, usize)>,
}

/// Applies a filter. A search orders by relevance first; each count tells what choosing that control would leave.
pub fn filter(entries: &[DirectoryEntry], filter: &Filter) -> Shown {
    let mut found: Vec<(u32, &DirectoryEntry)> =
        entries.iter().filter_map(|entry| Some((relevance(entry, &filter.search)?, entry))).collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let in_category = |entry: &DirectoryEntry| filter.category.is_none_or(|c| entry.categories.contains(&c));
    let segments = Segment::ALL.map(|segment| {
        (segment, found.iter().filter(|(_, entry)| segment.holds(entry.status) && in_category(entry)).count())
    });
    let categories = Category::ALL
        .iter()
        .map(|category| {
            let holds =
                |entry: &DirectoryEntry| filter.segment.holds(entry.status) && entry.categories.contains(category);
            (*category, found.iter().filter(|(_, entry)| holds(entry)).count())
        })
        .filter(|(category, count)| *count > 0 || filter.category == Some(*category))
        .collect();
    let shown = found.into_iter().filter(|(_, entry)| filter.segment.holds(entry.status) && in_category(entry));
    Shown { entries: shown.map(|(_, entry)| entry.clone()).collect(), segments, categories }
}

/// Orders entries: what needs a person first, then what is installed, then by popularity, then by name.
pub fn sort(entries: &mut [DirectoryEntry]) {
    entries.sort_by_cached_key(|entry| {
        let rank = match entry.status {
            EntryStatus::NeedsSignIn => 0,
            EntryStatus::Unreachable => 1,
            status if status.is_installed() => 2,
            _ => 3,
        };
        (rank, std::cmp::Reverse(entry.popularity), entry.name.to_lowercase())
    });
}

/// How well an entry fits a search: higher is better, `None` is not at all. Every word of the search must fit.
/// A word of four letters may have one slip, of eight two.
fn relevance(entry: &DirectoryEntry, search: &str) -> Option<u32> {
    let search = search.to_lowercase();
    let name = entry.name.to_lowercase();
    let categories: Vec<_> = entry.categories.iter().map(|category| category.label().to_lowercase()).collect();
    let text = format!("{} {}", entry.tagline, entry.keywords).to_lowercase();
    search.split_whitespace().try_fold(0, |total, word| {
        let score = if name == search.trim() || entry.key == word {
            100
        } else if name.starts_with(word) {
            60
        } else if name.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word)) {
            50
        } else if name.contains(word) || entry.key.contains(word) {
            40
        } else if categories.iter().any(|category| category.contains(word)) {
            20
        } else if text.contains(word) {
            15
        } else if slips(&name, word) || slips(&entry.key, word) {
            10
        } else {
            return None;
        };
        Some(total + score)
    })
}

/// Whether some word of the text, or its beginning, is the searched word with few slips of the finger.
fn slips(text: &str, word: &str) -> bool {
    let length = word.chars().count();
    let allowed = match length {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).any(|part| {
        let beginning: String = part.chars().take(length).collect();
        strsim::osa_distance(part, word) <= allowed || strsim::osa_distance(&beginning, word) <= allowed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, name: &str, status: EntryStatus, popularity: u32) -> DirectoryEntry {
        DirectoryEntry {
            key: key.into(),
            name: name.into(),
            tagline: format!("All about {name}"),
            kind: Kind::FirstParty,
            categories: vec![if key == "postgres" { Category::Database } else { Category::Chat }],
            popularity,
            keywords: String::new(),
            status,
            configurations: 0,
            alert: None,
            cure: None,
            action: EntryAction::View,
            requests: 0,
        }
    }

    fn some() -> Vec<DirectoryEntry> {
        let mut entries = vec![
            entry("discord", "Discord", EntryStatus::NotInstalled, 10),
            entry("slack", "Slack", EntryStatus::NotInstalled, 50),
            entry("postgres", "PostgreSQL", EntryStatus::Connected, 5),
            entry("linear", "Linear", EntryStatus::NeedsSignIn, 1),
        ];
        sort(&mut entries);
        entries
    }

    fn names(shown: &Shown) -> Vec<&str> {
        shown.entries.iter().map(|entry| entry.name.as_str()).collect()
    }

    #[test]
    fn what_needs_a_person_comes_first_then_what_is_installed_then_the_popular() {
        assert_eq!(names(&filter(&some(), &Filter::default())), ["Linear", "PostgreSQL", "Slack", "Discord"]);
    }

    #[test]
    fn a_search_finds_names_categories_and_slips_of_the_finger() {
        let search = |text: &str| {
            let shown = filter(&some(), &Filter { search: text.into(), ..Filter::default() });
            shown.entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>()
        };
        assert_eq!(search("SLA"), ["slack"]);
        assert_eq!(search("postgers"), ["postgres"]);
        assert_eq!(search("slakc"), ["slack"]);
        assert_eq!(search("database"), ["postgres"]);
        assert_eq!(search("all about dis"), ["discord"]);
        assert_eq!(search("xyz"), Vec::<String>::new());
    }

    #[test]
    fn each_count_tells_what_choosing_it_would_leave() {
        let shown = filter(&some(), &Filter { category: Some(Category::Chat), ..Filter::default() });
        assert_eq!(shown.segments, [(Segment::All, 3), (Segment::Installed, 1), (Segment::Attention, 1)]);
        assert_eq!(shown.categories, [(Category::Chat, 3), (Category::Database, 1)]);
    }
}
