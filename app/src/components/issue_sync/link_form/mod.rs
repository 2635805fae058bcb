//! The form that links an issue: first the issue, then an item that is there, or a new one. It takes what is known and
//! asks its page for the rest.

mod create;
mod existing;
mod item;

use crate::api::issue_sync::{Create, Link};
use crate::components::issue_sync::address::{Address, Way};
use crate::components::issue_sync::answer::Answer;
use crate::components::issue_sync::link_search::{LinkChosen, LinkSearch, Search, focus_part};
use crate::components::{ButtonKind, ButtonSize, Card, FieldRow, LinkButton, SelectField};
use crate::text::issue_sync as text;
use domain::config::ConfigField;
use domain::ids::IntegrationId;
use domain::integrations::Integration;
use domain::slug::OrgSlug;
use domain::trackers::Found;
use item::ItemStep;
use leptos::html::Div;
use leptos::prelude::*;

/// Ids and names to choose from.
pub type Choices = Vec<(String, String)>;

/// Where the form stands; it never changes.
#[derive(Clone)]
pub struct Place {
    /// The organization.
    pub org: OrgSlug,
    /// The tracker's connection.
    pub tracker: Integration,
    /// The Sentry connections, at least one.
    pub sentries: Vec<Integration>,
    /// The page.
    pub base: String,
    /// What the address said when the page was loaded.
    pub address: Address,
}

/// Something that the form wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Issues that fit.
    Issues(IntegrationId, String),
    /// Items that fit.
    Items(String),
    /// The projects.
    Projects,
    /// The types of a project.
    Types(String),
    /// The fields of a type.
    Fields(String, String),
}

/// What the form holds. The page makes it; it outlives every fresh look at the links.
#[derive(Clone, Copy)]
pub struct LinkParts {
    /// Where it stands.
    pub place: StoredValue<Place>,
    /// The chosen Sentry connection.
    pub sentry: RwSignal<IntegrationId>,
    /// What is looked for in Sentry.
    pub issue_query: RwSignal<String>,
    /// What was found there.
    pub issues: Answer<Vec<Found>>,
    /// The chosen issue.
    pub issue: RwSignal<Option<Found>>,
    /// Which item.
    pub way: RwSignal<Way>,
    /// What is looked for in the tracker.
    pub item_query: RwSignal<String>,
    /// What was found there.
    pub items: Answer<Vec<Found>>,
    /// The chosen item.
    pub item: RwSignal<Option<Found>>,
    /// The tracker's projects.
    pub projects: Answer<Choices>,
    /// The chosen one.
    pub project: RwSignal<String>,
    /// Its types.
    pub types: Answer<Choices>,
    /// The chosen one.
    pub item_type: RwSignal<String>,
    /// The fields of a new item.
    pub fields: Answer<Vec<ConfigField>>,
    /// Links.
    pub link: ServerAction<Link>,
    /// Creates and links.
    pub create: ServerAction<Create>,
    /// Asks the server.
    pub ask: Callback<Question>,
}

impl LinkParts {
    /// Asks for what a new item can be made of, unless it is known.
    pub fn need_projects(self) {
        let known = self.projects.value.with_untracked(|value| matches!(value, Some(Ok(_))));
        if !known && self.way.get_untracked() == Way::New {
            self.ask.run(Question::Projects);
        }
    }

    fn look_for_issues(self, query: String) {
        match query.trim().is_empty() {
            true => self.issues.clear(),
            false => self.ask.run(Question::Issues(self.sentry.get_untracked(), query)),
        }
    }

    fn leave_refusals(self) {
        self.link.clear();
        self.create.clear();
    }
}

const ISSUE: Search = Search {
    id: "link-issue",
    label: text::FIND_ISSUE,
    help: text::FIND_ISSUE_HELP,
    key: "issue_query",
    choose: |address, issue| Address { issue, ..address },
};

