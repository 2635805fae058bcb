//! The one way in which xtask calls cargo, so that no two calls differ in compiler, flags or environment:
//! any difference would compile every dependency again.

use std::env;
use std::process::Command;

use crate::{paths, shell};

/// The name under which `setup` links Debian's compiler, where rustup cannot download the WASM target.
pub const LINKED_TOOLCHAIN: &str = "patchbay-wasm";

/// Every crate that is built, checked or tested for the host. `frontend` is not among them: its feature
/// `hydrate` must not meet `ssr`.
pub const PACKAGES: [&str; 10] =
    ["domain", "store-macros", "store-sqlite", "store-postgres", "store", "providers", "hub", "app", "server", "xtask"];

/// The WASM target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Cargo in the workspace, with the compiler that builds.
pub fn cargo() -> Command {
    let mut command = bare();
    if let Some(toolchain) = toolchain() {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}

/// Cargo on the packages of the host, with the features of the server.
pub fn cargo_on_packages(subcommand: &str) -> Command {
    let mut command = cargo();
    command.arg(subcommand);
    for package in PACKAGES {
        command.args(["-p", package]);
    }
    command.args(["--features", "app/ssr"]);
    command
}

/// Cargo for the browser's half, in the output folder that cargo-leptos uses for it.
pub fn cargo_wasm(subcommand: &str, package: &str) -> Command {
    let mut command = cargo();
    command.args([subcommand, "-p", package, "--target", WASM]).arg("--target-dir").arg(paths::target().join("front"));
    command
}

/// Cargo of the rustup toolchain: rustfmt is only there.
pub fn cargo_fmt() -> Command {
    let mut command = bare();
    if env::var_os("RUSTUP_TOOLCHAIN").is_some_and(|toolchain| toolchain == LINKED_TOOLCHAIN) {
        command.env("RUSTUP_TOOLCHAIN", "stable");
    }
    command.arg("fmt");
    command
}

/// The toolchain to name in every call; none when the usual one has the WASM target.
pub fn toolchain() -> Option<&'static str> {
    let list = shell::output(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    list.lines().any(|line| line.split_whitespace().next() == Some(LINKED_TOOLCHAIN)).then_some(LINKED_TOOLCHAIN)
}

fn bare() -> Command {
    let mut command = Command::new("cargo");
    // What `cargo run` set for us is not meant for the next cargo.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(paths::root())
        .env("CARGO_TARGET_DIR", paths::target())
        .env("RUSTFLAGS", "--cfg erase_components")
        // Leptos reads these while it compiles; cargo-leptos sets the same from Cargo.toml.
        .env("LEPTOS_OUTPUT_NAME", "patchbay")
        .env("SERVER_FN_PREFIX", "/_api")
        .env("DISABLE_SERVER_FN_HASH", "true")
        .env("SQLX_OFFLINE", "true");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_equals_what_cargo_leptos_sets() {
        let manifest = std::fs::read_to_string(paths::root().join("Cargo.toml")).unwrap();
        for line in ["output-name = \"patchbay\"", "server-fn-prefix = \"/_api\"", "disable-server-fn-hash = true"] {
            assert!(manifest.contains(line), "Cargo.toml no longer says `{line}`: change xtask/src/cargo.rs with it");
        }
    }

    #[test]
    fn every_member_but_the_frontend_is_tested() {
        let manifest = std::fs::read_to_string(paths::root().join("Cargo.toml")).unwrap();
        let members = manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
        assert_eq!(members.matches('"').count() / 2, PACKAGES.len() + 1);
    }
}
