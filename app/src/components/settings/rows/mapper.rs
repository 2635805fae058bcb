//! A choice per column for each item that a person adds, such as a status for each project.

use super::mapper_row::MapperRow;
use super::{Cells, Row, RowsEditor, editor};
use crate::components::combobox::Combobox;
use crate::components::fields::typed;
use crate::components::search::{Source, Standing, matching};
use crate::components::settings::state::SettingState;
use crate::text::configure as text;
use domain::config::{ChoiceMapper, Columns, ConfigField, FieldKind, Rows};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Above this many items a page without scripts asks for the id instead of listing them.
const MOST: usize = 500;

/// The choices of items that were asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    /// The answer is awaited.
    Asking,
    /// They are known.
    Known(Columns),
    /// Why they are not.
    Failed(String),
}

/// What the parts of a mapper share.
#[derive(Clone, Copy)]
pub struct Mapper {
    /// Its rows.
    pub editor: RowsEditor,
    /// As the page was told last.
    pub field: Signal<ChoiceMapper>,
    /// The choices that were asked for, by item.
    pub loaded: RwSignal<BTreeMap<String, Load>>,
    /// The id of the control.
    pub id: StoredValue<String>,
    load: Action<String, ()>,
}

impl Mapper {
    /// Asks for the choices of an item, unless they are known or asked for.
    pub fn load(self, item: &str) {
        let first = self.columns().into_iter().next().map(|(column, _)| column).unwrap_or_default();
        let known = self.field.with_untracked(|field| field.selector(item, &first).is_some());
        let asked = self.loaded.with_untracked(|it| matches!(it.get(item), Some(Load::Asking | Load::Known(_))));
        if !known && !asked {
            self.loaded.update(|loaded| drop(loaded.insert(item.to_owned(), Load::Asking)));
            self.load.dispatch(item.to_owned());
        }
    }

    /// The columns, in order.
    pub fn columns(self) -> Vec<(String, String)> {
        self.field
            .with_untracked(|field| field.columns().map(|(key, label)| (key.to_owned(), label.to_owned())).collect())
    }

    /// What an item is called, and whether the list has it.
    pub fn named(self, item: &str) -> (String, bool) {
        self.field.with(|field| {
            // A list that could not be read says nothing about an item.
            let items = &field.add_dropdown.items;
            let known = items.is_empty() || items.iter().any(|known| known.value == item);
            (field.label(item).to_owned(), known)
        })
    }
}

/// Rows of items with a choice per column.
#[component]
pub fn MapperControl(
    /// The id of the control.
    control_id: String,
    /// The field as the page was told last.
    field: Signal<ConfigField>,
    /// What it holds.
    state: RwSignal<SettingState>,
    /// Why nothing can be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Where choices come from.
    source: Source,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let mapper = make(field, state, refused, source, on_save, control_id.clone());
    let (keys, columns) = (mapper.editor.keys(), mapper.columns());
    let heading = mapper.field.with_untracked(|field| field.mapped_column_label.clone());
    let headings = columns.iter().map(|(_, label)| view! { <span>{label.clone()}</span> }).collect_view();
    let label = heading.clone();
    view! {
        <div class=editor::class(columns.len() + 1)>
            {editor::marker(refused)}
            <div class="rows-head" class:rows-empty=move || keys.with(Vec::is_empty) aria-hidden="true">
                <span>{heading}</span>
                {headings}
            </div>
            <ul class="rows-list" aria-label=label node_ref=mapper.editor.list>
                <For each=move || keys.get() key=|key| *key let:key>
                    <MapperRow mapper=mapper key=key />
                </For>
            </ul>
            <AddItem mapper=mapper />
            {move || (!mapper.editor.awake.get() && refused.with(Option::is_none)).then(|| blank(mapper))}
        </div>
    }
    .into_any()
}

fn make(
    field: Signal<ConfigField>,
    state: RwSignal<SettingState>,
    refused: Signal<Option<String>>,
    source: Source,
    on_save: Callback<bool>,
    id: String,
) -> Mapper {
    let (first, name) = field.with_untracked(|field| (field.clone(), field.name.clone()));
    let inner = Memo::new(move |_| match field.with(|field| field.kind.clone()) {
        FieldKind::ChoiceMapper(mapper) => *mapper,
        _ => ChoiceMapper::default(),
    });
    let label = |row: &Row| inner.with_untracked(|mapper| mapper.label(&row.id).to_owned());
    let editor = RowsEditor::new(&first, state, refused, on_save, label);
    let loaded = RwSignal::new(BTreeMap::new());
    let load = Action::new(move |item: &String| {
        let (item, answer) = (item.clone(), source.item_choices.run((name.clone(), item.clone())));
        async move {
            let load = match answer.await {
                Ok(columns) => Load::Known(columns),
                Err(error) => Load::Failed(error.message),
            };
            let _ = loaded.try_update(|loaded| loaded.insert(item, load));
        }
    });
    Mapper { editor, field: inner.into(), loaded, id: StoredValue::new(id), load }
}

