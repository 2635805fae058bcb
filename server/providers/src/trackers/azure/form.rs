//! Making work items: their types, what a type requires, and the new item.

use super::super::Tracker;
use super::super::form::{DESCRIPTION, TITLE, field, first, text};
use super::{STABLE, base, html, items, json, values};
use crate::api::{Ask, line, list};
use crate::connect::CheckError;
use domain::config::{ConfigData, ConfigField, FieldKind};
use domain::trackers::Item;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;

/// Types that people do not make by hand are in this category.
const HIDDEN: &str = "Microsoft.HiddenCategory";

/// Fields that the form has by itself, or that Azure DevOps fills in.
const SYSTEM: &str = "System.";

/// How many further fields are looked up at most.
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
    let required = values(tracker, &found)?.iter().filter(|field| {
        let always = field.get("alwaysRequired").and_then(Value::as_bool) == Some(true);
        always && !line(field, "/referenceName").starts_with(SYSTEM)
    });
    let mut fields = first();
    for required in required.take(MOST_FIELDS) {
        if let Some(kind) = kind_of(tracker, required).await? {
            let name = line(required, "/referenceName");
            let help = Some(line(required, "/helpText")).filter(|help| !help.is_empty());
            let default = required.get("defaultValue").filter(|default| !default.is_null());
            let default = default.map(text).filter(|default| allows(&kind, default)).map(Value::from);
            fields.push(ConfigField { help, default, ..field(&name, &line(required, "/name"), true, kind) });
        }
    }
    Ok(fields)
}

/// What a required field takes; none for what no form of ours can hold. The list of a type's fields does not tell, so
/// a field without fixed values is looked up.
async fn kind_of(tracker: &Tracker<'_>, required: &Value) -> Result<Option<FieldKind>, CheckError> {
    let choices = list(required, "/allowedValues").iter().map(text).filter(|value| !value.is_empty());
    let choices: Vec<_> = choices.map(|value| (value.clone(), value)).collect();
    if !choices.is_empty() {
        return Ok(Some(FieldKind::Select { choices, url: None, depends_on: Vec::new(), source: None }));
    }
    let name = tracker.api.segment(&line(required, "/referenceName"))?;
    let found = json(tracker, Ask::get(format!("{}_apis/wit/fields/{name}", base(tracker)?)), STABLE).await?;
    Ok(match line(&found, "/type").as_str() {
        "string" => Some(FieldKind::String { max_length: Some(255) }),
        "plainText" | "html" => Some(FieldKind::Textarea),
        "integer" | "double" => Some(FieldKind::Number { min: None, max: None }),
        "boolean" => Some(FieldKind::Boolean),
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
        let is_further = ![TITLE, DESCRIPTION].contains(&name.as_str()) && !name.starts_with(SYSTEM);
        is_further && !text(value).is_empty()
    });
    changes.extend(further.map(|(name, value)| add(&name.replace('~', "~0").replace('/', "~1"), value.clone())));
    items::create(tracker, project_id, item_type, &Value::Array(changes)).await
}
