//! Rows of text.

use super::editor::{self, RemoveRow, RowNotes, cell_name};
use super::{Cells, ROW, RowsEditor};
use crate::components::fields::{CellInput, typed};
use crate::components::settings::state::SettingState;
use crate::components::{Button, ButtonSize};
use crate::text;
use crate::text::configure as words;
use domain::config::{ConfigField, FieldKind, MAX_TEXT, Rows, Table};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Node;

/// Rows of text cells. A row is saved when it is left and nothing is missing.
#[component]
pub fn TableControl(
    /// The id of the control.
    control_id: String,
    /// The field.
    field: ConfigField,
    /// What it holds.
    state: RwSignal<SettingState>,
    /// Why nothing can be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let table = match &field.kind {
        FieldKind::Table(table) => (**table).clone(),
        _ => Table::default(),
    };
    let editor = RowsEditor::new(&field, state, refused, on_save, |_| String::new());
    let (keys, help) = (editor.keys(), format!("{control_id}-delete"));
    let headings: Vec<_> = columns(&table).collect();
    let headings = headings.into_iter().map(|(_, label, _)| view! { <span>{label}</span> }).collect_view();
    let (word, warning) = (table.add_button_text.clone(), table.confirm_delete_message.clone());
    let class = editor::class(table.column_keys.len());
    let empty = table.column_keys.clone();
    let add = Callback::new(move |()| {
        let cells: Cells = empty.iter().map(|column| (column.clone(), String::new())).collect();
        let key = editor.add("", cells);
        editor.focus(format!("[data-row=\"{key}\"] input:not([type=hidden])"));
    });
    let describes = (!warning.is_empty()).then(|| help.clone());
    let shared = StoredValue::new((table, control_id, describes));
    let warned = move || (!warning.is_empty() && keys.with(|keys| !keys.is_empty())).then(|| warning.clone());
    view! {
        <div class=class>
            {editor::marker(refused)}
            <div class="rows-head" class:rows-empty=move || keys.with(Vec::is_empty) aria-hidden="true">{headings}</div>
            <ul class="rows-list" node_ref=editor.list aria-label=field.label>
                <For each=move || keys.get() key=|key| *key let:key>
                    {row(editor, key, shared)}
                </For>
            </ul>
            {move || (!editor.awake.get() && refused.with(Option::is_none)).then(|| blank(shared))}
            <div class="rows-add needs-script">
                <Button size=ButtonSize::Small disabled_reason=refused on_click=add>{word}</Button>
            </div>
            <p class="row-note" id=help>{warned}</p>
        </div>
    }
    .into_any()
}

type Shared = StoredValue<(Table, String, Option<String>)>;

/// Key, label, and whether it is a secret; in order.
fn columns(table: &Table) -> impl Iterator<Item = (String, String, bool)> + '_ {
    table.column_keys.iter().map(|key| {
        let label = table.column_labels.get(key).unwrap_or(key);
        (key.clone(), label.clone(), table.secret_columns.contains(key))
    })
}

fn row(editor: RowsEditor, key: u32, shared: Shared) -> AnyView {
    let (table, control, describes) = shared.get_value();
    // What a row is called: its first cell that may be shown.
    let first = columns(&table).find(|(_, _, secret)| !secret).map(|(column, ..)| column).unwrap_or_default();
    let name = editor.cell(key, &first).get_untracked();
    let id = editor.rows.with_untracked(|rows| rows.row(key).map(|row| row.id.clone()).unwrap_or_default());
    let form_row = if id.is_empty() { format!("{}{key}", Rows::NEW) } else { format!("{ROW}{id}") };
    let cells = columns(&table)
        .map(|(column, label, secret)| cell(editor, key, &control, &form_row, Column { column, label, secret }));
    let cells = cells.collect_view();
    let element = NodeRef::<leptos::html::Li>::new();
    let leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let stays = to.is_some_and(|to| element.get_untracked().is_some_and(|row| row.contains(Some(&to))));
        if !stays {
            editor.save();
        }
    };
    let enter = move |event: KeyboardEvent| {
        let in_cell = event.target().is_some_and(|it| it.dyn_ref::<leptos::web_sys::HtmlInputElement>().is_some());
        if event.key() == "Enter" && in_cell {
            event.prevent_default();
            editor.save();
        }
    };
    let labels = table.column_labels;
    let label = Callback::new(move |column: String| labels.get(&column).cloned().unwrap_or(column));
    let name = if name.is_empty() { words::THIS_ROW.to_owned() } else { name };
    view! {
        <li class="rows-row" data-row=key.to_string() node_ref=element on:focusout=leave on:keydown=enter>
            {cells}
            <RemoveRow editor=editor key=key row=form_row name=name described_by=describes.unwrap_or_default() />
            <RowNotes editor=editor key=key label=label />
        </li>
    }
    .into_any()
}

struct Column {
    column: String,
    label: String,
    secret: bool,
}

fn cell(editor: RowsEditor, key: u32, control: &str, row: &str, it: Column) -> AnyView {
    let Column { column, label, secret } = it;
    let (id, name) = (format!("{control}-{key}-{column}"), cell_name(row, &column));
    let value = editor.cell(key, &column);
    let stored = editor.of(key, |row| !row.id.is_empty());
    let placeholder = Signal::derive(move || {
        let stored = secret && stored.get().unwrap_or_default();
        if stored { text::SECRET_STORED.to_owned() } else { String::new() }
    });
    let write = Callback::new(move |text: String| editor.write(key, &column, &text));
    let locked = Signal::derive(move || editor.refused.with(Option::is_some));
    view! {
        <div class="rows-cell">
            <label class="rows-label" for=id.clone()>{label}</label>
            <CellInput
                id=id
                name=name
                value=value
                secret=secret
                placeholder=placeholder
                max_length=MAX_TEXT
                disabled=locked
                on_input=write
            />
        </div>
    }
    .into_any()
}

/// One more row, for pages without scripts.
fn blank(shared: Shared) -> AnyView {
    shared.with_value(|(table, control, _)| {
        let cell = |(column, label, secret): (String, String, bool)| {
            let (id, name) = (format!("{control}-new-{column}"), cell_name(Rows::NEW, &column));
            let (kind, kept) = if secret { ("password", None) } else { ("text", typed(&name)) };
            view! {
                <div class="rows-cell">
                    <label class="rows-label" for=id.clone()>{label}</label>
                    <input
                        class="input"
                        id=id
                        name=name
                        type=kind
                        value=kept
                        autocomplete="off"
                        maxlength=MAX_TEXT.to_string()
                    />
                </div>
            }
        };
        let cells = columns(table).map(cell).collect_view();
        view! { <div class="rows-row rows-blank until-hydrated">{cells}</div> }.into_any()
    })
}
