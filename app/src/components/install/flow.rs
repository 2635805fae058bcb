//! The way through a pipeline: what is known before, then step after step. The dialog and the install page show the
//! same; the server says what comes next.

use crate::api::pipelines::{Advance, advance, cancel, current, start};
use crate::components::install::preflight::PreflightNotes;
use crate::components::install::start_button::StartButton;
use crate::components::install::step::{InstallStep, has_ended};
use crate::components::{ButtonKind, ErrorNote, Skeleton};
use crate::text::install as text;
use domain::ids::IntegrationId;
use domain::integrations::IntegrationWithConfig;
use domain::pipelines::{PipelineId, Preflight, Step, StepBody};
use domain::slug::OrgSlug;
use domain::{AppError, Code};
use leptos::prelude::*;

/// One person's way through the pipelines of one provider. Late answers of a pipeline that was left are dropped.
#[derive(Clone, Copy)]
pub struct Flow {
    /// Where the pipeline stands, once it has begun.
    pub step: RwSignal<Option<Step>>,
    /// Why the last answer was refused.
    pub error: RwSignal<Option<AppError>>,
    /// Whether an answer is awaited.
    pub busy: RwSignal<bool>,
    place: StoredValue<Place>,
    turn: StoredValue<u64>,
    looking: StoredValue<bool>,
    ask: Action<Question, ()>,
}

#[derive(Clone)]
struct Place {
    org: OrgSlug,
    provider: String,
    again: Option<IntegrationId>,
}

#[derive(Clone)]
enum Question {
    Start,
    Advance(Advance),
    Look(PipelineId),
}

impl Flow {
    /// Installs a provider, or connects an installation again. `on_install` is told what came of it.
    pub fn new(
        org: OrgSlug,
        provider: String,
        again: Option<IntegrationId>,
        on_install: Callback<IntegrationWithConfig>,
    ) -> Self {
        let (step, error, busy) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(false));
        let (turn, looking) = (StoredValue::new(0_u64), StoredValue::new(false));
        let place = StoredValue::new(Place { org, provider, again });
        let ask = Action::new(move |question: &Question| {
            let (question, place, mine) = (question.clone(), place.get_value(), turn.get_value());
            async move {
                let (is_look, is_start) = (matches!(question, Question::Look(_)), matches!(question, Question::Start));
                let answer = question.ask(&place).await.map_err(AppError::from);
                if is_look {
                    let _ = looking.try_set_value(false);
                }
                if turn.try_get_value() != Some(mine) {
                    // The person has left before the pipeline was there.
                    if let (true, Ok(late)) = (is_start, answer) {
                        end(place, late.pipeline);
                    }
                    return;
                }
                let _ = (!is_look).then(|| busy.try_set(false));
                match answer {
                    Ok(now) => arrive(step, error, now, is_look, on_install),
                    // A look that did not get through is followed by the next one.
                    Err(refused) if is_look && matches!(refused.code, Code::Unavailable | Code::TooMany) => {}
                    Err(refused) => drop(error.try_set(Some(refused))),
                }
            }
        });
        Self { step, error, busy, place, turn, looking, ask }
    }

    /// Begins, anew where it had begun.
    pub fn start(self) {
        self.leave();
        self.busy.set(true);
        self.ask.dispatch(Question::Start);
    }

    /// Hands in the answers of a step.
    pub fn advance(self, answers: Advance) {
        if !self.busy.get_untracked() {
            // A look that is under way would show the step that is being left.
            self.turn.update_value(|turn| *turn += 1);
            self.busy.set(true);
            self.error.set(None);
            self.ask.dispatch(Question::Advance(answers));
        }
    }

    /// Looks whether a sign-in that goes on elsewhere has come to an end.
    pub fn look(self) {
        let goes_on = |step: &&Step| {
            matches!(step.body, StepBody::Authorize { .. } | StepBody::Waiting | StepBody::Choose { .. })
        };
        let waits = self.step.with_untracked(|step| step.as_ref().filter(goes_on).map(|step| step.pipeline.clone()));
        let free =
            !self.busy.get_untracked() && !self.looking.get_value() && self.error.with_untracked(Option::is_none);
        if let (Some(pipeline), true) = (waits, free) {
            self.looking.set_value(true);
            self.ask.dispatch(Question::Look(pipeline));
        }
    }

    /// Leaves the pipeline; one that has not come to an end is cancelled.
    pub fn leave(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.looking.set_value(false);
        let left = self.step.try_update(Option::take).flatten();
        self.error.set(None);
        self.busy.set(false);
        if let Some(step) = left.filter(|step| !has_ended(&step.body)) {
            end(self.place.get_value(), step.pipeline);
        }
    }
}

