//! One step of a pipeline, as the server says it: a form, a sign-in at the provider, a choice, or the end.
//!
//! Each works as plain HTML; awake it reports what the person did, and the flow around it asks the server.

mod authorize;
mod choose;
mod ending;
mod form;
mod popup;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use crate::api::pipelines::{Advance, Cancel};
use crate::components::form_field::{belongs_on_top, focus_in, read_form};
use crate::components::install::start_button::StartButton;
use crate::components::{Button, ButtonKind, ButtonSize, ErrorNote};
use crate::text::install as text;
use authorize::AuthorizeStep;
use choose::ChooseStep;
use domain::AppError;
use domain::ids::IntegrationId;
use domain::pipelines::{Link, PipelineId, Step, StepBody};
use domain::slug::OrgSlug;
use ending::{Complete, Failed, Waiting};
use form::FormStep;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the parts of a step share.
#[derive(Clone, Copy)]
struct Parts {
    org: StoredValue<OrgSlug>,
    again: Option<IntegrationId>,
    step: Signal<Step>,
    error: Signal<Option<AppError>>,
    busy: Signal<bool>,
    on_answer: Callback<Advance>,
    on_look: Callback<()>,
    on_restart: Callback<()>,
    on_cancel: Callback<()>,
}

/// A step: where it stands among the others, what went wrong, and what is to be done.
#[component]
pub fn InstallStep(
    /// The organization.
    org: OrgSlug,
    /// The installation that is connected again, where there is one.
    again: Option<IntegrationId>,
    /// The step; the next one arrives here.
    #[prop(into)]
    step: Signal<Step>,
    /// Why the last answer was refused.
    #[prop(into)]
    error: Signal<Option<AppError>>,
    /// Whether an answer is awaited.
    #[prop(into)]
    busy: Signal<bool>,
    /// Whether the first step takes the focus; every later one does.
    #[prop(optional)]
    takes_focus: bool,
    /// Called with the answers of a form or a choice.
    on_answer: Callback<Advance>,
    /// Called when a sign-in elsewhere may have come to an end.
    on_look: Callback<()>,
    /// Called to begin anew.
    on_restart: Callback<()>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let org = StoredValue::new(org);
    let parts = Parts { org, again, step, error, busy, on_answer, on_look, on_restart, on_cancel };
    let shape = Memo::new(move |_| step.with(shape));
    let element = NodeRef::<leptos::html::Section>::new();
    focus_new(element, shape, takes_focus);
    let top = Memo::new(move |_| {
        let names = step.with(names);
        error.get().filter(|error| belongs_on_top(error, &names))
    });
    let note = move || {
        top.get().map(|error| {
            view! {
                <div class="step-error">
                    <ErrorNote error=error />
                    {parts.restart(ButtonKind::Plain)}
                </div>
            }
        })
    };
    view! {
        <section class="step" node_ref=element aria-busy=move || busy.get().then_some("true")>
            <Head parts=parts shape=shape has_error=Signal::derive(move || top.with(Option::is_some)) />
            {note}
            {move || body(parts, shape.get())}
        </section>
    }
    .into_any()
}

/// Step n of m, a mark for each, the title, and the way back to the beginning.
#[component]
fn Head(parts: Parts, shape: Memo<Step>, has_error: Signal<bool>) -> impl IntoView {
    let count = move || shape.with(|step| (step.total > 1).then(|| text::step(step.index, step.total)));
    let marks = move || {
        shape.with(|step| {
            let mark = |index: u32| {
                let class = match index.cmp(&step.index) {
                    std::cmp::Ordering::Less => "step-mark step-mark-done",
                    std::cmp::Ordering::Equal => "step-mark step-mark-now",
                    std::cmp::Ordering::Greater => "step-mark",
                };
                view! { <span class=class></span> }
            };
            (step.total > 1).then(|| {
                let marks = (0..step.total.min(12)).map(mark).collect_view();
                view! { <span class="step-marks" aria-hidden="true">{marks}</span> }
            })
        })
    };
    let restart = move || {
        let under_way = shape.with(|step| step.index > 0 && !has_ended(&step.body));
        (under_way && !has_error.get()).then(|| parts.restart(ButtonKind::Quiet))
    };
    view! {
        <header class="step-head">
            <p class="step-count" role="status">{count}</p>
            {marks}
            {restart}
        </header>
        <h2 class="step-title" tabindex="-1">{move || shape.with(|step| step.title.clone())}</h2>
    }
    .into_any()
}

fn body(parts: Parts, step: Step) -> AnyView {
    match step.body {
        StepBody::Form { guide, fields, values, label } => {
            view! { <FormStep parts=parts guide=guide fields=fields values=values label=label /> }.into_any()
        }
        StepBody::Authorize { scopes, problem, .. } => {
            let (name, pipeline) = (step.provider_name, step.pipeline);
            view! { <AuthorizeStep parts=parts name=name pipeline=pipeline scopes=scopes problem=problem /> }.into_any()
        }
        StepBody::Waiting => view! { <Waiting parts=parts name=step.provider_name /> }.into_any(),
        StepBody::Choose { field, options, multiple, hint, link, label } => {
            let legend = step.title;
            view! {
                <ChooseStep
                    parts=parts
                    legend=legend
                    field=field
                    options=options
                    multiple=multiple
                    hint=hint
                    link=link
                    label=label
                />
            }
            .into_any()
        }
        StepBody::Complete { integration } => {
            view! { <Complete parts=parts integration=integration.integration /> }.into_any()
        }
        StepBody::Failed { message } => view! { <Failed parts=parts message=message /> }.into_any(),
    }
}

