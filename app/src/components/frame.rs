//! The frame around the pages: organization selector, navigation, account. Below 700 pixels it is a bar with a menu.
//!
//! The menu is a native popover and the selector a native disclosure, so both work before the page is awake.

use crate::api::organizations::FrameData;
use crate::api::sessions::LogOut;
use crate::components::icons::{Icon, Symbol};
use crate::components::theme::ThemeSwitch;
use crate::links;
use crate::text::frame as words;
use domain::catalogue::Kind;
use domain::organizations::{OrganizationView, initials};
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, Node};
use leptos_router::hooks::use_location;

/// The frame; `side` fills its left, the children are the page.
#[component]
pub fn Frame(
    /// What stands at the left: a [`Side`], or what is shown while it loads.
    #[prop(into)]
    side: ViewFn,
    /// Whether the live stream is up.
    #[prop(into)]
    connected: Signal<bool>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame">
            <aside class="frame-side">{side.run()}</aside>
            <div class="frame-page">
                <p class="reconnecting" role="status" hidden=move || connected.get()>
                    {move || (!connected.get()).then_some(words::RECONNECTING)}
                </p>
                <main class="content" id="content" tabindex="-1">{children()}</main>
            </div>
        </div>
    }
    .into_any()
}

/// What stands at the left of a signed-in person's pages.
#[component]
pub fn Side(
    /// Who and where.
    data: FrameData,
    /// How many integrations need a person now.
    attention: Signal<usize>,
) -> impl IntoView {
    let FrameData { me, organizations, current, .. } = data;
    let menu = NodeRef::<leptos::html::Div>::new();
    let directory = current.as_ref().map(|view| links::directory(&view.organization.slug));
    view! {
        <Selector current=current organizations=organizations />
        <button type="button" class="menu-button" popovertarget="menu" aria-label=words::MENU>
            <Icon symbol=Symbol::Menu />
        </button>
        <div class="menu" id="menu" popover="auto" node_ref=menu on:click=move |event| leave_menu(menu, &event)>
            <nav class="groups" aria-label=words::NAVIGATION>
                {directory.map(|href| view! { <Group title=words::INTEGRATIONS><DirectoryLink href=href attention=attention /></Group> })}
                {me.is_instance_admin.then(|| view! {
                    <Group title=words::INSTANCE>
                        <PageLink href=links::PROVIDER_APPS label=words::PROVIDER_APPS />
                        <PageLink href=links::OUTBOX label=words::OUTBOX />
                    </Group>
                })}
            </nav>
            <section class="account" aria-label=words::ACCOUNT>
                <p class="group-title">{words::ACCOUNT}</p>
                <p class="account-mail" title=me.name>{me.email.to_string()}</p>
                <div class="account-row">
                    <ThemeSwitch />
                    <SignOut />
                </div>
            </section>
        </div>
    }
    .into_any()
}

/// Signs out with a plain form: the page is loaded anew and keeps nothing of the person.
#[component]
pub fn SignOut() -> impl IntoView {
    view! {
        <form method="post" action=LogOut::url()>
            <button type="submit" class="button button-quiet button-small">{words::SIGN_OUT}</button>
        </form>
    }
    .into_any()
}

#[component]
fn Group(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="group">
            <p class="group-title">{title}</p>
            <ul>{children()}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn DirectoryLink(href: String, attention: Signal<usize>) -> impl IntoView {
    let count = move || {
        let count = attention.get();
        (count > 0).then(|| {
            view! {
                <span class="nav-count" aria-hidden="true">{count}</span>
                <span class="unseen">{format!(", {}", words::attention(count))}</span>
            }
        })
    };
    view! {
        <li>
            <a class="nav-link" aria-current=is_current(href.clone()) href=href>
                <span>{words::DIRECTORY}</span>
                {count}
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn PageLink(href: &'static str, label: &'static str) -> impl IntoView {
    view! {
        <li>
            <a class="nav-link" aria-current=is_current(href.to_owned()) href=href>{label}</a>
        </li>
    }
    .into_any()
}

/// `page` on the page itself, `true` on the pages below it. The pages of other kinds lie beside the directory, but are
/// entries of it.
fn is_current(href: String) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static {
    let here = use_location().pathname;
    let below: Vec<String> = match href.strip_suffix("integrations/") {
        Some(base) => Kind::ALL.iter().map(|kind| format!("{base}{}/", kind.path())).collect(),
        None => vec![href.clone()],
    };
    move || {
        here.with(|here| match *here == href {
            true => Some("page"),
            false => below.iter().any(|below| here.starts_with(below.as_str())).then_some("true"),
        })
    }
}

#[component]
fn Selector(current: Option<OrganizationView>, organizations: Vec<OrganizationView>) -> impl IntoView {
    let details = NodeRef::<leptos::html::Details>::new();
    let close = move || details.get_untracked().iter().for_each(|details| details.set_open(false));
    Effect::new(move || {
        let outside = window_event_listener(ev::click, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            if details.get_untracked().is_some_and(|details| !details.contains(target.as_ref())) {
                close();
            }
        });
        on_cleanup(move || outside.remove());
    });
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let here = current.as_ref().map(|view| view.organization.id);
    let item = move |view: OrganizationView| {
        let chosen = (Some(view.organization.id) == here).then_some("true");
        let href = links::directory(&view.organization.slug);
        // Another organization is loaded anew: nothing of the one before stays in the page.
        view! { <li><a class="org" href=href rel="external" aria-current=chosen>{org_words(&view)}</a></li> }
    };
    view! {
        <details class="selector" node_ref=details on:keydown=escape>
            <summary class="selector-head">
                {match &current {
                    Some(view) => org_words(view),
                    None => view! { <span class="org-words"><span class="org-name">{words::CHOOSE}</span></span> }.into_any(),
                }}
                <Icon symbol=Symbol::Chevron />
            </summary>
            <ul class="selector-list" aria-label=words::ORGANIZATIONS>{organizations.into_iter().map(item).collect_view()}</ul>
        </details>
    }
    .into_any()
}

fn org_words(view: &OrganizationView) -> AnyView {
    let role = view.role.map_or(words::NO_ROLE, |role| role.as_str());
    view! {
        <span class=format!("org-tile org-tile-{}", view.organization.id.0.rem_euclid(6)) aria-hidden="true">
            {initials(&view.organization.name)}
        </span>
        <span class="org-words">
            <span class="org-name">{view.organization.name.clone()}</span>
            <span class="org-slug">{format!("{} · {role}", view.organization.slug)}</span>
        </span>
    }
    .into_any()
}

/// Closes the menu when one of its links was followed.
fn leave_menu(menu: NodeRef<leptos::html::Div>, event: &ev::MouseEvent) {
    let link = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
        .and_then(|target| target.closest("a").ok().flatten());
    if let (Some(_), Some(menu)) = (link, menu.get_untracked()) {
        let menu: &HtmlElement = &menu;
        // On wide screens it is not a popover that could be closed; that refusal is fine.
        let _ = menu.hide_popover();
    }
}
