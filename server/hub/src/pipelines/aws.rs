//! The steps of AWS: which project, which role, which functions.

use super::oauth::finish;
use super::state::{At, Running, State};
use crate::access::{Access, Permit};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::config::{ConfigField, FieldKind};
use domain::{AppError, Outcome};
use providers::connect::aws::{self, Keys, RoleRef};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// The field that holds what the role's trust policy asks for.
const EXTERNAL_ID: &str = "aws_external_id";

/// Gives a new connection its external id, which nobody else can guess or choose: it is what keeps another customer of
/// this instance from using the same role.
pub(super) fn begin(ctx: &Ctx, state: &mut State) {
    state.form.entry(EXTERNAL_ID).or_insert_with(|| super::hex(ctx.random::<16>()).into());
}

/// The external id of a running pipeline.
pub(super) fn external_id(state: &State) -> &str {
    state.form.get(EXTERNAL_ID).and_then(Value::as_str).unwrap_or_default()
}

/// The form of the first step.
pub(super) async fn project_fields(ctx: &Ctx, access: &Access) -> Outcome<Vec<ConfigField>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let projects = store::projects::of_organization(&mut conn, access.organization.id).await.or_internal()?;
    let choices: Vec<_> = projects.iter().map(|project| (project.id.to_string(), project.name.clone())).collect();
    let first = choices.first().map(|(id, _)| Value::from(id.clone()));
    let project = field("projectId", "Project", "Which project the functions belong to.", !choices.is_empty());
    let dsn = field(
        "dsn",
        "Where the functions report to",
        "The DSN of the project in your error tracker. Needed to enable functions; it can be empty to only watch them.",
        false,
    );
    Ok(vec![
        ConfigField { default: first, kind: FieldKind::fixed(choices), ..project },
        ConfigField { kind: FieldKind::Url, ..dsn },
    ])
}

/// Takes a step.
pub(super) async fn advance(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    values: &BTreeMap<String, String>,
) -> Outcome<()> {
    match &running.state.at {
        At::Project => {
            let fields = project_fields(ctx, access).await?;
            let (form, _) = crate::integrations::split(&fields, values)?;
            running.state.form.extend(form);
            running.go(ctx, At::Role).await
        }
        At::Role => take_role(ctx, running, values).await,
        At::Functions { .. } => take_functions(ctx, access, permit, running, values).await,
        _ => Ok(()),
    }
}

/// Takes account and region, and on the role; lists its functions.
async fn take_role(ctx: &Ctx, running: &mut Running, values: &BTreeMap<String, String>) -> Outcome<()> {
    let own = ["account_number", "region"];
    let fields: Vec<_> =
        running.manifest.auth.fields().iter().filter(|field| own.contains(&field.name.as_str())).cloned().collect();
    let mut values = values.clone();
    // The Sentry wire names them in camel case, and sends back the external id that it was given.
    if let Some(number) = values.remove("accountNumber") {
        values.insert("account_number".to_owned(), number);
    }
    if values.remove("awsExternalId").is_some_and(|id| id != external_id(&running.state)) {
        return Err(AppError::field("awsExternalId", "This is not the external id that the role was made with."));
    }
    let (form, _) = crate::integrations::split(&fields, &values)?;
    let number = form.get("account_number").and_then(Value::as_str).unwrap_or_default();
    if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AppError::field("account_number", "An AWS account number has twelve digits."));
    }
    running.state.form.extend(form);
    let reach = running.reach(ctx).await?;
    let provider = reach.provider(ctx, running.manifest);
    let role = role(&running.state);
    let keys =
        aws::assume(&provider, &role).await.map_err(|error| AppError::field("account_number", error.to_string()))?;
    let functions = aws::functions(&provider, &role, &keys).await.map_err(|error| error.to_app_error())?;
    running.go(ctx, At::Functions { functions, failures: BTreeMap::new(), done: 0 }).await
}

/// Enables the chosen functions, then connects. Functions that fail are shown; sending the form again without them goes
/// on.
async fn take_functions(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    values: &BTreeMap<String, String>,
) -> Outcome<()> {
    let At::Functions { functions, failures, done } = &running.state.at else { return Ok(()) };
    let chosen: Vec<_> = functions.iter().filter(|function| is_chosen(values, &function.name)).cloned().collect();
    let (functions, had_failures, mut done) = (functions.clone(), !failures.is_empty(), *done);
    let reach = running.reach(ctx).await?;
    let provider = reach.provider(ctx, running.manifest);
    let role = role(&running.state);
    let begin = Instant::now();
    let keys = aws::assume(&provider, &role).await.map_err(|error| error.to_app_error())?;
    let dsn = running.state.form.get("dsn").and_then(Value::as_str).unwrap_or_default();
    if !chosen.is_empty() && dsn.is_empty() {
        return Err(AppError::field(
            "enabledFunctions",
            "Functions need a DSN to report to. Choose none, or start over.",
        ));
    }
    let mut failures = BTreeMap::new();
    for function in &chosen {
        match aws::enable(&provider, &role, &keys, &function.name, dsn).await {
            Ok(()) => done += 1,
            Err(error) => drop(failures.insert(function.name.clone(), error.to_string())),
        }
    }
    // What failed is told once; sent again, the step goes on without it.
    if !failures.is_empty() && !had_failures {
        return running.go(ctx, At::Functions { functions, failures, done }).await;
    }
    let account = aws::account(&provider, &role, &keys).await.map_err(|error| error.to_app_error())?;
    let duration_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    finish(ctx, access, permit, running, &account, None, duration_ms).await
}

/// A box that was ticked, or a name in the list that an API client sends.
fn is_chosen(values: &BTreeMap<String, String>, function: &str) -> bool {
    let in_list = values
        .get("enabledFunctions")
        .and_then(|list| serde_json::from_str::<Vec<String>>(list).ok())
        .is_some_and(|list| list.iter().any(|name| name == function));
    in_list || values.contains_key(&format!("enabledFunctions:{function}"))
}

/// The role of what the form says.
pub(super) fn role(state: &State) -> RoleRef {
    let text = |name: &str| state.form.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    RoleRef { account_number: text("account_number"), region: text("region"), external_id: text(EXTERNAL_ID) }
}

/// Temporary keys of an installation's role.
pub(crate) async fn keys_of(
    provider: &providers::Provider<'_>,
    form: &domain::config::ConfigData,
) -> Result<Keys, providers::connect::CheckError> {
    let state = State { form: form.clone(), ..State::default() };
    aws::assume(provider, &role(&state)).await
}

fn field(name: &str, label: &str, help: &str, required: bool) -> ConfigField {
    ConfigField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: Some(help.to_owned()),
        placeholder: None,
        required,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind: FieldKind::String { max_length: None },
    }
}
