//! Making work items: their types, what a type requires, and the new item.

use super::super::Tracker;
use super::super::form::{DESCRIPTION, TITLE, first, required, text};
use super::{STABLE, base, html, items, json, values};
use crate::api::{Ask, line, list};
use crate::connect::CheckError;
use domain::config::{ConfigData, ConfigField, FieldKind};
use domain::trackers::Item;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;

/// Types that people do not make by hand are in this category.
const HIDDEN: &str = "Microsoft.HiddenCategory";

/// Who makes them, as people call it.
const NAME: &str = "Azure DevOps";

/// Fields that the form has by itself, or that Azure DevOps fills in, but for the one below.
const SYSTEM: &str = "System.";

/// Who has the item: a process may require somebody.
const ASSIGNED_TO: &str = "System.AssignedTo";

/// How many further fields are looked up at most; the form cannot hold more.
const MOST_FIELDS: usize = 20;

pub(in crate::trackers) async fn item_types(
    tracker: &Tracker<'_>,
    project_id: &str,
) -> Result<Vec<(String, String)>, CheckError> {
    let project = format!("{}{}/_apis/wit", base(tracker)?, tracker.api.segment(project_id)?);
    let types = json(tracker, Ask::get(format!("{project}/workitemtypes")), STABLE).await?;
    let categories = json(tracker, Ask::get(format!("{project}/workitemtypecategories")), STABLE).await?;
    let hidden = values(tracker, &categories)?.iter().filter(|category| line(category, "/referenceName") == HIDDEN);
    let hidden: BTreeSet<String> =
        hidden.flat_map(|category| list(category, "/workItemTypes")).map(|kind| line(kind, "/name")).collect();
    let usable = |kind: &&Value| kind.get("isDisabled").and_then(Value::as_bool) != Some(true);
    let names = values(tracker, &types)?.iter().filter(usable).map(|kind| line(kind, "/name"));
    Ok(names.filter(|name| !name.is_empty() && !hidden.contains(name)).map(|name| (name.clone(), name)).collect())
}

pub(in crate::trackers) async fn item_fields(
    tracker: &Tracker<'_>,
    project_id: &str,
    item_type: &str,
) -> Result<Vec<ConfigField>, CheckError> {
    let (project, kind) = (tracker.api.segment(project_id)?, tracker.api.segment(item_type)?);
    let address = format!("{}{project}/_apis/wit/workitemtypes/{kind}/fields?$expand=all", base(tracker)?);
    let found = json(tracker, Ask::get(address), STABLE).await?;
    let is_required = |field: &&Value| field.get("alwaysRequired").and_then(Value::as_bool) == Some(true);
    let needed: Vec<_> = values(tracker, &found)?.iter().filter(is_required).collect();
    let mut fields = first(needed.iter().any(|json| line(json, "/referenceName") == "System.Description"));
    let further = needed.into_iter().filter(|json| is_further(&line(json, "/referenceName")));
    for (at, json) in further.enumerate() {
        let kind = if at < MOST_FIELDS { kind_of(tracker, json).await? } else { None };
        let default = json.get("defaultValue").filter(|default| !default.is_null()).map(text);
        // Azure DevOps fills it in by itself, with what no field of ours could show.
        if matches!((&kind, &default), (None | Some(FieldKind::Email | FieldKind::DatetimeLocal), Some(_))) {
            continue;
        }
        let default = default.filter(|default| kind.as_ref().is_some_and(|kind| allows(kind, default)));
        let (name, label) = (line(json, "/referenceName"), line(json, "/name"));
        let field = required(NAME, &name, &label, &line(json, "/helpText"), kind);
        fields.push(ConfigField { default: default.map(Value::from), ..field });
    }
    Ok(fields)
}

/// What a required field takes; none for what no form of ours can hold. The list of a type's fields does not tell, so
/// a field without fixed values is looked up.
async fn kind_of(tracker: &Tracker<'_>, required: &Value) -> Result<Option<FieldKind>, CheckError> {
    let choices = list(required, "/allowedValues").iter().map(text).filter(|value| !value.is_empty());
    let choices: Vec<_> = choices.map(|value| (value.clone(), value)).collect();
    if !choices.is_empty() {
        return Ok(Some(FieldKind::fixed(choices)));
    }
    let name = tracker.api.segment(&line(required, "/referenceName"))?;
    let found = json(tracker, Ask::get(format!("{}_apis/wit/fields/{name}", base(tracker)?)), STABLE).await?;
    // People are texts as well, but for this mark.
    if found.get("isIdentity").and_then(Value::as_bool) == Some(true) {
        return Ok(Some(FieldKind::Email));
    }
    Ok(match line(&found, "/type").as_str() {
        "identity" => Some(FieldKind::Email),
        "string" | "picklistString" => Some(FieldKind::String { max_length: Some(255) }),
        "plainText" | "html" => Some(FieldKind::Textarea),
        "integer" | "double" | "picklistInteger" | "picklistDouble" => Some(FieldKind::Number { min: None, max: None }),
        "boolean" => Some(FieldKind::Boolean),
        "dateTime" => Some(FieldKind::DatetimeLocal),
        _ => None,
    })
}

fn allows(kind: &FieldKind, default: &str) -> bool {
    match kind {
        FieldKind::Select { choices, .. } => choices.iter().any(|(value, _)| value == default),
        FieldKind::String { .. } | FieldKind::Textarea => true,
        _ => false,
    }
}

pub(in crate::trackers) async fn create(
    tracker: &Tracker<'_>,
    project_id: &str,
    item_type: &str,
    values: &ConfigData,
) -> Result<Item, CheckError> {
    let add = |name: &str, value: Value| object!({"op": "add", "path": format!("/fields/{name}"), "value": value});
    let value = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut changes = vec![add("System.Title", value(TITLE).into())];
    let description = html(value(DESCRIPTION));
    if !description.is_empty() {
        changes.push(add("System.Description", description.into()));
    }
    // What is Azure DevOps' own, such as who made the item, is nothing that a form may set.
    let further = values.iter().filter(|(name, value)| {
        let is_own = [TITLE, DESCRIPTION].contains(&name.as_str());
        !is_own && is_further(name) && !text(value).is_empty()
    });
    changes.extend(further.map(|(name, value)| add(&name.replace('~', "~0").replace('/', "~1"), value.clone())));
    items::create(tracker, project_id, item_type, &Value::Array(changes)).await
}

/// Whether a field is neither Azure DevOps' own nor in every form.
fn is_further(name: &str) -> bool {
    !name.starts_with(SYSTEM) || name == ASSIGNED_TO
}
