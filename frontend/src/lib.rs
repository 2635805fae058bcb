//! The browser half: wakes the page that the server rendered. Everything it does is in the crate `app`.

/// Called by the page's module script once the WebAssembly is there.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
