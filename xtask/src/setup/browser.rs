//! What the end-to-end tests run on: a browser and the packages of `end2end/`.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{apt, present, step};
use crate::{paths, shell};

/// The browser: `CHROMIUM`, else what is on `PATH`.
pub fn chromium() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].iter().find_map(|name| shell::which(name))
}

pub fn install() -> Result<()> {
    match chromium() {
        Some(path) => {
            present("Chromium", path.display());
            Ok(())
        }
        None => step("Chromium", "half a minute", || apt::install(&["chromium"])),
    }
}

/// Installs the packages that the lock file names, when they are not those of the last time: Playwright, and the
/// counterparts that play GitHub, Linear and OAuth providers.
pub fn node_packages() -> Result<()> {
    let folder = paths::root().join("end2end");
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.installed-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if wanted == fs::read(&installed).unwrap_or_default() {
        present("Node packages (Playwright, emulate, oidc-provider)", folder.display());
        return Ok(());
    }
    step("Node packages (Playwright, emulate, oidc-provider)", "a few seconds", || {
        shell::run_quietly(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        fs::copy(&lock, &installed)?;
        Ok(())
    })
}
