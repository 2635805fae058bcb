//! `cargo xtask setup`: installs what is missing, and nothing else.

mod apt;
mod browser;
mod needed;
mod python;
mod tools;
mod wasm;

use std::time::Instant;

use anyhow::Result;

pub use browser::{chromium, node_packages};

use crate::{mariadb, postgres, shell};

/// Installs what a build needs, and with `tests` what the tests need besides.
pub fn run(tests: bool) -> Result<()> {
    needed::check()?;
    wasm::target()?;
    tools::wasm_bindgen()?;
    tools::cargo_leptos()?;
    tools::wasm_opt()?;
    if tests {
        browser::install()?;
        browser::node_packages()?;
        install_postgres()?;
        install_mariadb()?;
        python::packages()?;
    }
    Ok(())
}

/// Installs the load generator of the benchmarks.
pub fn wrk() -> Result<()> {
    match shell::which("wrk") {
        Some(path) => {
            present("wrk", path.display());
            Ok(())
        }
        None => step("wrk", "a few seconds", || apt::install(&["wrk"])),
    }
}

fn install_postgres() -> Result<()> {
    match postgres::binaries() {
        Some(folder) => {
            present("PostgreSQL", folder.display());
            Ok(())
        }
        None => step("PostgreSQL server", "half a minute", || apt::install_server("postgresql", "postgresql")),
    }
}

/// The counterpart of the MySQL integration.
fn install_mariadb() -> Result<()> {
    match mariadb::server() {
        Some(path) => {
            present("MariaDB", path.display());
            Ok(())
        }
        None => step("MariaDB server", "half a minute", || apt::install_server("mariadb-server", "mariadb")),
    }
}

/// Says that a step has nothing to do.
fn present(what: &str, which: impl std::fmt::Display) {
    println!("setup: {what}: present ({which})");
}

/// Says what happens and how long it usually takes, does it, and says how long it took.
fn step(what: &str, usual: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("setup: {what}: installing, usually {usual} …");
    let start = Instant::now();
    install()?;
    println!("setup: {what}: done in {} s", start.elapsed().as_secs());
    Ok(())
}
