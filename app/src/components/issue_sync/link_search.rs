//! A search that is chosen from: a combobox that looks as you type; before the page is awake it is a form and links.

use crate::components::combobox::{Combobox, Finder};
use crate::components::form_field::focus_in;
use crate::components::issue_sync::address::Address;
use crate::components::issue_sync::answer::Answer;
use crate::components::search::{Choices, Standing};
use crate::components::{Button, ButtonKind, ButtonSize, LinkButton};
use crate::text::issue_sync as text;
use domain::trackers::Found;
use leptos::html::Div;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;

/// A search waits this long for the next letter.
const PAUSE: Duration = Duration::from_millis(250);

/// What tells two searches of a page apart.
#[derive(Clone, Copy)]
pub struct Search {
    /// The id of the field.
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// One sentence below.
    pub help: &'static str,
    /// The key of what is looked for in the address.
    pub key: &'static str,
    /// The address with something chosen.
    pub choose: fn(Address, String) -> Address,
}

/// The field, and what was found.
#[component]
pub fn LinkSearch(
    /// Which search.
    search: Search,
    /// The page.
    base: String,
    /// What the address says so far, without a choice of this search and of those after it.
    address: Address,
    /// What is typed.
    typed: RwSignal<String>,
    /// What was found.
    answer: Answer<Vec<Found>>,
    /// Looks.
    on_query: Callback<String>,
    /// Takes what was chosen.
    on_choose: Callback<Found>,
    /// Which Sentry is searched, where that is chosen in the same form.
    #[prop(optional_no_strip)]
    which: Option<AnyView>,
) -> impl IntoView {
    let found = move |key: &str| {
        let among = |found: &Vec<Found>| found.iter().find(|found| found.key == key).cloned();
        answer.value.with_untracked(|answer| answer.as_ref()?.as_ref().ok().and_then(among))
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || timer.try_update_value(Option::take).flatten().iter().for_each(TimeoutHandle::clear);
    on_cleanup(stop);
    let ask_now = move || {
        stop();
        on_query.run(typed.get_untracked());
    };
    let ask = Callback::new(move |query: String| {
        typed.set(query);
        stop();
        timer.set_value(set_timeout_with_handle(ask_now, PAUSE).ok());
    });
    let choose = Callback::new(move |key: String| {
        if let Some(chosen) = found(&key) {
            stop();
            on_choose.run(chosen);
        }
    });
    let Search { id, label, help, key, choose: chooses } = search;
    let hidden = address.pairs().into_iter().filter(move |(name, _)| *name != key && *name != "sentry");
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let sentry = address.sentry.filter(|_| which.is_none());
    let page = base.clone();
    let finder = Finder {
        row: Callback::new(move |key: String| found(&key).map_or_else(|| ().into_any(), words)),
        href: Callback::new(move |key| chooses(address.clone(), key).url(&page)),
        found: text::found,
    };
    // What is typed is not yet what was looked for; only an answer changes the sentence.
    let nothing = Memo::new(move |_| {
        answer.value.track();
        text::nothing_found(&typed.get_untracked())
    });
    view! {
        <form class="finder" method="get" action=base role="search" on:submit=move |event| {
            event.prevent_default();
            ask_now();
        }>
            <input type="hidden" name="form" value="link" />
            {hidden}
            {sentry.map(|sentry| view! { <input type="hidden" name="sentry" value=sentry.to_string() /> })}
            {which}
            <div class="field">
                <label class="field-label" for=id>{label}</label>
                <p class="field-help" id=format!("{id}-help")>{help}</p>
                <Combobox
                    id=id
                    name=key
                    value=typed
                    shown=typed
                    described_by=format!("{id}-help")
                    choices=Memo::new(move |_| choices(answer))
                    standing=Memo::new(move |_| standing(answer))
                    nothing=nothing
                    finder=finder
                    on_query=ask
                    on_retry=Callback::new(move |()| ask_now())
                    on_pick=choose
                >
                    <span class="until-hydrated"><Button submit=true>{text::SEARCH}</Button></span>
                </Combobox>
            </div>
        </form>
    }
    .into_any()
}

fn choices(answer: Answer<Vec<Found>>) -> Choices {
    let pairs = |found: &Vec<Found>| found.iter().map(|found| (found.key.clone(), found.name.clone())).collect();
    answer.value.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().ok()).map(pairs)).unwrap_or_default()
}

