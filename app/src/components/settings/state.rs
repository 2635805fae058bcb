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
    /// The stored value that the page knows; a save states it, so that another's change is not lost. Of a secret, how often
    /// it was written.
    pub stored: Value,
    /// What the control holds, as a form sends it.
    pub draft: String,
    /// What it says.
    pub standing: Standing,
    sent: String,
    arrived: Option<Value>,
    again: bool,
    /// Whether the last refusal was not about the value, so that the same may be taken another time.
    failed: bool,
    /// The field, where its value is made of rows: changes of different rows are put together.
    rows: Option<Arc<ConfigField>>,
    /// Whether the stored value is not what the control holds.
    secret: bool,
}

impl SettingState {
    /// A setting that holds what is stored.
    pub fn new(stored: Value) -> Self {
        let draft = form_text(&stored);
        let (sent, standing) = (draft.clone(), Standing::Quiet);
        Self { stored, draft, standing, sent, arrived: None, again: false, failed: false, rows: None, secret: false }
    }

    /// The setting of a field.
    pub fn of(field: &ConfigField, stored: Value) -> Self {
        let rows = field.has_rows().then(|| Arc::new(field.clone()));
        let mut state = Self { rows, secret: field.is_secret(), ..Self::new(Value::Null) };
        state.follows(stored);
        state
    }

    /// Forgets what was typed and holds this.
    pub fn follows(&mut self, stored: Value) {
        let draft = self.text_of(&stored);
        *self = Self { rows: self.rows.take(), secret: self.secret, sent: draft.clone(), draft, ..Self::new(stored) };
    }

    /// What the control holds when this is stored.
    fn text_of(&self, value: &Value) -> String {
        if self.secret { String::new() } else { form_text(value) }
    }

    /// What the control holds, as a value.
    pub fn drafted(&self) -> Value {
        serde_json::from_str(&self.draft).unwrap_or_else(|_| Value::from(self.draft.clone()))
    }

    /// Whether it holds something that is not stored.
    pub fn is_dirty(&self) -> bool {
        self.draft != self.text_of(&self.stored)
    }

    /// Whether what was refused can be sent once more as it is. Rows always can: what they lack may have come, and what
    /// was removed from the page cannot be removed again.
    pub fn can_try_again(&self) -> bool {
        matches!(self.standing, Standing::Refused(_)) && self.is_dirty() && (self.failed || self.rows.is_some())
    }

    /// What the control holds cannot be read, so there is nothing to send.
    pub fn unreadable(&mut self, sentence: String) {
        self.failed = false;
        self.standing = Standing::Refused(sentence);
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
        } else if value == self.stored || self.text_of(&value) == self.draft {
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
            self.draft = self.text_of(&value);
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
        self.failed = field.is_none();
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
mod tests;
