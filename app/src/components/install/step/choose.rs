//! A choice among what the provider showed.

use super::{AnswerForm, Parts, popup, way_out};
use crate::api::pipelines::Advance;
use crate::components::fields::{KeepTyped, ticked, typed};
use crate::text::install as text;
use domain::organizations::initials;
use domain::pipelines::{Choice, Link};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A list to choose one or several of; what to do where nothing fits.
#[component]
pub(super) fn ChooseStep(
    /// The step.
    parts: Parts,
    /// What is chosen, for those who cannot see the title.
    legend: String,
    /// The field's name.
    field: String,
    /// What can be chosen.
    options: Vec<Choice>,
    /// Whether several may be chosen.
    multiple: bool,
    /// What to do where nothing fits.
    hint: Option<String>,
    /// Where that is done.
    link: Option<Link>,
    /// The word on the button.
    label: String,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let empty = options.is_empty();
    if link.is_some() {
        // Whoever follows it may come back to a longer list, or to a sign-in that went on over there.
        popup::watch(&parts.place().1, false, parts.on_look);
    }
    let hint = hint.or_else(|| empty.then(|| text::NOTHING_TO_CHOOSE.to_owned()));
    let hint =
        (hint.is_some() || link.is_some()).then(|| view! { <p class="choose-hint">{hint} " " {way_out(link)}</p> });
    let error = {
        let field = field.clone();
        move || parts.error.with(|error| error.as_ref()?.fields.get(&field).cloned())
    };
    // Where there is only one, nobody has to choose it.
    let only = !multiple && options.iter().filter(|choice| choice.disabled.is_none()).count() == 1;
    let same = vec![("pipeline".to_owned(), parts.place().1.to_string())];
    let list = (!empty).then(|| {
        view! {
            <fieldset class="choices" aria-describedby="choose-error">
                <legend class="unseen">{legend}</legend>
                <KeepTyped form=Advance::PATH same=same>
                    {options.into_iter().map(|choice| option(&field, multiple, only, choice)).collect_view()}
                </KeepTyped>
            </fieldset>
            <p class="field-error" id="choose-error" role="alert">{error}</p>
        }
    });
    view! {
        <AnswerForm parts=parts form=form label=label>
            {list}
            {hint}
        </AnswerForm>
    }
    .into_any()
}

fn option(field: &str, multiple: bool, only: bool, choice: Choice) -> AnyView {
    let Choice { value, name, detail, icon, disabled } = choice;
    let (key, value) = match multiple {
        true => (format!("values[{field}:{value}]"), "on".to_owned()),
        false => (format!("values[{field}]"), value),
    };
    let kept = if multiple { ticked(&key) } else { typed(&key).map(|typed| typed == value) };
    let (refused, detail) = (disabled.is_some(), detail.filter(|detail| *detail != name));
    view! {
        <label class="choice" class:choice-refused=refused>
            <input
                class="choice-control"
                type=if multiple { "checkbox" } else { "radio" }
                name=key
                value=value
                checked=kept.unwrap_or(only) && !refused
                required=!multiple
                disabled=refused
            />
            {picture(icon, &name)}
            <span class="choice-words">
                <span class="choice-name">{name}</span>
                {detail.map(|detail| view! { <span class="choice-detail">{detail}</span> })}
                {disabled.map(|reason| view! { <span class="choice-detail">{reason}</span> })}
            </span>
        </label>
    }
    .into_any()
}

/// The picture, where this site may show it: the policy of the pages lets no other site's in. Else the first letters.
fn picture(icon: Option<String>, name: &str) -> AnyView {
    let own = |icon: &String| icon.starts_with("data:image/") || icon.starts_with('/') && !icon.starts_with("//");
    match icon.filter(own) {
        Some(icon) => view! { <img class="choice-picture" src=icon alt="" width="28" height="28" /> }.into_any(),
        None => view! { <span class="choice-picture" aria-hidden="true">{initials(name)}</span> }.into_any(),
    }
}
