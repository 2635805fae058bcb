//! `cargo xtask bench`: how the release build compares with the least that axum can do.
//!
//! Ratios are what counts: absolute numbers belong to the machine, where the load generator takes its share too. Issue
//! sync has goals of its own, and can be measured alone.

mod callers;
mod http;
mod load;
mod server;
mod sync;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use self::load::Load;
use self::server::Server;
use crate::leptos::{self, Profile};
use crate::{cargo, paths, setup, shell};

const EMAIL: &str = "owner@acme.test";
const PASSWORD: &str = "patchbay-demo";
/// A rate at which nothing queues, so that latency is the page's own.
const STEADY_RATE: u32 = 50;
const STEADY_SECONDS: u32 = 20;
const STARTS: usize = 5;

/// What can be measured alone.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Part {
    /// Issue sync under load
    Sync,
}

/// Builds, measures, and writes `docs/benchmarks.md`; of a part only its section.
pub fn run(part: Option<Part>, trial: bool) -> Result<()> {
    if trial {
        return sync::trial();
    }
    setup::run(false)?;
    setup::node_packages()?;
    if part.is_none() {
        setup::wrk()?;
    }
    println!("Building for release; the first time takes about 20 minutes.");
    leptos::build_release()?;
    if let Some(Part::Sync) = part {
        let section = sync::section()?;
        println!("{section}");
        return sync::replace(&section);
    }
    shell::run(cargo::cargo().args(["build", "--release", "-p", "xtask", "--example", "bare"]))?;

    let sync = sync::section()?;
    let report = format!("{}\n{sync}", measure()?.to_markdown()?);
    println!("{report}");
    let file = paths::root().join("docs/benchmarks.md");
    fs::write(&file, report).with_context(|| format!("cannot write {}", file.display()))
}

struct Report {
    status_bytes: usize,
    status: Load,
    status_bare: Load,
    page_bytes: usize,
    patchbay: Load,
    bare: Load,
    steady_patchbay: Load,
    steady_bare: Load,
    start: Duration,
    idle_kib: u64,
}

fn measure() -> Result<Report> {
    let data = tempfile::tempdir()?;
    // The first start fills the database; those that count find it there.
    drop(Server::patchbay(data.path(), &["--demo"])?);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::patchbay(data.path(), &[])?.started_in);
    }
    starts.sort();
    let script = callers::script(data.path())?;
    let (status_path, status_token) = callers::first(data.path())?;

    let hub = Server::patchbay(data.path(), &[])?;
    std::thread::sleep(Duration::from_secs(5));
    let idle_kib = hub.resident_kib()?;
    let cookie = http::login(&hub.address, EMAIL, PASSWORD)?;
    let directory = http::get(&hub.address, "/", &cookie)?.header("location").context("`/` leads nowhere")?;
    let page = http::get(&hub.address, &directory, &cookie)?.body()?;
    let file = data.path().join("page.html");
    fs::write(&file, &page)?;
    let patchbay = load::most(&hub.address, &directory, &cookie)?;
    let steady_patchbay = load::steady(&hub.address, &directory, &cookie, STEADY_RATE, STEADY_SECONDS)?;
    let status =
        http::get_with(&hub.address, &status_path, "Authorization", &format!("Bearer {status_token}"))?.body()?;
    let status_load = load::most_of_script(&hub.address, &script)?;
    drop(hub);
    let status_file = data.path().join("status.json");
    fs::write(&status_file, &status)?;
    let bare = Server::bare(&status_file)?;
    let status_bare = load::most_of_script(&bare.address, &script)?;
    drop(bare);

    let bare = Server::bare(&file)?;
    Ok(Report {
        status_bytes: status.len(),
        status: status_load,
        status_bare,
        page_bytes: page.len(),
        patchbay,
        steady_patchbay,
        bare: load::most(&bare.address, "/", "")?,
        steady_bare: load::steady(&bare.address, "/", "", STEADY_RATE, STEADY_SECONDS)?,
        start: starts[STARTS / 2],
        idle_kib,
    })
}

impl Report {
    fn to_markdown(&self) -> Result<String> {
        let pkg = Profile::Release.site().join("pkg");
        let mut text = format!(
            "# Benchmarks\n\nWritten by `cargo xtask bench` on {}. Load generator and server share the machine, so only the \
             ratios travel.\n\nThe status endpoint ({} bytes of JSON), called with 1000 tokens of as many organizations, against a \
             bare axum route that answers every path with the same bytes:\n\n{}\nThe directory page of the demo ({} bytes of HTML), signed in, against a bare axum route that \
             answers with the same bytes:\n\n{}",
            machine(),
            self.status_bytes,
            table(&self.status, &self.status_bare),
            self.page_bytes,
            table(&self.patchbay, &self.bare),
        );
        let steady = |percentile: &str| format!("{percentile} at {STEADY_RATE} req/s");
        text += &row(&steady("p50"), self.steady_patchbay.p50_ms, self.steady_bare.p50_ms, "ms");
        text += &row(&steady("p99"), self.steady_patchbay.p99_ms, self.steady_bare.p99_ms, "ms");
        text += &format!(
            "\n| | |\n|---|---|\n| cold start until it listens (median of {STARTS}) | {} ms |\n| resident memory, idle | {:.1} \
             MiB |\n| WASM, brotli | {:.1} KiB |\n| JavaScript, brotli | {:.1} KiB |\n| CSS, brotli | {:.1} KiB |\n",
            self.start.as_millis(),
            kib_to_mib(self.idle_kib),
            brotli_kib(&pkg, ".wasm.br")?,
            brotli_kib(&pkg, ".js.br")?,
            brotli_kib(&pkg, ".css.br")?,
        );
        Ok(text)
    }
}

fn table(ours: &Load, bare: &Load) -> String {
    let rows = [
        row("throughput, 32 connections", ours.per_second, bare.per_second, "req/s"),
        row("p50 at full load", ours.p50_ms, bare.p50_ms, "ms"),
        row("p99 at full load", ours.p99_ms, bare.p99_ms, "ms"),
    ];
    format!("| | Patchbay | bare axum | ratio |\n|---|---|---|---|\n{}", rows.concat())
}

fn row(what: &str, ours: f64, bare: f64, unit: &str) -> String {
    format!("| {what} | {ours:.1} {unit} | {bare:.1} {unit} | {:.2} |\n", ours / bare)
}

fn kib_to_mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// The size of the precompressed files with this ending.
fn brotli_kib(folder: &Path, ending: &str) -> Result<f64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes as f64 / 1024.0)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1).map(str::to_owned));
    format!("{cores} cores of {}", model.unwrap_or_else(|| "an unnamed processor".to_owned()))
}
