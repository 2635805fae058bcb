//! The programs that build the page, each at the one version that fits.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::{present, step};
use crate::{cargo, paths, shell};

const CARGO_LEPTOS: &str = "0.3.11";
/// Must equal the crate `wasm-bindgen` to the patch.
const WASM_BINDGEN: &str = "0.2.130";
const BINARYEN: &str = "132.0.0";

pub fn wasm_bindgen() -> Result<()> {
    // Without `--locked`: its lock file names crate versions that are gone.
    cargo_install("wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN, &[], "1 to 9 minutes")
}

pub fn cargo_leptos() -> Result<()> {
    let flags = ["--locked", "--no-default-features", "--features", "no_downloads"];
    cargo_install("cargo-leptos", "cargo-leptos", CARGO_LEPTOS, &flags, "5 to 15 minutes")
}

/// The optimizer of release builds, from npm.
pub fn wasm_opt() -> Result<()> {
    let folder = paths::binaryen();
    let what = format!("wasm-opt (binaryen {BINARYEN})");
    let manifest = fs::read_to_string(folder.join("node_modules/binaryen/package.json")).unwrap_or_default();
    if manifest.contains(&format!("\"version\": \"{BINARYEN}\"")) {
        present(&what, folder.display());
        return Ok(());
    }
    step(&what, "a few seconds", || {
        fs::create_dir_all(&folder)?;
        let package = format!("binaryen@{BINARYEN}");
        shell::run_quietly(Command::new("npm").args(["install", "--no-save", "--prefix"]).arg(&folder).arg(package))
    })
}

fn cargo_install(program: &str, package: &str, version: &str, flags: &[&str], usual: &str) -> Result<()> {
    let what = format!("{package} {version}");
    let installed = shell::output(Command::new(program).arg("--version")).unwrap_or_default();
    if installed.split_whitespace().nth(1) == Some(version) {
        present(&what, "on PATH");
        return Ok(());
    }
    step(&what, usual, || {
        let target = paths::cache().join("tools-target");
        fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
        let mut command = cargo::cargo();
        command
            .args(["install", package, "--version", version])
            .args(flags)
            // Outside the workspace, whose flags and pinned toolchain are not for other programs.
            .current_dir(&target)
            .env("CARGO_TARGET_DIR", &target)
            .env_remove("RUSTFLAGS")
            // Compiling these takes longer than they would ever save by being optimised.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        shell::run(&mut command)?;
        Ok(fs::remove_dir_all(&target)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_has_the_version_of_the_crate() {
        let manifest = fs::read_to_string(paths::root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("wasm-bindgen = \"={WASM_BINDGEN}\"")));
    }
}
