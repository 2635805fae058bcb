//! What the server sends for fields with rows: this is all there is without scripts.

use crate::components::fixtures::{around, field, html};
use crate::components::settings::control::SettingControl;
use crate::components::settings::state::SettingState;
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind};
use leptos::prelude::*;
use serde_json::{Value, json};

const HOSTILE: &str = "\"><script>alert(1)</script>";

fn kind(wire: Value) -> FieldKind {
    serde_json::from_value(wire).expect("a kind of field")
}

fn mapper() -> ConfigField {
    field(
        "map",
        kind(json!({
            "type": "choice_mapper",
            "addButtonText": "Add a project",
            "addDropdown": {"emptyMessage": "All are here.", "noResultsMessage": "No such project.", "items": [
                {"value": "7", "label": "Shop"}, {"value": "8", "label": HOSTILE}, {"value": "9", "label": "Payroll"},
            ]},
            "mappedSelectors": {"7": {
                "done": {"choices": [["Closed", "Closed"], ["Resolved", "Resolved"]], "placeholder": "Select a state"},
                "open": {"choices": [["New", "New"], [HOSTILE, HOSTILE]]},
            }},
            "columnLabels": {"done": "When resolved", "open": "When unresolved"},
            "mappedColumnLabel": "Project",
            "perItemMapping": true,
            "statusUrl": "/choices",
        })),
    )
}

fn table() -> ConfigField {
    field(
        "services",
        kind(json!({
            "type": "table",
            "columnKeys": ["service", "key"],
            "columnLabels": {"service": "Service", "key": "Integration key"},
            "addButtonText": "Add a service",
            "confirmDeleteMessage": "Alerts that use it stop.",
            "secretColumns": ["key"],
        })),
    )
}

fn pairs(url: &str) -> ConfigField {
    field(
        "projects",
        kind(json!({
            "type": "project_mapper",
            "iconType": "vercel",
            "mappedDropdown": {"placeholder": "Choose a site…", "items": [
                {"value": "a", "label": "Site A", "url": url}, {"value": "b", "label": HOSTILE, "url": "https://b.example/"},
            ]},
            "sentryProjects": [{"id": 3, "slug": "web", "name": "Web", "platform": null}],
            "nextButton": {"text": "Back to Vercel", "description": "Go on there.", "allowedDomain": "https://vercel.com"},
        })),
    )
}

fn rendered(field: ConfigField, stored: Value, refused: Option<&str>, next: Option<&str>) -> String {
    let (refused, next) = (refused.map(str::to_owned), next.map(str::to_owned));
    html(move || {
        let state = RwSignal::new(SettingState::of(&field, stored));
        let mut around = around(&field);
        around.next = Signal::stored(next);
        view! {
            <SettingControl
                control_id="setting-map".to_owned()
                field=field
                state=state
                is_set=Signal::stored(false)
                around=around
                refused=Signal::stored(refused)
                on_save=Callback::new(|_| ())
            />
        }
    })
}

/// Whether an element has all of these, in whatever order they are written.
fn has(html: &str, parts: &[&str]) -> bool {
    html.split('<').any(|tag| {
        let head = tag.split('>').next().unwrap_or_default();
        parts.iter().all(|part| head.contains(part))
    })
}

#[test]
fn every_row_of_a_mapper_can_be_sent_by_a_plain_form() {
    let html = rendered(mapper(), json!({"7": {"done": "Closed", "open": "New"}}), None, None);
    assert!(has(&html, &["type=\"hidden\"", "rows[new-none][remove]", "value=\"on\""]), "{html}");
    assert!(has(&html, &["type=\"hidden\"", "rows[row-0][item]", "value=\"7\""]), "{html}");
    assert!(
        has(&html, &["select", "rows[row-0][done]"]) && has(&html, &["option", "\"Closed\"", "selected"]),
        "{html}"
    );
    assert!(has(&html, &["checkbox", "rows[row-0][remove]"]), "{html}");
    assert!(has(&html, &["select", "rows[new][item]"]) && has(&html, &["input", "rows[new][done]"]), "{html}");
}

#[test]
fn an_item_in_use_is_not_offered_again() {
    let html = rendered(mapper(), json!({"7": {"done": "Closed", "open": "New"}}), None, None);
    assert!(html.contains("value=\"9\"") && !has(&html, &["option", "value=\"7\""]), "{html}");
}

#[test]
fn every_choice_of_a_row_says_which_column_and_item_it_is_of() {
    let html = rendered(mapper(), json!({"7": {"done": "Closed", "open": "New"}}), None, None);
    assert!(html.contains("When resolved") && html.contains("for Shop"), "{html}");
    assert!(has(&html, &["label", "for=\"setting-map-0-done\""]), "{html}");
    assert!(has(&html, &["select", "id=\"setting-map-0-done\""]), "{html}");
    assert!(has(&html, &["button", "aria-label=\"Remove Shop\""]), "{html}");
}

#[test]
fn an_item_that_is_gone_and_a_state_that_is_gone_are_shown_and_marked() {
    let html =
        rendered(mapper(), json!({"7": {"done": "Done", "open": "New"}, "x": {"done": "A", "open": "B"}}), None, None);
    assert!(html.contains("Done (no longer a state of this project)"), "{html}");
    assert!(html.contains(&format!(">{}", text::STATE_GONE)), "{html}");
    assert!(html.contains(text::ITEM_GONE), "{html}");
    assert!(has(&html, &["input", "rows[row-1][done]", "value=\"A\""]), "unknown choices are a line of text: {html}");
    assert!(html.contains(text::STATES_UNKNOWN), "{html}");
}

