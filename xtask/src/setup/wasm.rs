//! The WASM target: from rustup, or where rustup cannot download it, from Debian's packages.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{apt, present, step};
use crate::cargo::{self, LINKED_TOOLCHAIN, WASM};
use crate::{paths, shell};

/// Compiler, cargo, clippy, the standard library's source, and the linker under both of its names.
const PACKAGES: [&str; 6] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "rust-web-llvm", "lld-22"];

/// A kind of crate to try a toolchain with.
#[derive(Clone, Copy)]
enum Try {
    /// Needs the standard library.
    Lib,
    /// Needs the linker besides.
    Cdylib,
}

pub fn target() -> Result<()> {
    let linked = cargo::toolchain();
    if compiles(linked, Try::Cdylib) {
        present(WASM, linked.unwrap_or("rustup's toolchain"));
        return Ok(());
    }
    if linked.is_none() {
        println!("setup: {WASM}: asking rustup …");
        let mut add = Command::new("rustup");
        add.args(["target", "add", WASM]).current_dir(paths::root());
        match shell::run_for(Duration::from_secs(180), &mut add) {
            Ok(()) if compiles(None, Try::Cdylib) => return Ok(()),
            Ok(()) => {
                bail!("rustup added {WASM}, but the compiler does not find it; see `rustup show`")
            }
            Err(error) if apt::available() => {
                println!("setup: {error:#}; taking Debian's compiler instead")
            }
            Err(error) => return Err(error),
        }
    }
    step("Debian's Rust compiler", "a minute", || apt::install(&PACKAGES))?;
    shell::run(Command::new("rustup").args(["toolchain", "link", LINKED_TOOLCHAIN, "/usr"]))?;
    if !compiles(Some(LINKED_TOOLCHAIN), Try::Lib) {
        step("the standard library for WASM", "2 minutes", standard_library)?;
    }
    if !compiles(Some(LINKED_TOOLCHAIN), Try::Cdylib) {
        bail!("the toolchain {LINKED_TOOLCHAIN} still cannot build for {WASM}");
    }
    Ok(())
}

/// Whether the toolchain can build an empty crate for the target.
fn compiles(toolchain: Option<&str>, what: Try) -> bool {
    let Ok(folder) = tempfile::tempdir() else {
        return false;
    };
    let source = folder.path().join("empty.rs");
    if fs::write(&source, "").is_err() {
        return false;
    }
    let kind = match what {
        Try::Lib => "lib",
        Try::Cdylib => "cdylib",
    };
    let mut rustc = Command::new("rustc");
    rustc.args(["--target", WASM, "--crate-type", kind, "--out-dir"]).arg(folder.path()).arg(&source);
    rustc.current_dir(paths::root());
    if let Some(toolchain) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    shell::output(&mut rustc).is_ok()
}

/// Builds the standard library from the packaged source, once, and puts it where the packaged compiler looks.
fn standard_library() -> Result<()> {
    let folder = paths::cache().join("std-for-wasm");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"std-for-wasm\"\nedition = \"2024\"\n[profile.release]\npanic = \"abort\"\n[workspace]\n",
    )?;
    let target = folder.join("target");
    shell::run(
        Command::new("/usr/bin/cargo")
            .args(["build", "--release", "--target", WASM, "-Z", "build-std=std,panic_abort,test", "--target-dir"])
            .arg(&target)
            .current_dir(&folder)
            .env("PATH", shell::path_with(Path::new("/usr/bin")))
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTFLAGS"),
    )?;

    let library = Path::new("/usr/lib/rustlib").join(WASM).join("lib");
    fs::create_dir_all(&library)?;
    for old in rlibs(&library)? {
        fs::remove_file(old)?;
    }
    for built in rlibs(&target.join(WASM).join("release/deps"))? {
        let name = built.file_name().expect("a listed file has a name");
        if !name.to_string_lossy().starts_with("libstd_for_wasm-") {
            fs::copy(&built, library.join(name))?;
        }
    }
    Ok(fs::remove_dir_all(&folder)?)
}

fn rlibs(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rlib"));
    Ok(files)
}
