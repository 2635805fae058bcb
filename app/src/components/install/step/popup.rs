//! The window of a sign-in, and the ways to hear that it came to an end: a message of the callback page, the focus that
//! returns, and a look every two seconds. A page cannot see whether a window of another site is still open.

#[cfg(feature = "hydrate")]
pub(super) use browser::{open, watch};
#[cfg(not(feature = "hydrate"))]
pub(super) use server::{open, watch};

#[cfg(feature = "hydrate")]
mod browser {
    use domain::pipelines::PipelineId;
    use leptos::ev;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
    use web_sys::{BroadcastChannel, MessageEvent};

    const WIDTH: f64 = 650.0;
    const HEIGHT: f64 = 750.0;
    const LOOK: Duration = Duration::from_secs(2);
    /// The callback page posts the pipeline's id here.
    const CHANNEL: &str = "patchbay-sign-in";

    /// Opens the window over the middle of this one, or brings it to the front. False when the browser refuses; it
    /// agrees only within a click.
    pub fn open(url: &str, pipeline: &PipelineId) -> bool {
        let Some(window) = web_sys::window() else { return false };
        let number = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or_default();
        let middle = |start, length, own: f64| (number(start) + (number(length) - own) / 2.0).max(0.0).round();
        let left = middle(window.screen_x(), window.outer_width(), WIDTH);
        let top = middle(window.screen_y(), window.outer_height(), HEIGHT);
        let features = format!("popup,width={WIDTH},height={HEIGHT},left={left},top={top}");
        let target = format!("patchbay-{pipeline}");
        match window.open_with_url_and_target_and_features(url, &target, &features) {
            Ok(Some(popup)) => {
                // A window that cannot be brought to the front is open all the same.
                let _ = popup.focus();
                true
            }
            _ => false,
        }
    }

    /// A subscription that ends when it is dropped.
    struct Channel {
        channel: BroadcastChannel,
        _hear: Closure<dyn FnMut(MessageEvent)>,
    }

    impl Channel {
        fn listen(pipeline: String, on_look: Callback<()>) -> Option<Self> {
            let channel = BroadcastChannel::new(CHANNEL).ok()?;
            let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                if message.data().as_string().as_deref() == Some(pipeline.as_str()) {
                    on_look.try_run(());
                }
            });
            channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            Some(Self { channel, _hear: hear })
        }
    }

    impl Drop for Channel {
        fn drop(&mut self) {
            self.channel.set_onmessage(None);
            self.channel.close();
        }
    }

    /// Calls back until the step leaves the page: by a clock too where the end is near.
    pub fn watch(pipeline: &PipelineId, by_clock: bool, on_look: Callback<()>) {
        let look = move || {
            on_look.try_run(());
        };
        let clock = by_clock.then(|| set_interval_with_handle(look, LOOK).ok()).flatten();
        let focus = window_event_listener(ev::focus, move |_| look());
        let channel = StoredValue::new_local(Channel::listen(pipeline.to_string(), on_look));
        on_cleanup(move || {
            clock.iter().for_each(leptos::leptos_dom::helpers::IntervalHandle::clear);
            focus.remove();
            drop(channel.try_update_value(Option::take));
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod server {
    use domain::pipelines::PipelineId;
    use leptos::prelude::*;

    /// On the server nobody clicks.
    pub fn open(_: &str, _: &PipelineId) -> bool {
        false
    }

    /// On the server nothing is awaited.
    pub fn watch(_: &PipelineId, _: bool, _: Callback<()>) {}
}
