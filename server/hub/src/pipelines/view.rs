//! What a page shows of a running pipeline.

use super::aws;
use super::state::{At, Running};
use crate::access::Access;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::present;
use crate::provider_apps;
use domain::Outcome;
use domain::config::ConfigField;
use domain::integrations::Account;
use domain::pipelines::{Choice, Guide, Link, Step, StepBody};
use domain::sign_in::Auth;
use std::collections::BTreeMap;

/// The step a pipeline stands at.
pub(super) async fn step(ctx: &Ctx, access: &Access, running: &Running) -> Outcome<Step> {
    let manifest = running.manifest;
    let names = names(running);
    let (name, title, body) = match &running.state.at {
        At::Form => {
            let title = match &manifest.auth {
                Auth::Oauth2(_) => format!("Your {} server", manifest.name),
                _ => format!("Connect {}", manifest.name),
            };
            ("form", title, form(ctx, running)?)
        }
        At::Authorize { state, verifier, problem, .. } => {
            let reach = running.reach(ctx).await?;
            let redirect = provider_apps::callback_url(ctx, &manifest.key)?;
            let provider = reach.provider(ctx, manifest);
            let url = |state: &str| {
                let verifier = verifier.clone().into();
                providers::connect::oauth::authorize_url(&provider, &redirect, state, &verifier)
                    .map(String::from)
                    .map_err(|error| error.to_app_error())
            };
            let body = StepBody::Authorize {
                url: url(state)?,
                popup_url: url(&format!("{state}.p"))?,
                scopes: manifest.scopes.clone(),
                problem: problem.clone(),
            };
            ("oauth_login", format!("Sign in to {}", manifest.name), body)
        }
        At::Exchanging => ("oauth_login", format!("Sign in to {}", manifest.name), StepBody::Waiting),
        At::Choose { accounts, .. } => {
            let name = if is_github(running) { "org_selection" } else { "account_selection" };
            (name, format!("Choose the {}", manifest.noun.to_lowercase()), choose(ctx, running, accounts).await?)
        }
        At::Project => {
            let fields = aws::project_fields(ctx, access).await?;
            ("project_select", "What it belongs to".to_owned(), plain_form(fields, running, "Continue"))
        }
        At::Role => ("cloudformation", "A role for Patchbay".to_owned(), role(ctx, running).await?),
        At::Functions { functions, failures, .. } => {
            let options = functions.iter().map(|function| Choice {
                value: function.name.clone(),
                name: function.name.clone(),
                detail: Some(match failures.get(&function.name) {
                    Some(problem) => format!("{}. Not enabled: {problem}", function.runtime),
                    None => function.runtime.clone(),
                }),
                icon: None,
                disabled: None,
            });
            let hint = match (functions.is_empty(), failures.is_empty()) {
                (true, _) => Some(
                    "There is no Node or Python function in this region. It can be connected all the same.".to_owned(),
                ),
                (_, false) => {
                    Some("Some functions could not be enabled. Continue without them, or try once more.".to_owned())
                }
                _ => None,
            };
            let body = StepBody::Choose {
                field: "enabledFunctions".to_owned(),
                options: options.collect(),
                multiple: true,
                hint,
                link: None,
                label: "Connect".to_owned(),
            };
            ("instrumentation", "Functions to watch".to_owned(), body)
        }
        At::Complete { integration } => {
            let mut conn = ctx.store.read().await.or_internal()?;
            let org = access.organization.id;
            let row = store::installations::of_integration(&mut conn, org, *integration).await.or_internal()?;
            let body = match row {
                Some(row) => StepBody::Complete {
                    integration: Box::new(present::with_config(&row, crate::integrations::fields_of(&row))),
                },
                None => StepBody::Failed { message: "It was connected, and somebody removed it since.".to_owned() },
            };
            ("complete", format!("{} is connected", manifest.name), body)
        }
        At::Failed { message } => {
            ("error", format!("{} is not connected", manifest.name), StepBody::Failed { message: message.clone() })
        }
    };
    let total = names.len().max(1);
    let index = names.iter().position(|step| *step == name).unwrap_or(total - 1);
    Ok(Step {
        pipeline: running.row.id.clone(),
        provider: manifest.key.clone(),
        provider_name: manifest.name.clone(),
        name: name.to_owned(),
        index: u32::try_from(index).unwrap_or(0),
        total: u32::try_from(total).unwrap_or(1),
        title,
        body,
    })
}

/// The steps of this pipeline, by their words on the Sentry wire.
fn names(running: &Running) -> Vec<&'static str> {
    let connects_again = running.state.again.is_some();
    match &running.manifest.auth {
        Auth::AwsRole { .. } => vec!["project_select", "cloudformation", "instrumentation"],
        Auth::GithubApp { .. } if connects_again => vec!["oauth_login"],
        Auth::GithubApp { .. } => vec!["oauth_login", "org_selection"],
        Auth::Oauth2(oauth) => {
            let before = (!oauth.fields.is_empty() && !connects_again).then_some("form");
            let is_chosen = running.manifest.identity.as_ref().is_some_and(|probe| probe.list.is_some());
            let after = (is_chosen && !connects_again).then_some("account_selection");
            before.into_iter().chain(["oauth_login"]).chain(after).collect()
        }
        _ => vec!["form"],
    }
}

