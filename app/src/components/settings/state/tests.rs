//! What a setting goes through.

use super::*;
use serde_json::json;

const NOW: Timestamp = Timestamp(1_000);

#[test]
fn a_save_states_the_value_the_page_showed() {
    let mut state = SettingState::new(json!("main"));
    assert_eq!(state.begins(false), None);
    state.typed("trunk".into());
    assert_eq!(state.begins(false), Some(("trunk".into(), "\"main\"".into())));
    assert!(!state.saved(json!("trunk"), NOW));
    assert_eq!((state.is_dirty(), state.standing), (false, Standing::Saved(NOW)));
}

#[test]
fn what_is_being_edited_is_never_overwritten() {
    let mut state = SettingState::new(json!(5));
    state.typed("7".into());
    state.arrives(json!(6), "Ada changed it.");
    assert_eq!(state.draft, "7");
    assert_eq!(state.begins(false), None, "leaving the field does not decide for the person");
    let mut mine = state.clone();
    mine.keeps_mine();
    assert_eq!(mine.begins(false), Some(("7".into(), "6".into())));
    state.takes_theirs();
    assert_eq!((state.draft.as_str(), state.is_dirty()), ("6", false));
}

#[test]
fn a_field_that_was_only_clicked_into_follows_the_server_without_a_question() {
    let mut state = SettingState::new(json!("main"));
    state.typed("main".into());
    state.arrives(json!("trunk"), "Ada changed it.");
    assert_eq!((state.draft.as_str(), &state.standing), ("trunk", &Standing::Quiet));
}

#[test]
fn what_nobody_edits_follows_the_server() {
    let mut state = SettingState::new(json!(false));
    state.arrives(json!(true), "");
    assert_eq!((state.draft.as_str(), &state.standing), ("true", &Standing::Quiet));
}

#[test]
fn a_look_from_before_the_save_does_not_take_the_save_back() {
    let mut state = SettingState::new(json!("a"));
    state.typed("b".into());
    state.begins(false);
    state.arrives(json!("a"), "");
    state.saved(json!("b"), NOW);
    assert_eq!((state.draft.as_str(), state.stored), ("b", json!("b")));
}

#[test]
fn a_switch_that_is_turned_back_while_it_saves_is_saved_again() {
    let mut state = SettingState::new(json!(false));
    state.typed("true".into());
    state.begins(false);
    state.typed(String::new());
    assert_eq!(state.begins(false), None);
    assert!(state.saved(json!(true), NOW));
    assert_eq!(state.begins(false), Some((String::new(), "true".into())));
}

#[test]
fn a_refused_value_is_kept_and_not_sent_again_by_leaving() {
    let mut state = SettingState::new(json!(5));
    state.typed("0".into());
    state.begins(false);
    state.refused("poll", &AppError::field("poll", "Poll interval must be at least 1."));
    assert_eq!(state.standing, Standing::Refused("Poll interval must be at least 1.".into()));
    assert_eq!((state.begins(false), state.draft.as_str()), (None, "0"));
    assert!(state.begins(true).is_some());
}

#[test]
fn a_removal_that_did_not_arrive_is_sent_again_by_trying_again() {
    let mut state = SettingState::of(&mapper(), json!({"a": {"done": "x"}, "b": {"done": "z"}}));
    let left = json!({"a": {"done": "x"}}).to_string();
    state.typed(left.clone());
    let sent = state.begins(true);
    assert!(!state.can_try_again(), "it is under way");
    state.refused("map", &AppError::new(Code::Unavailable, "Patchbay cannot be reached."));
    assert!(state.can_try_again());
    assert_eq!(state.begins(false), None);
    assert_eq!((state.begins(true), state.draft.clone()), (sent, left));
    state.saved(json!({"a": {"done": "x"}}), NOW);
    assert!(!state.can_try_again());
}

#[test]
fn what_cannot_be_read_is_not_tried_again() {
    let mut state = SettingState::new(json!(5));
    state.typed("7".into());
    state.begins(false);
    state.refused("poll", &AppError::new(Code::Unavailable, "Patchbay cannot be reached."));
    assert!(state.can_try_again());
    // A number field tells nothing of what it cannot read, and nothing must not be saved.
    state.typed(String::new());
    state.unreadable("Poll must be a whole number.".into());
    assert!(!state.can_try_again());
}

#[test]
fn a_secret_that_was_replaced_meanwhile_is_asked_about_and_never_shown() {
    let field: ConfigField = serde_json::from_value(json!({"name": "key", "label": "Key", "type": "secret"})).unwrap();
    let mut state = SettingState::of(&field, json!(1));
    assert_eq!((state.draft.as_str(), state.is_dirty()), ("", false));
    state.typed("mine".into());
    assert_eq!(state.begins(false), Some(("mine".into(), "1".into())));
    state.refused("key", &AppError::conflict("Ada changed it.").with("key", "2"));
    let mut mine = state.clone();
    mine.keeps_mine();
    assert_eq!(mine.begins(true), Some(("mine".into(), "2".into())));
    state.takes_theirs();
    assert_eq!((state.draft.as_str(), state.is_dirty(), state.stored), ("", false, json!(2)));
}

fn mapper() -> ConfigField {
    let mapper = json!({"name": "map", "label": "Statuses", "type": "choice_mapper", "addButtonText": "Add",
        "addDropdown": {"emptyMessage": "", "noResultsMessage": "", "items": []},
        "mappedSelectors": {}, "columnLabels": {"done": "Done"}, "mappedColumnLabel": "Project"});
    serde_json::from_value(mapper).unwrap()
}

#[test]
fn a_refused_row_and_another_persons_row_are_put_together() {
    let mut state = SettingState::of(&mapper(), json!({"a": {"done": "x"}}));
    state.typed(json!({"a": {"done": "y"}}).to_string());
    state.begins(true);
    state.refused("map", &AppError::field("map", "Not now."));
    state.arrives(json!({"a": {"done": "x"}, "b": {"done": "z"}}), "Ada changed it.");
    assert_eq!(state.drafted(), json!({"a": {"done": "y"}, "b": {"done": "z"}}));
    assert_eq!(state.standing, Standing::Refused("Not now.".into()));
}

#[test]
fn to_keep_mine_takes_no_other_row_away_from_them() {
    let mut state = SettingState::of(&mapper(), json!({"a": {"done": "x"}}));
    state.typed(json!({"a": {"done": "y"}}).to_string());
    state.begins(true);
    let theirs = json!({"a": {"done": "w"}, "b": {"done": "z"}});
    state.refused("map", &AppError::conflict("Ada changed it.").with("map", theirs.to_string()));
    state.keeps_mine();
    assert_eq!(
        state.begins(true).map(|(draft, seen)| (serde_json::from_str(&draft).unwrap(), seen)),
        Some((json!({"a": {"done": "y"}, "b": {"done": "z"}}), theirs.to_string(),))
    );
}

#[test]
fn a_conflict_offers_theirs_or_mine() {
    let mut state = SettingState::new(json!("a"));
    state.typed("c".into());
    state.begins(false);
    state.refused("branch", &AppError::conflict("Ada changed it.").with("branch", "\"b\""));
    let theirs = json!("b");
    assert_eq!(state.standing, Standing::Contested { theirs, sentence: "Ada changed it.".into() });
}