impl Question {
    async fn ask(self, place: &Place) -> Result<Step, crate::api::ApiError> {
        match self {
            Self::Start => start(place.org.clone(), place.provider.clone(), place.again).await,
            Self::Advance(Advance { org, pipeline, provider, values }) => {
                advance(org, pipeline, provider, values).await
            }
            Self::Look(pipeline) => current(place.org.clone(), pipeline).await,
        }
    }
}

/// Shows an answer; what a look finds unchanged stays untouched.
fn arrive(
    step: RwSignal<Option<Step>>,
    error: RwSignal<Option<AppError>>,
    now: Step,
    is_look: bool,
    on_install: Callback<IntegrationWithConfig>,
) {
    let done = match &now.body {
        StepBody::Complete { integration } => Some(integration.clone()),
        _ => None,
    };
    if !is_look {
        let _ = error.try_set(None);
    }
    if step.try_with_untracked(|shown| shown.as_ref() != Some(&now)) == Some(true) {
        let _ = step.try_set(Some(now));
    }
    if let Some(integration) = done {
        on_install.try_run(*integration);
    }
}

/// Cancels without waiting: one that is not cancelled ends by itself after a while.
fn end(Place { org, provider, .. }: Place, pipeline: PipelineId) {
    leptos::task::spawn_local(async move {
        let _ = cancel(org, pipeline, provider).await;
    });
}

/// What the flow shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The button that begins.
    Idle,
    /// The first step is on its way.
    Starting,
    /// A step.
    Steps,
}

/// What the person needs, then the steps.
#[component]
pub fn InstallFlow(
    /// The way through.
    flow: Flow,
    /// What is known before it begins; at the first step it stays on top.
    preflight: Preflight,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let Flow { step, error, busy, place, .. } = flow;
    let first = Memo::new(move |_| {
        step.with(|step| step.as_ref().is_none_or(|step| step.index == 0 && !has_ended(&step.body)))
    });
    let blocked = preflight.problem.is_some();
    let (key, preflight) = (place.with_value(|place| place.provider.clone()), StoredValue::new(preflight));
    let notes =
        move || first.get().then(|| view! { <PreflightNotes provider=key.clone() preflight=preflight.get_value() /> });
    let begin = move || {
        let Place { org, provider, again } = place.get_value();
        view! {
            <StartButton
                org=org
                provider=provider
                again=again
                label=text::BEGIN
                kind=ButtonKind::Primary
                busy=busy
                on_submit=Callback::new(move |()| flow.start())
            />
        }
    };
    // A memo: what is typed into a step outlives every answer that is awaited.
    let phase = Memo::new(move |_| match (step.with(Option::is_some), busy.get()) {
        (true, _) => Phase::Steps,
        (false, true) => Phase::Starting,
        (false, false) => Phase::Idle,
    });
    let follows = StoredValue::new(false);
    let body = move || {
        // A page that is loaded at a step leaves the focus where it is; a step that follows something takes it.
        let takes_focus = follows.get_value();
        follows.set_value(true);
        match phase.get() {
            Phase::Steps => view! { <Steps flow=flow takes_focus=takes_focus on_cancel=on_cancel /> }.into_any(),
            Phase::Starting => view! {
                <p class="unseen" role="status">{text::STARTING}</p>
                <Skeleton rows=3 />
            }
            .into_any(),
            Phase::Idle => view! {
                {move || error.get().map(|error| view! { <ErrorNote error=error /> })}
                {(!blocked).then(|| view! { <footer class="form-foot">{begin()}</footer> })}
            }
            .into_any(),
        }
    };
    view! { <div class="flow">{notes} {body}</div> }.into_any()
}

/// The steps of a pipeline that has begun.
#[component]
fn Steps(flow: Flow, takes_focus: bool, on_cancel: Callback<()>) -> impl IntoView {
    let Flow { step, error, busy, place, .. } = flow;
    // While the dialog closes there is none for a moment; what was shown last stays.
    let shown = Memo::new(move |before: Option<&Option<Step>>| step.get().or_else(|| before.cloned().flatten()));
    let Some(first) = shown.get_untracked() else { return ().into_any() };
    let (org, again) = place.with_value(|place| (place.org.clone(), place.again));
    view! {
        <InstallStep
            org=org
            again=again
            step=Signal::derive(move || shown.get().unwrap_or_else(|| first.clone()))
            error=error
            busy=busy
            takes_focus=takes_focus
            on_answer=Callback::new(move |answers: Advance| flow.advance(answers))
            on_look=Callback::new(move |()| flow.look())
            on_restart=Callback::new(move |()| flow.start())
            on_cancel=on_cancel
        />
    }
    .into_any()
}