fn form(ctx: &Ctx, running: &Running) -> Outcome<StepBody> {
    let Auth::Oauth2(oauth) = &running.manifest.auth else {
        return Ok(plain_form(running.manifest.auth.fields().to_vec(), running, "Connect"));
    };
    let callback = provider_apps::callback_url(ctx, &running.manifest.key)?;
    let scopes: Vec<_> = running.manifest.scopes.iter().map(|scope| scope.name.as_str()).collect();
    let guide = oauth.guide.iter().map(|line| {
        let copy = match line {
            line if line.contains("{callback_url}") => Some(callback.to_string()),
            line if line.contains("{scopes}") => Some(scopes.join(" ")),
            _ => None,
        };
        let text = line.replace("{callback_url}", callback.as_str()).replace("{scopes}", &scopes.join(", "));
        Guide { text, copy, link: None }
    });
    let guide = guide.collect();
    let StepBody::Form { fields, values, label, .. } = plain_form(oauth.fields.clone(), running, "Continue") else {
        return Ok(StepBody::Waiting);
    };
    Ok(StepBody::Form { guide, fields, values, label })
}

fn plain_form(fields: Vec<ConfigField>, running: &Running, label: &str) -> StepBody {
    let text = |field: &ConfigField| {
        let value = running.state.form.get(&field.name).filter(|_| !field.is_secret())?;
        Some((field.name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    };
    let values: BTreeMap<_, _> = fields.iter().filter_map(text).collect();
    StepBody::Form { guide: Vec::new(), fields, values, label: label.to_owned() }
}

async fn choose(ctx: &Ctx, running: &Running, accounts: &[Account]) -> Outcome<StepBody> {
    let mut taken = Vec::new();
    let mut conn = ctx.store.read().await.or_internal()?;
    let org = running.row.organization_id;
    for row in store::installations::of_organization(&mut conn, org, Some(&running.manifest.key)).await.or_internal()? {
        taken.push(row.external_id);
    }
    drop(conn);
    let options = accounts.iter().map(|account| Choice {
        value: account.external_id.clone(),
        name: account.name.clone(),
        detail: match (&account.domain_name, taken.contains(&account.external_id)) {
            (Some(domain), true) => Some(format!("{domain}, connected already")),
            (None, true) => Some("Connected already".to_owned()),
            (domain, false) => domain.clone(),
        },
        icon: account.icon.clone(),
        disabled: None,
    });
    let options: Vec<_> = options.collect();
    let (hint, link) = match &running.manifest.auth {
        Auth::GithubApp { install_url, .. } => {
            let reach = running.reach(ctx).await?;
            let slug = reach.app.value("slug").unwrap_or_default();
            let url = install_url.replace("{slug}", slug);
            let hint = match options.is_empty() {
                true => "The app is not installed anywhere you can see. Install it, then come back here.",
                false => "Not in the list? Install the app there, then come back here.",
            };
            (Some(hint.to_owned()), Some(Link { title: "Install it on GitHub".to_owned(), url }))
        }
        _ => (None, None),
    };
    let field = if is_github(running) { "installationId" } else { "account" };
    let label = if options.is_empty() { "Look again" } else { "Connect" };
    Ok(StepBody::Choose { field: field.to_owned(), options, multiple: false, hint, link, label: label.to_owned() })
}

async fn role(ctx: &Ctx, running: &Running) -> Outcome<StepBody> {
    let reach = running.reach(ctx).await?;
    let own_account = reach.app.value("account_number").unwrap_or_default().to_owned();
    let template = match reach.app.value("template_url") {
        Some(url) => url.to_owned(),
        None => {
            let own = ctx.settings.public_url.join("/extensions/aws_lambda/role.yaml").or_internal()?;
            own.into()
        }
    };
    let external_id = aws::external_id(&running.state).to_owned();
    let line = |text: &str, copy: Option<String>| Guide { text: text.to_owned(), copy, link: None };
    let mut first = line("Make a CloudFormation stack from this template in the account to watch.", None);
    first.link = Some(Link { title: "Template of the role".to_owned(), url: template });
    let guide = vec![
        first,
        line("As ExternalId enter this value. It keeps others from using your role.", Some(external_id)),
        line("As TrustedAccount enter the account of this Patchbay.", Some(own_account)),
        line("When the stack is there, come back and say in which account and region it is.", None),
    ];
    let own = ["account_number", "region"];
    let fields = running.manifest.auth.fields().iter().filter(|field| own.contains(&field.name.as_str())).cloned();
    let StepBody::Form { fields, values, label, .. } = plain_form(fields.collect(), running, "Check the role") else {
        return Ok(StepBody::Waiting);
    };
    Ok(StepBody::Form { guide, fields, values, label })
}

fn is_github(running: &Running) -> bool {
    matches!(running.manifest.auth, Auth::GithubApp { .. })
}