#[test]
fn of_a_list_that_could_not_be_read_nothing_is_said_to_be_gone() {
    let mut field = mapper();
    if let FieldKind::ChoiceMapper(mapper) = &mut field.kind {
        mapper.add_dropdown.items.clear();
    }
    let html = rendered(field, json!({"x": {"done": "A", "open": "B"}}), Some("Azure DevOps does not answer."), None);
    assert!(!html.contains(text::ITEM_GONE) && !html.contains(text::STATES_UNKNOWN), "{html}");
}

#[test]
fn an_empty_mapper_has_only_the_way_to_add() {
    let html = rendered(mapper(), json!({}), None, None);
    assert!(html.contains("Add a project") && !html.contains("rows[row-"), "{html}");
}

#[test]
fn hostile_names_and_values_stay_text() {
    let stored = json!({"7": {"done": HOSTILE, "open": HOSTILE}, HOSTILE: {"done": HOSTILE, "open": HOSTILE}});
    assert!(!rendered(mapper(), stored, None, None).contains("<script"));
    let stored = json!([{"id": HOSTILE, "service": HOSTILE}]);
    assert!(!rendered(table(), stored, None, None).contains("<script"));
    assert!(!rendered(pairs(HOSTILE), json!([[3, "b"], [9, HOSTILE]]), None, Some(HOSTILE)).contains("<script"));
}

#[test]
fn who_may_only_look_finds_everything_disabled_with_the_reason() {
    for (field, stored) in [
        (mapper(), json!({"7": {"done": "Closed", "open": "New"}})),
        (table(), json!([{"id": "1", "service": "api"}])),
        (pairs("https://a.example/"), json!([[3, "a"]])),
    ] {
        let html = rendered(field, stored, Some("Only managers can."), None);
        assert!(html.contains("aria-description=\"Only managers can.\""), "{html}");
        assert!(!html.contains("rows[new]") || has(&html, &["rows[new]", " disabled"]), "{html}");
        let open = |tag: &str| {
            let is_control = tag.starts_with("select") || tag.starts_with("input");
            is_control && !tag.contains("hidden") && !tag.contains(" disabled") && !tag.contains("aria-disabled")
        };
        let open: Vec<_> =
            html.split('<').map(|tag| tag.split('>').next().unwrap_or_default()).filter(|it| open(it)).collect();
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn a_table_shows_no_secret_and_says_that_one_is_stored() {
    let html = rendered(table(), json!([{"id": "1", "service": "api", "key": "hunter2"}]), None, None);
    assert!(!html.contains("hunter2"), "{html}");
    assert!(has(&html, &["type=\"password\"", "rows[row-1][key]", "Stored."]), "{html}");
    assert!(has(&html, &["rows[row-1][service]", "value=\"api\""]), "{html}");
    assert!(has(&html, &["rows[new][service]"]) && has(&html, &["checkbox", "rows[row-1][remove]"]), "{html}");
    assert!(html.contains("Service") && html.contains("Integration key"), "{html}");
    assert!(html.contains("Alerts that use it stop."), "{html}");
}

#[test]
fn an_empty_table_has_only_the_way_to_add() {
    let html = rendered(table(), json!([]), None, None);
    assert!(html.contains("Add a service") && !html.contains("Alerts that use it stop."), "{html}");
}

#[test]
fn a_pair_shows_item_link_and_project_and_an_unknown_project_reads_deleted() {
    let html = rendered(pairs("https://a.example/"), json!([[3, "a"], [4, "b"]]), None, None);
    assert!(has(&html, &["a ", "href=\"https://a.example/\"", "noreferrer"]), "{html}");
    assert!(html.contains("Web") && html.contains(text::DELETED), "{html}");
    assert!(has(&html, &["hidden", "rows[row-0][item]"]) || has(&html, &["hidden", "rows[row-1][item]"]), "{html}");
    assert!(!has(&html, &["option", "value=\"a\""]), "an item in use is not offered: {html}");
    assert!(has(&html, &["option", "value=\"3\""]), "a project may have several: {html}");
    assert!(html.contains(text::CHOOSE_BOTH), "{html}");
}

#[test]
fn a_link_that_is_no_web_address_is_no_link() {
    let html = rendered(pairs("javascript:alert(1)"), json!([[3, "a"]]), None, None);
    assert!(!html.contains("javascript:") && html.contains("Site A"), "{html}");
}

#[test]
fn the_way_on_leads_only_to_the_origin_it_may_and_waits_for_a_pair() {
    let shown = |stored, next| rendered(pairs("https://a.example/"), stored, None, next);
    assert!(has(&shown(json!([[3, "a"]]), Some("https://vercel.com/go")), &["a ", "https://vercel.com/go"]));
    let waits = shown(json!([]), Some("https://vercel.com/go"));
    assert!(!waits.contains("https://vercel.com/go") && waits.contains(text::MAP_ONE_FIRST), "{waits}");
    for hostile in ["https://vercel.com.evil.com", "https://vercel.com@evil.com", "//vercel.com", "javascript:alert(1)"]
    {
        let html = shown(json!([[3, "a"]]), Some(hostile));
        assert!(!html.contains("Back to Vercel") && !html.contains(hostile), "{html}");
    }
    assert!(!shown(json!([[3, "a"]]), None).contains("Back to Vercel"));
}
