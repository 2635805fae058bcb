//! Who asks, in which organization, about which integration: extractors that refuse in this wire's words.

use super::error::Refusal;
use crate::rest::caller;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::ids::IntegrationId;
use hub::access::{self, Access, OrgRef};
use hub::{Actor, Client, Ctx};

/// Somebody known.
pub struct Caller(pub Actor);

/// Somebody known, in the organization that the path names by id or slug.
pub struct Entered(pub Access);

/// The integration that the path names.
pub struct Named(pub IntegrationId);

/// The segment `name` of the path.
pub struct Text(pub String);

impl FromRequestParts<Ctx> for Text {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        segment(parts, ctx, "name").await.map(Self).ok_or(Refusal::NotFound)
    }
}

impl FromRequestParts<Ctx> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        let client = parts.extensions.get::<Client>().cloned().unwrap_or_default();
        let actor = caller::identify(ctx, &client, &parts.headers).await;
        actor.map(Self).map_err(|cause| Refusal::from_caller(cause, &parts.headers))
    }
}

impl FromRequestParts<Ctx> for Entered {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        let Caller(actor) = Caller::from_request_parts(parts, ctx).await?;
        let org = segment(parts, ctx, "org").await.and_then(|text| OrgRef::parse(&text));
        let org = org.ok_or(Refusal::UnknownOrganization)?;
        Ok(Self(access::enter(ctx, &actor, &org).await?))
    }
}

impl FromRequestParts<Ctx> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        let id = segment(parts, ctx, "id").await.and_then(|text| text.parse().ok());
        id.map(Self).ok_or(Refusal::NotFound)
    }
}

/// A segment of the path, decoded; none when it is not text.
async fn segment(parts: &mut Parts, ctx: &Ctx, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, ctx).await.ok()?;
    params.iter().find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}
