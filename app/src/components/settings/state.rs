//! What one setting on the page goes through: typed, saved, refused, changed by somebody else meanwhile. Pure, so that
//! its rules can be read and tested without a page.

use crate::components::settings::rows;
use domain::config::{ConfigField, merge};
use domain::{AppError, Code, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// What the field says about itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Nothing to say.
    Quiet,
    /// A save is under way.
    Saving,
    /// Saved, and when.
    Saved(Timestamp),
    /// Refused; what was typed is kept.
    Refused(String),
    /// Somebody else changed it while it was being edited: theirs or mine?
    Contested {
        /// What they stored.
        theirs: Value,
        /// Who or what it was, in a sentence.
        sentence: String,
    },
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingState {
    /// The stored value that the page knows; a save states it, so that another's change is not lost.
    pub stored: Value,
    /// What the control holds, as a form sends it.
    pub draft: String,
    /// What it says.
    pub standing: Standing,
    sent: String,
    arrived: Option<Value>,
    again: bool,
    /// The field, where its value is made of rows: changes of different rows are put together.
    rows: Option<Arc<ConfigField>>,
}

impl SettingState {
    /// A setting that holds what is stored.
    pub fn new(stored: Value) -> Self {
        let draft = form_text(&stored);
        Self { sent: draft.clone(), stored, draft, standing: Standing::Quiet, arrived: None, again: false, rows: None }
    }

    /// The setting of a field.
    pub fn of(field: &ConfigField, stored: Value) -> Self {
        Self { rows: field.has_rows().then(|| Arc::new(field.clone())), ..Self::new(stored) }
    }

    /// Forgets what was typed and holds this.
    pub fn follows(&mut self, stored: Value) {
        *self = Self { rows: self.rows.take(), ..Self::new(stored) };
    }

    /// What the control holds, as a value.
    pub fn drafted(&self) -> Value {
        serde_json::from_str(&self.draft).unwrap_or_else(|_| Value::from(self.draft.clone()))
    }

    /// Whether it holds something that is not stored.
    pub fn is_dirty(&self) -> bool {
        self.draft != form_text(&self.stored)
    }

    /// Something was typed or chosen.
    pub fn typed(&mut self, text: String) {
        if self.draft != text {
            self.draft = text;
            if matches!(self.standing, Standing::Saved(_) | Standing::Refused(_)) {
                self.standing = Standing::Quiet;
            }
        }
    }

    /// A fresh look at the server found this value. It never replaces what was typed; a field that has only the focus
    /// follows it.
    pub fn arrives(&mut self, value: Value, sentence: &str) {
        if self.standing == Standing::Saving {
            self.arrived = Some(value);
        } else if value == self.stored || form_text(&value) == self.draft {
            if matches!(self.standing, Standing::Contested { .. }) {
                self.standing = Standing::Quiet;
            }
            self.stored = value;
        } else if !self.is_dirty() {
            self.follows(value);
        } else if let Some(both) = self.merged(&value) {
            (self.draft, self.stored) = (form_text(&both), value);
        } else {
            self.standing = Standing::Contested { theirs: value, sentence: sentence.to_owned() };
        }
    }

    /// Their rows and mine, where different ones were changed.
    fn merged(&self, theirs: &Value) -> Option<Value> {
        merge(self.rows.as_deref()?, &self.stored, theirs, self.drafted()).ok()
    }

    /// Begins a save, where there is something to save: the value as a form sends it, and the JSON of what the page
    /// showed. Leaving a refused field does not send the same again; Enter does, which is `insists`.
    pub fn begins(&mut self, insists: bool) -> Option<(String, String)> {
        match self.standing {
            Standing::Saving => {
                self.again = self.draft != self.sent;
                return None;
            }
            Standing::Contested { .. } => return None,
            Standing::Refused(_) if !insists => return None,
            _ if !self.is_dirty() => return None,
            _ => {}
        }
        self.standing = Standing::Saving;
        self.sent = self.draft.clone();
        Some((self.draft.clone(), self.stored.to_string()))
    }

    /// The save went through. True when more was typed meanwhile, which is to be saved now.
    pub fn saved(&mut self, value: Value, at: Timestamp) -> bool {
        if self.draft == self.sent {
            self.draft = form_text(&value);
        }
        let before = std::mem::replace(&mut self.stored, value);
        self.standing = Standing::Saved(at);
        // A look from before the save shows the old value; anything else is newer than the save.
        if let Some(newer) = self.arrived.take().filter(|arrived| *arrived != before && *arrived != self.stored) {
            self.arrives(newer, "");
        }
        std::mem::take(&mut self.again) && self.is_dirty()
    }

    /// The save was refused. What was typed stays.
    pub fn refused(&mut self, name: &str, error: &AppError) {
        self.again = false;
        self.arrived = None;
        let field = error.fields.get(name);
        self.standing = match (error.code, field.and_then(|stored| serde_json::from_str(stored).ok())) {
            (Code::Conflict, Some(theirs)) => Standing::Contested { theirs, sentence: error.message.clone() },
            _ => Standing::Refused(field.unwrap_or(&error.message).clone()),
        };
    }

    /// Their value replaces what was typed.
    pub fn takes_theirs(&mut self) {
        if let Standing::Contested { theirs, .. } = &self.standing {
            let theirs = theirs.clone();
            self.follows(theirs);
        }
    }

    /// What was typed stays, and is saved over theirs next; rows that only they changed stay as they made them.
    pub fn keeps_mine(&mut self) {
        if let Standing::Contested { theirs, .. } = std::mem::replace(&mut self.standing, Standing::Quiet) {
            if let Some(field) = &self.rows {
                let seen = rows::without_overlap(field, &self.stored, &theirs, &self.drafted());
                if let Ok(both) = merge(field, &seen, &theirs, self.drafted()) {
                    self.draft = form_text(&both);
                }
            }
            self.stored = theirs;
        }
    }
}

/// A stored value as a form sends it: a switch that is off sends nothing.
pub fn form_text(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
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
}
