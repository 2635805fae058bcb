//! Dialogs: the browser's own, so that focus, Escape and the page behind it behave.

use crate::components::form_field::focus_in;
use crate::components::icons::{Icon, Symbol};
use crate::text;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;

/// A modal dialog. The focus goes to the first control of what it holds and returns to what opened it. Escape and the
/// cross close it, a click beside it does not.
/// Its children exist only while it is open.
#[component]
pub fn Dialog(
    /// Whether it is open; the dialog writes it when it is closed.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// What it holds.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        match (open.get(), dialog.open()) {
            // A refusal means that the element has just left the page: then there is nothing to show.
            (true, false) => {
                if dialog.show_modal().is_ok() {
                    focus_first(dialog);
                }
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let label = title.clone();
    let close = move |_: MouseEvent| open.set(false);
    view! {
        <dialog class="dialog" node_ref=element aria-label=label on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2 class="dialog-title">{title}</h2>
                <button type="button" class="dialog-close" aria-label=text::CLOSE on:click=close>
                    <Icon symbol=Symbol::Cross />
                </button>
            </header>
            <div class="dialog-body">{move || open.get().then(|| children())}</div>
        </dialog>
    }
    .into_any()
}

/// Focuses the first control behind the head; the browser alone would take the cross.
fn focus_first(dialog: HtmlDialogElement) {
    // What the dialog holds is rendered in the same turn; it is there in the next.
    request_animation_frame(move || {
        focus_in(&dialog, ".dialog-body :is(input:not([type=hidden]), select, textarea, button, a[href])");
    });
}
