//! What a caller may send: ids, control characters, line breaks; and what is no change.

use super::*;

fn note() -> ConfigField {
    field("note", FieldKind::Textarea)
}

#[test]
fn a_row_has_an_id_that_saving_gave_it_or_none() {
    let row = |id: Value| json!([{"id": id, "service": "Web", "integration_key": "k"}]);
    for good in [json!("1"), json!("0"), json!("4294967295"), json!(7)] {
        assert!(table().check(&row(good.clone())).is_ok(), "{good}");
    }
    for new in [json!(""), json!(null)] {
        assert_eq!(table().check(&row(new)), Ok(json!([{"id": "", "service": "Web", "integration_key": "k"}])));
    }
    let long = "1".repeat(4_000);
    for wrong in [
        json!("18446744073709551615"),
        json!("4294967296"),
        json!(4_294_967_296_i64),
        json!("newest"),
        json!("a\u{0}b"),
        json!("01"),
        json!("+1"),
        json!("-1"),
        json!(" 1"),
        json!("1.0"),
        json!(1.5),
        json!(true),
        json!(long),
    ] {
        let why = "Statuses has a row with an id that was not given here. Send a new row without an id.";
        assert_eq!(table().check(&row(wrong.clone())), Err(why.into()), "{wrong}");
    }
}

#[test]
fn no_control_character_reaches_the_database() {
    let choice = field(
        "branch",
        FieldKind::Select { choices: Vec::new(), url: Some("choices".into()), depends_on: Vec::new(), source: None },
    );
    let line = field("name", FieldKind::String { max_length: None });
    for (field, value) in [
        (pairs(), json!([[1, "a\u{0}b"]])),
        (pairs(), json!([[1, "a\nb"]])),
        (mapper(), json!({"p\u{0}1": chosen("Done", "Open")})),
        (mapper(), json!({"p1": chosen("Do\u{0}ne", "Open")})),
        (table(), json!([{"service": "a\u{0}b", "integration_key": "k"}])),
        (table(), json!([{"service": "a", "integration_key": "k\u{0}"}])),
        (choice.clone(), json!("a\u{0}b")),
        (choice, json!("a\nb")),
        (line, json!("a\u{0}b")),
        (note(), json!("a\u{0}b")),
        (field("key", FieldKind::SecretText), json!("a\u{0}b")),
    ] {
        assert!(field.check(&value).is_err(), "{value}");
    }
    assert_eq!(note().check(&json!("a\n\tb")), Ok(json!("a\n\tb")));
}

#[test]
fn a_text_that_a_plain_form_sent_has_the_line_breaks_of_the_page() {
    assert_eq!(note().check(&json!("a\r\nb\rc\n")), Ok(json!("a\nb\nc\n")));
    assert_eq!(field("key", FieldKind::SecretText).check(&json!("a\r\nb")), Ok(json!("a\nb")));
    let full = "x".repeat(4_999);
    assert!(note().check(&json!(format!("{full}\r\n{full}\r\n"))).is_ok(), "a line break counts once");
    // What was stored before is shown that way too, so that nobody saves it by looking at it.
    let data = json!({"note": "a\r\nb"});
    let stored = note().shown(data.as_object().unwrap());
    assert_eq!(stored, json!("a\nb"));
    assert_eq!(merge(&note(), &json!("a\r\nb"), &stored, json!("mine")), Ok(json!("mine")));
    assert_eq!(merge(&note(), &json!("a\r\nc"), &stored, json!("mine")), Err(Overlap));
}

#[test]
fn rows_in_another_order_are_no_change() {
    let (one, other) = (json!([[1, "a"], [2, "b"]]), json!([[2, "b"], [1, "a"]]));
    assert!(is_same(&pairs(), &one, &other) && is_same(&pairs(), &one, &one));
    for different in [json!([[1, "a"]]), json!([[1, "a"], [1, "b"]]), json!([[1, "a"], [2, "b"], [3, "c"]])] {
        assert!(!is_same(&pairs(), &one, &different) && !is_same(&pairs(), &different, &one), "{different}");
    }
}

#[test]
fn a_plain_form_keeps_the_order_of_its_rows() {
    let ids = ["1", "2", "9", "10", "11", "1000"];
    let cells = |id: &str| BTreeMap::from([("service".to_owned(), format!("s{id}"))]);
    let sent = ids.iter().chain(&["new"]).map(|id| ((*id).to_owned(), cells(id))).collect();
    let rows = table().from_rows(&Rows(sent));
    let order: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(order, ["1", "2", "9", "10", "11", "1000", ""]);
}

#[test]
fn a_save_that_replaced_a_secret_or_changed_nothing_has_no_undo() {
    let saved = |previous: Value, replaced_secret| Saved {
        field: "service_table".into(),
        value: json!([1]),
        previous,
        sentence: String::new(),
        replaced_secret,
    };
    assert!(saved(json!([]), false).can_be_undone());
    assert!(!saved(json!([]), true).can_be_undone());
    assert!(!saved(json!([1]), false).can_be_undone());
}
