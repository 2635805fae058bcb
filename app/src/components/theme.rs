//! The theme and its switch. The server renders the page in the remembered theme, so nothing flashes.

use crate::api::theme::SetTheme;
use crate::components::icons::{Icon, Symbol};
use crate::text;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

/// The cookie that remembers the theme.
pub const COOKIE: &str = "patchbay-theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All three, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and on the page's root.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; an unknown one means that of the system.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }

    /// The theme of this page: from the cookie on the server, from the page's root in the browser.
    pub fn current() -> Self {
        #[cfg(feature = "ssr")]
        let word = crate::context::cookie(COOKIE);
        #[cfg(not(feature = "ssr"))]
        let word = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        word.map_or(Self::System, |word| Self::parse(&word))
    }

    const fn face(self) -> (&'static str, Symbol) {
        match self {
            Self::System => (text::theme::SYSTEM, Symbol::System),
            Self::Light => (text::theme::LIGHT, Symbol::Light),
            Self::Dark => (text::theme::DARK, Symbol::Dark),
        }
    }
}

/// Three buttons of one form. Before the page is awake each sends the form; afterwards the theme changes at once.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(Theme::current());
    let remember = ServerAction::<SetTheme>::new();
    let choose = Callback::new(move |theme: Theme| {
        chosen.set(theme);
        if let Some(root) = document().document_element() {
            // Setting a plain attribute of an element that is there cannot fail.
            let _ = root.set_attribute("data-theme", theme.as_str());
        }
        remember.dispatch(SetTheme { theme: theme.as_str().to_owned() });
    });
    view! {
        <form method="post" action=SetTheme::url()>
            <div class="theme-switch" role="group" aria-label=text::theme::LEGEND>
                {Theme::ALL.map(|theme| choice(theme, chosen, choose)).collect_view()}
            </div>
        </form>
    }
    .into_any()
}

fn choice(theme: Theme, chosen: RwSignal<Theme>, choose: Callback<Theme>) -> AnyView {
    let (word, symbol) = theme.face();
    let click = move |event: MouseEvent| {
        event.prevent_default();
        choose.run(theme);
    };
    view! {
        <button
            class="theme-choice"
            name="theme"
            value=theme.as_str()
            title=word
            aria-label=word
            aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
            on:click=click
        >
            <Icon symbol=symbol />
        </button>
    }
    .into_any()
}
