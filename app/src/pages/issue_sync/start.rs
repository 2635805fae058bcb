//! What the address asks the form that links to begin with. Without JavaScript this is all there is.

use crate::api::issue_sync::{item_form, item_types, projects, search_issues, search_items};
use crate::components::issue_sync::address::{Address, Way};
use crate::components::issue_sync::link_form::Choices;
use crate::text::issue_sync as text;
use domain::AppError;
use domain::config::ConfigField;
use domain::ids::IntegrationId;
use domain::integrations::Integration;
use domain::slug::OrgSlug;
use domain::trackers::Found;
use serde::{Deserialize, Serialize};

/// An answer, where something was asked.
type Asked<T> = Option<Result<T, AppError>>;

/// What the form begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// What was chosen.
    pub address: Address,
    /// What was found in Sentry.
    pub issues: Asked<Vec<Found>>,
    /// What was found in the tracker.
    pub items: Asked<Vec<Found>>,
    /// The tracker's projects.
    pub projects: Asked<Choices>,
    /// The types of the chosen one.
    pub types: Asked<Choices>,
    /// The fields of the chosen type.
    pub fields: Asked<Vec<ConfigField>>,
}

impl Start {
    /// The chosen issue.
    pub fn issue(&self) -> Option<Found> {
        chosen(&self.issues, &self.address.issue)
    }

    /// The chosen item.
    pub fn item(&self) -> Option<Found> {
        chosen(&self.items, &self.address.item)
    }
}

fn chosen(found: &Asked<Vec<Found>>, key: &str) -> Option<Found> {
    let found = found.as_ref()?.as_ref().ok()?;
    found.iter().find(|found| found.key == key).cloned()
}

/// Something was chosen, but nothing says any more where it was found.
fn lost<T>(key: &str) -> Asked<T> {
    (!key.is_empty()).then(|| Err(AppError::invalid(text::NOT_AMONG_FOUND)))
}

/// Asks for all that the address has chosen, step after step.
pub async fn start(org: &OrgSlug, tracker: IntegrationId, sentries: &[Integration], mut address: Address) -> Start {
    // A connection that is not there any more is not asked.
    let named = sentries.iter().find(|sentry| Some(sentry.id) == address.sentry).or(sentries.first());
    address.sentry = named.map(|sentry| sentry.id);
    let mut start = Start { address, ..Start::default() };
    let (Some(sentry), true) = (start.address.sentry, start.address.open) else { return start };
    let query = start.address.issue_query.clone();
    start.issues = match query.trim().is_empty() {
        true => lost(&start.address.issue),
        false => Some(search_issues(org.clone(), sentry, query).await.map_err(AppError::from)),
    };
    if start.issue().is_none() {
        return start;
    }
    match start.address.way {
        Way::Existing => existing(&mut start, org, tracker).await,
        Way::New => new(&mut start, org, tracker).await,
    }
    start
}

async fn existing(start: &mut Start, org: &OrgSlug, tracker: IntegrationId) {
    let query = start.address.item_query.clone();
    start.items = match query.trim().is_empty() {
        true => lost(&start.address.item),
        false => Some(search_items(org.clone(), tracker, query).await.map_err(AppError::from)),
    };
}

async fn new(start: &mut Start, org: &OrgSlug, tracker: IntegrationId) {
    let (project, item_type) = (start.address.project.clone(), start.address.item_type.clone());
    start.projects = Some(projects(org.clone(), tracker).await.map_err(AppError::from));
    if project.is_empty() {
        return;
    }
    start.types = Some(item_types(org.clone(), tracker, project.clone()).await.map_err(AppError::from));
    if !item_type.is_empty() {
        start.fields = Some(item_form(org.clone(), tracker, project, item_type).await.map_err(AppError::from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_found_can_have_been_chosen() {
        let found =
            |key: &str| Found { key: key.into(), name: key.into(), title: "t".into(), status: "s".into(), url: None };
        let address = Address { issue: "2".into(), ..Address::default() };
        let mut start = Start { address, issues: Some(Ok(vec![found("1"), found("2")])), ..Start::default() };
        assert_eq!(start.issue(), Some(found("2")));
        start.issues = Some(Ok(vec![found("1")]));
        assert_eq!(start.issue(), None);
        assert!(lost::<()>("2").is_some() && lost::<()>("").is_none());
    }
}
