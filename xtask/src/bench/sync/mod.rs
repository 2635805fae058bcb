//! Issue sync under load: the settings of a big organization, and a burst of webhooks.
//!
//! The vendors are the counterparts of the tests, on the same machine.

mod burst;
mod counterpart;
mod flow;
mod report;
mod stage;

use std::fs;

use anyhow::{Context, Result, bail};

use super::machine;
use crate::leptos::Profile;
use crate::paths;

const HEADING: &str = "Issue sync";

/// How much is measured.
pub struct Size {
    projects: usize,
    changes: usize,
}

/// What the goals are about.
const FULL: Size = Size { projects: 200, changes: 10_000 };
/// Enough to see that everything works.
const TRIAL: Size = Size { projects: 200, changes: 300 };

/// The section of the page.
pub fn section() -> Result<String> {
    measure(Profile::Release, &FULL)
}

/// Tries the measures with the development build; what comes out says nothing about speed.
pub fn trial() -> Result<()> {
    println!("{}", measure(Profile::Dev, &TRIAL)?);
    Ok(())
}

/// Puts a section in the place of the one of before.
pub fn replace(section: &str) -> Result<()> {
    let file = paths::root().join("docs/benchmarks.md");
    let page = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let page = report::with_section(&page, HEADING, section);
    fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))
}

fn measure(profile: Profile, size: &Size) -> Result<String> {
    if !profile.binary().is_file() {
        bail!("there is no {}: build it first", profile.binary().display());
    }
    let flow = flow::measure(profile, size)?;
    println!("{}", flow.to_markdown());
    let burst = burst::measure(profile, size)?;
    Ok(format!(
        "## {HEADING}\n\nWritten by `cargo xtask bench sync` on {}. On SQLite; the vendors are counterparts that share the \
         machine.\n\n{}\n{}",
        machine(),
        flow.to_markdown(),
        burst.to_markdown()
    ))
}
