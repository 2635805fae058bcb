//! Where the counterparts' packages are, and what to say when they are not.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of the launch scripts and of the packages from npm.
pub fn end2end() -> PathBuf {
    // Asked for when the test runs: a test built in one clone may run in another that shares its build folder.
    Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../end2end").canonicalize().unwrap()
}

/// Whether a package from npm is installed.
pub fn has_node_package(name: &str) -> bool {
    end2end().join("node_modules").join(name).is_dir()
}

/// The Python that has moto: what the environment names, else that of the project's own set-up.
pub fn python() -> Option<PathBuf> {
    let named = env::var_os("PATCHBAY_TEST_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    let python = named.unwrap_or_else(|| cache().join("patchbay/venv/bin/python"));
    let libraries = std::fs::read_dir(python.parent()?.parent()?.join("lib")).ok()?;
    let has_moto = libraries.flatten().any(|entry| entry.path().join("site-packages/moto").is_dir());
    has_moto.then_some(python)
}

fn cache() -> PathBuf {
    match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        _ => env::temp_dir(),
    }
}

/// Says why a test is skipped; in CI nothing may be.
pub fn skip(what: &str) {
    let reason = format!("{what} is missing; install it with `cargo xtask setup --tests`");
    assert!(env::var_os("CI").is_none(), "{reason}");
    // Past the test harness, which hides what passing tests print.
    let _ = writeln!(std::io::stderr(), "A test is skipped: {reason}.");
}
