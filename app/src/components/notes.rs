//! What a page says when it has nothing else to show: errors, emptiness, waiting, warnings.

use crate::components::buttons::{Button, ButtonSize};
use crate::components::icons::{Icon, Symbol};
use crate::pages::not_found::NotFound;
use crate::text;
use domain::{AppError, Code};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

/// What failed, in the words of the error, with its own retry.
#[component]
pub fn ErrorNote(
    /// The error.
    #[prop(into)]
    error: AppError,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="alert alert-bad" role="alert">
            <Icon symbol=Symbol::Warning />
            <p class="alert-text">{error.message}</p>
            {retry.map(|retry| view! { <Button size=ButtonSize::Small on_click=retry>{text::TRY_AGAIN}</Button> })}
        </div>
    }
    .into_any()
}

/// The refusal of a whole page: signed out leads to the sign-in and back, not found is the page that says so, and
/// everything else is a note with a retry.
#[component]
pub fn Refusal(
    /// The error.
    #[prop(into)]
    error: AppError,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    crate::api::answer_with(error.code);
    match error.code {
        Code::SignedOut => view! { <SignInFirst /> }.into_any(),
        Code::NotFound => view! { <NotFound sentence=error.message /> }.into_any(),
        _ => ErrorNote(ErrorNoteProps { error, retry }).into_any(),
    }
}

/// Leads to the sign-in, which leads back here.
#[component]
pub fn SignInFirst() -> impl IntoView {
    let location = use_location();
    let here = location.pathname.get_untracked() + &location.query.get_untracked().to_query_string();
    view! { <Redirect path=crate::links::login(&here) /> }
}

/// One sentence that says there is nothing yet, and what to do about it.
#[component]
pub fn Empty(
    /// The sentence.
    #[prop(into)]
    sentence: String,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-sentence">{sentence}</p>
            {children.map(|children| view! { <div class="empty-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Grey lines in the shape of what is coming; they appear after a moment, so that a fast answer shows none.
#[component]
pub fn Skeleton(
    /// How many lines.
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label=text::LOADING>
            {(0..rows).map(|_| view! { <div class="skeleton-row"></div> }).collect_view()}
        </div>
    }
    .into_any()
}

/// How serious a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// To know.
    Info,
    /// Done.
    Ok,
    /// Needs a look.
    Warn,
    /// Broken.
    Bad,
}

impl AlertKind {
    /// The kind of a provider's note: info, warning or error.
    pub fn of_aspect(kind: &str) -> Self {
        match kind {
            "error" => Self::Bad,
            "warning" => Self::Warn,
            _ => Self::Info,
        }
    }
}

/// A note in the flow of a page.
#[component]
pub fn Alert(
    /// How serious it is.
    kind: AlertKind,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let (class, symbol) = match kind {
        AlertKind::Info => ("alert alert-info", Symbol::Info),
        AlertKind::Ok => ("alert alert-ok", Symbol::Check),
        AlertKind::Warn => ("alert alert-warn", Symbol::Warning),
        AlertKind::Bad => ("alert alert-bad", Symbol::Warning),
    };
    view! {
        <div class=class>
            <Icon symbol=symbol />
            <div class="alert-text">{children()}</div>
        </div>
    }
    .into_any()
}
