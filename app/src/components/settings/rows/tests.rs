use super::{Row, RowsState, Shape};
use domain::config::Rows;
use serde_json::{Value, json};

fn mapper(value: Value) -> RowsState {
    RowsState::new(Shape::Choices { columns: vec!["done".into(), "open".into()] }, &value)
}

fn table(value: Value) -> RowsState {
    let shape = Shape::Table { columns: vec!["service".into(), "key".into()], secrets: vec!["key".into()] };
    RowsState::new(shape, &value)
}

fn pairs(value: Value) -> RowsState {
    RowsState::new(Shape::Pairs { columns: vec![Rows::PROJECT.into()] }, &value)
}

fn cells(list: &[(&str, &str)]) -> super::Cells {
    list.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
}

fn sent(rows: &mut RowsState) -> Option<Value> {
    rows.take().map(|text| serde_json::from_str(&text).unwrap())
}

fn ids(rows: &RowsState) -> Vec<&str> {
    rows.rows.iter().map(|row| row.id.as_str()).collect()
}

fn key(rows: &RowsState, id: &str) -> u32 {
    rows.rows.iter().find(|row| row.id == id).unwrap().key
}

#[test]
fn what_was_loaded_is_not_saved() {
    assert_eq!(mapper(json!({"7": {"done": "Closed", "open": "New", "more": 1}})).take(), None);
    assert_eq!(table(json!([{"id": "1", "service": "api"}])).take(), None);
    assert_eq!(pairs(json!([[3, "a"]])).take(), None);
}

#[test]
fn a_new_item_is_saved_when_every_column_is_set_and_not_before() {
    let mut rows = mapper(json!({}));
    let key = rows.add("7", cells(&[("done", ""), ("open", "")]));
    assert_eq!(rows.take(), None);
    rows.write(key, "done", "Closed");
    assert_eq!(rows.take(), None);
    assert_eq!(rows.missing(rows.row(key).unwrap()), ["open"]);
    rows.write(key, "open", "New");
    assert_eq!(sent(&mut rows), Some(json!({"7": {"done": "Closed", "open": "New"}})));
    assert_eq!(rows.take(), None, "it was said");
}

#[test]
fn an_unfinished_row_holds_back_the_others_but_not_a_removal() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}, "8": {"done": "c", "open": "d"}}));
    rows.add("9", cells(&[("done", "x"), ("open", "")]));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "z");
    assert_eq!(rows.take(), None);
    rows.remove(key(&rows, "8"));
    assert_eq!(sent(&mut rows), Some(json!({"7": {"done": "z", "open": "b"}})));
    assert_eq!(ids(&rows), ["7", "9"], "the unfinished row stays on the page");
}

#[test]
fn a_row_that_was_never_saved_goes_without_a_save() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    let key = rows.add("9", cells(&[("done", ""), ("open", "")]));
    rows.remove(key);
    assert_eq!(rows.take(), None);
}

#[test]
fn a_row_that_another_person_added_is_shown_and_an_unfinished_one_stays() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    rows.add("9", cells(&[("done", "x"), ("open", "")]));
    rows.absorb(&json!({"7": {"done": "a", "open": "b"}, "8": {"done": "c", "open": "d"}}));
    assert_eq!(ids(&rows), ["7", "9", "8"]);
    let nine = key(&rows, "9");
    rows.write(nine, "open", "y");
    let all =
        json!({"7": {"done": "a", "open": "b"}, "8": {"done": "c", "open": "d"}, "9": {"done": "x", "open": "y"}});
    assert_eq!(sent(&mut rows), Some(all));
}

#[test]
fn the_merged_answer_to_a_save_shows_the_other_persons_row_and_keeps_what_changed_meanwhile() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "z");
    sent(&mut rows).unwrap();
    rows.write(seven, "open", "y");
    rows.absorb(&json!({"7": {"done": "z", "open": "b"}, "8": {"done": "c", "open": "d"}}));
    let both = json!({"7": {"done": "z", "open": "y"}, "8": {"done": "c", "open": "d"}});
    assert_eq!(sent(&mut rows), Some(both));
}

#[test]
fn another_persons_change_of_the_row_being_edited_is_said_and_overwrites_nothing() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "mine");
    rows.absorb(&json!({"7": {"done": "theirs", "open": "too"}}));
    let row = rows.row(seven).unwrap();
    assert_eq!(row.cells, cells(&[("done", "mine"), ("open", "too")]));
    assert!(row.overtaken);
}

#[test]
fn another_persons_change_of_a_cell_that_is_not_being_edited_is_followed_without_a_word() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "mine");
    rows.absorb(&json!({"7": {"done": "a", "open": "too"}}));
    let row = rows.row(seven).unwrap();
    assert_eq!((row.cells.clone(), row.overtaken), (cells(&[("done", "mine"), ("open", "too")]), false));
}

