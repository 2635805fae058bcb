//! Several lines of text.

use super::kept::first_text;
use super::{described_by, flag, tell, write_changes};
use leptos::ev::FocusEvent;
use leptos::prelude::*;

/// Several lines of text. The framework does not escape what stands in a textarea, so this is the only one with a
/// content.
#[component]
pub fn TextArea(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// What it holds.
    #[prop(optional, into)]
    value: Signal<String>,
    /// How many lines are seen.
    #[prop(default = 4)]
    rows: u32,
    /// An example, shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Longest text in characters.
    #[prop(optional, into)]
    max_length: Option<usize>,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with the text when it was changed and left.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// Called with the text when it is left.
    #[prop(optional, into)]
    on_blur: Option<Callback<String>>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Textarea>::new();
    write_changes(value, move |text| {
        if let Some(area) = element.get_untracked().filter(|area| area.value() != text) {
            area.set_value(&text);
        }
    });
    let text = first_text(&name, value, disabled);
    view! {
        <textarea
            class="input input-area"
            node_ref=element
            id=id.clone()
            name=name
            rows=rows.to_string()
            placeholder=placeholder.filter(|text| !text.is_empty())
            required=required
            maxlength=max_length.map(|length| length.to_string())
            disabled=disabled
            aria-invalid=flag(invalid)
            aria-describedby=described_by(&id)
            on:change=move |event| tell(on_change, &event)
            on:blur=move |event: FocusEvent| tell(on_blur, &event)
            inner_html=escaped(&text)
        ></textarea>
    }
    .into_any()
}

/// The text as the content of a textarea. A parser drops the first line break there, so it gets one to drop.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if cfg!(feature = "ssr") { format!("\n{text}") } else { text }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_textarea() {
        let html = Owner::new().with(|| {
            let value = Signal::stored("</textarea><script>alert(1)</script> & \"more\"".to_owned());
            view! { <TextArea id="note" name="note" value=value /> }.to_html()
        });
        assert!(!html.contains("<script"), "{html}");
        assert!(
            html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"more\"</textarea>"),
            "{html}"
        );
    }
}
