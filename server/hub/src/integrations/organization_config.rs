//! The organization configuration flow: the settings form of an installation as its organization has it now.
//!
//! Four steps for a tracker, one function each: [`get_client`], [`gather_project_information`],
//! [`build_synchronization_options`], [`handle_access_to_issue_sync`]. Other providers have the form of their manifest,
//! with the choices of a project mapper filled in.

mod other;

pub(super) use other::item;

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::present;
use crate::issue_sync::{self, Freshness};
use domain::Outcome;
use domain::catalogue::Manifest;
use domain::config::{
    AddDropdown, ChoiceMapper, Columns, ConfigField, FieldKind, MappedSelectors, MapperItem, Selector,
};
use domain::integrations::{Health, Installation, ObjectStatus};
use domain::issue_sync::settings;
use domain::organizations::Organization;
use domain::trackers::{ProjectInformation, TrackerProject};
use serde_json::Value;
use std::collections::BTreeMap;
use store::Conn;

/// The Jira fields that nobody wants to see when an issue is created.
const IGNORED_FIELDS: &str = "issues_ignored_fields";

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// A page: choices of items that are not mapped are asked for when they are needed.
    Page,
    /// A program that asks for one installation: everything, and it waits for what was never gathered.
    Program,
    /// A list: everything that is stored.
    List,
}

/// The form of an installation.
pub(crate) async fn organization_config(
    ctx: &Ctx,
    organization: &Organization,
    row: &Installation,
    purpose: For,
) -> Outcome<Vec<ConfigField>> {
    let Some(manifest) = present::manifest_of(row) else { return Ok(Vec::new()) };
    if !issue_sync::is_tracker(manifest) {
        return other::config(ctx, organization, manifest, row, purpose).await;
    }
    let client = get_client(row);
    let projects = gather_project_information(ctx, row, &client, purpose).await?;
    let fields = build_synchronization_options(manifest, row, &projects, purpose);
    Ok(handle_access_to_issue_sync(organization, fields))
}

/// [`fields_of`] with the names of a tracker's projects, as last read, or of Sentry's: for words about a change.
pub(super) async fn named_fields_of(conn: &mut Conn, row: &Installation) -> Outcome<Vec<ConfigField>> {
    let Some(manifest) = present::manifest_of(row).filter(|manifest| issue_sync::is_tracker(manifest)) else {
        return other::named(conn, row, fields_of(row)).await;
    };
    let found = store::project_information::of_installation(conn, row.id).await.or_internal()?;
    let known = found.and_then(|found| found.content).unwrap_or_default();
    Ok(build_synchronization_options(manifest, row, &Projects { known, problem: None }, For::Page))
}

/// The form of an installation without anything that has to be asked for: what saving checks against.
pub(crate) fn fields_of(row: &Installation) -> Vec<ConfigField> {
    match present::manifest_of(row) {
        Some(manifest) if issue_sync::is_tracker(manifest) => {
            build_synchronization_options(manifest, row, &Projects::default(), For::List)
        }
        Some(manifest) => manifest.config.clone(),
        None => Vec::new(),
    }
}

