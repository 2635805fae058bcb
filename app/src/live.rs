//! The live stream: the server says that something changed, the page asks again.
//!
//! Pages watch [`Live::generation`] of a topic and load anew when it grows. On the server nothing ever changes.

use domain::events::{Event, Topic};
use domain::ids::EventId;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// What the page knows of changes by others. The app provides it; it outlives every page.
#[derive(Clone, Copy)]
pub struct Live {
    /// The last event.
    pub last: RwSignal<Option<Event>>,
    /// Whether the stream is up, or not yet known to be down.
    pub connected: RwSignal<bool>,
    generations: [RwSignal<u64>; Topic::ALL.len()],
    #[cfg(feature = "hydrate")]
    stream: StoredValue<Option<stream::Stream>, LocalStorage>,
}

impl Live {
    /// The app makes one and provides it.
    pub fn provide() {
        provide_context(Self {
            last: RwSignal::new(None),
            connected: RwSignal::new(true),
            generations: std::array::from_fn(|_| RwSignal::new(0)),
            #[cfg(feature = "hydrate")]
            stream: StoredValue::new_local(None),
        });
    }

    /// The app's.
    pub fn get() -> Self {
        expect_context()
    }

    /// Grows with each change in this topic.
    pub fn generation(self, topic: Topic) -> Signal<u64> {
        self.generations[topic as usize].into()
    }

    /// Runs when something in this topic has changed, but not at first: the page has just been loaded then.
    pub fn on_change(self, topic: Topic, run: impl Fn() + 'static) {
        let generation = self.generation(topic);
        Effect::new(move |before: Option<u64>| {
            let now = generation.get();
            if before.is_some_and(|before| before != now) {
                untrack(&run);
            }
            now
        });
    }

    /// Listens to an organization after this event, and to no other; to none without one.
    pub fn follow(self, org: Option<(OrgSlug, EventId)>) {
        self.last.set(None);
        #[cfg(feature = "hydrate")]
        stream::follow(self, org);
        #[cfg(not(feature = "hydrate"))]
        let _ = org;
    }

    #[cfg(feature = "hydrate")]
    fn hear(self, event: Event) {
        let generation = self.generations[event.topic as usize];
        self.last.set(Some(event));
        generation.update(|generation| *generation += 1);
    }

    #[cfg(feature = "hydrate")]
    fn refresh(self) {
        self.generations.iter().for_each(|generation| generation.update(|generation| *generation += 1));
    }
}

#[cfg(feature = "hydrate")]
mod stream {
    use super::Live;
    use domain::ids::EventId;
    use domain::slug::OrgSlug;
    use futures::StreamExt;
    use gloo_net::eventsource::State;
    use gloo_net::eventsource::futures::EventSource;
    use leptos::leptos_dom::helpers::IntervalHandle;
    use leptos::prelude::*;
    use std::time::Duration;

    /// How often the state of the connection is looked at; the browser does not tell of its own retries.
    const LOOK: Duration = Duration::from_secs(2);
    /// A stream that the browser gave up is opened again at the 3rd, 6th, 12th, … look, at last once a minute.
    const FIRST_WAIT: u32 = 3;
    const LAST_WAIT: u32 = 30;

    /// An open stream; it ends when this is dropped.
    pub struct Stream {
        source: Option<EventSource>,
        url: String,
        looks: u32,
        wait: u32,
        clock: Option<IntervalHandle>,
    }

    impl Drop for Stream {
        fn drop(&mut self) {
            self.clock.iter().for_each(IntervalHandle::clear);
        }
    }

    /// Opens the organization's stream in place of the one before.
    pub fn follow(live: Live, org: Option<(OrgSlug, EventId)>) {
        live.connected.set(true);
        let stream = org.map(|(org, after)| {
            let url = format!("/api/patchbay/organizations/{org}/events?after={after}");
            let clock = set_interval_with_handle(move || look(live), LOOK).ok();
            Stream { source: open(live, &url), url, looks: 0, wait: FIRST_WAIT, clock }
        });
        live.stream.set_value(stream);
    }

    fn open(live: Live, url: &str) -> Option<EventSource> {
        let mut source = EventSource::new(url).ok()?;
        let hello = source.subscribe("hello").ok()?;
        let change = source.subscribe("change").ok()?;
        leptos::task::spawn_local(async move {
            let mut messages = futures::stream::select(hello, change);
            while let Some(Ok((name, message))) = messages.next().await {
                match name.as_str() {
                    // After a gap nobody knows what was missed.
                    "hello" => {
                        if !live.connected.get_untracked() {
                            live.connected.set(true);
                            live.refresh();
                        }
                    }
                    _ => {
                        let event = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
                        event.into_iter().for_each(|event| live.hear(event));
                    }
                }
            }
        });
        Some(source)
    }

    fn look(live: Live) {
        let up = live.stream.try_update_value(|stream| {
            let stream = stream.as_mut()?;
            let state = stream.source.as_ref().map_or(State::Closed, EventSource::state);
            if state == State::Closed {
                stream.looks += 1;
                if stream.looks >= stream.wait {
                    stream.looks = 0;
                    stream.wait = (stream.wait * 2).min(LAST_WAIT);
                    stream.source = open(live, &stream.url);
                }
            }
            Some(state == State::Open)
        });
        match up.flatten() {
            // Only the server's hello says that it is up again.
            Some(true) | None => {}
            Some(false) => {
                if live.connected.get_untracked() {
                    live.connected.set(false);
                }
            }
        }
    }
}
