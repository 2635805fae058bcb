//! What a person can do to an installation from the pages that show it: pause, resume, remove, keep, check.

use crate::api::ApiError;
use crate::api::integrations::{self as api, CheckNow, Keep, Pause, Remove, Resume};
use crate::components::Toaster;
use crate::text;
use domain::AppError;
use domain::ids::IntegrationId;
use domain::integrations::Integration;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Something a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Stops using it.
    Pause,
    /// Uses it again.
    Resume,
    /// Asks for removal.
    Remove,
    /// Takes the removal back.
    Keep,
    /// Checks the connection.
    Check,
}

impl Act {
    async fn call(self, org: OrgSlug, id: IntegrationId) -> Result<Integration, ApiError> {
        match self {
            Self::Pause => api::pause(org, id).await,
            Self::Resume => api::resume(org, id).await,
            Self::Remove => api::remove(org, id).await,
            Self::Keep => api::keep(org, id).await,
            Self::Check => api::check_now(org, id).await,
        }
    }

    fn done(self, integration: &Integration) -> String {
        let (name, state) = (&integration.name, &integration.patchbay);
        match self {
            Self::Pause => text::detail::paused(name),
            Self::Resume => text::detail::resumed(name),
            Self::Remove => text::detail::removing(name),
            Self::Keep => text::detail::kept(name),
            Self::Check => text::configure::checked(name, state.health, state.health_reason.as_deref()),
        }
    }

    const fn undo(self) -> Option<Self> {
        match self {
            Self::Pause => Some(Self::Resume),
            Self::Resume => Some(Self::Pause),
            Self::Remove => Some(Self::Keep),
            Self::Keep | Self::Check => None,
        }
    }
}

/// Does things to the installations of one organization, and says how they went.
#[derive(Clone, Copy)]
pub struct Acts {
    run: Action<(Act, IntegrationId), ()>,
    under_way: RwSignal<Option<(Act, IntegrationId)>>,
}

impl Acts {
    /// `on_done` is told what was done and how the installation stands now.
    pub fn new(org: OrgSlug, on_done: Callback<(Act, Integration)>) -> Self {
        let (toaster, under_way) = (Toaster::get(), RwSignal::new(None));
        let run = Action::new(move |&(act, id): &(Act, IntegrationId)| {
            let org = org.clone();
            under_way.set(Some((act, id)));
            async move {
                let answer = act.call(org.clone(), id).await;
                let _ = under_way.try_set(None);
                tell(toaster, act, answer, org, on_done);
            }
        });
        Self { run, under_way }
    }

    /// Does it, unless something is being done already.
    pub fn act(self, act: Act, id: IntegrationId) {
        if self.under_way.with_untracked(Option::is_none) {
            self.run.dispatch((act, id));
        }
    }

    /// Whether something is being done to this installation.
    pub fn busy(self, id: IntegrationId) -> Signal<bool> {
        Signal::derive(move || self.under_way.with(|under_way| under_way.is_some_and(|(_, busy)| busy == id)))
    }

    /// Whether this is being done.
    pub fn doing(self, act: Act) -> Signal<bool> {
        Signal::derive(move || self.under_way.with(|under_way| under_way.is_some_and(|(doing, _)| doing == act)))
    }
}

/// Says how it went, with an undo that works after the page is gone.
fn tell(
    toaster: Toaster,
    act: Act,
    answer: Result<Integration, ApiError>,
    org: OrgSlug,
    on_done: Callback<(Act, Integration)>,
) {
    let integration = match answer {
        Ok(integration) => integration,
        Err(error) => return toaster.fail(AppError::from(error).message),
    };
    let (id, sentence) = (integration.id, act.done(&integration));
    match act.undo() {
        None => toaster.say(sentence),
        Some(undo) => {
            let take_back = move |()| {
                let call = undo.call(org.clone(), id);
                leptos::task::spawn_local(async move {
                    match call.await {
                        Ok(integration) => {
                            toaster.say(undo.done(&integration));
                            on_done.try_run((undo, integration));
                        }
                        Err(error) => toaster.fail(AppError::from(error).message),
                    }
                });
            };
            toaster.undo(sentence, toaster.lasting(|| Callback::new(take_back)));
        }
    }
    on_done.try_run((act, integration));
}

/// What a plain form was refused with: it came back in the address.
pub fn refused_form() -> Option<AppError> {
    fn of<F>() -> Option<AppError>
    where
        F: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        ServerAction::<F>::new().value().get_untracked()?.err().map(AppError::from)
    }
    of::<Pause>().or_else(of::<Resume>).or_else(of::<Remove>).or_else(of::<Keep>).or_else(of::<CheckNow>)
}
