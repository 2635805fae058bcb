//! Sign-in.

use crate::api::organizations::home;
use crate::api::sessions::LogIn;
use crate::api::{field_error, form_error};
use crate::components::fields::KeepTyped;
use crate::components::{
    Button, ButtonKind, DocumentTitle, ErrorNote, FieldRow, PageHead, Refusal, SecretField, Skeleton, TextField,
};
use crate::links;
use crate::pages::panel::Panel;
use crate::text::login as words;
use domain::path::LocalPath;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

/// `/login`. Whoever is signed in already goes on at once; a fresh instance goes to its set-up.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next")).and_then(|next| LocalPath::parse(&next).ok());
    let next = StoredValue::new(next.map(String::from).unwrap_or_default());
    let destination = Resource::new_blocking(|| (), |()| home());
    let page = move || {
        Suspend::new(async move {
            let next = next.get_value();
            match destination.await.map(|path| path.map_or_else(|| links::HOME.to_owned(), String::from)) {
                Ok(path) if path == links::LOGIN => view! { <SignIn next=next /> }.into_any(),
                Ok(path) if path == links::SETUP || next.is_empty() => view! { <Redirect path=path /> }.into_any(),
                Ok(_) => view! { <Redirect path=next /> }.into_any(),
                Err(error) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| destination.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <DocumentTitle title=words::DOCUMENT />
        <Panel>
            <Suspense fallback=|| view! { <Skeleton rows=3 /> }>{page}</Suspense>
        </Panel>
    }
}

#[component]
fn SignIn(next: String) -> impl IntoView {
    let action = ServerAction::<LogIn>::new();
    let answer = move || action.value().get();
    let (email, password, rest) = (field_error(answer, "email"), field_error(answer, "password"), form_error(answer));
    view! {
        <PageHead title=words::TITLE />
        <ActionForm action=action>
            <KeepTyped form=LogIn::PATH>
                <div class="form">
                    {move || rest.get().map(|error| view! { <ErrorNote error=error /> })}
                    <input type="hidden" name="next" value=next />
                    <FieldRow id="email" label=words::EMAIL error=email>
                        <TextField id="email" name="email" kind="email" autocomplete="username" required=true autofocus=true />
                    </FieldRow>
                    <FieldRow id="password" label=words::PASSWORD error=password>
                        <SecretField id="password" name="password" autocomplete="current-password" required=true />
                    </FieldRow>
                    <div class="form-actions">
                        <Button kind=ButtonKind::Primary submit=true busy=action.pending()>{words::SUBMIT}</Button>
                    </div>
                </div>
            </KeepTyped>
        </ActionForm>
    }
    .into_any()
}
