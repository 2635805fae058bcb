//! Building both halves with cargo-leptos.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{cargo, paths, shell};

/// How a build is made, and so where it lands.
#[derive(Clone, Copy)]
pub enum Profile {
    /// For tests: quick to build.
    Dev,
    /// For use: small and fast.
    Release,
}

impl Profile {
    fn folder(self) -> PathBuf {
        paths::target().join(match self {
            Profile::Dev => "debug",
            Profile::Release => "release",
        })
    }

    /// The server's binary.
    pub fn binary(self) -> PathBuf {
        self.folder().join("patchbay")
    }

    /// The names that the files of this build have; the server reads it beside its binary.
    pub fn hashes(self) -> PathBuf {
        self.folder().join("hash.txt")
    }

    /// The files that the browser loads: beside the binary, so that builds of different profiles do not mix.
    pub fn site(self) -> PathBuf {
        self.folder().join("site")
    }
}

/// Builds server and site for release.
pub fn build_release() -> Result<()> {
    let path = shell::path_with(&paths::binaryen().join("node_modules/.bin"));
    shell::run(leptos(Profile::Release)?.env("PATH", path).args(["--release", "--precompress"]))
}

/// Builds the site in the development profile; the server comes from cargo, with the features of the tests.
pub fn build_dev_site() -> Result<()> {
    shell::run(leptos(Profile::Dev)?.arg("--frontend-only"))
}

fn leptos(profile: Profile) -> Result<Command> {
    let site = profile.site();
    std::fs::create_dir_all(&site).with_context(|| format!("cannot create {}", site.display()))?;
    let mut command = cargo::cargo();
    command
        .args(["leptos", "build"])
        .env("LEPTOS_SITE_ROOT", site)
        // cargo-leptos looks for a binary named after the package unless told.
        .env("LEPTOS_BIN_EXE_NAME", "patchbay");
    Ok(command)
}
