//! The command line. stdout holds only the result; messages go to stderr. Exit 0, 1 refused, 2 usage.

mod commands;

use crate::config::{Config, Layer};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// A self-hosted hub for an organization's third-party integrations.
#[derive(Debug, Parser)]
#[command(name = "patchbay", version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which hub; understood by every command.
#[derive(Debug, Args)]
struct Place {
    /// Directory of the database file and the master key [default: data]
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    /// sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// TOML file with the configuration
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the hub
    Serve {
        /// Address and port to listen on [default: 127.0.0.1:3000]
        #[arg(long)]
        addr: Option<String>,
        /// Fill a fresh data directory with a demonstration
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Organizations
    #[command(subcommand)]
    Org(OrgCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make an account
    Create {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// Name
        #[arg(long)]
        name: String,
        /// May administer the instance
        #[arg(long)]
        instance_admin: bool,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Subcommand)]
enum OrgCommand {
    /// Make an organization
    Create {
        /// Name
        #[arg(long)]
        name: String,
        /// Slug, as in URLs
        #[arg(long)]
        slug: String,
        /// E-mail address of the owner, who has an account
        #[arg(long)]
        owner: String,
    },
    /// Switch a feature of an organization on or off
    Feature {
        /// Slug or id of the organization
        slug: String,
        /// Feature, such as issue-sync
        feature: String,
        /// on or off
        #[arg(value_parser = ["on", "off"])]
        state: String,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it
    Create {
        /// Organization it acts for: slug or id
        #[arg(long, required_unless_present = "user", conflicts_with = "user")]
        org: Option<String>,
        /// E-mail address of the user it acts for
        #[arg(long)]
        user: Option<String>,
        /// What it may do, such as org:read; may be given several times
        #[arg(long, required = true)]
        scope: Vec<String>,
        /// When it ends, such as 30d or 12h [default: never]
        #[arg(long, value_parser = domain::time::parse_length)]
        expires_in: Option<i64>,
    },
}

/// Reads the command line and runs it.
pub fn main() -> ExitCode {
    // clap exits with 2 on a usage error, and with 0 for help and version.
    let cli = if is_watched() { Cli::parse_from(["patchbay", "serve"]) } else { Cli::parse() };
    crate::telemetry::init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("Patchbay could not start: {error}")),
    };
    match configure(&cli).and_then(|config| runtime.block_on(commands::run(config, cli.command))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => refuse(&message),
    }
}

/// Whether `cargo leptos watch` runs us: it knows no arguments of ours, and means to serve.
fn is_watched() -> bool {
    std::env::args_os().len() == 1 && std::env::var_os("LEPTOS_WATCH").is_some()
}

fn configure(cli: &Cli) -> Result<Config, String> {
    let addr = match &cli.command {
        Command::Serve { addr, .. } => addr.clone(),
        _ => None,
    };
    let flags = Layer {
        addr,
        data_dir: cli.place.data_dir.clone(),
        database_url: cli.place.database_url.clone().map(Into::into),
        ..Layer::default()
    };
    let env = Layer::from_env(|name| std::env::var(name).ok())?;
    let named = cli.place.config.clone().or_else(|| std::env::var_os("PATCHBAY_CONFIG").map(PathBuf::from));
    let file = named.as_deref().map(Layer::from_file).transpose()?.unwrap_or_default();
    Config::new(flags.over(env).over(file))
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("patchbay: {message}");
    ExitCode::FAILURE
}
