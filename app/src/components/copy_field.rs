//! A value to copy.

use crate::components::{Button, ButtonSize};
use crate::text::install as text;
use leptos::prelude::*;

/// A value that is entered elsewhere: it can be selected, and copied by a button once the page is awake.
#[component]
pub fn CopyField(
    /// What it is called.
    #[prop(into)]
    label: String,
    /// The value.
    #[prop(into)]
    value: String,
    /// Whether the label is for those only who cannot see what stands around it.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Input>::new();
    let (said, name) = (RwSignal::new(""), format!("{} {label}", text::COPY));
    let copy = {
        let value = value.clone();
        Callback::new(move |()| {
            if let Some(input) = element.get_untracked() {
                input.select();
            }
            copy(value.clone(), said);
        })
    };
    view! {
        <div class="copy">
            <label class="copy-label">
                <span class=bare.then_some("unseen")>{label}</span>
                <input class="input copy-value" node_ref=element type="text" readonly value=value spellcheck="false" />
            </label>
            <span class="needs-script">
                <Button size=ButtonSize::Small label=name on_click=copy>{text::COPY}</Button>
            </span>
            <p class="copy-said" role="status">{move || said.get()}</p>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn copy(value: String, said: RwSignal<&'static str>) {
    // A page that came by plain http has no clipboard.
    let secure = web_sys::window().filter(web_sys::Window::is_secure_context);
    let clipboard = secure.map(|window| window.navigator().clipboard());
    let Some(clipboard) = clipboard.filter(|clipboard| !clipboard.is_undefined()) else {
        return said.set(text::COPY_BY_HAND);
    };
    leptos::task::spawn_local(async move {
        let copied = js_sys::futures::JsFuture::from(clipboard.write_text(&value)).await.is_ok();
        let _ = said.try_set(if copied { text::COPIED } else { text::COPY_BY_HAND });
    });
}

#[cfg(not(feature = "hydrate"))]
fn copy(_: String, _: RwSignal<&'static str>) {}
