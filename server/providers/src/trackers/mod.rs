//! Trackers: what Azure DevOps and Jira are asked and told, in words that are the same for both.
//!
//! A [`Tracker`] makes calls and keeps nothing. What it is told by webhooks is read by [`azure::read_notice`] and
//! [`jira::read_notice`]; whether to believe it is decided before, by the secret of the hook.

pub mod azure;
pub mod jira;

mod form;

use crate::Provider;
use crate::api::Api;
use crate::connect::CheckError;
use domain::Timestamp;
use domain::config::{ConfigData, ConfigField};
use domain::integrations::Account;
use domain::trackers::{Found, Hook, Item, Person, TrackerState};
use secrecy::SecretString;
use url::Url;

/// How many hits a search gives at most.
const MOST_FOUND: usize = 25;

/// The trackers that Patchbay speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Azure DevOps Services.
    AzureDevOps,
    /// Jira Cloud.
    Jira,
}

impl Kind {
    /// The tracker that a provider of the catalogue is.
    pub fn of(manifest_key: &str) -> Option<Self> {
        match manifest_key {
            "vsts" => Some(Self::AzureDevOps),
            "jira" => Some(Self::Jira),
            _ => None,
        }
    }
}

/// An answer, and how far the clock of whoever gave it was ahead of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<T> {
    /// The answer.
    pub what: T,
    /// In milliseconds, by the `Date` header; 0 where none was sent, and for less than two seconds.
    pub skew: i64,
}

/// What became of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// It is so now. With who has it as the answer shows them, where it does: the address may be another one of theirs.
    Done(Option<Person>),
    /// Nobody there has this address; nothing was changed.
    Unknown,
}

/// Whether a hook still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookState {
    /// It is there. Also one that a person turned off over there: that is theirs to take back.
    Alive {
        /// When it ends by itself, where it does.
        expires_at: Option<Timestamp>,
    },
    /// It is not there any more, or the vendor turned it off.
    Gone,
}

/// What a tracker's webhook says about an item. What is none was not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemEvent {
    /// The tracker's id of this message, the same when it is sent again.
    pub delivery_id: Option<String>,
    /// The tracker's lasting id of the item.
    pub item_key: String,
    /// The id of its project.
    pub project_id: Option<String>,
    /// Whether its state changed.
    pub status_changed: bool,
    /// Whether it changed hands.
    pub assignee_changed: bool,
    /// Who did it, for people.
    pub actor: Option<String>,
    /// When, by the tracker's clock.
    pub at: Option<Timestamp>,
}

/// A tracker as one connection reaches it. Cheap; borrows.
pub struct Tracker<'a> {
    kind: Kind,
    api: Api<'a>,
    account: &'a Account,
    base: Option<&'a str>,
}

impl<'a> Tracker<'a> {
    /// The tracker of a provider; none where the provider is no tracker. `base` is where the account's API is, as
    /// [`Tracker::locate`] found it before: Azure DevOps needs it for everything else.
    ///
    /// Made anew for each piece of work: times are reckoned from `provider.now` on.
    pub fn new(
        provider: &'a Provider<'a>,
        account: &'a Account,
        token: &'a SecretString,
        base: Option<&'a str>,
    ) -> Option<Self> {
        let kind = Kind::of(&provider.manifest.key)?;
        Some(Self { kind, api: Api::new(provider, token), account, base })
    }

