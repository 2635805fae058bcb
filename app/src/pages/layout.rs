//! The frame of signed-in pages, with what it needs to know.

use crate::api::ApiError;
use crate::api::organizations::{FrameData, frame};
use crate::components::frame::{Frame, Side};
use crate::components::{ErrorNote, Skeleton};
use crate::live::Live;
use domain::events::Topic;
use domain::ids::EventId;
use domain::slug::OrgSlug;
use domain::{AppError, Code};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

/// What every page below a layout may ask: who is signed in, and in which organization the page is.
#[derive(Clone, Copy)]
pub struct Layout {
    /// What the frame shows, once it is known.
    pub data: RwSignal<Option<FrameData>>,
    /// How many integrations need a person now.
    pub attention: RwSignal<usize>,
}

impl Layout {
    /// That of the layout around this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The organization of the page, once it is known that there is one, and the newest event that the page knows.
    fn current(self) -> Option<(OrgSlug, EventId)> {
        self.data.with(|data| {
            let data = data.as_ref()?;
            Some((data.current.as_ref()?.organization.slug.clone(), data.newest))
        })
    }

    /// How events name the signed-in person.
    pub fn my_name(self) -> Option<String> {
        self.data.with(|data| data.as_ref().map(|data| data.me.email.to_string()))
    }
}

/// Around the pages of one organization.
#[component]
pub fn OrganizationLayout() -> impl IntoView {
    let params = use_params_map();
    let org = Memo::new(move |_| params.with(|params| params.get("org").unwrap_or_default()));
    layout(org.into())
}

/// Around the pages of the instance.
#[component]
pub fn InstanceLayout() -> impl IntoView {
    layout(Signal::stored(String::new()))
}

fn layout(org: Signal<String>) -> AnyView {
    let (live, known) = (Live::get(), Layout { data: RwSignal::new(None), attention: RwSignal::new(0) });
    provide_context(known);
    // Made here and not below: it has to live as long as the layout, through every load of the data.
    let attention = Signal::from(known.attention);
    let data = Resource::new_blocking(move || org.get(), frame);

    let current = Memo::new(move |_| known.current());
    Effect::new(move || live.follow(current.get()));
    on_cleanup(move || live.follow(None));

    let recount = Action::new(move |org: &String| frame(org.clone()));
    live.on_change(Topic::Integration, move || {
        recount.dispatch(org.get());
    });
    Effect::new(move || {
        if let Some(Ok(fresh)) = recount.value().get() {
            known.attention.set(fresh.attention);
        }
    });

    let side = move || {
        view! {
            <Suspense fallback=|| view! { <Skeleton rows=4 /> }>
                {move || Suspend::new(async move { side_of(known, attention, data.await, data) })}
            </Suspense>
        }
    };
    view! {
        <Frame side=side connected=live.connected>
            <Outlet />
        </Frame>
    }
    .into_any()
}

type Answer = Result<FrameData, ApiError>;

fn side_of(known: Layout, attention: Signal<usize>, answer: Answer, again: Resource<Answer>) -> AnyView {
    match answer.map_err(AppError::from) {
        Ok(data) => {
            known.attention.set(data.attention);
            known.data.set(Some(data.clone()));
            view! { <Side data=data attention=attention /> }.into_any()
        }
        // The page itself leads to the sign-in.
        Err(error) if error.code == Code::SignedOut => ().into_any(),
        Err(error) => view! { <ErrorNote error=error retry=Callback::new(move |()| again.refetch()) /> }.into_any(),
    }
}
