//! Pairs of a project here and an item over there.

use super::editor::{self, RemoveRow, cell_name};
use super::{Cells, ROW, Row, RowsEditor};
use crate::components::combobox::Combobox;
use crate::components::fields::{CellSelect, KeepTyped};
use crate::components::search::{Choices, Remote, Source};
use crate::components::settings::async_select::label_of;
use crate::components::settings::state::SettingState;
use crate::components::{Button, ButtonKind, ButtonSize, Icon, LinkButton, Symbol};
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind, ProjectMapper, Rows};
use domain::next::leads_to;
use leptos::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Copy)]
struct Pairs {
    editor: RowsEditor,
    field: Signal<ProjectMapper>,
    id: StoredValue<String>,
    name: StoredValue<String>,
}

/// Pairs, a way to add one, and the way back to where the person came from.
#[component]
pub fn PairsControl(
    /// The id of the control.
    control_id: String,
    /// The field as the page was told last.
    field: Signal<ConfigField>,
    /// What it holds.
    state: RwSignal<SettingState>,
    /// Why nothing can be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Where items come from, when the page was not told them.
    source: Source,
    /// Where the person came from, as the address of the page says.
    next: Signal<Option<String>>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let first = field.get_untracked();
    let inner = Memo::new(move |_| match field.with(|field| field.kind.clone()) {
        FieldKind::ProjectMapper(mapper) => *mapper,
        _ => ProjectMapper::default(),
    });
    let editor = RowsEditor::new(&first, state, refused, on_save, |_: &Row| String::new());
    let (id, name) = (StoredValue::new(control_id), StoredValue::new(first.name.clone()));
    let (pairs, keys) = (Pairs { editor, field: inner.into(), id, name }, editor.keys());
    view! {
        <div class=editor::class(1)>
            {editor::marker(refused)}
            <ul class="rows-list" node_ref=editor.list aria-label=first.label>
                <For each=move || keys.get() key=|key| *key let:key>
                    {row(pairs, key)}
                </For>
            </ul>
            <Add pairs=pairs source=source />
            {move || next_button(pairs, next, keys)}
        </div>
    }
    .into_any()
}

/// One pair. What is no longer there is said to be so.
fn row(pairs: Pairs, key: u32) -> AnyView {
    let Pairs { editor, field, .. } = pairs;
    let item = editor.rows.with_untracked(|rows| rows.row(key).map(|row| row.id.clone()).unwrap_or_default());
    let project = editor.cell(key, Rows::PROJECT);
    let form_row = format!("{ROW}{key}");
    let asked = item.clone();
    let told = Memo::new(move |_| {
        field.with(|field| {
            let known = field.mapped_dropdown.items.iter().find(|known| known.value == asked);
            known.map_or((asked.clone(), String::new()), |known| (known.label.clone(), known.url.clone()))
        })
    });
    let name = move || {
        let (label, url) = told.get();
        let web = url.starts_with("https://") || url.starts_with("http://");
        match web {
            true => view! {
                <a class="pair-link" href=url rel="noreferrer" target="_blank">{label}<Icon symbol=Symbol::External /></a>
            }
            .into_any(),
            false => label.into_any(),
        }
    };
    let project_name = Memo::new(move |_| {
        let id = project.get();
        field.with(|field| {
            let known = field.sentry_projects.iter().find(|known| known.id.to_string() == id);
            known.map(|known| known.name.clone())
        })
    });
    let badge = move || match project_name.get() {
        Some(name) => view! { <span class="chip">{name}</span> }.into_any(),
        None => view! { <span class="chip chip-warn">{text::DELETED}</span> }.into_any(),
    };
    let (item_name, project_key) = (cell_name(&form_row, Rows::ITEM), cell_name(&form_row, Rows::PROJECT));
    // Rows are numbered; meanwhile the number may have become another pair's.
    let same = vec![(item_name.clone(), item.clone())];
    view! {
        <li class="rows-row pair" data-row=key.to_string()>
            <input type="hidden" name=item_name value=item />
            <input type="hidden" name=project_key value=move || project.get() />
            <div class="rows-name">{name} <span class="pair-arrow" aria-hidden="true">"→"</span> {badge}</div>
            <KeepTyped same=same>
                <RemoveRow editor=editor key=key row=form_row name=told.get_untracked().0 />
            </KeepTyped>
        </li>
    }
    .into_any()
}

