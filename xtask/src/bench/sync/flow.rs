//! The configuration of a big Azure DevOps organization: how long it takes to read, and to show again.

use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::json;

use super::super::load::Load;
use super::Size;
use super::report::{Row, table};
use super::stage::{LOOKS, Stage, path_of};
use crate::leptos::Profile;

/// How long each answer of the vendor takes, in milliseconds.
const LATENCY: u32 = 100;
/// States of a project.
const STATES: usize = 25;

/// What was seen.
pub struct Flow {
    projects: usize,
    first_ms: f64,
    answer_bytes: usize,
    answer: Load,
    page_bytes: usize,
    page: Load,
    calls: u64,
    most_at_once: u64,
}

/// Connects, and looks.
pub fn measure(profile: Profile, size: &Size) -> Result<Flow> {
    let spec = json!({ "vendor": "azure-devops", "projects": size.projects, "states": STATES });
    let stage = Stage::open(profile, vec![("vsts", spec)])?;
    stage.vendor("vsts").order(&json!({ "latency_ms": LATENCY }))?;
    let connected = stage.connect("vsts")?;
    println!("Reading {} projects.", size.projects);
    let path = path_of(&connected);
    let begun = Instant::now();
    let first = stage.get_slowly(&path)?;
    let first_ms = begun.elapsed().as_secs_f64() * 1000.0;
    let mapper = &first["configOrganization"][0];
    let listed = mapper["addDropdown"]["items"].as_array().map_or(0, Vec::len);
    if listed != size.projects || mapper["disabled"] == true {
        bail!("{listed} projects were read, not {}: {}", size.projects, mapper["disabledReason"]);
    }
    let (answer_bytes, answer) = stage.looks(&path)?;
    let (page_bytes, page) = stage.looks(&connected.page)?;
    let vendor = stage.vendor("vsts");
    vendor.is_content()?;
    let seen = vendor.seen()?;
    let calls = seen["counts"]["api"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    let most_at_once = seen["max_in_flight"].as_u64().unwrap_or_default();
    Ok(Flow { projects: size.projects, first_ms, answer_bytes, answer, page_bytes, page, calls, most_at_once })
}

impl Flow {
    /// A paragraph and a table.
    pub fn to_markdown(&self) -> String {
        let rows = [
            Row::at_most("first answer of the API, which waits until all is read", self.first_ms / 1000.0, 5.0, "s"),
            Row::at_most(&kept("the same again", self.answer_bytes, "median"), self.answer.p50_ms, 100.0, "ms"),
            Row::at_most("p99 of it", self.answer.p99_ms, 100.0, "ms"),
            Row::at_most(&kept("the configure page", self.page_bytes, "median"), self.page.p50_ms, 100.0, "ms"),
            Row::at_most("p99 of it", self.page.p99_ms, 100.0, "ms"),
            Row::count("most requests at once at Azure DevOps", self.most_at_once, 8),
        ];
        format!(
            "The settings of an Azure DevOps organization with {} projects of {STATES} states each, {} states in all, whose \
             every answer takes {LATENCY} ms ({} requests):\n\n{}",
            self.projects,
            self.projects * STATES,
            self.calls,
            table(&rows)
        )
    }
}

fn kept(what: &str, bytes: usize, which: &str) -> String {
    format!("{what} ({} KiB), {which} of {LOOKS}", bytes / 1024)
}
