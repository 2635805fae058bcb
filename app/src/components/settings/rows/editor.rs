//! What the controls with rows share: the rows, when they are saved, and what stays in step with the server.

use super::{Cells, Row, RowsState, Shape};
use crate::components::fields::ticked;
use crate::components::form_field::focus_in;
use crate::components::settings::state::{SettingState, Standing};
use crate::components::{Button, ButtonKind, ButtonSize};
use crate::text::configure as text;
use domain::config::{ConfigField, Rows};
use leptos::prelude::*;

/// The rows of a setting while they are edited. Nothing is ever locked: a change that is made during a save is saved
/// after it.
#[derive(Clone, Copy)]
pub struct RowsEditor {
    /// The rows.
    pub rows: RwSignal<RowsState>,
    /// Why nothing can be changed, where that is so.
    pub refused: Signal<Option<String>>,
    /// Whether scripts run: what is there without them only goes away then.
    pub awake: RwSignal<bool>,
    /// Around the rows.
    pub list: NodeRef<leptos::html::Ul>,
    state: RwSignal<SettingState>,
    on_save: Callback<bool>,
}

impl RowsEditor {
    /// The rows of a field; `name` is what a row is called, which is their first order.
    pub fn new(
        field: &ConfigField,
        state: RwSignal<SettingState>,
        refused: Signal<Option<String>>,
        on_save: Callback<bool>,
        name: impl Fn(&Row) -> String,
    ) -> Self {
        let mut rows = state.with_untracked(|state| RowsState::new(Shape::of(field), &state.drafted()));
        rows.sort_by(name);
        let (rows, awake) = (RwSignal::new(rows), RwSignal::new(false));
        let editor = Self { rows, refused, awake, list: NodeRef::new(), state, on_save };
        let heard = Memo::new(move |_| state.with(|state| (state.draft.clone(), state.standing == Standing::Saving)));
        Effect::new(move || {
            awake.set(true);
            let (draft, saving) = heard.get();
            if saving {
                return;
            }
            if rows.with_untracked(|rows| rows.said() != draft) {
                let value = state.with_untracked(SettingState::drafted);
                rows.update(|rows| rows.absorb(&value));
            }
            editor.save();
        });
        editor
    }

    /// Saves what is finished and not saved; what is changed during a save waits for its end.
    pub fn save(self) {
        if self.state.with_untracked(|state| state.standing == Standing::Saving) {
            return;
        }
        if let Some(draft) = self.rows.try_update(RowsState::take).flatten() {
            self.state.update(|state| state.typed(draft));
            self.on_save.run(true);
        }
    }

    /// The rows by their keys, in order.
    pub fn keys(self) -> Memo<Vec<u32>> {
        Memo::new(move |_| self.rows.with(|rows| rows.rows.iter().map(|row| row.key).collect()))
    }

    /// Something about a row.
    pub fn of<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        key: u32,
        ask: impl Fn(&Row) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.rows.with(|rows| rows.row(key).map(&ask)))
    }

    /// What a cell holds.
    pub fn cell(self, key: u32, column: &str) -> Memo<String> {
        let column = column.to_owned();
        let cell = self.of(key, move |row| row.cells.get(&column).cloned().unwrap_or_default());
        Memo::new(move |_| cell.get().unwrap_or_default())
    }

    /// The columns that a row still needs.
    pub fn missing(self, key: u32) -> Memo<Vec<String>> {
        Memo::new(move |_| self.rows.with(|rows| rows.row(key).map(|row| rows.missing(row)).unwrap_or_default()))
    }

    /// Adds a row and saves it where it is finished.
    pub fn add(self, id: &str, cells: Cells) -> u32 {
        let key = self.rows.try_update(|rows| rows.add(id, cells)).unwrap_or_default();
        self.save();
        key
    }

    /// Something was typed.
    pub fn write(self, key: u32, column: &str, text: &str) {
        self.rows.update(|rows| rows.write(key, column, text));
    }

    /// Takes a row away and saves at once. The focus goes to the row that took its place, else to what adds one.
    pub fn remove(self, key: u32) {
        if self.refused.with_untracked(Option::is_some) {
            return;
        }
        let next = self.rows.try_update(|rows| {
            let at = rows.rows.iter().position(|row| row.key == key).unwrap_or_default();
            rows.remove(key);
            rows.rows.get(at).or(rows.rows.last()).map(|row| row.key)
        });
        let next = next.flatten().map_or(".rows-add :is(input, select, button)".to_owned(), |key| {
            format!("[data-row=\"{key}\"] .row-remove button")
        });
        self.focus(next);
        self.save();
    }

    /// Focuses something of the control when the page has followed.
    pub fn focus(self, selector: String) {
        request_animation_frame(move || {
            if let Some(list) = self.list.try_get_untracked().flatten()
                && let Some(control) = list.parent_element()
            {
                focus_in(&control, &selector);
            }
        });
    }
}

