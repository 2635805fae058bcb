//! Making issues: their types, what a type requires, and the new issue.

use super::super::Tracker;
use super::super::form::{self, DESCRIPTION, TITLE, first, text};
use super::{adf, api, items, named, pages};
use crate::api::{Ask, id, line, list};
use crate::connect::CheckError;
use domain::config::{ConfigData, ConfigField, FieldKind};
use domain::trackers::Item;
use reqwest::Method;
use serde_json::{Map, Value, json as object};

/// Who makes them, as people call it.
const NAME: &str = "Jira";

/// Fields that the form has by itself, or that Jira fills in.
const OWN: [&str; 4] = ["summary", "project", "issuetype", "reporter"];

/// A field of several lines, which takes a document instead of a text.
const TEXTAREA: &str = "com.atlassian.jira.plugin.system.customfieldtypes:textarea";

/// The types that need no other issue above them.
pub(in crate::trackers) async fn item_types(
    tracker: &Tracker<'_>,
    project_id: &str,
) -> Result<Vec<(String, String)>, CheckError> {
    let path = format!("/issue/createmeta/{}/issuetypes", tracker.api.segment(project_id)?);
    let types = pages(tracker, &path, "/issueTypes").await?;
    let whole = types.iter().filter(|kind| kind.get("subtask").and_then(Value::as_bool) != Some(true));
    Ok(whole.filter_map(|kind| named(kind, "/name")).collect())
}

pub(in crate::trackers) async fn item_fields(
    tracker: &Tracker<'_>,
    project_id: &str,
    item_type: &str,
) -> Result<Vec<ConfigField>, CheckError> {
    let required = required(tracker, project_id, item_type).await?;
    let ids = || required.iter().filter_map(|json| Some((field_id(json)?, json)));
    let mut fields = first(ids().any(|(id, _)| id == DESCRIPTION));
    let further = ids().filter(|(id, _)| id != DESCRIPTION);
    fields.extend(further.map(|(id, json)| form::required(NAME, &id, &line(json, "/name"), "", kind_of(json))));
    Ok(fields)
}

/// What a type requires beyond title, project and type, and does not fill in by itself.
async fn required(tracker: &Tracker<'_>, project_id: &str, item_type: &str) -> Result<Vec<Value>, CheckError> {
    let (project, kind) = (tracker.api.segment(project_id)?, tracker.api.segment(item_type)?);
    let mut fields = pages(tracker, &format!("/issue/createmeta/{project}/issuetypes/{kind}"), "/fields").await?;
    let is = |json: &Value, name: &str| json.get(name).and_then(Value::as_bool) == Some(true);
    fields.retain(|json| {
        let is_own = field_id(json).is_none_or(|id| OWN.contains(&id.as_str()));
        is(json, "required") && !is(json, "hasDefaultValue") && !is_own
    });
    Ok(fields)
}

fn field_id(json: &Value) -> Option<String> {
    id(json, "/fieldId").or_else(|| id(json, "/key"))
}

/// What a field takes; none for what no form of ours can hold.
fn kind_of(json: &Value) -> Option<FieldKind> {
    // Of a choice below a choice, the form would hold one half only.
    if line(json, "/schema/type") == "option-with-child" {
        return None;
    }
    let choices = list(json, "/allowedValues").iter().filter_map(|value| {
        let label = [line(value, "/name"), line(value, "/value")].into_iter().find(|label| !label.is_empty())?;
        Some((id(value, "/id")?, label))
    });
    let choices: Vec<_> = choices.collect();
    if !choices.is_empty() {
        return Some(FieldKind::fixed(choices));
    }
    match line(json, "/schema/type").as_str() {
        "string" if line(json, "/schema/custom") == TEXTAREA => Some(FieldKind::Textarea),
        "string" => Some(FieldKind::String { max_length: Some(255) }),
        "number" => Some(FieldKind::Number { min: None, max: None }),
        "user" => Some(FieldKind::Email),
        "date" => Some(FieldKind::Date),
        "datetime" => Some(FieldKind::DatetimeLocal),
        _ => None,
    }
}

pub(in crate::trackers) async fn create(
    tracker: &Tracker<'_>,
    project_id: &str,
    item_type: &str,
    values: &ConfigData,
) -> Result<Item, CheckError> {
    let value = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let mut fields = Map::new();
    fields.insert("project".to_owned(), object!({"id": project_id}));
    fields.insert("issuetype".to_owned(), object!({"id": item_type}));
    fields.insert("summary".to_owned(), value(TITLE).into());
    if !value(DESCRIPTION).is_empty() {
        fields.insert("description".to_owned(), adf::document(value(DESCRIPTION)));
    }
    let is_further = |name: &String| ![TITLE, DESCRIPTION].contains(&name.as_str());
    if values.keys().any(is_further) {
        // How a value is written depends on its field.
        for json in required(tracker, project_id, item_type).await? {
            let Some(id) = field_id(&json) else { continue };
            let given = values.get(&id).filter(|given| is_further(&id) && !text(given).is_empty());
            fields.extend(given.map(|given| (id, written(&json, given))));
        }
    }
    let body = object!({"fields": fields});
    let made = tracker.api.json(Ask::new(Method::POST, api(tracker, "/issue")?).json(&body)).await?;
    let id = id(&made, "/id").ok_or_else(|| tracker.api.broken("its new issue has no id"))?;
    Ok(items::item(tracker, &id).await?.what)
}

/// A value as its field takes it.
fn written(field: &Value, value: &Value) -> Value {
    let value = match kind_of(field) {
        Some(FieldKind::Select { .. }) => object!({"id": text(value)}),
        Some(FieldKind::Textarea) => adf::document(&text(value)),
        Some(FieldKind::Email) => object!({"accountId": text(value)}),
        _ => value.clone(),
    };
    if line(field, "/schema/type") == "array" { Value::Array(vec![value]) } else { value }
}
