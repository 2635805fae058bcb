//! Set-up: the first owner of a fresh instance.

use crate::api::setup::{SetUp, read_state};
use crate::api::{field_error, form_error};
use crate::components::fields::KeepTyped;
use crate::components::{
    Button, ButtonKind, DocumentTitle, ErrorNote, FieldRow, LinkButton, PageHead, Refusal, SecretField, Skeleton,
    TextField,
};
use crate::links;
use crate::pages::panel::Panel;
use crate::text::setup as words;
use domain::setup::SetupState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// `/setup`.
#[component]
pub fn SetupPage() -> impl IntoView {
    let state = Resource::new_blocking(|| (), |()| read_state());
    let page = move || {
        Suspend::new(async move {
            match state.await {
                Ok(SetupState { needed: true, needs_code }) => {
                    view! { <FirstOwner needs_code=needs_code /> }.into_any()
                }
                Ok(_) => view! { <Done /> }.into_any(),
                Err(error) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| state.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <DocumentTitle title=words::TITLE />
        <Panel>
            <Suspense fallback=|| view! { <Skeleton rows=5 /> }>{page}</Suspense>
        </Panel>
    }
}

#[component]
fn Done() -> impl IntoView {
    view! {
        <PageHead title=words::TITLE sentence=|| words::DONE />
        <LinkButton href=links::LOGIN kind=ButtonKind::Primary>{words::SIGN_IN}</LinkButton>
    }
    .into_any()
}

#[component]
fn FirstOwner(needs_code: bool) -> impl IntoView {
    let action = ServerAction::<SetUp>::new();
    let answer = move || action.value().get();
    let error = move |field| field_error(answer, field);
    let rest = form_error(answer);
    let code = needs_code.then(|| {
        view! {
            <FieldRow id="code" label=words::CODE help=words::CODE_HELP error=error("code")>
                <TextField id="code" name="code" autocomplete="one-time-code" required=true />
            </FieldRow>
        }
    });
    view! {
        <PageHead title=words::TITLE sentence=|| words::SENTENCE />
        <ActionForm action=action>
            <KeepTyped form=SetUp::PATH>
                <div class="form">
                    {move || rest.get().map(|error| view! { <ErrorNote error=error /> })}
                    <FieldRow id="name" label=words::NAME error=error("name")>
                        <TextField id="name" name="name" autocomplete="name" max_length=64_usize required=true autofocus=true />
                    </FieldRow>
                    <FieldRow id="email" label=words::EMAIL error=error("email")>
                        <TextField id="email" name="email" kind="email" autocomplete="username" required=true />
                    </FieldRow>
                    <FieldRow id="password" label=words::PASSWORD help=words::password_help() error=error("password")>
                        <SecretField id="password" name="password" autocomplete="new-password" required=true />
                    </FieldRow>
                    <FieldRow id="organization" label=words::ORGANIZATION help=words::ORGANIZATION_HELP error=error("organization")>
                        <TextField id="organization" name="organization" autocomplete="organization" max_length=64_usize required=true />
                    </FieldRow>
                    {code}
                    <div class="form-actions">
                        <Button kind=ButtonKind::Primary submit=true busy=action.pending()>{words::SUBMIT}</Button>
                    </div>
                </div>
            </KeepTyped>
        </ActionForm>
    }
    .into_any()
}