/// Sent along always, so that a form whose last row was emptied still sends rows; but not where nothing can be changed,
/// because the rows are not sent there.
pub fn marker(refused: Signal<Option<String>>) -> AnyView {
    let name = format!("rows[{}-none][{}]", Rows::NEW, Rows::REMOVE);
    let locked = move || refused.with(Option::is_some);
    view! { <input type="hidden" name=name value="on" disabled=locked /> }.into_any()
}

/// The class of a field with this many columns; with more of them than fit beside each other they stay stacked.
pub const fn class(columns: usize) -> &'static str {
    match columns {
        1 => "rows-field rows-wide",
        2 => "rows-field rows-wide rows-two",
        3 => "rows-field rows-wide rows-three",
        4 => "rows-field rows-wide rows-four",
        _ => "rows-field",
    }
}

/// The key of a cell in the form.
pub fn cell_name(row: &str, column: &str) -> String {
    format!("rows[{row}][{column}]")
}

/// Takes a row away: a button, and before the page is awake a box that is sent with the form.
#[component]
pub fn RemoveRow(
    /// All rows.
    editor: RowsEditor,
    /// The row.
    key: u32,
    /// The row in the form.
    row: String,
    /// What it is called.
    #[prop(into)]
    name: String,
    /// The id of what says what goes with it.
    #[prop(optional, into)]
    described_by: Option<String>,
) -> impl IntoView {
    let words = text::remove_row(&name);
    let click = Callback::new(move |()| editor.remove(key));
    let tick = (!editor.refused.with_untracked(Option::is_some)).then(|| {
        let (name, words) = (cell_name(&row, Rows::REMOVE), words.clone());
        let ticked = ticked(&name).unwrap_or_default();
        view! {
            <label class="row-tick until-hydrated">
                <input class="checkbox" type="checkbox" name=name value="on" checked=ticked aria-label=words />
                {text::REMOVE_ROW}
            </label>
        }
    });
    view! {
        <div class="row-remove" aria-describedby=described_by>
            {tick}
            <span class="needs-script">
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    label=words
                    disabled_reason=editor.refused
                    on_click=click
                >
                    {text::REMOVE_ROW}
                </Button>
            </span>
        </div>
    }
    .into_any()
}

/// What a row has to say: what it lacks, who was faster.
#[component]
pub fn RowNotes(
    /// All rows.
    editor: RowsEditor,
    /// The row.
    key: u32,
    /// What the columns are called.
    label: Callback<String, String>,
) -> impl IntoView {
    let missing = editor.missing(key);
    let state = editor.of(key, |row| (row.overtaken, row.is_blank()));
    let lacks = move || {
        let blank = state.get().is_some_and(|(_, blank)| blank);
        let labels: Vec<String> = missing.get().into_iter().map(|column| label.run(column)).collect();
        (!labels.is_empty() && !blank).then(|| text::row_needs(&labels))
    };
    let overtaken = move || state.get().is_some_and(|(overtaken, _)| overtaken).then_some(text::ROW_OVERTAKEN);
    view! {
        <p class="row-note" aria-live="polite">{lacks}</p>
        <p class="row-note row-note-warn" aria-live="polite">{overtaken}</p>
    }
    .into_any()
}
