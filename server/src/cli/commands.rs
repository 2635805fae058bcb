//! What the commands do.

use super::{Command, OrgCommand, TokenCommand, UserCommand};
use crate::config::Config;
use crate::serve;
use domain::AppError;
use hub::{Ctx, Password, operator};
use secrecy::ExposeSecret as _;
use std::io::Read as _;

/// Runs a command.
pub(super) async fn run(config: Config, command: Command) -> Result<(), String> {
    match command {
        Command::Serve { demo, .. } => serve::serve(config, demo).await,
        Command::Migrate => {
            let ctx = open(&config).await?;
            eprintln!("The schema is up to date.");
            ctx.store.close().await;
            Ok(())
        }
        Command::User(UserCommand::Create { email, name, instance_admin, password_stdin }) => {
            let password = password_stdin.then(read_password).transpose()?;
            let ctx = open(&config).await?;
            let id = operator::create_user(&ctx, &email, &name, instance_admin, password).await.map_err(words)?;
            println!("{id}");
            Ok(())
        }
        Command::Org(OrgCommand::Create { name, slug, owner }) => {
            let ctx = open(&config).await?;
            let id = operator::create_organization(&ctx, &name, &slug, &owner).await.map_err(words)?;
            println!("{id}");
            Ok(())
        }
        Command::Org(OrgCommand::Feature { slug, feature, state }) => {
            let ctx = open(&config).await?;
            operator::set_feature(&ctx, &slug, &feature, state == "on").await.map_err(words)
        }
        Command::Token(TokenCommand::Create { org, user, scope, expires_in }) => {
            let ctx = open(&config).await?;
            let token = operator::create_token(&ctx, org.as_deref(), user.as_deref(), &scope, expires_in).await;
            println!("{}", token.map_err(words)?.expose_secret());
            Ok(())
        }
    }
}

async fn open(config: &Config) -> Result<Ctx, String> {
    serve::open(config, config.addr, None).await
}

/// The first line of standard input.
fn read_password() -> Result<Password, String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| format!("The password could not be read: {error}"))?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return Err("No password came from standard input.".to_owned());
    }
    Ok(line.into())
}

fn words(error: AppError) -> String {
    let fields: Vec<_> = error.fields.iter().filter(|(_, text)| **text != error.message).collect();
    if fields.is_empty() {
        return error.message;
    }
    let lines: Vec<_> = fields.iter().map(|(name, text)| format!("  {name}: {text}")).collect();
    format!("{}\n{}", error.message, lines.join("\n"))
}
