//! Debian packages.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Whether we can install packages ourselves.
pub fn available() -> bool {
    shell::which("apt-get").is_some() && shell::is_root()
}

/// Installs packages, or says how.
pub fn install(packages: &[&str]) -> Result<()> {
    if !available() {
        bail!("missing; install it and start again: `sudo apt-get install {}`", packages.join(" "));
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(args: &[&str]) -> Result<()> {
    shell::run_quietly(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(args))
}
