//! Where things are: the workspace, and the user's cache outside it.

use std::env;
use std::path::PathBuf;

/// The workspace's folder.
pub fn root() -> PathBuf {
    // Cargo sets the variable at run time too; a binary shared between clones must use that one.
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().expect("xtask is a folder of the workspace").to_path_buf()
}

/// Patchbay's folder in the user's cache.
pub fn cache() -> PathBuf {
    let base = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        _ => env::temp_dir(),
    };
    base.join("patchbay")
}

/// Cargo's output folder: outside the clone, so that a fresh clone finds its dependencies compiled.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(target) if !target.is_empty() => root().join(target),
        _ => cache().join("target"),
    }
}

/// The folder of `wasm-opt`.
pub fn binaryen() -> PathBuf {
    cache().join("binaryen")
}

/// The Python environment of the tests: the Codegen client, and moto.
pub fn venv() -> PathBuf {
    cache().join("venv")
}
