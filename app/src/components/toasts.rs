//! Toasts: short sentences about what has just happened, some with an undo.

use crate::components::icons::{Icon, Symbol};
use crate::text;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use std::time::Duration;

/// How often the clock of the toasts ticks, in milliseconds.
const TICK: u32 = 500;
/// How long a sentence stays.
const SHORT: u32 = 5_000;
/// How long an undo or a failure stays.
const LONG: u32 = 10_000;

#[derive(Clone)]
struct Toast {
    id: u64,
    text: String,
    failed: bool,
    undo: Option<Callback<()>>,
    left: u32,
    /// What had the focus when it came.
    whence: StoredValue<Option<HtmlElement>, LocalStorage>,
}

/// Says things at the foot of the page. The app provides it; it outlives every page.
#[derive(Clone, Copy)]
pub struct Toaster {
    toasts: RwSignal<Vec<Toast>>,
    held: RwSignal<bool>,
    clock: StoredValue<Option<IntervalHandle>>,
    next: StoredValue<u64>,
    owner: StoredValue<Owner>,
}

impl Toaster {
    /// The app makes one and provides it.
    pub fn provide() {
        provide_context(Self {
            toasts: RwSignal::new(Vec::new()),
            held: RwSignal::new(false),
            clock: StoredValue::new(None),
            next: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        });
    }

    /// The app's.
    pub fn get() -> Self {
        expect_context()
    }

    /// Something happened.
    pub fn say(self, text: impl Into<String>) {
        self.add(text.into(), false, None, SHORT);
    }

    /// Something happened that can be undone. A callback that must outlive its page is made within [`Self::lasting`].
    pub fn undo(self, text: impl Into<String>, undo: Callback<()>) {
        self.add(text.into(), false, Some(undo), LONG);
    }

    /// Something did not happen.
    pub fn fail(self, text: impl Into<String>) {
        self.add(text.into(), true, None, LONG);
    }

    /// Makes something that lives as long as the app instead of as long as the page.
    pub fn lasting<T>(self, make: impl FnOnce() -> T) -> T {
        self.owner.get_value().with(make)
    }

    fn add(self, text: String, failed: bool, undo: Option<Callback<()>>, left: u32) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        // More than three at once are read by nobody.
        if let Some(oldest) = self.toasts.with_untracked(|toasts| (toasts.len() == 3).then(|| toasts[0].id)) {
            self.take_away(|toast| toast.id == oldest);
        }
        let whence = self.lasting(|| StoredValue::new_local(focused()));
        self.toasts.update(|toasts| toasts.push(Toast { id, text, failed, undo, left, whence }));
        if self.clock.with_value(Option::is_none) {
            let clock = set_interval_with_handle(move || self.tick(), Duration::from_millis(TICK.into()));
            self.clock.set_value(clock.ok());
        }
    }

    fn tick(self) {
        if self.held.get_untracked() {
            return;
        }
        if self.toasts.with_untracked(|toasts| toasts.iter().any(|toast| toast.left <= TICK)) {
            self.take_away(|toast| toast.left <= TICK);
        }
        self.toasts.update_untracked(|toasts| toasts.iter_mut().for_each(|toast| toast.left -= TICK));
        if self.toasts.with_untracked(Vec::is_empty) {
            self.clock.try_update_value(Option::take).flatten().iter().for_each(IntervalHandle::clear);
        }
    }

    /// A button of a toast was pressed, and goes with it: the focus returns to where it was before the toast came.
    fn dismiss(self, id: u64) {
        let whence =
            self.toasts.with_untracked(|toasts| toasts.iter().find(|toast| toast.id == id)?.whence.try_get_value());
        if let Some(whence) = whence.flatten().filter(|_| focused_toast().is_some()) {
            // What has left the page meanwhile does not take it.
            let _ = whence.focus();
        }
        self.take_away(|toast| toast.id == id);
        self.held.set(false);
    }

    fn take_away(self, is_over: impl Fn(&Toast) -> bool) {
        self.toasts.update(|toasts| {
            toasts.retain(|toast| {
                if is_over(toast) {
                    toast.whence.dispose();
                }
                !is_over(toast)
            });
        });
    }
}

/// What has the focus, unless nothing has it or a toast does.
fn focused() -> Option<HtmlElement> {
    let focused = document().active_element().filter(|_| focused_toast().is_none())?;
    focused.dyn_into::<HtmlElement>().ok().filter(|focused| focused.tag_name() != "BODY")
}

fn focused_toast() -> Option<Element> {
    document().active_element()?.closest(".toast").ok().flatten()
}

/// Shows the toasts. They wait while a pointer or the focus is on them.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = Toaster::get();
    view! {
        <div
            class="toasts"
            role="status"
            aria-live="polite"
            on:mouseenter=move |_| toaster.held.set(true)
            on:mouseleave=move |_| toaster.held.set(false)
            on:focusin=move |_| toaster.held.set(true)
            on:focusout=move |_| toaster.held.set(false)
        >
            <For each=move || toaster.toasts.get() key=|toast| toast.id let:toast>
                {one(toaster, toast)}
            </For>
        </div>
    }
}

fn one(toaster: Toaster, toast: Toast) -> AnyView {
    let id = toast.id;
    let undo = toast.undo.map(|undo| {
        let click = move |_| {
            toaster.dismiss(id);
            // The page that offered it may be gone; then there is nothing left to undo here.
            let _ = undo.try_run(());
        };
        view! { <button type="button" class="toast-undo" on:click=click>{text::UNDO}</button> }
    });
    view! {
        <div class=if toast.failed { "toast toast-failed" } else { "toast" } role=toast.failed.then_some("alert")>
            <span class="toast-text">{toast.text}</span>
            {undo}
            <button type="button" class="toast-dismiss" aria-label=text::DISMISS on:click=move |_| toaster.dismiss(id)>
                <Icon symbol=Symbol::Cross />
            </button>
        </div>
    }
    .into_any()
}
