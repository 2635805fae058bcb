//! `/api/0/organizations/{org}/pipeline/{name}/`: installing by steps, for programs.

use super::body;
use super::caller::{Entered, Text};
use super::error::Refusal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::catalogue::Kind;
use domain::config::{ConfigData, FieldKind};
use domain::pipelines::{Step, StepBody};
use domain::roles::Need;
use hub::Ctx;
use hub::access::Access;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The one pipeline there is; Sentry's `identity_pipeline` links people to accounts, which no provider here needs.
const NAME: &str = "integration_pipeline";

/// Where the caller's newest pipeline in this organization stands.
pub async fn read(State(ctx): State<Ctx>, Entered(access): Entered, Text(name): Text) -> Result<Response, Refusal> {
    access.permit(&ctx, Need::INTEGRATIONS_READ).await?;
    known(&name)?;
    match hub::pipelines::newest(&ctx, &access).await? {
        Some(step) if !is_over(&step) => Ok(Json(info(&step)).into_response()),
        _ => Err(none()),
    }
}

/// Begins a pipeline, or takes its next step.
pub async fn write(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    Text(name): Text,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    access.permit(&ctx, Need::INTEGRATIONS_WRITE).await?;
    known(&name)?;
    let values = body::object(&headers, body)?;
    match values.get("action").and_then(Value::as_str) {
        Some("initialize") => initialize(&ctx, &access, &values).await,
        _ => advance(&ctx, &access, values).await,
    }
}

async fn initialize(ctx: &Ctx, access: &Access, values: &ConfigData) -> Result<Response, Refusal> {
    let provider = values.get("provider").and_then(Value::as_str).unwrap_or_default();
    if provider.is_empty() {
        return Err(Refusal::bad("provider is required."));
    }
    let manifest = providers::catalogue::find(provider).filter(|manifest| manifest.kind == Kind::FirstParty);
    if manifest.is_none() {
        let shown: String = provider.chars().take(64).collect();
        return Err(Refusal::Because(StatusCode::NOT_FOUND, format!("Unknown provider: {shown}")));
    }
    match hub::pipelines::start_in(ctx, access, provider, None).await {
        Ok(step) => Ok(Json(info(&step)).into_response()),
        Err(error) if error.code == domain::Code::NotFound => Err(Refusal::bad("Pipeline does not support API mode.")),
        Err(error) => Err(error.into()),
    }
}

async fn advance(ctx: &Ctx, access: &Access, values: ConfigData) -> Result<Response, Refusal> {
    let before = hub::pipelines::newest(ctx, access).await?.filter(|step| !is_over(step)).ok_or_else(none)?;
    let values: BTreeMap<_, _> = values.into_iter().map(|(name, value)| (name, text(value))).collect();
    let step = match hub::pipelines::advance_in(ctx, access, &before.pipeline, values).await {
        Ok(step) => step,
        // Field errors are a map on this route.
        Err(error) if !error.fields.is_empty() && before.name != "oauth_login" => {
            return Ok((StatusCode::BAD_REQUEST, Json(json!(error.fields))).into_response());
        }
        Err(error) => return Ok(failed(&error.message)),
    };
    Ok(match &step.body {
        StepBody::Complete { integration } => {
            Json(json!({ "status": "complete", "data": integration })).into_response()
        }
        StepBody::Failed { message } | StepBody::Authorize { problem: Some(message), .. } => failed(message),
        _ if step.name == before.name => Json(json!({ "status": "stay", "data": data(&step) })).into_response(),
        _ => {
            let mut info = info(&step);
            info["status"] = "advance".into();
            Json(info).into_response()
        }
    })
}

fn known(name: &str) -> Result<(), Refusal> {
    if name == NAME {
        return Ok(());
    }
    Err(Refusal::Because(StatusCode::NOT_FOUND, "Invalid pipeline type".to_owned()))
}

fn none() -> Refusal {
    Refusal::Because(StatusCode::NOT_FOUND, "No active pipeline session.".to_owned())
}

fn failed(detail: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "status": "error", "data": { "detail": detail } }))).into_response()
}

fn is_over(step: &Step) -> bool {
    matches!(step.body, StepBody::Complete { .. } | StepBody::Failed { .. })
}

/// A value of the body as a form would send it.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn info(step: &Step) -> Value {
    json!({
        "step": step.name,
        "stepIndex": step.index,
        "totalSteps": step.total,
        "provider": step.provider,
        "data": data(step),
    })
}

/// The step as the Sentry wire has it: `data` by the name of the step.
fn data(step: &Step) -> Value {
    match &step.body {
        StepBody::Authorize { url, .. } => json!({ "oauthUrl": url }),
        StepBody::Choose { options, .. } if step.name == "account_selection" => {
            let accounts =
                options.iter().map(|option| json!({ "accountId": option.value, "accountName": option.name }));
            json!({ "accounts": accounts.collect::<Vec<_>>() })
        }
        StepBody::Choose { options, link, .. } if step.name == "org_selection" => {
            let installations = options.iter().map(|option| {
                json!({
                    "installationId": option.value,
                    "githubAccount": option.name,
                    "avatarUrl": option.icon,
                })
            });
            json!({
                "installAppUrl": link.as_ref().map(|link| &link.url),
                "installationInfo": installations.collect::<Vec<_>>(),
            })
        }
        StepBody::Choose { options, .. } => {
            let functions = options
                .iter()
                .map(|option| json!({ "name": option.name, "runtime": option.detail, "description": "" }));
            json!({ "functions": functions.collect::<Vec<_>>() })
        }
        StepBody::Form { fields, guide, .. } if step.name == "cloudformation" => {
            let regions = fields.iter().find_map(|field| match &field.kind {
                FieldKind::Select { choices, .. } => Some(choices.clone()),
                _ => None,
            });
            let template = guide.iter().find_map(|line| line.link.as_ref());
            json!({
                "baseCloudformationUrl": "https://console.aws.amazon.com/cloudformation/home#/stacks/create/review",
                "templateUrl": template.map(|link| &link.url),
                "stackName": "Patchbay-Role",
                "regionList": regions.unwrap_or_default().into_iter().map(|(region, _)| region).collect::<Vec<_>>(),
                "awsExternalId": guide.iter().find_map(|line| line.copy.as_ref()),
            })
        }
        StepBody::Form { fields, .. } if step.name == "form" => json!({ "fields": fields }),
        _ => json!({}),
    }
}
