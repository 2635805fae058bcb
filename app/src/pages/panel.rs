//! The narrow page of people who are not signed in.

use leptos::prelude::*;

/// A narrow page with the mark of the product on top.
#[component]
pub fn Panel(
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="panel" id="content" tabindex="-1">
            <p class="panel-brand">
                <img src="/favicon.svg" alt="" width="24" height="24" />
                {crate::text::PRODUCT}
            </p>
            <div class="panel-body">{children()}</div>
        </main>
    }
    .into_any()
}