    /// Which tracker it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Finds out where the account's API is.
    ///
    /// # Errors
    /// Why it could not be found.
    pub async fn locate(&self) -> Result<String, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::locate(self).await,
            Kind::Jira => jira::locate(self),
        }
    }

    /// Every project: id and name.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn projects(&self) -> Result<Vec<(String, String)>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::projects(self).await,
            Kind::Jira => jira::projects(self).await,
        }
    }

    /// The states that items of a project can have.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn states(&self, project_id: &str) -> Result<Vec<TrackerState>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::states(self, project_id).await,
            Kind::Jira => jira::states(self, project_id).await,
        }
    }

    /// An item as it is now.
    ///
    /// # Errors
    /// Why it could not be read; [`CheckError::Gone`] when it is not there.
    pub async fn item(&self, key: &str) -> Result<Seen<Item>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::items::item(self, key).await,
            Kind::Jira => jira::items::item(self, key).await,
        }
    }

    /// Brings an item into a state.
    ///
    /// # Errors
    /// Why not; [`CheckError::Rejected`] when the tracker does not let it go there.
    pub async fn set_status(&self, item: &Item, state: &str) -> Result<(), CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::items::set_status(self, item, state).await,
            Kind::Jira => jira::items::set_status(self, item, state).await,
        }
    }

    /// Gives an item to whoever has this address there, or to nobody.
    ///
    /// # Errors
    /// Why not.
    pub async fn set_assignee(&self, item: &Item, email: Option<&str>) -> Result<Assigned, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::people::set_assignee(self, item, email).await,
            Kind::Jira => jira::people::set_assignee(self, item, email).await,
        }
    }

    /// Writes a comment in the name of whoever connected the tracker, which says who wrote it and ends with `mark`.
    ///
    /// # Errors
    /// Why not.
    pub async fn add_comment(&self, item: &Item, author: &str, text: &str, mark: &str) -> Result<(), CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::comments::add(self, item, author, text, mark).await,
            Kind::Jira => jira::comments::add(self, item, author, text, mark).await,
        }
    }

    /// Whether a comment with this mark is there, among the newest 200.
    ///
    /// # Errors
    /// Why it could not be found out.
    pub async fn has_comment(&self, item: &Item, mark: &str) -> Result<bool, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::comments::has(self, item, mark).await,
            Kind::Jira => jira::comments::has(self, item, mark).await,
        }
    }

    /// Items by text, or by number or key; at most 25.
    ///
    /// # Errors
    /// Why nothing could be looked for.
    pub async fn search(&self, query: &str) -> Result<Vec<Found>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::search::search(self, query).await,
            Kind::Jira => jira::search::search(self, query).await,
        }
    }

    /// The types of items that can be made in a project: id and name.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn item_types(&self, project_id: &str) -> Result<Vec<(String, String)>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::form::item_types(self, project_id).await,
            Kind::Jira => jira::form::item_types(self, project_id).await,
        }
    }

    /// The form for a new item: `title` and `description`, then what else its type requires. A field of
    /// [`domain::config::FieldKind::Email`] is for a person, and a disabled one cannot be filled in here.
    ///
    /// # Errors
    /// Why it could not be read.
    pub async fn item_fields(&self, project_id: &str, item_type: &str) -> Result<Vec<ConfigField>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::form::item_fields(self, project_id, item_type).await,
            Kind::Jira => jira::form::item_fields(self, project_id, item_type).await,
        }
    }

    /// How the tracker names whoever has this address; two or more where several have it.
    ///
    /// # Errors
    /// Why nobody could be looked for.
    pub async fn people(&self, email: &str) -> Result<Vec<String>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::people::people(self, email).await,
            Kind::Jira => jira::people::people(self, email).await,
        }
    }

    /// A minute of UTC, written `2026-11-30T16:45`, as a field of this tracker takes it.
    pub fn moment(&self, minute: &str) -> String {
        match self.kind {
            Kind::AzureDevOps => format!("{minute}:00Z"),
            Kind::Jira => format!("{minute}:00.000+0000"),
        }
    }

    /// Makes an item from the values of that form, with people as [`Tracker::people`] names them and times as
    /// [`Tracker::moment`] writes them.
    ///
    /// # Errors
    /// Why not.
    pub async fn create(&self, project_id: &str, item_type: &str, values: &ConfigData) -> Result<Item, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::form::create(self, project_id, item_type, values).await,
            Kind::Jira => jira::form::create(self, project_id, item_type, values).await,
        }
    }

    /// Asks to be told of changes at `url`. Azure DevOps shows `secret` with each message; Jira signs them with the
    /// secret of the app.
    ///
    /// # Errors
    /// Why not.
    pub async fn create_hook(&self, url: &Url, secret: &SecretString) -> Result<Hook, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::hooks::create(self, url, secret).await,
            Kind::Jira => jira::hooks::create(self, url).await,
        }
    }

    /// The ids of all hooks over there that tell `url`, of whatever connection.
    ///
    /// # Errors
    /// Why they could not be read.
    pub async fn hooks_to(&self, url: &Url) -> Result<Vec<String>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::hooks::all_to(self, url).await,
            Kind::Jira => jira::hooks::all(self).await,
        }
    }

    /// Whether a hook still works.
    ///
    /// # Errors
    /// Why it could not be found out.
    pub async fn look_at_hook(&self, id: &str) -> Result<HookState, CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::hooks::look_at(self, id).await,
            Kind::Jira => jira::hooks::look_at(self, id).await,
        }
    }

    /// Makes a hook live longer, where it ends by itself; tells when it ends now.
    ///
    /// # Errors
    /// Why not.
    pub async fn renew_hook(&self, id: &str) -> Result<Option<Timestamp>, CheckError> {
        match self.kind {
            Kind::AzureDevOps => Ok(None),
            Kind::Jira => jira::hooks::renew(self, id).await,
        }
    }

    /// Ends a hook. One that is gone already is fine.
    ///
    /// # Errors
    /// Why not.
    pub async fn delete_hook(&self, id: &str) -> Result<(), CheckError> {
        match self.kind {
            Kind::AzureDevOps => azure::hooks::delete(self, id).await,
            Kind::Jira => jira::hooks::delete(self, id).await,
        }
    }
}