#[test]
fn a_row_that_another_person_removed_goes_unless_it_is_being_edited() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}, "8": {"done": "c", "open": "d"}}));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "mine");
    rows.absorb(&json!({}));
    assert_eq!(ids(&rows), ["7"]);
    assert!(rows.row(seven).unwrap().overtaken);
}

#[test]
fn a_removal_during_a_save_is_not_taken_back_by_its_answer() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}, "8": {"done": "c", "open": "d"}}));
    let seven = key(&rows, "7");
    rows.write(seven, "done", "z");
    let first = sent(&mut rows).unwrap();
    rows.remove(key(&rows, "8"));
    rows.absorb(&first);
    assert_eq!(sent(&mut rows), Some(json!({"7": {"done": "z", "open": "b"}})));
}

#[test]
fn a_new_row_of_a_table_gets_its_id_and_stays_the_same_row() {
    let mut rows = table(json!([]));
    let new = rows.add("", cells(&[("service", " api "), ("key", "hunter2")]));
    assert_eq!(sent(&mut rows), Some(json!([{"id": "", "service": "api", "key": "hunter2"}])));
    rows.absorb(&json!([{"id": "5", "service": "api"}]));
    let row = rows.row(new).unwrap();
    assert_eq!((row.id.as_str(), row.cells["key"].as_str()), ("5", ""), "the secret left the page");
    assert_eq!(rows.take(), None, "a stored secret is not missing");
}

#[test]
fn a_new_row_that_is_edited_during_its_save_is_saved_again_under_its_id() {
    let mut rows = table(json!([]));
    let new = rows.add("", cells(&[("service", "api"), ("key", "k")]));
    sent(&mut rows).unwrap();
    rows.write(new, "service", "web");
    rows.absorb(&json!([{"id": "5", "service": "api"}]));
    assert_eq!(sent(&mut rows), Some(json!([{"id": "5", "service": "web", "key": ""}])));
}

#[test]
fn a_new_row_that_is_removed_during_its_save_does_not_come_back() {
    let mut rows = table(json!([]));
    let new = rows.add("", cells(&[("service", "api"), ("key", "k")]));
    sent(&mut rows).unwrap();
    rows.remove(new);
    rows.absorb(&json!([{"id": "5", "service": "api"}]));
    assert!(rows.rows.is_empty());
    assert_eq!(sent(&mut rows), Some(json!([])));
}

#[test]
fn an_untouched_new_row_of_a_table_holds_nothing_back() {
    let mut rows = table(json!([{"id": "1", "service": "api"}]));
    rows.add("", cells(&[("service", ""), ("key", "")]));
    let first = key(&rows, "1");
    rows.write(first, "service", "web");
    assert_eq!(sent(&mut rows), Some(json!([{"id": "1", "service": "web", "key": ""}])));
    rows.write(first, "service", " ");
    assert_eq!(rows.take(), None, "a cell that was emptied is unfinished");
}

#[test]
fn untouched_rows_travel_as_they_came() {
    let mut rows = table(json!([{"id": "1", "service": "api", "note": 7}]));
    rows.add("", cells(&[("service", "web"), ("key", "k")]));
    let both = json!([{"id": "1", "service": "api", "note": 7}, {"id": "", "service": "web", "key": "k"}]);
    assert_eq!(sent(&mut rows), Some(both));
}

#[test]
fn a_pair_is_a_project_with_its_number_and_an_item() {
    let mut rows = pairs(json!([[3, "a"]]));
    assert!(rows.has("a") && !rows.has("b"));
    rows.add("b", cells(&[(Rows::PROJECT, "3")]));
    assert_eq!(sent(&mut rows), Some(json!([[3, "a"], [3, "b"]])));
    rows.remove(key(&rows, "a"));
    assert_eq!(sent(&mut rows), Some(json!([[3, "b"]])));
}

#[test]
fn rows_begin_in_the_order_of_their_names_and_do_not_jump_when_they_are_saved() {
    let mut rows = mapper(json!({"1": {"done": "a", "open": "b"}, "2": {"done": "a", "open": "b"}}));
    rows.sort_by(|row: &Row| if row.id == "1" { "Web".into() } else { "Api".into() });
    rows.add("0", cells(&[("done", "a"), ("open", "b")]));
    assert_eq!(ids(&rows), ["2", "1", "0"]);
    let saved = sent(&mut rows).unwrap();
    rows.absorb(&saved);
    assert_eq!(ids(&rows), ["2", "1", "0"]);
}

#[test]
fn an_undo_brings_a_removed_row_back() {
    let mut rows = mapper(json!({"7": {"done": "a", "open": "b"}}));
    rows.remove(key(&rows, "7"));
    assert_eq!(sent(&mut rows), Some(json!({})));
    rows.absorb(&json!({"7": {"done": "a", "open": "b"}}));
    assert_eq!(ids(&rows), ["7"]);
    assert_eq!(rows.take(), None);
}