/// Whether the tracker can be asked, or why not and what to do. The client itself is opened where the projects are
/// gathered: its token renewed, its base URL found and kept, an HTML page taken for the refusal that it is.
enum ClientState {
    Usable,
    /// Somebody wants nobody to be asked; what is known can be chosen from.
    Resting(&'static str),
    Broken(String),
}

fn get_client(row: &Installation) -> ClientState {
    let reason = row.health_reason.as_deref().unwrap_or("The stored sign-in is not good any more.");
    match row.health {
        Health::NeedsReauth => ClientState::Broken(format!("{reason} Connect it again; the mappings are kept.")),
        Health::RemovedAtProvider => ClientState::Broken(format!("{reason} The mappings are kept.")),
        Health::Healthy | Health::Unreachable | Health::Unknown => match row.status {
            ObjectStatus::Active => ClientState::Usable,
            ObjectStatus::Disabled => ClientState::Resting("It is paused. Resume it to read its projects."),
            ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress => {
                ClientState::Resting("It is being removed. Keep it to read its projects.")
            }
        },
    }
}

/// What is known of the tracker's projects, and why it cannot be chosen from, where that is so.
#[derive(Default)]
struct Projects {
    known: ProjectInformation,
    problem: Option<String>,
}

async fn gather_project_information(
    ctx: &Ctx,
    row: &Installation,
    client: &ClientState,
    purpose: For,
) -> Outcome<Projects> {
    let freshness = match (client, purpose) {
        (ClientState::Broken(_) | ClientState::Resting(_), _) | (_, For::List) => Freshness::Stored,
        (ClientState::Usable, For::Page) => Freshness::AsItIs,
        (ClientState::Usable, For::Program) => Freshness::Waits,
    };
    let found = issue_sync::information(ctx, row, freshness).await?;
    let view = issue_sync::gathering_view(found.as_ref(), ctx.now());
    let known = found.and_then(|found| found.content);
    let problem = match (client, &known) {
        (ClientState::Broken(reason), _) => Some(reason.clone()),
        (_, Some(_)) => None,
        (ClientState::Resting(reason), None) => Some((*reason).to_owned()),
        (ClientState::Usable, None) => Some(match view.problem {
            Some(problem) if !view.running => format!("The projects could not be read: {problem} Read them again."),
            _ => "The projects are being read for the first time. This takes a moment.".to_owned(),
        }),
    };
    Ok(Projects { known: known.unwrap_or_default(), problem })
}

/// The five options, in this order, and Jira's own. Keys, names and words are those that Sentry's clients know.
fn build_synchronization_options(
    manifest: &Manifest,
    row: &Installation,
    projects: &Projects,
    purpose: For,
) -> Vec<ConfigField> {
    let name = manifest.name.as_str();
    let switch = |setting: &str, label: String, help: String| option(setting, label, help, FieldKind::Boolean);
    let mut mapper = option(
        settings::STATUS_FORWARD,
        format!("Sync Sentry Status to {name}"),
        format!(
            "When a linked Sentry issue is resolved or unresolved, its {name} item gets the status chosen here for its \
             project."
        ),
        FieldKind::ChoiceMapper(Box::new(status_mapper(manifest, row, &projects.known, purpose))),
    );
    mapper.disabled = Some(projects.problem.is_some());
    mapper.disabled_reason.clone_from(&projects.problem);
    let mut fields = vec![
        mapper,
        switch(
            settings::ASSIGNEE_FORWARD,
            format!("Sync Sentry Assignment to {name}"),
            format!(
                "When a linked Sentry issue is assigned, its {name} item goes to the person with the same email address."
            ),
        ),
        switch(
            settings::COMMENTS,
            format!("Sync Sentry Comments to {name}"),
            format!("Comments on a linked Sentry issue are repeated on its {name} item."),
        ),
        switch(
            settings::STATUS_REVERSE,
            format!("Sync {name} Status to Sentry"),
            format!(
                "When a linked {name} item is done, its Sentry issue is resolved; when it is opened again, unresolved."
            ),
        ),
        switch(
            settings::ASSIGNEE_REVERSE,
            format!("Sync {name} Assignment to Sentry"),
            format!(
                "When a linked {name} item changes hands, its Sentry issue goes to the person with the same email address."
            ),
        ),
    ];
    if manifest.key == "jira" {
        fields.push(option(
            IGNORED_FIELDS,
            "Ignored Fields".to_owned(),
            "Fields that are left out when a Jira issue is created, separated by commas or lines.".to_owned(),
            FieldKind::Textarea,
        ));
    }
    fields
}

fn option(name: &str, label: String, help: String, kind: FieldKind) -> ConfigField {
    ConfigField {
        name: name.to_owned(),
        label,
        help: Some(help),
        placeholder: None,
        required: false,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

/// The statuses by project. Azure DevOps has one set of selectors on Sentry's wire, the union of all projects; what each
/// project really has stands beside it. Jira has them by project on the wire itself.
fn status_mapper(manifest: &Manifest, row: &Installation, known: &ProjectInformation, purpose: For) -> ChoiceMapper {
    let name = &manifest.name;
    let mapped = row.config.0.get(settings::STATUS_FORWARD).and_then(Value::as_object);
    let is_wanted = |project: &&TrackerProject| match purpose {
        For::Page => mapped.is_some_and(|mapped| mapped.contains_key(&project.id)),
        For::Program | For::List => true,
    };
    let by_project: BTreeMap<String, Columns> =
        known.projects.iter().filter(is_wanted).map(|project| (project.id.clone(), columns(project))).collect();
    let is_jira = manifest.key == "jira";
    let union = match purpose {
        For::Page => Vec::new(),
        For::Program | For::List => known.state_names(),
    };
    ChoiceMapper {
        add_button_text: format!("Add {name} Project"),
        add_dropdown: AddDropdown {
            empty_message: "All projects configured".to_owned(),
            no_results_message: format!("Could not find {name} project"),
            items: known
                .projects
                .iter()
                .map(|project| MapperItem { value: project.id.clone(), label: project.name.clone() })
                .collect(),
        },
        mapped_selectors: match is_jira {
            true => MappedSelectors::PerItem(by_project.clone()),
            false => MappedSelectors::Shared(selectors(&union)),
        },
        column_labels: BTreeMap::from([
            (settings::ON_RESOLVE.to_owned(), "When resolved".to_owned()),
            (settings::ON_UNRESOLVE.to_owned(), "When unresolved".to_owned()),
        ]),
        mapped_column_label: format!("{name} Project"),
        format_message_value: false,
        per_item_mapping: is_jira,
        per_item_selectors: if is_jira { BTreeMap::new() } else { by_project },
        status_url: (purpose == For::Page).then(|| "choices".to_owned()),
    }
}

/// The selectors of a project.
pub(super) fn columns(project: &TrackerProject) -> Columns {
    let names: Vec<_> = project.states.iter().map(|state| state.name.as_str()).collect();
    selectors(&names)
}

fn selectors(names: &[&str]) -> Columns {
    let choices: Vec<_> = names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    let selector = Selector { choices, placeholder: Some("Select a status".to_owned()) };
    [settings::ON_RESOLVE, settings::ON_UNRESOLVE]
        .into_iter()
        .map(|column| (column.to_owned(), selector.clone()))
        .collect()
}

/// Without the feature every option is locked, and says why.
fn handle_access_to_issue_sync(organization: &Organization, mut fields: Vec<ConfigField>) -> Vec<ConfigField> {
    if let Some(reason) = issue_sync::gate(organization) {
        fields.iter_mut().for_each(|field| field.disable(reason));
    }
    fields
}
