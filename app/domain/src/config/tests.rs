//! Fields: checked, put together, read from plain forms, told in words.

mod untrusted;

use super::*;
use serde_json::json;
use std::collections::BTreeMap;

fn field(name: &str, kind: FieldKind) -> ConfigField {
    ConfigField {
        name: name.into(),
        label: "Statuses".into(),
        help: None,
        placeholder: None,
        required: false,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

fn mapper() -> ConfigField {
    let labels = [("on_resolve", "When resolved"), ("on_unresolve", "When unresolved")];
    field(
        "sync_status_forward",
        FieldKind::ChoiceMapper(Box::new(ChoiceMapper {
            add_dropdown: AddDropdown {
                items: vec![MapperItem { value: "p1".into(), label: "Web".into() }],
                ..AddDropdown::default()
            },
            column_labels: labels.map(|(key, label)| (key.to_owned(), label.to_owned())).into(),
            ..ChoiceMapper::default()
        })),
    )
}

fn table() -> ConfigField {
    let columns = ["service", "integration_key"];
    field(
        "service_table",
        FieldKind::Table(Box::new(Table {
            column_keys: columns.map(str::to_owned).to_vec(),
            column_labels: columns.map(|column| (column.to_owned(), column.to_owned())).into(),
            secret_columns: vec!["integration_key".into()],
            ..Table::default()
        })),
    )
}

fn pairs() -> ConfigField {
    field("project_mappings", FieldKind::ProjectMapper(Box::default()))
}

fn chosen(resolved: &str, unresolved: &str) -> Value {
    json!({"on_resolve": resolved, "on_unresolve": unresolved})
}

#[test]
fn a_mapping_needs_a_choice_in_every_column() {
    let field = mapper();
    let good = json!({"p1": chosen("Done", "Open")});
    assert_eq!(field.check(&json!({"p1": {"on_resolve": " Done ", "on_unresolve": "Open", "x": 1}})), Ok(good));
    assert_eq!(field.check(&json!({})), Ok(json!({})));
    assert_eq!(field.check(&json!(false)), Ok(json!({})));
    for wrong in [
        json!(true),
        json!([]),
        json!("x"),
        json!(null),
        json!({"p1": {"on_resolve": "Done"}}),
        json!({"p1": chosen("Done", " ")}),
        json!({"p1": {"on_resolve": "Done", "on_unresolve": null}}),
        json!({"p1": {"on_resolve": "Done", "on_unresolve": 7}}),
        json!({"p1": null}),
    ] {
        assert_eq!(field.check(&wrong), Err(MAPPING_INCOMPLETE.into()), "{wrong}");
    }
    let long = "x".repeat(65);
    assert!(field.check(&json!({"p1": chosen(&long, "Open")})).is_err());
    assert!(field.check(&json!({(long): chosen("Done", "Open")})).is_err());
}

#[test]
fn a_row_needs_every_cell_but_the_secrets_that_are_stored() {
    let field = table();
    let rows = json!([{"id": "1", "service": "Web", "integration_key": ""}, {"id": "", "service": "Api", "integration_key": "k"}]);
    assert_eq!(field.check(&rows), Ok(rows.clone()));
    let new_without_secret = json!([{"service": "Web"}]);
    assert_eq!(field.check(&new_without_secret), Err("Each row needs “integration_key”.".into()));
    let twice = json!([{"id": "1", "service": "a"}, {"id": "1", "service": "b"}]);
    assert_eq!(field.check(&twice), Err("Statuses has two rows with the id 1.".into()));
    assert!(field.check(&json!([{"id": "1", "service": ["x"]}])).is_err());
    assert!(field.check(&json!({"id": "1"})).is_err());
}

#[test]
fn an_outside_item_is_mapped_once_and_a_project_often() {
    let field = pairs();
    assert_eq!(field.check(&json!([[1, "a"], ["1", 7]])), Ok(json!([[1, "a"], [1, "7"]])));
    assert_eq!(field.check(&json!([[1, "a"], [2, "a"]])), Err("Statuses maps the same item twice.".into()));
    for wrong in [json!([[1]]), json!([["x", "a"]]), json!([[1, ""]]), json!("x"), json!([1, "a"])] {
        assert!(field.check(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn two_people_who_change_different_rows_both_keep_theirs() {
    let field = mapper();
    let seen = json!({"p1": chosen("Done", "Open"), "p2": chosen("Done", "Open")});
    let stored = json!({"p1": chosen("Closed", "Open"), "p2": chosen("Done", "Open"), "p4": chosen("a", "b")});
    let mine = json!({"p1": chosen("Done", "Open"), "p3": chosen("Done", "Open")});
    let both = json!({"p1": chosen("Closed", "Open"), "p3": chosen("Done", "Open"), "p4": chosen("a", "b")});
    assert_eq!(merge(&field, &seen, &stored, mine), Ok(both));
    let same_row = json!({"p1": chosen("Resolved", "Open"), "p2": chosen("Done", "Open")});
    assert_eq!(merge(&field, &seen, &stored, same_row), Err(Overlap));
}

#[test]
fn rows_of_a_table_are_put_together_in_the_stored_order() {
    let row = |id: &str, service: &str| json!({"id": id, "service": service, "integration_key": ""});
    let seen = json!([row("1", "a"), row("2", "b")]);
    let stored = json!([row("1", "a"), row("3", "theirs"), row("2", "b")]);
    let mine = json!([row("1", "mine"), row("", "new")]);
    let both = json!([row("1", "mine"), row("3", "theirs"), row("", "new")]);
    assert_eq!(merge(&table(), &seen, &stored, mine), Ok(both));
    assert_eq!(merge(&pairs(), &json!([[1, "a"]]), &json!([[2, "a"]]), json!([[3, "a"]])), Err(Overlap));
    let added = merge(&pairs(), &json!([]), &json!([[2, "b"]]), json!([[3, "a"]]));
    assert_eq!(added, Ok(json!([[2, "b"], [3, "a"]])));
}

#[test]
fn a_plain_form_adds_changes_and_removes_rows() {
    let rows = |rows: &[(&str, &[(&str, &str)])]| {
        let cells = |cells: &[(&str, &str)]| cells.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Rows(rows.iter().map(|(id, row)| ((*id).to_owned(), cells(row))).collect::<BTreeMap<_, _>>())
    };
    let sent = rows(&[
        ("p1", &[("on_resolve", "Done"), ("on_unresolve", "Open")]),
        ("p2", &[("on_resolve", "Done"), ("on_unresolve", "Open"), ("remove", "on")]),
        ("new", &[("item", "p3"), ("on_resolve", "Done"), ("on_unresolve", "")]),
        ("new2", &[("item", ""), ("on_resolve", "Done"), ("on_unresolve", "")]),
    ]);
    assert_eq!(mapper().from_rows(&sent), json!({"p1": chosen("Done", "Open"), "p3": chosen("Done", "")}));
    let sent = rows(&[
        ("1", &[("service", "Web"), ("integration_key", "")]),
        ("new", &[("service", "Api"), ("integration_key", "k")]),
        ("new2", &[("service", " "), ("integration_key", "")]),
    ]);
    assert_eq!(
        table().from_rows(&sent),
        json!([{"id": "1", "service": "Web", "integration_key": ""}, {"id": "", "service": "Api", "integration_key": "k"}])
    );
    let sent = rows(&[("0", &[("project", "1"), ("item", "a")]), ("new", &[("project", ""), ("item", "")])]);
    assert_eq!(pairs().from_rows(&sent), json!([[1, "a"]]));
    assert_eq!(mapper().from_form(Some(r#"{"p1": {}}"#)), json!({"p1": {}}));
    assert_eq!(mapper().from_form(Some("no json")), json!("no json"));
}

#[test]
fn a_changed_mapping_is_told_by_name_and_a_secret_cell_never() {
    let (old, new) = (json!({"p1": chosen("Done", "Open")}), json!({"p1": chosen("Closed", "Open")}));
    assert_eq!(
        describe_change(&mapper(), &old, &new),
        "changed Statuses: added “Web (Closed, Open)”; removed “Web (Done, Open)”"
    );
    let row = |key: &str| json!([{"id": "1", "service": "Web", "integration_key": key}]);
    assert_eq!(describe_change(&table(), &row("hidden"), &row("other")), "changed Statuses: secrets alone");
}

#[test]
fn what_is_stored_as_off_is_shown_as_nothing_mapped() {
    let data = json!({"sync_status_forward": false});
    assert_eq!(mapper().shown(data.as_object().unwrap()), json!({}));
    assert_eq!(table().shown(&ConfigData::new()), json!([]));
}

fn port(kind: FieldKind) -> ConfigField {
    ConfigField {
        name: "port".into(),
        label: "Port".into(),
        help: None,
        placeholder: None,
        required: true,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

#[test]
fn a_field_travels_flat_with_its_type() {
    let number = port(FieldKind::Number { min: Some(1), max: None });
    let wire = json!({"name":"port","label":"Port","required":true,"type":"number","min":1});
    assert_eq!(serde_json::to_value(&number).unwrap(), wire);
    assert_eq!(serde_json::from_value::<ConfigField>(wire).unwrap(), number);
}

#[test]
fn a_wrong_value_is_refused_with_the_label_of_its_field() {
    let number = port(FieldKind::Number { min: Some(1), max: Some(65_535) });
    assert_eq!(number.check(&json!(5432)), Ok(json!(5432)));
    assert_eq!(number.check(&json!(0)), Err("Port must be at least 1.".into()));
    assert_eq!(number.check(&json!("x")), Err("Port must be a whole number.".into()));
    let line = port(FieldKind::String { max_length: Some(3) });
    assert_eq!(line.check(&json!("  ")), Err("Port is needed.".into()));
    assert_eq!(line.check(&json!("abcd")), Err("Port may be at most 3 characters long.".into()));
    assert_eq!(line.check(&json!("a\nb")), Err("Port must be one line without control characters.".into()));
    assert_eq!(line.check(&json!(["a"])), Err("Port must be text.".into()));
}

#[test]
fn a_date_is_a_day_that_the_calendar_has() {
    let date = port(FieldKind::Date);
    for day in ["2026-11-30", "2024-02-29", "2000-02-29", "9999-12-31"] {
        assert_eq!(date.check(&json!(format!(" {day} "))), Ok(json!(day)));
    }
    for wrong in [
        "2026-11-31",
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-10-00",
        "0000-01-01",
        "26-11-30",
        "2026-1-30",
        "30.11.2026",
        "+026-11-30",
        "2026-11-30T16:45",
        "2026-11-30-01",
        "tomorrow",
    ] {
        assert_eq!(date.check(&json!(wrong)), Err("Port must be a date, such as 2026-11-30.".into()), "{wrong}");
    }
    assert_eq!(date.check(&json!("")), Err("Port is needed.".into()));
    assert_eq!(field("due", FieldKind::Date).check(&json!("")), Ok(json!("")));
}

#[test]
fn a_date_with_a_time_is_a_minute_of_a_day() {
    let time = port(FieldKind::DatetimeLocal);
    for minute in ["2026-11-30T16:45", "2024-02-29T00:00", "2026-12-31T23:59"] {
        assert_eq!(time.check(&json!(minute)), Ok(json!(minute)));
    }
    for wrong in [
        "2026-11-30",
        "2026-11-30T24:00",
        "2026-11-30T16:60",
        "2026-11-30T1:45",
        "2026-11-30 16:45",
        "2026-11-30T16:45Z",
        "2026-11-30T16:45:30",
        "2026-02-30T16:45",
        "T16:45",
    ] {
        let why = "Port must be a date and a time, such as 2026-11-30T16:45.";
        assert_eq!(time.check(&json!(wrong)), Err(why.into()), "{wrong}");
    }
}

#[test]
fn dates_travel_by_the_words_of_browsers_and_are_told_in_words() {
    for (kind, word) in [(FieldKind::Date, "date"), (FieldKind::DatetimeLocal, "datetime-local")] {
        let wire = json!({"name": "port", "label": "Port", "required": true, "type": word});
        assert_eq!(serde_json::to_value(port(kind.clone())).unwrap(), wire);
        assert_eq!(serde_json::from_value::<ConfigField>(wire).unwrap(), port(kind));
    }
    let change = |kind, old: &str, new: &str| describe_change(&port(kind), &json!(old), &json!(new));
    assert_eq!(change(FieldKind::Date, "", "2026-11-30"), "changed Port from empty to “2026-11-30”");
    assert_eq!(
        change(FieldKind::DatetimeLocal, "2026-11-30T16:45", ""),
        "changed Port from “2026-11-30 16:45” to empty"
    );
}

#[test]
fn a_form_with_an_unknown_key_is_refused() {
    let fields = [port(FieldKind::Boolean)];
    let values = json!({"port": true, "prot": true});
    let error = check_all(&fields, values.as_object().unwrap()).unwrap_err();
    assert_eq!(error.fields.get("prot").map(String::as_str), Some("There is no such field."));
}

#[test]
fn a_secret_is_never_put_into_words() {
    let change = describe_change(&port(FieldKind::Secret), &json!("old"), &json!("new"));
    assert_eq!(change, "replaced Port");
}
