//! The icon of a provider.

use leptos::prelude::*;

/// The picture of a provider, from our own origin. The name stands beside it, so the picture says nothing.
#[component]
pub fn Tile(
    /// The provider's key.
    #[prop(into)]
    key: String,
    /// The provider's name, for the hint of a pointer.
    #[prop(into)]
    name: String,
    /// For page heads.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let size = if large { "44" } else { "36" };
    view! {
        <img
            class=if large { "tile tile-large" } else { "tile" }
            src=format!("/icons/{key}.svg")
            alt=""
            title=name
            aria-hidden="true"
            width=size
            height=size
            decoding="async"
        />
    }
    .into_any()
}
