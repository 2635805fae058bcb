//! What was typed into a form that was refused, when its page is shown again without JavaScript.
//!
//! Only the server knows it, for one answer, and only the markup carries it: a page that wakes takes a control as it
//! stands, as it does with what somebody typed before. So server and browser need not agree on it, and nothing of it
//! is handed over beside the markup. Fields of secrets never ask for it.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
#[derive(Clone)]
struct Kept(Option<crate::context::Typed>);

/// Around the fields of a form: those inside keep what was typed into this form, and none of another.
#[component]
pub fn KeepTyped(
    /// The path of the form's server function; without one, the form around this.
    #[prop(optional)]
    form: Option<&'static str>,
    /// Name and value of what else the form that was sent must agree in, where several go to one server function.
    #[prop(optional)]
    same: Vec<(String, String)>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    scope(form, &same, children)
}

#[cfg(feature = "ssr")]
fn scope(form: Option<&'static str>, same: &[(String, String)], children: Children) -> AnyView {
    use crate::context::Typed;
    use leptos::context::Provider;
    let typed = match form {
        Some(form) => use_context::<Typed>().filter(|typed| typed.form() == form),
        None => use_context::<Kept>().and_then(|kept| kept.0),
    };
    let agrees = |typed: &Typed| same.iter().all(|(name, value)| typed.value(name) == Some(value));
    view! { <Provider value=Kept(typed.filter(agrees))>{children()}</Provider> }.into_any()
}

#[cfg(not(feature = "ssr"))]
fn scope(_: Option<&'static str>, _: &[(String, String)], children: Children) -> AnyView {
    children()
}

/// What was typed into the field of this name.
#[cfg(feature = "ssr")]
pub fn typed(name: &str) -> Option<String> {
    use_context::<Kept>()?.0?.value(name).map(str::to_owned)
}

/// What was typed into the field of this name: a browser has it in the control already.
#[cfg(not(feature = "ssr"))]
pub const fn typed(_: &str) -> Option<String> {
    None
}

/// Whether the box of this name was ticked, where its form was sent.
#[cfg(feature = "ssr")]
pub fn ticked(name: &str) -> Option<bool> {
    Some(use_context::<Kept>()?.0?.value(name).is_some())
}

/// Whether the box of this name was ticked: a browser has it in the control already.
#[cfg(not(feature = "ssr"))]
pub const fn ticked(_: &str) -> Option<bool> {
    None
}

/// What a control begins with: what was typed, else its value. A control that cannot be changed was not sent.
pub(super) fn first_text(name: &str, value: Signal<String>, disabled: Signal<bool>) -> String {
    typed(name).filter(|_| !disabled.get_untracked()).unwrap_or_else(|| value.get_untracked())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fields::{CellInput, CellSelect, NumberField, SecretArea, SecretField, SelectField};
    use crate::components::fields::{Checkbox, TextArea, TextField};
    use crate::components::fixtures::html;
    use crate::context::Typed;

    const FORM: &str = "/_api/integrations/save";

    fn sent(form: &str, values: &[(&str, &str)]) {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        provide_context(Typed::new(form, values));
    }

    fn stored(text: &str) -> Signal<String> {
        Signal::stored(text.to_owned())
    }

    #[test]
    fn every_kind_of_field_begins_with_what_was_typed() {
        let html = html(|| {
            sent(FORM, &[("a", "typed-a"), ("b", "typed-b"), ("c", "3"), ("d", "two"), ("e", "typed-e"), ("f", "two")]);
            let choices = vec![("one".to_owned(), "One".to_owned()), ("two".to_owned(), "Two".to_owned())];
            let (cells, nothing) = (Signal::stored(choices.clone()), Callback::new(|_| ()));
            view! {
                <KeepTyped form=FORM>
                    <TextField id="a" name="a" value=stored("old-a") />
                    <TextArea id="b" name="b" value=stored("old-b") />
                    <NumberField id="c" name="c" value=stored("5") min=None max=None />
                    <SelectField id="d" name="d" value=stored("one") choices=choices />
                    <CellInput id="e" name="e" value=stored("old-e") max_length=9 disabled=false on_input=nothing />
                    <CellSelect
                        id="f"
                        name="f"
                        value=stored("one")
                        choices=cells
                        placeholder=""
                        disabled=false
                        on_change=nothing
                    />
                    <Checkbox id="g" name="g" value=Signal::stored(true) />
                </KeepTyped>
            }
        });
        for part in ["value=\"typed-a\"", "typed-b</textarea>", "value=\"3\"", "value=\"typed-e\""] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(html.matches("<option value=\"two\" selected>").count(), 2, "{html}");
        assert!(!html.contains("old-") && !html.contains(" checked"), "{html}");
    }

    #[test]
    fn no_secret_ever_comes_back() {
        let html = html(|| {
            let names = ["password", "key", "cell", "code", "pin"];
            sent(FORM, &names.map(|name| (name, "hunter2")));
            let nothing = Callback::new(|_| ());
            view! {
                <KeepTyped form=FORM>
                    <SecretField id="password" name="password" />
                    <SecretArea id="key" name="key" />
                    <CellInput
                        id="cell"
                        name="cell"
                        value=stored("")
                        secret=true
                        max_length=9
                        disabled=false
                        on_input=nothing
                    />
                    <TextField id="code" name="code" autocomplete="one-time-code" />
                    <TextField id="pin" name="pin" kind="password" />
                </KeepTyped>
            }
        });
        assert!(!html.contains("hunter2"), "{html}");
    }

    #[test]
    fn what_was_typed_comes_back_to_its_own_form_only() {
        let shown = |form: &'static str, field: &'static str| {
            html(move || {
                sent(FORM, &[("field", "branch"), ("value", "mine")]);
                let same = vec![("field".to_owned(), field.to_owned())];
                view! { <KeepTyped form=form same=same><TextField id="a" name="value" value=stored("old") /></KeepTyped> }
            })
        };
        assert!(shown(FORM, "branch").contains("value=\"mine\""));
        assert!(shown(FORM, "project").contains("value=\"old\""));
        assert!(shown("/_api/integrations/install", "branch").contains("value=\"old\""));
        let outside = html(|| {
            sent(FORM, &[("value", "mine")]);
            view! { <KeepTyped form=FORM>"."</KeepTyped> <TextField id="a" name="value" value=stored("old") /> }
        });
        assert!(outside.contains("value=\"old\""), "{outside}");
    }

    #[test]
    fn a_field_that_cannot_be_changed_shows_what_is_stored() {
        let html = html(|| {
            sent(FORM, &[("a", "typed")]);
            view! {
                <KeepTyped form=FORM>
                    <TextField id="a" name="a" value=stored("old") disabled=true />
                    <Checkbox id="b" name="b" value=true disabled=true />
                </KeepTyped>
            }
        });
        assert!(html.contains("value=\"old\"") && html.contains(" checked"), "{html}");
    }

    #[test]
    fn a_hostile_text_stays_in_its_control() {
        let html = html(|| {
            sent(FORM, &[("a", "\"><script>alert(1)</script>"), ("b", "</textarea><script>alert(1)</script>")]);
            view! { <KeepTyped form=FORM><TextField id="a" name="a" /><TextArea id="b" name="b" /></KeepTyped> }
        });
        assert!(!html.contains("<script"), "{html}");
    }
}
