//! A search that is chosen from. Awake it is a combobox that looks as you type; before that it is a form and links.

use crate::components::form_field::focus_in;
use crate::components::link_address::Address;
use crate::components::link_answer::Answer;
use crate::components::{Button, ButtonKind, ButtonSize, ErrorNote, Icon, LinkButton, Symbol};
use crate::text::issue_sync as text;
use domain::trackers::Found;
use leptos::ev::KeyboardEvent;
use leptos::html::{Div, Ul};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
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
    let (awake, active, hushed) = (RwSignal::new(false), RwSignal::new(None::<usize>), RwSignal::new(false));
    Effect::new(move || awake.set(true));
    let list = NodeRef::<Ul>::new();
    let found = Memo::new(move |_| match answer.value.get() {
        Some(Ok(found)) if !hushed.get() => found,
        _ => Vec::new(),
    });
    Effect::new(move || {
        found.track();
        active.set(None);
    });
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || timer.try_update_value(Option::take).flatten().iter().for_each(TimeoutHandle::clear);
    on_cleanup(stop);
    let ask_now = move || {
        stop();
        hushed.set(false);
        on_query.run(typed.get_untracked());
    };
    let input = move |event| {
        typed.set(event_target_value(&event));
        stop();
        timer.set_value(set_timeout_with_handle(ask_now, PAUSE).ok());
    };
    let choose = move |index: usize| {
        if let Some(chosen) = found.with_untracked(|found| found.get(index).cloned()) {
            stop();
            on_choose.run(chosen);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let (count, at) = (found.with_untracked(Vec::len), active.get_untracked());
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if count > 0 => {
                let next = step(at, count, event.key() == "ArrowDown");
                active.set(Some(next));
                show_option(list, next);
            }
            "Enter" if at.is_some() => at.into_iter().for_each(choose),
            "Escape" if count > 0 => hushed.set(true),
            _ => return,
        }
        event.prevent_default();
    };
    let Search { id, label, help, key, .. } = search;
    let options = format!("{id}-options");
    let controls = options.clone();
    let hidden = address.pairs().into_iter().filter(move |(name, _)| *name != key && *name != "sentry");
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let sentry = address.sentry.filter(|_| which.is_none());
    let results = results(search, base.clone(), address, options, found, active, awake, list, Callback::new(choose));
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
                <div class="finder-line">
                    <div class="search">
                        <Icon symbol=Symbol::Search />
                        <input
                            class="search-input"
                            id=id
                            name=key
                            type="search"
                            value=typed.get_untracked()
                            autocomplete="off"
                            spellcheck="false"
                            enterkeyhint="search"
                            maxlength="200"
                            aria-describedby=format!("{id}-help")
                            role=move || awake.get().then_some("combobox")
                            aria-autocomplete=move || awake.get().then_some("list")
                            aria-controls=move || awake.get().then(|| controls.clone())
                            aria-expanded=move || {
                                awake.get().then(|| if found.with(Vec::is_empty) { "false" } else { "true" })
                            }
                            aria-activedescendant=move || active.get().map(|index| option_id(id, index))
                            on:input=input
                            on:keydown=keys
                        />
                    </div>
                    <span class="until-hydrated"><Button submit=true>{text::SEARCH}</Button></span>
                </div>
            </div>
        </form>
        <p class="finder-said" role="status">{move || said(answer, typed)}</p>
        {move || match answer.value.get() {
            Some(Err(error)) => Some(view! { <ErrorNote error=error retry=Callback::new(move |()| ask_now()) /> }),
            _ => None,
        }}
        {results}
    }
    .into_any()
}

/// What is said of the search for those who listen, and below the field.
fn said(answer: Answer<Vec<Found>>, typed: RwSignal<String>) -> Option<String> {
    if answer.busy.get() {
        return Some(text::SEARCHING.to_owned());
    }
    // What is typed is not yet what was found; only an answer changes the sentence.
    answer.value.with(|value| match value {
        Some(Ok(found)) => Some(text::found(found.len(), &typed.get_untracked())),
        _ => None,
    })
}

#[expect(clippy::too_many_arguments, reason = "the parts of one combobox, which nobody else puts together")]
fn results(
    search: Search,
    base: String,
    address: Address,
    options: String,
    found: Memo<Vec<Found>>,
    active: RwSignal<Option<usize>>,
    awake: RwSignal<bool>,
    list: NodeRef<Ul>,
    choose: Callback<usize>,
) -> AnyView {
    let line = move |index: usize, found: Found| {
        if awake.get_untracked() {
            view! {
                <li
                    class="found"
                    id=option_id(search.id, index)
                    role="option"
                    aria-selected=move || if active.get() == Some(index) { "true" } else { "false" }
                    on:mousedown=|event| event.prevent_default()
                    on:click=move |_| choose.run(index)
                >
                    {words(found)}
                </li>
            }
            .into_any()
        } else {
            let href = (search.choose)(address.clone(), found.key.clone()).url(&base);
            view! { <li><a class="found" href=href rel="external">{words(found)}</a></li> }.into_any()
        }
    };
    let lines = move || {
        awake.track();
        found.get().into_iter().enumerate().map(|(index, found)| line(index, found)).collect_view()
    };
    view! {
        <ul
            class="finder-found"
            id=options
            node_ref=list
            role=move || awake.get().then_some("listbox")
            aria-label=text::FOUND
            hidden=move || found.with(Vec::is_empty)
        >
            {lines}
        </ul>
    }
    .into_any()
}

fn option_id(id: &str, index: usize) -> String {
    format!("{id}-option-{index}")
}

fn words(found: Found) -> AnyView {
    view! {
        <span class="found-name">{found.name}</span>
        <span class="found-title">{found.title}</span>
        <span class="chip">{found.status}</span>
    }
    .into_any()
}

/// The next option; at the ends it goes on at the other one.
const fn step(at: Option<usize>, count: usize, down: bool) -> usize {
    match (at, down) {
        (Some(at), true) => (at + 1) % count,
        (None, true) => 0,
        (Some(at), false) if at > 0 => at - 1,
        (_, false) => count - 1,
    }
}

/// Scrolls the list, and not the page, until an option can be seen.
fn show_option(list: NodeRef<Ul>, index: usize) {
    let Some(list) = list.get_untracked() else { return };
    let option = list.children().item(index as u32).and_then(|option| option.dyn_into::<HtmlElement>().ok());
    if let Some(option) = option {
        let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
        if top < list.scroll_top() {
            list.set_scroll_top(top);
        } else if bottom > list.scroll_top() + list.client_height() {
            list.set_scroll_top(bottom - list.client_height());
        }
    }
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
            <div class="found-words">{words(found)}</div>
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
        assert!(!html.contains("listbox") && !html.contains("combobox"), "these roles need a script: {html}");
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
        let html = rendered("checkout", Some(Err(AppError::provider("Sentry is down."))));
        assert!(html.contains("Sentry is down.") && html.contains("Try again"), "{html}");
    }

    #[test]
    fn arrows_go_round() {
        assert_eq!([step(None, 3, true), step(Some(2), 3, true), step(Some(1), 3, false)], [0, 0, 0]);
        assert_eq!([step(None, 3, false), step(Some(0), 3, false)], [2, 2]);
    }
}