fn standing(answer: Answer<Vec<Found>>) -> Standing {
    answer.value.with(|value| match value {
        _ if answer.busy.get() => Standing::Asking,
        Some(Ok(_)) => Standing::Found,
        Some(Err(error)) => Standing::Failed(error.message.clone()),
        None => Standing::Idle,
    })
}

fn words(found: Found) -> AnyView {
    view! {
        <span class="found">
            <span class="found-name">{found.name}</span>
            <span class="found-title">{found.title}</span>
            <span class="chip">{found.status}</span>
        </span>
    }
    .into_any()
}

/// What was chosen, and the way to choose something else.
#[component]
pub fn LinkChosen(
    /// What was chosen.
    found: Found,
    /// The page without this choice.
    href: String,
    /// Chooses something else.
    on_change: Callback<()>,
) -> impl IntoView {
    let label = format!("{}: {}", text::CHOOSE_ANOTHER, found.name);
    view! {
        <div class="chosen">
            {words(found)}
            <LinkButton
                href=href
                size=ButtonSize::Small
                kind=ButtonKind::Quiet
                label=label
                on_click=on_change
            >
                {text::CHOOSE_ANOTHER}
            </LinkButton>
        </div>
    }
    .into_any()
}

/// Focuses a control of a part of the page, once it is there.
pub fn focus_part(part: NodeRef<Div>, selector: &'static str) {
    request_animation_frame(move || {
        let part = part.try_get_untracked().flatten();
        part.iter().for_each(|part| focus_in(part, selector));
    });
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use domain::AppError;
    use domain::ids::IntegrationId;

    const SEARCH: Search = Search {
        id: "link-issue",
        label: text::FIND_ISSUE,
        help: text::FIND_ISSUE_HELP,
        key: "issue_query",
        choose: |address, issue| Address { issue, ..address },
    };

    fn rendered(query: &str, first: Option<Result<Vec<Found>, AppError>>) -> String {
        let query = query.to_owned();
        html(move || {
            let address = Address { sentry: Some(IntegrationId(7)), issue_query: query.clone(), ..Address::default() };
            let (nothing, choose) = (Callback::new(|_: String| ()), Callback::new(|_: Found| ()));
            view! {
                <LinkSearch
                    search=SEARCH
                    base="/links/".to_owned()
                    address=address
                    typed=RwSignal::new(query)
                    answer=Answer::new(first)
                    on_query=nothing
                    on_choose=choose
                    which=None
                />
            }
        })
    }

    fn hostile() -> Found {
        let title = "</textarea><script>alert(1)</script>".to_owned();
        Found { key: "1\"><img onerror>".into(), name: "API-1".into(), title, status: "unresolved".into(), url: None }
    }

    #[test]
    fn without_javascript_it_is_a_form_whose_results_are_links() {
        let html = rendered("a b", Some(Ok(vec![hostile()])));
        assert!(html.contains("method=\"get\" action=\"/links/\""), "{html}");
        assert!(html.contains("name=\"sentry\" value=\"7\"") && html.contains("name=\"issue_query\""), "{html}");
        assert!(
            html.contains("href=\"/links/?form=link&amp;sentry=7&amp;issue_query=a%20b&amp;issue=1%22%3E"),
            "{html}"
        );
        assert!(!html.contains("role=\"listbox") && !html.contains("role=\"combobox"), "they need a script: {html}");
        assert!(!html.contains("role=\"option"), "{html}");
        assert!(html.contains("1 match found."), "{html}");
    }

    #[test]
    fn hostile_titles_stay_text() {
        let html = rendered("\"><img onerror>", Some(Ok(vec![hostile()])));
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{html}");
    }

    #[test]
    fn nothing_found_says_what_was_looked_for_and_a_failure_says_why() {
        assert!(rendered("checkout", Some(Ok(Vec::new()))).contains("Nothing was found for “checkout”."));
        assert!(!rendered("checkout", None).contains("Nothing was found"), "nobody looked yet");
        let html = rendered("checkout", Some(Err(AppError::provider("Sentry is down."))));
        assert!(html.contains("Sentry is down.") && html.contains("Try again"), "{html}");
    }
}
