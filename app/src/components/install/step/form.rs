//! A form, with what is to be done over there before it.

use super::{AnswerForm, Parts, way_out};
use crate::api::pipelines::Advance;
use crate::components::CopyField;
use crate::components::fields::KeepTyped;
use crate::components::form_field::{FormField, focus_refused};
use crate::components::settings::state::form_text;
use crate::text::install as text;
use domain::config::ConfigField;
use domain::pipelines::Guide;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// What to do over there, line by line, then the fields. What was typed stays until it is accepted.
#[component]
pub(super) fn FormStep(
    /// The step.
    parts: Parts,
    /// What to do before.
    guide: Vec<Guide>,
    /// The fields.
    fields: Vec<ConfigField>,
    /// What was typed before; never a secret.
    values: BTreeMap<String, String>,
    /// The word on the button.
    label: String,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    focus_refused(form, parts.error);
    let field = move |field: ConfigField| {
        let typed = values.get(&field.name).cloned();
        let value = typed.or_else(|| field.default.as_ref().map(form_text)).unwrap_or_default();
        view! { <FormField prefix="step" field=field value=Signal::stored(value) error=parts.error /> }
    };
    let same = vec![("pipeline".to_owned(), parts.place().1.to_string())];
    let guide = (!guide.is_empty()).then(|| {
        view! { <ol class="guide">{guide.into_iter().map(line).collect_view()}</ol> }
    });
    view! {
        {guide}
        <AnswerForm parts=parts form=form label=label>
            <KeepTyped form=Advance::PATH same=same>{fields.into_iter().map(field).collect_view()}</KeepTyped>
        </AnswerForm>
    }
    .into_any()
}

fn line(guide: Guide) -> AnyView {
    let copy = guide.copy.map(|value| view! { <CopyField label=text::VALUE value=value bare=true /> });
    view! {
        <li class="guide-line">
            <p>{guide.text} " " {way_out(guide.link)}</p>
            {copy}
        </li>
    }
    .into_any()
}