impl Parts {
    fn place(self) -> (OrgSlug, PipelineId, String) {
        let (pipeline, provider) = self.step.with_untracked(|step| (step.pipeline.clone(), step.provider.clone()));
        (self.org.get_value(), pipeline, provider)
    }

    /// The button that begins anew.
    fn restart(self, kind: ButtonKind) -> AnyView {
        let (org, _, provider) = self.place();
        let size = if kind == ButtonKind::Primary { ButtonSize::Normal } else { ButtonSize::Small };
        view! {
            <StartButton
                org=org
                provider=provider
                again=self.again
                label=text::START_OVER
                kind=kind
                size=size
                busy=self.busy
                on_submit=self.on_restart
            />
        }
        .into_any()
    }

    /// The button that ends the pipeline.
    fn cancel(self) -> AnyView {
        let (org, pipeline, provider) = self.place();
        let submit = move |event| {
            if read_form::<Cancel>(&event).is_some() {
                self.on_cancel.run(());
            }
        };
        view! {
            <form class="button-form" method="post" action=Cancel::url() on:submit=submit>
                <input type="hidden" name="org" value=org.to_string() />
                <input type="hidden" name="pipeline" value=pipeline.to_string() />
                <input type="hidden" name="provider" value=provider />
                <Button submit=true kind=ButtonKind::Quiet>{text::CANCEL}</Button>
            </form>
        }
        .into_any()
    }
}

/// The form of a step: it names its pipeline, holds the answers under `values`, and says that it is worked on.
#[component]
fn AnswerForm(
    /// The step.
    parts: Parts,
    /// The form itself, for the focus.
    form: NodeRef<leptos::html::Form>,
    /// The word on the button.
    label: String,
    /// The controls.
    children: Children,
) -> impl IntoView {
    let (org, pipeline, provider) = parts.place();
    let (busy, awake) = (parts.busy, RwSignal::new(false));
    Effect::new(move || awake.set(true));
    let submit = move |event| {
        if let (Some(answers), false) = (read_form::<Advance>(&event), busy.get_untracked()) {
            parts.on_answer.run(answers);
        }
    };
    view! {
        <form
            class="install-form"
            node_ref=form
            method="post"
            action=Advance::url()
            novalidate=move || awake.get()
            on:submit=submit
        >
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="pipeline" value=pipeline.to_string() />
            <input type="hidden" name="provider" value=provider />
            {children()}
            <footer class="form-foot">
                <Button kind=ButtonKind::Primary submit=true busy=busy>{label}</Button>
                <p class="form-note" role="status">{move || busy.get().then_some(text::WORKING)}</p>
            </footer>
        </form>
    }
    .into_any()
}

/// A link out of Patchbay, beside it. Only web addresses are links.
fn way_out(link: Option<Link>) -> Option<AnyView> {
    let link = link.filter(|link| link.url.starts_with("https://") || link.url.starts_with("http://"))?;
    Some(view! { <a href=link.url target="_blank" rel="noreferrer">{link.title}</a> }.into_any())
}

/// The step without the addresses of a sign-in: they may be made anew with each look, and nothing is built anew then.
fn shape(step: &Step) -> Step {
    let mut step = step.clone();
    if let StepBody::Authorize { url, popup_url, .. } = &mut step.body {
        url.clear();
        popup_url.clear();
    }
    step
}

/// The names of a step's fields.
fn names(step: &Step) -> Vec<String> {
    match &step.body {
        StepBody::Form { fields, .. } => fields.iter().map(|field| field.name.clone()).collect(),
        StepBody::Choose { field, .. } => vec![field.clone()],
        _ => Vec::new(),
    }
}

/// Whether a pipeline at this step needs no cancelling any more.
pub(super) const fn has_ended(body: &StepBody) -> bool {
    matches!(body, StepBody::Complete { .. } | StepBody::Failed { .. })
}

/// The focus goes to the first control of a new form or choice, else to the title of the step.
fn focus_new(element: NodeRef<leptos::html::Section>, shape: Memo<Step>, takes_focus: bool) {
    Effect::new(move |before: Option<()>| {
        let is_form = shape.with(|step| matches!(step.body, StepBody::Form { .. } | StepBody::Choose { .. }));
        if before.is_some() || takes_focus {
            // The new step is rendered in the same turn; it is there in the next.
            request_animation_frame(move || {
                let Some(section) = element.try_get_untracked().flatten() else { return };
                let control = ".install-form :is(input:not([type=hidden], [readonly], :disabled), select, textarea)";
                let has_control = section.query_selector(control).ok().flatten().is_some();
                focus_in(&section, if is_form && has_control { control } else { ".step-title" });
            });
        }
    });
}