/// The form.
#[component]
pub fn LinkForm(
    /// What it holds.
    parts: LinkParts,
    /// Closes it.
    on_close: Callback<()>,
    /// Whether it was opened just now.
    takes_focus: bool,
) -> impl IntoView {
    let (base, tracker) = parts.place.with_value(|place| (place.base.clone(), place.tracker.provider.name.clone()));
    let chosen = Memo::new(move |_| parts.issue.with(Option::is_some));
    let (first, second) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    // The step that follows takes the focus, but not when the page has just been loaded.
    Effect::new(move |before: Option<bool>| {
        let now = chosen.get();
        if before.map_or(takes_focus, |before| before != now) {
            match now {
                true => focus_part(second, ".link-way:not([hidden]) :is(.search-input, .select, a)"),
                false => focus_part(first, ".search-input"),
            }
        }
        now
    });
    let close = move || {
        view! {
            <LinkButton href=base.clone() kind=ButtonKind::Quiet size=ButtonSize::Small on_click=on_close>
                {text::CANCEL}
            </LinkButton>
        }
    };
    let item_step = move || match chosen.get() {
        false => view! { <p class="muted">{text::ISSUE_FIRST}</p> }.into_any(),
        true => view! { <ItemStep parts=parts /> }.into_any(),
    };
    view! {
        <Card title=text::LINK_AN_ISSUE aside=close>
            <ol class="link-steps" aria-label=text::STEPS>
                <li class="link-step" aria-current=move || (!chosen.get()).then_some("step")>
                    {step_title(1, text::STEP_ISSUE.to_owned(), chosen.into())}
                    <div class="link-step-body" node_ref=first>{issue_step(parts)}</div>
                </li>
                <li class="link-step" aria-current=move || chosen.get().then_some("step")>
                    {step_title(2, text::step_item(&tracker), Signal::stored(false))}
                    <div class="link-step-body" node_ref=second>{item_step}</div>
                </li>
            </ol>
        </Card>
    }
    .into_any()
}

fn step_title(number: u8, title: String, done: Signal<bool>) -> AnyView {
    view! {
        <h3 class="link-step-title">
            <span class="link-step-number" aria-hidden="true">{number}</span>
            {title}
            <span class="unseen">{move || done.get().then_some(text::STEP_DONE)}</span>
        </h3>
    }
    .into_any()
}

fn issue_step(parts: LinkParts) -> impl IntoView {
    move || {
        let Place { base, address, sentries, .. } = parts.place.get_value();
        let before = Address { sentry: Some(parts.sentry.get_untracked()), ..address.before_issue() };
        if let Some(issue) = parts.issue.get() {
            let change = Callback::new(move |()| {
                parts.leave_refusals();
                parts.issue.set(None);
            });
            return view! { <LinkChosen found=issue href=before.url(&base) on_change=change /> }.into_any();
        }
        let choose = Callback::new(move |issue| {
            parts.leave_refusals();
            parts.issue.set(Some(issue));
            parts.need_projects();
        });
        let look = Callback::new(move |query| parts.look_for_issues(query));
        let which = (sentries.len() > 1).then(|| which_sentry(parts, &sentries));
        view! {
            <LinkSearch
                search=ISSUE
                base=base
                address=before
                typed=parts.issue_query
                answer=parts.issues
                on_query=look
                on_choose=choose
                which=which
            />
        }
        .into_any()
    }
}

/// Where there are several, the Sentry that is searched.
fn which_sentry(parts: LinkParts, sentries: &[Integration]) -> AnyView {
    let choices = sentries.iter().map(|sentry| (sentry.id.to_string(), sentry.name.clone())).collect();
    let change = Callback::new(move |id: String| {
        if let Ok(id) = id.parse() {
            parts.sentry.set(id);
            parts.issues.clear();
            parts.look_for_issues(parts.issue_query.get_untracked());
        }
    });
    let value = parts.sentry.get_untracked().to_string();
    view! {
        <FieldRow id="link-sentry" label=text::WHICH_SENTRY>
            <SelectField
                id="link-sentry"
                name="sentry"
                value=Signal::stored(value)
                choices=choices
                required=true
                on_change=change
            />
        </FieldRow>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
