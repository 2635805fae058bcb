//! One item of a mapper.

use super::ROW;
use super::editor::{RemoveRow, RowNotes, cell_name};
use super::mapper::{Load, Mapper, with_stored};
use crate::components::fields::{CellSelect, KeepTyped, typed};
use crate::components::{Button, ButtonSize};
use crate::text;
use crate::text::configure as words;
use domain::config::Rows;
use leptos::prelude::*;

/// One item: what it is called, a choice per column, and the way to remove it.
#[component]
pub fn MapperRow(
    /// The mapper.
    mapper: Mapper,
    /// The row.
    key: u32,
) -> impl IntoView {
    let editor = mapper.editor;
    let item = editor.rows.with_untracked(|rows| rows.row(key).map(|row| row.id.clone()).unwrap_or_default());
    let row = format!("{ROW}{key}");
    let asked = item.clone();
    let name = Memo::new(move |_| mapper.named(&asked));
    let gone = move || (!name.get().1).then(|| view! { " " <span class="chip chip-warn">{words::ITEM_GONE}</span> });
    let of = item.clone();
    let cells = mapper.columns().into_iter().map(move |(column, label)| {
        view! { <Cell mapper=mapper key=key item=of.clone() column=column label=label name=name /> }
    });
    let label = Callback::new(move |column: String| {
        mapper.field.with(|field| field.column_labels.get(&column).cloned().unwrap_or(column))
    });
    let hidden = cell_name(&row, Rows::ITEM);
    // Rows are numbered; meanwhile the number may have become another item's.
    let same = vec![(hidden.clone(), item.clone())];
    view! {
        <li class="rows-row" data-row=key.to_string()>
            <input type="hidden" name=hidden value=item.clone() />
            <div class="rows-name">{move || name.get().0}{gone}</div>
            <KeepTyped same=same>
                {cells.collect_view()}
                <RemoveRow editor=editor key=key row=row name=name.get_untracked().0 />
            </KeepTyped>
            <RowNotes editor=editor key=key label=label />
            <Loading mapper=mapper item=item />
        </li>
    }
    .into_any()
}

/// One choice. Before the page is awake it is a line of text where the choices are not known.
#[component]
fn Cell(
    mapper: Mapper,
    key: u32,
    item: String,
    column: String,
    label: String,
    name: Memo<(String, bool)>,
) -> impl IntoView {
    let editor = mapper.editor;
    let (id, form_name) =
        (format!("{}-{key}-{column}", mapper.id.get_value()), cell_name(&format!("{ROW}{key}"), &column));
    let value = editor.cell(key, &column);
    let known = {
        let column = column.clone();
        Memo::new(move |_| {
            let told = mapper.field.with(|field| field.selector(&item, &column).map(|it| it.choices.clone()));
            told.or_else(|| {
                mapper.loaded.with(|loaded| match loaded.get(&item) {
                    Some(Load::Known(columns)) => columns.get(&column).map(|it| it.choices.clone()),
                    _ => None,
                })
            })
        })
    };
    let is_known = Memo::new(move |_| known.with(Option::is_some));
    // The value that was stored stays in the list as long as the row does, even after another was chosen.
    let stored = value.get_untracked();
    let choices = Memo::new(move |_| match known.get() {
        Some(choices) => with_stored(choices, &stored),
        None => (!stored.is_empty()).then(|| (stored.clone(), stored.clone())).into_iter().collect(),
    });
    let gone = move || {
        let is_gone = |known: &Vec<(String, String)>| value.with(|value| known.iter().all(|(known, _)| known != value));
        let is_gone = value.with(|value| !value.is_empty()) && known.with(|known| known.as_ref().is_some_and(is_gone));
        is_gone.then_some(words::STATE_GONE)
    };
    let locked = move || editor.refused.with(Option::is_some);
    let placeholder = mapper.field.with_untracked(|field| field.placeholder(&column).to_owned());
    let choose = Callback::new(move |text: String| {
        editor.write(key, &column, &text);
        editor.save();
    });
    let of = move || words::for_item(&name.get().0);
    let control_id = id.clone();
    let control = move || {
        let (id, name, placeholder) = (control_id.clone(), form_name.clone(), placeholder.clone());
        if !is_known.get() && !editor.awake.get() {
            let text = typed(&name).unwrap_or_else(|| value.get_untracked());
            return view! { <input class="input" id=id name=name value=text maxlength="64" disabled=locked() /> }
                .into_any();
        }
        let disabled = Signal::derive(move || locked() || !is_known.get());
        let placeholder = if placeholder.is_empty() { words::CHOOSE.to_owned() } else { placeholder };
        view! {
            <CellSelect
                id=id
                name=name
                value=value
                choices=choices
                placeholder=placeholder
                disabled=disabled
                on_change=choose
            />
        }
        .into_any()
    };
    view! {
        <div class="rows-cell">
            <label class="rows-label" for=id>{label}<span class="unseen">{of}</span></label>
            {control}
            <p class="row-note row-note-warn">{gone}</p>
        </div>
    }
    .into_any()
}

/// That the choices are awaited, or why they are not there, and the way to ask for them.
#[component]
fn Loading(mapper: Mapper, item: String) -> impl IntoView {
    let column = mapper.columns().into_iter().next().map(|(column, _)| column).unwrap_or_default();
    let asked = item.clone();
    let told = Memo::new(move |_| mapper.field.with(|field| field.selector(&asked, &column).is_some()));
    let asked = item.clone();
    let load = Memo::new(move |_| mapper.loaded.with(|loaded| loaded.get(&asked).cloned()));
    let item = StoredValue::new(item);
    let ask = Callback::new(move |()| item.with_value(|item| mapper.load(item)));
    let says = move || match (told.get(), load.get()) {
        (true, _) | (_, Some(Load::Known(_))) => ().into_any(),
        (_, Some(Load::Asking)) => view! { <p class="row-note">{words::LOADING_STATES}</p> }.into_any(),
        (_, Some(Load::Failed(sentence))) => view! {
            <p class="row-note row-note-bad">{sentence}</p>
            <Button size=ButtonSize::Small on_click=ask>{text::TRY_AGAIN}</Button>
        }
        .into_any(),
        (_, None) if mapper.editor.refused.with(Option::is_some) => ().into_any(),
        (_, None) => view! {
            <p class="row-note">{words::STATES_UNKNOWN}</p>
            <span class="needs-script">
                <Button size=ButtonSize::Small disabled_reason=mapper.editor.refused on_click=ask>
                    {words::LOAD_STATES}
                </Button>
            </span>
        }
        .into_any(),
    };
    view! { <div class="row-loading" role="status">{says}</div> }.into_any()
}