/// Two choices and a button. An item belongs to one project, so one in use is not offered; a project may have several.
#[component]
fn Add(pairs: Pairs, source: Source) -> impl IntoView {
    let Pairs { editor, field, id, name } = pairs;
    let (item, project) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let free = move |all: Choices| -> Choices {
        editor.rows.with(|rows| all.into_iter().filter(|(value, _)| !rows.has(value)).collect())
    };
    let items = Memo::new(move |_| {
        let pair = |item: &domain::config::LinkedItem| (item.value.clone(), item.label.clone());
        free(field.with(|field| field.mapped_dropdown.items.iter().map(pair).collect()))
    });
    let projects = Memo::new(move |_| {
        let pair = |project: &domain::config::SentryProject| (project.id.to_string(), project.name.clone());
        field.with(|field| field.sentry_projects.iter().map(pair).collect::<Vec<_>>())
    });
    let is_told = field.with_untracked(|field| !field.mapped_dropdown.items.is_empty());
    let placeholder = field.with_untracked(|field| field.mapped_dropdown.placeholder.clone());
    let locked = Signal::derive(move || editor.refused.with(Option::is_some));
    let (item_id, project_id) = id.with_value(|id| (format!("{id}-item"), format!("{id}-project")));
    let item_name = cell_name(Rows::NEW, Rows::ITEM);
    let choose_item = Callback::new(move |value| item.set(value));
    let item_control = if is_told {
        view! {
            <CellSelect
                id=item_id.clone()
                name=item_name
                value=item
                choices=items
                placeholder=placeholder
                disabled=locked
                on_change=choose_item
            />
        }
        .into_any()
    } else {
        let remote = Remote::new(source, name.get_value(), Signal::stored(BTreeMap::new()));
        let found = Memo::new(move |_| free(remote.search.with(|search| search.found.clone())));
        view! {
            <Combobox
                id=item_id.clone()
                name=item_name
                value=item
                shown=Signal::derive(move || found.with(|found| label_of(found, &item.get())))
                placeholder=placeholder
                choices=found
                standing=Signal::derive(move || remote.search.with(|search| search.standing.clone()))
                nothing=Signal::derive(move || remote.search.with(|search| text::nothing_found(&search.query)))
                refused=editor.refused
                on_query=Callback::new(move |query| remote.typed(query))
                on_retry=Callback::new(move |()| remote.again())
                on_pick=choose_item
            />
        }
        .into_any()
    };
    let not_yet = Signal::derive(move || {
        let open = item.with(String::is_empty) || project.with(String::is_empty);
        editor.refused.get().or_else(|| open.then(|| text::CHOOSE_BOTH.to_owned()))
    });
    let add = Callback::new(move |()| {
        let (chosen, of) = (item.get_untracked(), project.get_untracked());
        if editor.rows.with_untracked(|rows| rows.has(&chosen)) {
            return;
        }
        let cells: Cells = [(Rows::PROJECT.to_owned(), of)].into();
        item.set(String::new());
        project.set(String::new());
        editor.add(&chosen, cells);
        editor.focus(".pair-add :is(select, input)".to_owned());
    });
    view! {
        <div class="rows-row pair-add rows-add">
            <div class="rows-cell">
                <label class="rows-label" for=item_id>{text::PAIR_ITEM}</label>
                {item_control}
            </div>
            <div class="rows-cell">
                <label class="rows-label" for=project_id.clone()>{text::PAIR_PROJECT}</label>
                <CellSelect
                    id=project_id
                    name=cell_name(Rows::NEW, Rows::PROJECT)
                    value=project
                    choices=projects
                    placeholder=text::CHOOSE_PROJECT
                    disabled=locked
                    on_change=Callback::new(move |value| project.set(value))
                />
            </div>
            <span class="needs-script">
                <Button size=ButtonSize::Small disabled_reason=not_yet on_click=add>{text::ADD}</Button>
            </span>
        </div>
    }
    .into_any()
}

/// Where the person came from, when that is where the field may lead: it waits for one pair.
fn next_button(pairs: Pairs, next: Signal<Option<String>>, keys: Memo<Vec<u32>>) -> AnyView {
    let button = pairs.field.with(|field| field.next_button.clone());
    let Some(next) = next.get().filter(|next| leads_to(next, &button.allowed_domain)) else {
        return ().into_any();
    };
    let link = if keys.with(Vec::is_empty) {
        let reason = Some(text::MAP_ONE_FIRST.to_owned());
        view! { <Button kind=ButtonKind::Primary disabled_reason=Signal::stored(reason)>{button.text}</Button> }
            .into_any()
    } else {
        view! { <LinkButton kind=ButtonKind::Primary href=next>{button.text}</LinkButton> }.into_any()
    };
    view! { <div class="pair-next"><p class="row-note">{button.description}</p>{link}</div> }.into_any()
}
