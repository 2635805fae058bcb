//! `cargo xtask test`: every check and test, in the order in which they are quickest to fail.

mod build;
mod count;
mod wasm;

use std::cell::OnceCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use self::build::Build;
use self::count::Count;
use crate::leptos;
use crate::postgres::Cluster;
use crate::{cargo, db, docs, paths, setup, shell};

/// One part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The code is formatted
    Fmt,
    /// The prepared queries and the written pages are current
    Prepared,
    /// No compiler or clippy warning
    Clippy,
    /// Server and site build
    Build,
    /// Unit, contract and HTTP tests, on SQLite and PostgreSQL
    Rust,
    /// The browser's half builds alone and pulls in no server crate
    Wasm,
    /// Playwright in a real browser, on what `build` built
    E2e,
}

/// Runs the chosen stages, or all, up to the first that fails. The last line counts the tests.
pub fn run(chosen: &[Stage]) -> ExitCode {
    let mut count = Count::default();
    if let Err(error) = run_stages(chosen, &mut count) {
        eprintln!("error: {error:#}");
        // A check that fails outside a test must not end in "0 failed".
        count.failed = count.failed.max(1);
    }
    println!("{count}");
    if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_stages(chosen: &[Stage], count: &mut Count) -> Result<()> {
    setup::run(true)?;
    let cluster = LazyCluster::default();
    for stage in Stage::value_variants().iter().copied() {
        if !chosen.is_empty() && !chosen.contains(&stage) {
            continue;
        }
        println!("== {stage:?}");
        let start = Instant::now();
        let outcome = stage.run(&cluster, count);
        let seconds = start.elapsed().as_secs_f32();
        println!("== {stage:?}: {} in {seconds:.1} s", if outcome.is_ok() { "passed" } else { "failed" });
        outcome?;
    }
    Ok(())
}

impl Stage {
    fn run(self, cluster: &LazyCluster, count: &mut Count) -> Result<()> {
        match self {
            Stage::Fmt => shell::run(cargo::cargo_fmt().args(["--all", "--check"])),
            Stage::Prepared => prepared(cluster),
            Stage::Clippy => clippy(),
            Stage::Build => build(),
            Stage::Rust => rust_tests(cluster.get()?, count),
            Stage::Wasm => wasm::check(),
            Stage::E2e => end_to_end(count),
        }
    }
}

/// A PostgreSQL that starts when a stage first asks for it.
#[derive(Default)]
struct LazyCluster(OnceCell<Cluster>);

impl LazyCluster {
    fn get(&self) -> Result<&Cluster> {
        if self.0.get().is_none() {
            let cluster = Cluster::start()?;
            return Ok(self.0.get_or_init(|| cluster));
        }
        self.0.get().context("the cluster was just found")
    }
}

fn prepared(cluster: &LazyCluster) -> Result<()> {
    docs::run(true)?;
    db::prepare(cluster.get()?, true)
}

fn clippy() -> Result<()> {
    shell::run(cargo::cargo_on_packages("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
    shell::run(cargo::cargo_wasm("clippy", "frontend").args(["--", "-D", "warnings"]))
}

fn build() -> Result<()> {
    leptos::build_dev_site()?;
    // With the tests, so that the binary has the same dependencies as they and nothing is compiled twice.
    shell::run(cargo::cargo_on_packages("build").args(["--lib", "--bins", "--tests"]))
}

fn rust_tests(cluster: &Cluster, count: &mut Count) -> Result<()> {
    let mut tests = cargo::cargo_on_packages("test");
    tests
        .arg("--no-fail-fast")
        .env("PATCHBAY_TEST_DATABASE_URL", cluster.url("postgres"))
        .env("PATCHBAY_TEST_PYTHON", paths::venv().join("bin/python"));
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cannot run cargo test")?;
    let stdout = child.stdout.take().context("cargo test has no output")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        *count += Count::from_cargo_line(&line);
    }
    if !child.wait()?.success() {
        bail!("tests failed; the names are above, under `failures:`");
    }
    Ok(())
}

fn end_to_end(count: &mut Count) -> Result<()> {
    let build = Build::copy()?;
    let folder = paths::root().join("end2end");
    let results = folder.join("test-results/results.json");
    fs::remove_file(&results).ok();
    shell::run(Command::new("npm").args(["run", "--silent", "check"]).current_dir(&folder))?;

    let chromium = setup::chromium().context("Chromium is missing; run `cargo xtask setup --tests`")?;
    let outcome = shell::run(
        Command::new("npm")
            .args(["run", "--silent", "test"])
            .current_dir(&folder)
            .env("PATCHBAY_BIN", build.binary())
            .env("LEPTOS_SITE_ROOT", build.site())
            .env("CHROMIUM", chromium)
            .env("CODEGEN_PYTHON", paths::venv().join("bin/python")),
    );
    if let Ok(results) = fs::read_to_string(&results) {
        *count += Count::from_playwright(&results)?;
    }
    outcome
}