/// Adds an item that is not in use.
#[component]
fn AddItem(mapper: Mapper) -> impl IntoView {
    let Mapper { editor, field, .. } = mapper;
    let query = RwSignal::new(String::new());
    let free = Memo::new(move |_| {
        field.with(|field| {
            editor.rows.with(|rows| {
                let items = field.add_dropdown.items.iter().filter(|item| !rows.has(&item.value));
                items.map(|item| (item.value.clone(), item.label.clone())).collect::<Vec<_>>()
            })
        })
    });
    let choices = Memo::new(move |_| free.with(|free| query.with(|query| matching(free, query))));
    let nothing = Memo::new(move |_| {
        field.with(|field| {
            let dropdown = &field.add_dropdown;
            if free.with(Vec::is_empty) { dropdown.empty_message.clone() } else { dropdown.no_results_message.clone() }
        })
    });
    let add = Callback::new(move |item: String| {
        if editor.rows.with_untracked(|rows| rows.has(&item)) {
            return;
        }
        let cells: Cells = mapper.columns().into_iter().map(|(column, _)| (column, String::new())).collect();
        let key = editor.add(&item, cells);
        mapper.load(&item);
        editor.focus(format!("[data-row=\"{key}\"] select"));
    });
    let word = field.with_untracked(|field| field.add_button_text.clone());
    view! {
        <div class="rows-add needs-script">
            <Combobox
                id=format!("{}-add", mapper.id.get_value())
                label=word.clone()
                placeholder=word
                choices=choices
                standing=Signal::stored(Standing::Found)
                nothing=nothing
                refused=editor.refused
                on_query=Callback::new(move |text| query.set(text))
                on_retry=Callback::new(|()| ())
                on_pick=add
            />
        </div>
    }
    .into_any()
}

/// One more row, for pages without scripts.
fn blank(mapper: Mapper) -> AnyView {
    let (id, new) = (format!("{}-new", mapper.id.get_value()), Rows::NEW);
    let name = editor::cell_name(new, Rows::ITEM);
    let (word, free) = mapper.field.with_untracked(|field| {
        let rows = mapper.editor.rows.read_untracked();
        let free: Vec<_> = field.add_dropdown.items.iter().filter(|item| !rows.has(&item.value)).cloned().collect();
        (field.add_button_text.clone(), free)
    });
    let item = match free.len() > MOST {
        true => open_cell(id.clone(), name, None),
        false => choice_cell(id.clone(), name, free.into_iter().map(|item| (item.value, item.label)).collect()),
    };
    let cell = |(column, label): (String, String)| {
        let (cell, name) = (format!("{id}-{column}"), editor::cell_name(new, &column));
        let choices = mapper.field.with_untracked(|field| field.selector("", &column).map(|it| it.choices.clone()));
        let control = match choices {
            Some(choices) => choice_cell(cell.clone(), name, choices),
            None => open_cell(cell.clone(), name, Some("64")),
        };
        view! { <div class="rows-cell"><label class="rows-label" for=cell>{label}</label>{control}</div> }
    };
    let cells = mapper.columns().into_iter().map(cell).collect_view();
    view! {
        <div class="rows-row rows-blank until-hydrated">
            <div class="rows-cell"><label class="rows-label" for=id.clone()>{word}</label>{item}</div>
            {cells}
        </div>
    }
    .into_any()
}

/// A line of text of the blank row.
fn open_cell(id: String, name: String, max_length: Option<&'static str>) -> AnyView {
    let kept = typed(&name);
    view! { <input class="input" id=id name=name value=kept maxlength=max_length /> }.into_any()
}

/// A choice of the blank row.
fn choice_cell(id: String, name: String, choices: Vec<(String, String)>) -> AnyView {
    let kept = typed(&name).unwrap_or_default();
    let option = |(value, label): (String, String)| {
        let selected = value == kept;
        view! { <option value=value selected=selected>{label}</option> }
    };
    let options = choices.into_iter().map(option).collect_view();
    view! { <select class="select" id=id name=name><option value=""></option>{options}</select> }.into_any()
}

/// The word for a value that is not among the choices.
pub fn with_stored(mut choices: Vec<(String, String)>, stored: &str) -> Vec<(String, String)> {
    if !stored.is_empty() && !choices.iter().any(|(value, _)| value == stored) {
        choices.push((stored.to_owned(), text::no_longer_offered(stored)));
    }
    choices
}
