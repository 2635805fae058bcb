//! The document around the application, with the theme it was last seen in and the policy that guards it.

use crate::App;
use crate::components::theme::Theme;
use crate::context;
use http::header;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// The document. Also sets the content security policy with this request's nonce.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    context::set_header(header::CONTENT_SECURITY_POLICY, &policy());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::current().as_str()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet id="style" options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

fn policy() -> String {
    let nonce = use_nonce().map(|nonce| format!("'nonce-{nonce}' ")).unwrap_or_default();
    // `cargo leptos watch` tells the page over a socket of its own port that it should load anew.
    let reload = if cfg!(debug_assertions) { " ws:" } else { "" };
    format!(
        "default-src 'self'; script-src {nonce}'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'{reload}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_this_requests_nonce_and_no_inline_style() {
        let policy = Owner::new().with(|| {
            leptos::nonce::provide_nonce();
            let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
            assert!(policy().contains(&format!("script-src 'nonce-{nonce}' 'strict-dynamic'")));
            policy()
        });
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}
