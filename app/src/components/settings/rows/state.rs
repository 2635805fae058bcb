//! The rows of a mapper, a table or pairs as a person edits them. Pure, so that the rules can be read and tested
//! without a page.
//!
//! A row has a key of its own, so that it stays the same row while it gets an id, is saved or is changed by others.
//! What the server says is put together with what is edited here row by row and cell by cell: neither is lost.

use super::shape::Shape;
use serde_json::Value;
use std::collections::BTreeMap;

/// Text by column.
pub type Cells = BTreeMap<String, String>;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Tells it from the other rows of this page.
    pub key: u32,
    /// The item of a mapper or a pair, the id of a table's row; empty for a table's row that is not stored yet.
    pub id: String,
    /// What its cells hold now. A stored secret is empty here.
    pub cells: Cells,
    /// Whether somebody else changed a cell that is being edited here.
    pub overtaken: bool,
    /// What the cells held when it was last saved or heard of; none for a row that never was.
    known: Option<Cells>,
    /// The row as it travels, as of then.
    raw: Option<Value>,
}

impl Row {
    /// Whether it was saved or heard of.
    pub fn is_stored(&self) -> bool {
        self.known.is_some()
    }

    /// A table's row that was added and not touched yet.
    pub fn is_blank(&self) -> bool {
        self.id.is_empty() && !self.is_stored() && self.cells.values().all(|cell| cell.trim().is_empty())
    }

    fn is_edited(&self) -> bool {
        self.known.as_ref() != Some(&self.cells)
    }

    /// What somebody else made of it, except where it is being edited.
    fn follow(&mut self, theirs: Row) {
        let known = self.known.take().unwrap_or_default();
        let mut cells = theirs.cells.clone();
        self.overtaken = false;
        for (column, mine) in &self.cells {
            if known.get(column) != Some(mine) && theirs.cells.get(column) != Some(mine) {
                let theirs = theirs.cells.get(column);
                // A secret is never told, so nobody knows whether it was changed.
                self.overtaken |= known.contains_key(column)
                    && known.get(column) != theirs
                    && theirs.is_some_and(|cell| !cell.is_empty());
                cells.insert(column.clone(), mine.clone());
            }
        }
        (self.id, self.cells, self.known, self.raw) = (theirs.id, cells, Some(theirs.cells), theirs.raw);
    }
}

/// All rows of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsState {
    /// In the order of the page.
    pub rows: Vec<Row>,
    shape: Shape,
    /// The value that was last saved or heard of.
    base: Value,
    said: String,
    removes: bool,
    /// Rows without an id that were removed while they were being saved.
    gone: Vec<Cells>,
    next: u32,
}

impl RowsState {
    /// The rows of a value.
    pub fn new(shape: Shape, value: &Value) -> Self {
        let (rows, gone, said) = (Vec::new(), Vec::new(), String::new());
        let mut state = Self { rows, shape, base: Value::Null, said, removes: false, gone, next: 0 };
        state.absorb(value);
        state
    }

