//! The interface icons: one set, drawn on a grid of 16 with strokes in the colour of the text.

use leptos::prelude::*;

/// An icon of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Opens or closes what is below.
    Chevron,
    /// Closes or dismisses.
    Cross,
    /// Done, granted.
    Check,
    /// A magnifier.
    Search,
    /// Three lines.
    Menu,
    /// Locked.
    Lock,
    /// Leads to another site.
    External,
    /// A triangle: look here.
    Warning,
    /// A circle: to know.
    Info,
    /// A plus.
    Plus,
    /// The sun.
    Light,
    /// The moon.
    Dark,
    /// A screen.
    System,
}

impl Symbol {
    const fn path(self) -> &'static str {
        match self {
            Self::Chevron => "M4 6l4 4 4-4",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Check => "M3 8.5l3.2 3.2L13 5",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M10.3 10.3L14 14",
            Self::Menu => "M2.5 4h11M2.5 8h11M2.5 12h11",
            Self::Lock => "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
            Self::External => "M6.5 3.5H3v9.5h9.5V9.5M9 2.5h4.5V7M13.2 2.8L7.5 8.5",
            Self::Warning => "M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.2",
            Self::Info => "M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12M8 7.3v3.7M8 4.9v.2",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Light => {
                "M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9L13 13M3 13l1.1-1.1M11.9 4.1L13 3"
            }
            Self::Dark => "M13 9.8A5.5 5.5 0 0 1 6.2 3a5.5 5.5 0 1 0 6.8 6.8z",
            Self::System => "M2 3h12v8H2zM6 14h4M8 11v3",
        }
    }
}

/// An icon; it says nothing to those who cannot see it.
#[component]
pub fn Icon(
    /// Which.
    symbol: Symbol,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=symbol.path() />
        </svg>
    }
    .into_any()
}
