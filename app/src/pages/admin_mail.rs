//! The mail outbox, for instance administrators.

use crate::api::admin::outbox;
use crate::components::{DocumentTitle, Empty, PageHead, Refusal, Skeleton};
use crate::text::outbox as words;
use domain::mails::{Mail, MailStatus};
use leptos::prelude::*;

/// `/admin/mail/`.
#[component]
pub fn OutboxPage() -> impl IntoView {
    let mails = Resource::new_blocking(|| (), |()| outbox());
    let list = move || {
        Suspend::new(async move {
            match mails.await {
                Ok(mails) => view! { <Mails mails=mails /> }.into_any(),
                Err(error) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| mails.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <DocumentTitle title=words::TITLE />
        <Suspense fallback=|| view! { <Skeleton rows=5 /> }>{list}</Suspense>
    }
}

#[component]
fn Mails(mails: Vec<Mail>) -> impl IntoView {
    let list = match mails.is_empty() {
        true => view! { <Empty sentence=words::EMPTY /> }.into_any(),
        false => view! { <ol class="mails">{mails.into_iter().map(one).collect_view()}</ol> }.into_any(),
    };
    view! {
        <PageHead title=words::TITLE sentence=|| words::SENTENCE />
        {list}
    }
    .into_any()
}

fn one(mail: Mail) -> AnyView {
    let tone = match mail.status {
        MailStatus::Sent => "chip chip-ok",
        MailStatus::Failed => "chip chip-bad",
        MailStatus::Queued | MailStatus::Kept => "chip",
    };
    view! {
        <li class="mail">
            <details>
                <summary class="mail-head">
                    <span class="mail-subject">{mail.subject}</span>
                    <span class="mail-to">{format!("{} {}", words::TO, mail.recipient)}</span>
                    <span class=tone>{words::status(mail.status)}</span>
                    <time class="time" datetime=mail.created_at.to_rfc3339()>{mail.created_at.to_words()}</time>
                </summary>
                {mail.error.map(|error| view! { <p class="mail-error">{error}</p> })}
                <pre class="mail-body">{mail.body}</pre>
            </details>
        </li>
    }
    .into_any()
}
