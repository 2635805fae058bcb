//! Choices that are asked for while a person fills in a form: of selects, of a mapper's items, of a project mapper.

mod kept;

pub use kept::KeptLists;

use super::organization_config::{For, columns, item};
use super::{load, present};
use crate::access::{self, Access};
use crate::actor::Actor;
use crate::connection::{Connection, renewing};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::issue_sync::{self, Freshness};
use domain::config::{ChoiceSource, Columns, FieldKind, LinkedItem};
use domain::ids::IntegrationId;
use domain::integrations::{Installation, ObjectStatus};
use domain::issue_sync::Gathering;
use domain::organizations::Organization;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::trackers::TrackerProject;
use domain::{AppError, Outcome};
use kept::List;
use providers::connect::Choice;
use std::collections::BTreeMap;

/// Where a program asks for the choices of a field.
pub(super) fn url(organization: &Organization, row: &Installation, field: &str) -> String {
    let (org, id) = (&organization.slug, row.integration_id);
    format!("/api/patchbay/organizations/{org}/integrations/{id}/choices?field={field}")
}

/// The choices of a select that fit a text, with what was chosen in the fields it depends on.
///
/// # Errors
/// What the provider said, or that the connection is paused.
pub async fn choices(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    field: &str,
    query: &str,
    depends: &BTreeMap<String, String>,
) -> Outcome<Vec<(String, String)>> {
    let access = access::open(ctx, actor, slug).await?;
    choices_in(ctx, &access, id, field, query, depends).await
}

/// [`choices`] in an organization that was entered already.
///
/// # Errors
/// As [`choices`].
pub async fn choices_in(
    ctx: &Ctx,
    access: &Access,
    id: IntegrationId,
    field: &str,
    query: &str,
    depends: &BTreeMap<String, String>,
) -> Outcome<Vec<(String, String)>> {
    let row = permitted(ctx, access, id, Need::INTEGRATIONS_WRITE).await?;
    refuse_resting(&row)?;
    let fields = present::manifest_of(&row).map(|manifest| manifest.config.as_slice()).unwrap_or_default();
    let known = fields.iter().find(|known| known.name == field);
    let Some(FieldKind::Select { source: Some(source), depends_on, .. }) = known.map(|known| &known.kind) else {
        return Err(AppError::not_found("This field"));
    };
    let mut values = BTreeMap::new();
    for name in depends_on {
        let value = depends.get(name).filter(|value| !value.is_empty());
        let stored = row.config.0.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        match value.cloned().or(stored).filter(|value| !value.is_empty()) {
            Some(value) => drop(values.insert(name.clone(), value)),
            None => return Err(AppError::field(field, "Choose what it depends on first.")),
        }
    }
    let found = ask(ctx, &row, source, values, query).await?.map_err(AppError::provider)?;
    let words: Vec<_> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |choice: &&Choice| words.iter().all(|word| choice.label.to_lowercase().contains(word));
    Ok(found.iter().filter(fits).map(|choice| (choice.value.clone(), choice.label.clone())).collect())
}

/// The selectors of one item of a mapper, read from the tracker when they are not known.
///
/// # Errors
/// What the tracker said, or that the connection is paused.
pub async fn item_choices(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    field: &str,
    item: &str,
) -> Outcome<Columns> {
    let access = access::open(ctx, actor, slug).await?;
    let row = permitted(ctx, &access, id, Need::INTEGRATIONS_READ).await?;
    let is_tracker = present::manifest_of(&row).is_some_and(issue_sync::is_tracker);
    if !is_tracker || field != domain::issue_sync::settings::STATUS_FORWARD {
        return Err(AppError::not_found("This field"));
    }
    let stored = issue_sync::information(ctx, &row, Freshness::Stored).await?.and_then(|found| found.content);
    if let Some(project) = stored.as_ref().and_then(|content| content.project(item)).filter(|it| it.problem.is_none()) {
        return Ok(columns(project));
    }
    refuse_resting(&row)?;
    let states =
        issue_sync::with(ctx, &row, |client| async move { client.tracker(&client.provider())?.states(item).await });
    let states = states.await?.map_err(|error| AppError::provider(error.to_string()))?;
    Ok(columns(&TrackerProject { id: item.to_owned(), name: String::new(), states, problem: None }))
}

