//! Lists the folders of `catalogue/` as Rust, so that a provider is in the binary because its folder exists.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=catalogue");
    let mut folders: Vec<String> = fs::read_dir("catalogue")
        .expect("catalogue/ is beside build.rs")
        .map(|entry| entry.expect("catalogue/ can be read"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a folder's name is a provider's key"))
        .collect();
    folders.sort();
    let file = |folder: &str, name| {
        format!(r#"include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue/{folder}/{name}"))"#)
    };
    let entries: String = folders
        .iter()
        .map(|folder| format!("({folder:?}, {}, {}),\n", file(folder, "manifest.toml"), file(folder, "about.md")))
        .collect();
    let target = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("catalogue.rs");
    fs::write(target, format!("&[\n{entries}]\n")).expect("OUT_DIR can be written");
}