    /// The value that was last saved or heard of, as a form sends it.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// The row with this key.
    pub fn row(&self, key: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key)
    }

    /// Whether a row with this id is here.
    pub fn has(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row.id == id)
    }

    /// Adds a row at the end: an item of a mapper or a pair, or with an empty id a new row of a table.
    pub fn add(&mut self, id: &str, cells: Cells) -> u32 {
        self.next += 1;
        let known = None;
        self.rows.push(Row { key: self.next, id: id.to_owned(), cells, overtaken: false, known, raw: None });
        self.next
    }

    /// Something was typed or chosen.
    pub fn write(&mut self, key: u32, column: &str, text: &str) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key == key) {
            row.cells.insert(column.to_owned(), text.to_owned());
        }
    }

    /// Takes a row away. What stays is saved even while another row is unfinished.
    pub fn remove(&mut self, key: u32) {
        let Some(at) = self.rows.iter().position(|row| row.key == key) else { return };
        let row = self.rows.remove(at);
        self.gone.extend(row.known.filter(|_| row.id.is_empty()));
        self.removes = true;
    }

    /// The columns that a row still needs.
    pub fn missing(&self, row: &Row) -> Vec<String> {
        let empty = |column: &&String| row.cells.get(*column).is_none_or(|cell| cell.trim().is_empty());
        let needed = |column: &&String| !(row.is_stored() && self.shape.is_secret(column));
        self.shape.columns().iter().filter(needed).filter(empty).cloned().collect()
    }

    /// What is to be saved now, as a form sends it; nothing while a row is unfinished, or when nothing changed. From
    /// then on it counts as said.
    pub fn take(&mut self) -> Option<String> {
        let unfinished: Vec<u32> =
            self.rows.iter().filter(|row| !self.missing(row).is_empty()).map(|row| row.key).collect();
        let holds_back = self.rows.iter().any(|row| unfinished.contains(&row.key) && !row.is_blank());
        if holds_back && !std::mem::take(&mut self.removes) {
            return None;
        }
        self.removes = false;
        let mut list = Vec::new();
        for row in &self.rows {
            let is_finished = !unfinished.contains(&row.key);
            match (&row.raw, is_finished) {
                (Some(raw), _) if !is_finished || !row.is_edited() => list.push((row.id.clone(), raw.clone())),
                (_, true) => list.push((row.id.clone(), self.shape.row(row))),
                // It was never saved, so nothing is lost by waiting.
                (_, false) => {}
            }
        }
        let value = self.shape.value(list);
        if value == self.base {
            return None;
        }
        for row in self.rows.iter_mut().filter(|row| !unfinished.contains(&row.key) && row.is_edited()) {
            row.raw = Some(self.shape.row(row));
            row.known = Some(row.cells.clone());
            row.overtaken = false;
        }
        self.said = value.to_string();
        self.base = value;
        Some(self.said.clone())
    }

    /// The server's value: after a save, after a look, after somebody else's change.
    pub fn absorb(&mut self, value: &Value) {
        let before: Vec<String> = self.shape.read(&self.base).into_iter().map(|read| read.id).collect();
        let mut mine = std::mem::take(&mut self.rows);
        let mut rows: Vec<(usize, Row)> = Vec::new();
        for read in self.shape.read(value) {
            let theirs = Row {
                key: 0,
                id: read.id,
                cells: read.cells.clone(),
                overtaken: false,
                known: Some(read.cells),
                raw: Some(read.raw),
            };
            let is_new = !before.contains(&theirs.id);
            let sent = |row: &Row| {
                row.id.is_empty() && row.known.as_ref().is_some_and(|known| self.shape.same(known, &theirs.cells))
            };
            let same = mine.iter().position(|row| row.id == theirs.id && !row.id.is_empty());
            match same.or_else(|| mine.iter().position(sent).filter(|_| is_new)) {
                Some(at) => {
                    // Its place is kept: a row must not jump because it was saved.
                    let place = mine[at].key as usize;
                    let mut row = mine.swap_remove(at);
                    row.follow(theirs);
                    rows.push((place, row));
                }
                // It was removed here; the save of that is still to come.
                None if !is_new => {}
                None if self.takes_gone(&theirs.cells) => {}
                None => {
                    self.next += 1;
                    rows.push((self.next as usize, Row { key: self.next, ..theirs }));
                }
            }
        }
        for mut row in mine.into_iter().filter(Row::is_edited) {
            if row.is_stored() {
                // Somebody removed it while it was being edited: what was written is kept, as a new row.
                (row.known, row.raw, row.overtaken) = (None, None, true);
                if self.shape.gives_ids() {
                    row.id = String::new();
                }
            }
            rows.push((row.key as usize, row));
        }
        self.gone.clear();
        rows.sort_by_key(|(place, _)| *place);
        self.rows = rows.into_iter().map(|(_, row)| row).collect();
        self.said = crate::components::settings::state::form_text(value);
        self.base = value.clone();
    }

    fn takes_gone(&mut self, cells: &Cells) -> bool {
        let at = self.gone.iter().position(|gone| self.shape.same(gone, cells));
        at.map(|at| self.gone.swap_remove(at)).is_some()
    }

    /// Puts the rows in an order; for the first look only, a row must not jump later.
    pub fn sort_by(&mut self, name: impl Fn(&Row) -> String) {
        self.rows.sort_by_cached_key(|row| name(row).to_lowercase());
        for (place, row) in self.rows.iter_mut().enumerate() {
            row.key = place as u32;
        }
        self.next = self.rows.len() as u32;
    }
}
