//! Somebody else changed a setting that is being edited.

use crate::components::settings::state::{SettingState, Standing};
use crate::components::{Alert, AlertKind, Button, ButtonSize};
use crate::text::configure as text;
use domain::config::{ConfigField, describe_change};
use leptos::prelude::*;

/// Somebody else changed it: what they stored, and the choice.
#[component]
pub fn Contest(
    /// The field.
    field: Signal<ConfigField>,
    /// What it says.
    state: RwSignal<SettingState>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let contested = Memo::new(move |_| match state.with(|state| state.standing.clone()) {
        Standing::Contested { theirs, sentence } => Some((theirs, sentence)),
        _ => None,
    });
    let take = Callback::new(move |()| state.update(SettingState::takes_theirs));
    let keep = Callback::new(move |()| {
        state.update(SettingState::keeps_mine);
        on_save.run(true);
    });
    let choice = move || {
        contested.get().map(|(theirs, sentence)| {
            let words = field.with_untracked(|field| match (field.is_secret(), field.has_rows()) {
                (true, _) => text::contested_secret(&sentence),
                (_, true) => {
                    let mine = state.with_untracked(SettingState::drafted);
                    text::contested_rows(&sentence, &field.label, &describe_change(field, &mine, &theirs))
                }
                (_, false) => text::contested(&sentence, &theirs),
            });
            view! {
                <div class="contest" role="alert">
                    <Alert kind=AlertKind::Warn>
                        <p>{words}</p>
                        <p class="contest-choice">
                            <Button size=ButtonSize::Small on_click=take>{text::TAKE_THEIRS}</Button>
                            <Button size=ButtonSize::Small on_click=keep>{text::KEEP_MINE}</Button>
                        </p>
                    </Alert>
                </div>
            }
        })
    };
    choice.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{field, html};
    use domain::AppError;
    use serde_json::json;

    #[test]
    fn what_they_made_of_rows_is_said_in_words() {
        let wire = json!({"type": "choice_mapper", "addButtonText": "Add", "mappedSelectors": {},
            "addDropdown": {"emptyMessage": "", "noResultsMessage": "", "items": [{"value": "7", "label": "Shop"}]},
            "columnLabels": {"done": "Done"}, "mappedColumnLabel": "Project"});
        let html = html(move || {
            let field = field("map", serde_json::from_value(wire).expect("a mapper"));
            let mut state = SettingState::of(&field, json!({"7": {"done": "New"}}));
            state.typed(json!({"7": {"done": "Closed"}}).to_string());
            state.begins(true);
            let theirs = json!({"7": {"done": "<b>Done</b>"}});
            state.refused("map", &AppError::conflict("Ada changed it.").with("map", theirs.to_string()));
            let (field, state, on_save) = (Signal::stored(field), RwSignal::new(state), Callback::new(|_| ()));
            view! { <Contest field=field state=state on_save=on_save /> }
        });
        let words = "Ada changed it. Compared with yours, theirs has added “Shop (&lt;b&gt;Done&lt;/b&gt;)”; \
            removed “Shop (Closed)”.";
        assert!(html.contains(words), "{html}");
        assert!(html.contains(text::TAKE_THEIRS) && html.contains(text::KEEP_MINE), "{html}");
    }
}
