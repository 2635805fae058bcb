//! Creates an item and links it: the project, then the type, then the fields that the tracker asks for.

use super::item::{common, foot, way_link};
use super::{Choices, LinkParts, Place, Question};
use crate::api::ApiError;
use crate::api::issue_sync::Create;
use crate::components::fields::KeepTyped;
use crate::components::form_field::{FormField, belongs_on_top, focus_refused, read_form};
use crate::components::issue_sync::address::{Address, Way};
use crate::components::issue_sync::answer::Answer;
use crate::components::settings::state::form_text;
use crate::components::{Alert, AlertKind, Button, ErrorNote, FieldRow, SelectField};
use crate::text::issue_sync as text;
use domain::config::ConfigField;
use domain::trackers::Found;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Project, type, fields.
#[component]
pub(super) fn NewItem(parts: LinkParts) -> impl IntoView {
    let project = Callback::new(move |project: String| {
        parts.project.set(project.clone());
        parts.item_type.set(String::new());
        parts.fields.clear();
        parts.types.clear();
        if !project.is_empty() {
            parts.ask.run(Question::Types(project));
        }
    });
    let item_type = Callback::new(move |item_type: String| {
        parts.item_type.set(item_type.clone());
        parts.fields.clear();
        parts.create.clear();
        if !item_type.is_empty() {
            parts.ask.run(Question::Fields(parts.project.get_untracked(), item_type));
        }
    });
    let again = move |question: fn(LinkParts) -> Question| Callback::new(move |()| parts.ask.run(question(parts)));
    let fields = move || match parts.fields.value.get() {
        Some(Ok(fields)) if fields.iter().any(ConfigField::is_disabled) => closed(parts, fields),
        Some(Ok(fields)) => view! { <Fields parts=parts fields=fields /> }.into_any(),
        Some(Err(error)) => {
            let again = again(|parts| Question::Fields(parts.project.get_untracked(), parts.item_type.get_untracked()));
            view! { <ErrorNote error=error retry=again /> }.into_any()
        }
        None => waiting(parts.fields),
    };
    let projects = chooser(parts, PROJECT, parts.projects, parts.project, project, again(|_| Question::Projects));
    let types = chooser(
        parts,
        TYPE,
        parts.types,
        parts.item_type,
        item_type,
        again(|parts| Question::Types(parts.project.get_untracked())),
    );
    view! { <div class="link-part">{projects} {types} {fields}</div> }.into_any()
}

/// A choice before the fields.
#[derive(Clone, Copy)]
struct Chooser {
    id: &'static str,
    key: &'static str,
    label: &'static str,
    /// What the address has before this choice.
    before: fn(Address) -> Address,
}

const PROJECT: Chooser = Chooser {
    id: "link-project",
    key: "project",
    label: text::PROJECT,
    before: |address| Address { project: String::new(), item_type: String::new(), ..address },
};

const TYPE: Chooser = Chooser {
    id: "link-type",
    key: "type",
    label: text::TYPE,
    before: |address| Address { item_type: String::new(), ..address },
};

fn chooser(
    parts: LinkParts,
    chooser: Chooser,
    answer: Answer<Choices>,
    chosen: RwSignal<String>,
    on_change: Callback<String>,
    again: Callback<()>,
) -> AnyView {
    let control = move || match answer.value.get() {
        Some(Ok(choices)) if choices.is_empty() => view! { <p class="muted">{text::NO_CHOICES}</p> }.into_any(),
        Some(Ok(choices)) => select(parts, chooser, choices, chosen, on_change),
        Some(Err(error)) => view! { <ErrorNote error=error retry=again /> }.into_any(),
        None => waiting(answer),
    };
    control.into_any()
}

/// Says that an answer is awaited, where it is.
fn waiting<T: Send + Sync + 'static>(answer: Answer<T>) -> AnyView {
    view! { <p class="finder-said" role="status">{move || answer.busy.get().then_some(text::ASKING)}</p> }.into_any()
}

fn select(
    parts: LinkParts,
    Chooser { id, key, label, before }: Chooser,
    choices: Choices,
    chosen: RwSignal<String>,
    on_change: Callback<String>,
) -> AnyView {
    let Place { base, address, .. } = parts.place.get_value();
    let sentry = Some(parts.sentry.get_untracked());
    let address = before(Address { way: Way::New, sentry, item: String::new(), ..address });
    let hidden = address.pairs().into_iter();
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let mut all = vec![(String::new(), text::CHOOSE.to_owned())];
    all.extend(choices);
    view! {
        <form class="finder" method="get" action=base on:submit=|event| event.prevent_default()>
            <input type="hidden" name="form" value="link" />
            {hidden}
            <FieldRow id=id label=label>
                <div class="finder-line">
                    <SelectField id=id name=key value=chosen choices=all required=true on_change=on_change />
                    <span class="until-hydrated"><Button submit=true>{text::GO_ON}</Button></span>
                </div>
            </FieldRow>
        </form>
    }
    .into_any()
}

/// Says why the tracker's form cannot be sent from here, and leads to the way that works.
fn closed(parts: LinkParts, fields: Vec<ConfigField>) -> AnyView {
    let why = fields.into_iter().filter(ConfigField::is_disabled).filter_map(|field| field.disabled_reason);
    let why = why.map(|why| view! { <p>{why}</p> }).collect_view();
    view! { <Alert kind=AlertKind::Warn>{why} {way_link(parts, Way::Existing, "", text::EXISTING)}</Alert> }.into_any()
}

/// The tracker's form. Title and description begin with what is known of the issue.
#[component]
fn Fields(parts: LinkParts, fields: Vec<ConfigField>) -> impl IntoView {
    let (form, action) = (NodeRef::<leptos::html::Form>::new(), parts.create);
    let error = Signal::from(Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(error))) => Some(error),
        _ => None,
    }));
    focus_refused(form, error);
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(create), false) = (read_form::<Create>(&event), busy.get_untracked()) {
            action.dispatch(create);
        }
    };
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let issue = untrack(|| parts.issue.get());
    let field = move |field: ConfigField| {
        let value = first_value(&field, issue.as_ref());
        view! { <FormField prefix="item" field=field value=Signal::stored(value) error=error /> }
    };
    let on_top = move || {
        let error = error.get().filter(|error| belongs_on_top(error, &names));
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    let (project, item_type) = (parts.project.get_untracked(), parts.item_type.get_untracked());
    view! {
        <form
            class="install-form"
            node_ref=form
            method="post"
            action=Create::url()
            novalidate=move || awake.get()
            on:submit=submit
        >
            {common(parts)}
            <input type="hidden" name="kind[project]" value=project />
            <input type="hidden" name="kind[item_type]" value=item_type />
            {on_top}
            <KeepTyped form=Create::PATH>{fields.into_iter().map(field).collect_view()}</KeepTyped>
            {foot(parts, text::CREATE, busy)}
        </form>
    }
    .into_any()
}

/// What a field of a new item begins with.
pub(super) fn first_value(field: &ConfigField, issue: Option<&Found>) -> String {
    match (field.name.as_str(), issue) {
        ("title", Some(issue)) => issue.title.clone(),
        ("description", Some(issue)) => text::described(&issue.name, &issue.title, issue.url.as_deref()),
        _ => field.default.as_ref().map(form_text).unwrap_or_default(),
    }
}
