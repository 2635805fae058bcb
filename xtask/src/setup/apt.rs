//! Debian packages.

use std::path::Path;
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

/// Installs a database server, or says how. Debian starts it as a service; the tests start their own, so that one is
/// ended and does not start again with the machine.
pub fn install_server(package: &str, service: &str) -> Result<()> {
    install(&[package])?;
    if Path::new("/run/systemd/system").is_dir() {
        // Where the service does not run, there is nothing to end.
        shell::run_quietly(Command::new("systemctl").args(["disable", "--now", "--quiet", service])).ok();
    } else if shell::which("service").is_some() {
        shell::run_quietly(Command::new("service").args([service, "stop"])).ok();
    }
    Ok(())
}

fn apt_get(args: &[&str]) -> Result<()> {
    shell::run_quietly(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(args))
}
