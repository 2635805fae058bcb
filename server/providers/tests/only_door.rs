//! Nothing in the workspace opens a connection to the outside beside the one door.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Crates that speak to other people's servers.
const CLIENTS: [&str; 14] = [
    "reqwest",
    "hyper-util",
    "hyper-rustls",
    "hyper-tls",
    "ureq",
    "isahc",
    "surf",
    "awc",
    "curl",
    "attohttpc",
    "tokio-postgres",
    "postgres",
    "mysql_async",
    "mysql",
];

#[test]
fn no_other_crate_depends_on_a_client() {
    let root = root();
    let workspace: toml::Table = toml::from_str(&fs::read_to_string(root.join("Cargo.toml")).unwrap()).unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    assert!(members.len() > 5);
    for member in members.iter().map(|member| member.as_str().unwrap()).filter(|member| *member != "server/providers") {
        let file = root.join(member).join("Cargo.toml");
        // A member that is not written yet depends on nothing.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        let Some(dependencies) = manifest.get("dependencies").and_then(|value| value.as_table()) else { continue };
        let found: Vec<_> = dependencies.keys().filter(|name| CLIENTS.contains(&name.as_str())).collect();
        assert!(found.is_empty(), "{member} depends on {found:?}; only providers may");
    }
}

#[test]
fn no_other_file_of_this_crate_opens_a_connection() {
    let mut files = Vec::new();
    collect(&root().join("server/providers/src"), &mut files);
    assert!(files.len() > 10);
    for file in files.iter().filter(|file| !file.components().any(|part| part.as_os_str() == "outbound")) {
        let text = fs::read_to_string(file).unwrap();
        for opener in
            ["TcpStream::connect", "TcpSocket", "UdpSocket", "reqwest::Client", "Client::builder", "lookup_host"]
        {
            assert!(!text.contains(opener), "{} opens a connection by itself: {opener}", file.display());
        }
    }
}

/// Asked for when the test runs: a test built in one clone may run in another that shares its build folder.
fn root() -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
