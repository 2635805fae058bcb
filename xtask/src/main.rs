//! The commands of a developer: `cargo xtask setup | serve | test | db | docs | bench`.
//!
//! - It compiles first on a bare machine, so it has few dependencies and uses no other crate of the workspace.
//! - It installs what is missing (`setup`) and then only calls ordinary tools: cargo, cargo-leptos, npm, PostgreSQL.
//! - Every inner cargo call goes through [`cargo::cargo`], so that all of them share one compiler and one build cache.
//!
//! Start reading at [`Command`], then in the file of the same name.

mod bench;
mod cargo;
mod db;
mod docs;
mod leptos;
mod mariadb;
mod paths;
mod postgres;
mod serve;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, run and test Patchbay")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing to build Patchbay
    Setup {
        /// Also install what the tests need: Chromium, PostgreSQL, MariaDB, Node and Python packages
        #[arg(long)]
        tests: bool,
    },
    /// Build for release and run the server
    Serve {
        /// Arguments for `patchbay serve`, for example `-- --demo`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run every check and test; name stages to run only those
    Test {
        /// Stages to run, in their usual order; all when none is named
        stages: Vec<test::Stage>,
    },
    /// Work on the database layer
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Write docs/providers.md from the manifests of the providers
    Docs {
        /// Write nothing; fail when the page is out of date
        #[arg(long)]
        check: bool,
    },
    /// Measure the release build and write docs/benchmarks.md
    Bench {
        /// Measure only this, and write only its section
        part: Option<bench::Part>,
        /// See whether the part works: the development build as it is, small numbers, nothing is written
        #[arg(long, requires = "part")]
        trial: bool,
    },
}

#[derive(Subcommand)]
enum DbCommand {
    /// Check the queries against both databases and write what the offline build needs
    Prepare {
        /// Write nothing; fail when the prepared data is out of date
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Setup { tests } => setup::run(tests),
        Command::Serve { args } => serve::run(&args),
        Command::Test { stages } => return test::run(&stages),
        Command::Db { command: DbCommand::Prepare { check } } => db::run(check),
        Command::Docs { check } => docs::run(check),
        Command::Bench { part, trial } => bench::run(part, trial),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
