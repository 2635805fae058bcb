//! The settings of an installation: one is saved at a time, and choices are looked up. The rules are in
//! `hub::integrations`.
//!
//! A refusal of a plain form travels back in the page's address. It holds the code, the sentence and the field
//! messages, never a value that was typed.

use crate::api::ApiError;
#[cfg(feature = "ssr")]
use crate::{components::settings::rows::ROW, context};
#[cfg(feature = "ssr")]
use domain::config::Rows;
use domain::config::{Columns, Saved};
use domain::ids::IntegrationId;
use domain::slug::OrgSlug;
#[cfg(feature = "ssr")]
use domain::{AppError, Code};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Saves one setting.
///
/// # Errors
/// A field error, or a conflict when somebody else saved first.
#[server(prefix = "/_api", endpoint = "integrations/save")]
pub async fn save_setting(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// The field's name.
    field: String,
    /// The value as a form sends it; a box that is not ticked sends nothing.
    #[server(default)]
    value: String,
    /// The cells of a plain form, by row and column; a field with rows has no value there.
    #[server(default)]
    rows: BTreeMap<String, BTreeMap<String, String>>,
    /// The JSON of the value the page showed.
    seen: String,
) -> Result<Saved, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let named = |(key, cells): (String, _)| (key.strip_prefix(ROW).unwrap_or(&key).to_owned(), cells);
    let rows = (!rows.is_empty()).then(|| Rows(rows.into_iter().map(named).collect()));
    let value = rows.is_none().then_some(value.as_str());
    let saved = hub::integrations::save(&ctx, &actor, &org, id, &field, value, rows, &seen).await;
    Ok(saved.map_err(without_values)?)
}

/// What can be chosen in a field whose choices are looked up.
///
/// # Errors
/// What the provider said.
#[server(prefix = "/_api", endpoint = "integrations/choices")]
pub async fn field_choices(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// The field's name.
    field: String,
    /// What was typed.
    #[server(default)]
    query: String,
    /// The fields that the choices depend on.
    #[server(default)]
    depends: BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::choices(&ctx, &actor, &org, id, &field, &query, &depends).await?)
}

/// What can be chosen for an item of a mapper, by column.
///
/// # Errors
/// What the provider said.
#[server(prefix = "/_api", endpoint = "integrations/item-choices")]
pub async fn item_choices(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// The field's name.
    field: String,
    /// The item.
    item: String,
) -> Result<Columns, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::item_choices(&ctx, &actor, &org, id, &field, &item).await?)
}

/// The refusal of a plain form goes into an address, where no setting belongs: a conflict then keeps its sentence only.
#[cfg(feature = "ssr")]
fn without_values(mut error: AppError) -> AppError {
    if error.code == Code::Conflict && !context::is_call() {
        error.fields.values_mut().for_each(|stored| stored.clone_from(&error.message));
    }
    error
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use leptos::server_fn::codec::{FromReq, PostUrl};

    /// What a browser without scripts sends for a field with rows, as the server reads it.
    async fn read(form: &'static str) -> SaveSetting {
        let request = http::Request::post("/_api/integrations/save").body(axum::body::Body::from(form));
        let request = request.expect("a request that is well formed");
        let read: Result<SaveSetting, ApiError> =
            <SaveSetting as FromReq<PostUrl, http::Request<axum::body::Body>, ApiError>>::from_req(request).await;
        read.expect("a form that can be read")
    }

    #[test]
    fn the_rows_of_a_plain_form_are_read_by_row_and_column() {
        let form = "org=acme&id=7&field=map&seen=%7B%7D&rows%5Bnew-none%5D%5Bremove%5D=on\
            &rows%5Brow-0%5D%5Bitem%5D=a%5B1%5D&rows%5Brow-0%5D%5Bdone%5D=\
            &rows%5Brow-12%5D%5Bservice%5D=A+%26+B&rows%5Bnew%5D%5Bservice%5D=c";
        let read = futures::executor::block_on(read(form));
        let rows = &read.rows;
        assert_eq!(read.value, "");
        assert_eq!(rows["new-none"]["remove"], "on");
        assert_eq!((rows["row-0"]["item"].as_str(), rows["row-0"]["done"].as_str()), ("a[1]", ""));
        assert_eq!((rows["row-12"]["service"].as_str(), rows["new"]["service"].as_str()), ("A & B", "c"));
    }

    #[test]
    fn a_form_without_rows_and_a_call_of_the_page_have_none() {
        let read = futures::executor::block_on(read("org=acme&id=7&field=poll&seen=5&value=6"));
        assert_eq!((read.value.as_str(), read.rows.len()), ("6", 0));
    }
}
