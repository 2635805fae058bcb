//! Form fields. Each is a plain form control that works by its `name` before the page is awake; a text that was typed
//! before then is never overwritten, because a signal writes into a control only when it changes.
//!
//! A form that was refused without JavaScript comes back with what was typed: its fields stand in a [`KeepTyped`].
//!
//! A [`FieldRow`] with the same `id` labels a control and links its help and its error to it.

mod area;
mod cell;
mod choice;
mod kept;
mod number;
mod secret;
mod text;
mod value;

pub use area::TextArea;
pub use cell::{CellInput, CellSelect};
pub use choice::{Checkbox, SelectField, Switch};
pub use kept::{KeepTyped, ticked, typed};
pub use number::NumberField;
pub use secret::{SecretArea, SecretField};
pub use text::TextField;
pub use value::ValueControl;

use crate::components::icons::{Icon, Symbol};
use crate::text as words;
use leptos::ev::Event;
use leptos::prelude::*;

/// Label, help and error around one control.
#[component]
pub fn FieldRow(
    /// The id of the control.
    #[prop(into)]
    id: String,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// One sentence below the label.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong, in a sentence.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it may be left empty; said in words beside the label.
    #[prop(optional)]
    may_be_empty: bool,
    /// Whether the control stands at the right of its label instead of below.
    #[prop(optional)]
    beside: bool,
    /// Whether it holds several controls, each with a label of its own.
    #[prop(optional)]
    group: bool,
    /// What the field says about itself: saving, saved, locked.
    #[prop(optional, into)]
    state: Option<ViewFn>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let optional = may_be_empty.then(|| view! { " " <span class="field-optional">{words::OPTIONAL}</span> });
    let named = format!("{id}-label");
    let label = if group {
        view! { <span class="field-label" id=named.clone()>{label}{optional}</span> }.into_any()
    } else {
        view! { <label class="field-label" for=id.clone()>{label}{optional}</label> }.into_any()
    };
    view! {
        <div
            class=if beside { "field field-beside" } else { "field" }
            role=group.then_some("group")
            aria-labelledby=group.then_some(named)
            aria-describedby=group.then(|| described_by(&id))
        >
            <div class="field-words">
                {label}
                <p class="field-help" id=format!("{id}-help")>{help.filter(|help| !help.is_empty())}</p>
            </div>
            <div class="field-control">{children()}</div>
            <p class="field-error" id=format!("{id}-error") aria-live="polite">{move || error.get()}</p>
            {state.map(|state| view! { <div class="field-state" aria-live="polite">{state.run()}</div> })}
        </div>
    }
    .into_any()
}

/// A line below a field that says it was saved.
#[component]
pub fn SavedMark(
    /// The words.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! {
        <span class="saved">
            <Icon symbol=Symbol::Check />
            {words}
        </span>
    }
    .into_any()
}

fn described_by(id: &str) -> String {
    format!("{id}-help {id}-error")
}

fn flag(on: Signal<bool>) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    move || on.get().then_some("true")
}

fn tell(callback: Option<Callback<String>>, event: &Event) {
    if let Some(callback) = callback {
        callback.run(event_target_value(event));
    }
}

/// Runs with each new value, but not with the first: that one is in the markup already.
fn write_changes<T: Clone + Send + Sync + 'static>(value: Signal<T>, write: impl Fn(T) + 'static) {
    Effect::new(move |before: Option<()>| {
        let value = value.get();
        if before.is_some() {
            write(value);
        }
    });
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_linked_to_its_label_help_and_error() {
        let html = Owner::new().with(|| {
            view! {
                <FieldRow id="mail" label="Email" help="Where to?" error=Signal::stored(Some("Not an address.".to_owned()))>
                    <TextField id="mail" name="email" value=Signal::stored("\"><b>".to_owned()) />
                </FieldRow>
            }
            .to_html()
        });
        assert!(html.contains("for=\"mail\""), "{html}");
        assert!(html.contains("aria-describedby=\"mail-help mail-error\""), "{html}");
        assert!(html.contains("Not an address."), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
