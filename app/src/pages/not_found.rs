//! A page that is not there.

use crate::components::{ButtonKind, DocumentTitle, LinkButton, PageHead};
use crate::{api, links, text};
use domain::Code;
use leptos::prelude::*;

/// Says that there is nothing at this address. On the server the answer is a 404.
#[component]
pub fn NotFound(
    /// What is missing, where that is known.
    #[prop(optional, into)]
    sentence: Option<String>,
) -> impl IntoView {
    api::answer_with(Code::NotFound);
    let sentence = sentence.unwrap_or_else(|| text::not_found::SENTENCE.to_owned());
    view! {
        <DocumentTitle title=text::not_found::TITLE />
        <div class="lone">
            <PageHead title=text::not_found::TITLE sentence=move || sentence.clone() />
            <LinkButton href=links::HOME kind=ButtonKind::Plain>{text::not_found::HOME}</LinkButton>
        </div>
    }
    .into_any()
}
