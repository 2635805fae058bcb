//! What the server sends for a setting: this is all there is without scripts.

use super::*;
use crate::components::fixtures::{around, field, html};
use crate::text::TRY_AGAIN;
use domain::config::{ConfigData, Table};
use domain::{AppError, Code, Timestamp};
use serde_json::{Value, json};

fn rendered(kind: FieldKind, stored: Value, locked: bool) -> String {
    shown(kind, locked, move |field| SettingState::of(field, stored))
}

fn shown(kind: FieldKind, locked: bool, state: impl FnOnce(&ConfigField) -> SettingState) -> String {
    html(move || {
        let (org, on_save) = (OrgSlug::parse("acme").expect("acme is a slug"), Callback::new(|_| ()));
        let (locked, clock, field) = (Signal::stored(locked), Clock::starting(Timestamp(0)), field("poll", kind));
        let (around, state) = (around(&field), RwSignal::new(state(&field)));
        view! {
            <SettingField
                org=org
                id=IntegrationId(7)
                field=field
                state=state
                is_set=true
                locked=locked
                around=around
                clock=clock
                on_save=on_save
            />
        }
    })
}

#[test]
fn asleep_a_setting_is_a_form_that_states_what_it_showed() {
    let html = rendered(FieldKind::Number { min: Some(1), max: None }, json!(5), false);
    for part in [
        "action=\"/_api/integrations/save\"",
        "name=\"org\" value=\"acme\"",
        "name=\"id\" value=\"7\"",
        "name=\"field\" value=\"poll\"",
        "value=\"5\" name=\"seen\"",
        "until-hydrated",
    ] {
        let flipped = part.split(' ').rev().collect::<Vec<_>>().join(" ");
        assert!(html.contains(part) || html.contains(&flipped), "{part} in {html}");
    }
    assert!(!html.contains("novalidate"), "{html}");
}

#[test]
fn a_setting_that_may_not_be_saved_is_disabled_up_front() {
    let html = rendered(FieldKind::Boolean, json!(true), true);
    assert!(tags(&html, "type=\"checkbox\"").all(|tag| tag.contains(" disabled")), "{html}");
}

/// The tags that hold this.
fn tags<'a>(html: &'a str, part: &'a str) -> impl Iterator<Item = &'a str> {
    html.split('<').map(|tag| tag.split('>').next().unwrap_or_default()).filter(move |tag| tag.contains(part))
}

fn table() -> FieldKind {
    FieldKind::Table(Box::new(Table { column_keys: vec!["service".into()], ..Table::default() }))
}

#[test]
fn a_locked_setting_is_not_saved_as_empty_without_scripts() {
    for (kind, stored) in [
        (FieldKind::Textarea, json!("kept")),
        (FieldKind::Boolean, json!(true)),
        (table(), json!([{"id": "1", "service": "Web"}])),
    ] {
        for locked in [true, false] {
            let html = rendered(kind.clone(), stored.clone(), locked);
            let sends: Vec<_> = tags(&html, "type=\"submit\"").collect();
            assert_eq!(sends.len(), 1, "{html}");
            let sends = sends.into_iter().chain(tags(&html, "rows[new-none]"));
            assert!(sends.into_iter().all(|tag| tag.contains(" disabled") == locked), "{html}");
        }
    }
}

#[test]
fn what_could_not_be_saved_can_be_tried_again() {
    let offline = AppError::new(Code::Unavailable, "Patchbay cannot be reached.");
    let said = AppError::field("poll", "Poll must be at least 1.");
    let html = |kind: FieldKind, draft: &str, error: &AppError| {
        let (draft, error) = (draft.to_owned(), error.clone());
        shown(kind, false, move |field| {
            let mut state = SettingState::of(field, field.shown(&ConfigData::new()));
            state.typed(draft);
            state.begins(true);
            state.refused("poll", &error);
            state
        })
    };
    let rows = json!([{"id": "", "service": "Web"}]).to_string();
    for html in [
        html(FieldKind::Boolean, "true", &offline),
        html(FieldKind::Textarea, "new", &offline),
        html(table(), &rows, &offline),
        html(table(), &rows, &said),
    ] {
        assert!(html.contains(TRY_AGAIN), "{html}");
    }
    let wrong = html(FieldKind::Number { min: Some(1), max: None }, "0", &said);
    assert!(wrong.contains("at least 1") && !wrong.contains(TRY_AGAIN), "the value is to be changed: {wrong}");
    assert!(!rendered(FieldKind::Boolean, json!(true), false).contains(TRY_AGAIN));
}

#[test]
fn a_stored_text_cannot_leave_its_attribute() {
    let html = rendered(FieldKind::String { max_length: None }, json!("\"><script>alert(1)</script>"), false);
    assert!(!html.contains("<script"), "{html}");
}
