//! A choice whose values are asked for while a person chooses.

use crate::components::combobox::Combobox;
use crate::components::search::{Choices, Remote, Source};
use crate::text::configure as text;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What a choice depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depends {
    /// The fields that are set, by name.
    pub values: BTreeMap<String, String>,
    /// The labels of those that are not.
    pub missing: Vec<String>,
}

/// One of values that the server looks up.
#[component]
pub fn AsyncSelect(
    /// Its id; the row around it has the same.
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// The field.
    field: String,
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// Choices that are known already.
    known: Choices,
    /// Whether it must not be empty.
    required: bool,
    /// Shown while it is empty.
    #[prop(into)]
    placeholder: Signal<String>,
    /// Where choices come from.
    source: Source,
    /// What they depend on.
    depends: Signal<Depends>,
    /// Why it cannot be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Whether it was refused.
    invalid: Signal<bool>,
    /// Called with the chosen value.
    on_change: Callback<String>,
) -> impl IntoView {
    let values = Memo::new(move |_| depends.with(|depends| depends.values.clone()));
    let remote = Remote::new(source, field, values.into());
    let search = remote.search;
    let query = RwSignal::new(String::new());
    let choices = Memo::new(move |_| {
        let mut choices = search.with(|search| search.found.clone());
        // What is set can be taken back, but not while somebody looks for something.
        if !required && query.with(String::is_empty) && !value.with(String::is_empty) {
            choices.insert(0, (String::new(), text::NONE.to_owned()));
        }
        choices
    });
    // What a value is called is remembered: later answers need not hold it.
    let names = RwSignal::new(known);
    let shown = Memo::new(move |_| value.with(|value| names.with(|names| label_of(names, value))));
    let refused = Signal::derive(move || {
        refused.get().or_else(|| depends.with(|it| (!it.missing.is_empty()).then(|| text::set_first(&it.missing))))
    });
    let pick = Callback::new(move |value: String| {
        let picked = choices.with_untracked(|choices| choices.iter().find(|(known, _)| *known == value).cloned());
        names.update(|names| {
            names.retain(|(known, _)| *known != value);
            names.extend(picked.filter(|(value, _)| !value.is_empty()));
        });
        on_change.run(value);
    });
    let ask = Callback::new(move |typed: String| {
        query.set(typed.clone());
        remote.typed(typed);
    });
    let nothing = Memo::new(move |_| query.with(|query| text::nothing_found(query)));
    let described_by = format!("{id}-help {id}-error {id}-needs");
    let needs = format!("{id}-needs");
    view! {
        <Combobox
            id=id
            name=name
            value=value
            shown=shown
            placeholder=placeholder
            described_by=described_by
            choices=choices
            standing=Signal::derive(move || search.with(|search| search.standing.clone()))
            nothing=nothing
            refused=refused
            invalid=invalid
            on_query=ask
            on_retry=Callback::new(move |()| remote.again())
            on_pick=pick
        />
        <p class="row-note" id=needs>
            {move || depends.with(|it| (!it.missing.is_empty()).then(|| text::set_first(&it.missing)))}
        </p>
    }
    .into_any()
}

/// What a value is called; itself where nobody knows.
pub fn label_of(choices: &[(String, String)], value: &str) -> String {
    choices.iter().find(|(known, _)| known == value).map_or(value, |(_, label)| label).to_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{html, source};

    fn rendered(value: &str, missing: &[&str]) -> String {
        let value = value.to_owned();
        let missing: Vec<String> = missing.iter().map(|label| (*label).to_owned()).collect();
        html(move || {
            let depends = Signal::stored(Depends { values: BTreeMap::new(), missing });
            view! {
                <AsyncSelect
                    id="setting-board".to_owned()
                    name="value"
                    field="board".to_owned()
                    value=Signal::stored(value)
                    known=vec![("7".to_owned(), "Seven".to_owned())]
                    required=true
                    placeholder=Signal::stored(String::new())
                    source=source()
                    depends=depends
                    refused=Signal::stored(None)
                    invalid=Signal::stored(false)
                    on_change=Callback::new(|_| ())
                />
            }
        })
    }

    #[test]
    fn asleep_it_is_a_text_field_with_the_value_that_the_server_checks() {
        let html = rendered("7", &[]);
        assert!(html.contains("name=\"value\"") && html.contains("value=\"7\""), "{html}");
        assert!(!html.contains("role=\"combobox") && !html.contains("readonly"), "its role needs a script: {html}");
    }

    #[test]
    fn a_choice_that_depends_on_an_unset_field_is_reachable_and_says_which() {
        let html = rendered("", &["Project"]);
        assert!(html.contains("aria-disabled=\"true\"") && html.contains(" readonly"), "{html}");
        assert!(!html.contains(" disabled"), "a disabled field cannot be reached: {html}");
        assert!(html.contains("Set Project first."), "{html}");
    }

    #[test]
    fn a_hostile_value_stays_in_its_attribute() {
        let html = rendered("\"><script>alert(1)</script>", &["<script>x</script>"]);
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn a_value_nobody_knows_the_name_of_is_its_own_name() {
        let known = [("7".to_owned(), "Seven".to_owned())];
        assert_eq!((label_of(&known, "7"), label_of(&known, "8")), ("Seven".to_owned(), "8".to_owned()));
    }
}