/// Begins to read a tracker's projects again; answers at once how far that is.
///
/// # Errors
/// When the actor may not, or the connection is paused.
pub async fn refresh_projects(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Gathering> {
    let access = access::open(ctx, actor, slug).await?;
    let row = permitted(ctx, &access, id, Need::INTEGRATIONS_WRITE).await?;
    refuse_resting(&row)?;
    issue_sync::begin_gathering(ctx, &row).await?;
    gathering(ctx, actor, slug, id).await
}

/// How far reading a tracker's projects is.
///
/// # Errors
/// When the actor may not see the integration.
pub async fn gathering(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Gathering> {
    let access = access::open(ctx, actor, slug).await?;
    let row = permitted(ctx, &access, id, Need::INTEGRATIONS_READ).await?;
    let found = issue_sync::information(ctx, &row, Freshness::Stored).await?;
    Ok(issue_sync::gathering_view(found.as_ref(), ctx.now()))
}

/// The items of a project mapper, or why there are none. A list asks nobody.
pub(super) async fn items(
    ctx: &Ctx,
    row: &Installation,
    source: Option<&ChoiceSource>,
    purpose: For,
) -> Outcome<Result<Vec<LinkedItem>, String>> {
    let (Some(source), true) = (source, purpose != For::List && row.status == ObjectStatus::Active) else {
        return Ok(Ok(Vec::new()));
    };
    let found = ask(ctx, row, source, BTreeMap::new(), "").await?;
    let items = |found: List| found.iter().cloned().map(|it| item(it.value, it.label, it.url)).collect();
    Ok(found.map(items).map_err(|reason| format!("{reason} What is mapped is kept.")))
}

async fn permitted(ctx: &Ctx, access: &Access, id: IntegrationId, need: Need) -> Outcome<Installation> {
    access.permit(ctx, need).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    load(&mut conn, access, id).await
}

/// Whoever paused a connection, or removes it, wants its provider to be left alone.
///
/// # Errors
/// [`domain::Code::Conflict`] when it is not active, with what to do.
pub(crate) fn refuse_resting(row: &Installation) -> Outcome<()> {
    let name = &row.name;
    match row.status {
        ObjectStatus::Active => Ok(()),
        ObjectStatus::Disabled => Err(AppError::conflict(format!("{name} is paused. Resume it, then try again."))),
        ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress => {
            Err(AppError::conflict(format!("{name} is being removed. Keep it, then try again.")))
        }
    }
}

/// What a source offers, or why nothing. A list of many pages is kept for a while: the text only sifts it.
async fn ask(
    ctx: &Ctx,
    row: &Installation,
    source: &ChoiceSource,
    mut values: BTreeMap<String, String>,
    query: &str,
) -> Outcome<Result<List, String>> {
    if source.next.is_some() {
        let key = (row.id, format!("{source:?} {values:?}"));
        return ctx.kept_lists.get(key, ctx.now(), read(ctx, row, source, &values)).await;
    }
    values.insert("query".to_owned(), query.to_owned());
    read(ctx, row, source, &values).await
}

async fn read(
    ctx: &Ctx,
    row: &Installation,
    source: &ChoiceSource,
    values: &BTreeMap<String, String>,
) -> Outcome<Result<List, String>> {
    let found = renewing(ctx, row, || async {
        let connection = match Connection::open(ctx, row).await? {
            Ok(connection) => connection,
            Err(error) => return Ok(Err(error)),
        };
        let (provider, account) = (connection.provider(), present::account(row));
        let (form, secrets) = (connection.form(), &connection.secrets);
        Ok(providers::connect::choices(&provider, form, secrets, &account, source, values).await)
    });
    Ok(match found.await? {
        Ok(choices) if choices.goes_on => Err(too_many(row, choices.found.len())),
        Ok(choices) => Ok(choices.found.into()),
        Err(error) => Err(error.to_string()),
    })
}

/// The sentence where a list is longer than what is read: the first part alone would look like all of it.
fn too_many(row: &Installation, count: usize) -> String {
    let name = present::manifest_of(row).map_or(&row.provider, |manifest| &manifest.name);
    format!(
        "{name} has more to choose from than the {count} that Patchbay reads. Set this by API instead, with the id that it \
         has at {name}."
    )
}
