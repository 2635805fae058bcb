//! What may not reach the browser.

use anyhow::{Result, bail};

use crate::{cargo, shell};

/// Crates of the server, with everything whose name starts like them and a hyphen (`sqlx-core`).
const FORBIDDEN: [&str; 5] = ["tokio", "sqlx", "hyper", "regex", "ring"];
/// Leptos itself brings `regex` for a function that only servers call; the linker drops it.
const EXCUSED: [(&str, &str); 1] = [("leptos_config", "regex")];

/// `domain` builds alone, and the page depends on no crate of the server.
pub fn check() -> Result<()> {
    shell::run(&mut cargo::cargo_wasm("build", "domain"))?;

    let mut tree = cargo::cargo();
    tree.args(["tree", "-p", "frontend", "--target", cargo::WASM, "-e", "normal", "--prefix", "depth"]);
    tree.args(["--format", " {p}"]);
    let offences = offences(&shell::output(&mut tree)?);
    if !offences.is_empty() {
        bail!("the browser's half depends on crates of the server: {}", offences.join(", "));
    }
    Ok(())
}

/// The forbidden edges of a tree whose lines look like `2 regex v1.13.1`.
fn offences(tree: &str) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut offences = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(depth), Some(name)) = (words.next().and_then(|depth| depth.parse::<usize>().ok()), words.next())
        else {
            continue;
        };
        path.truncate(depth);
        let parent = path.last().copied().unwrap_or_default();
        if is_forbidden(name) && !is_forbidden(parent) && !EXCUSED.contains(&(parent, name)) {
            offences.push(format!("{parent} -> {name}"));
        }
        path.push(name);
    }
    offences
}

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN
        .iter()
        .any(|crate_name| name.strip_prefix(crate_name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

#[cfg(test)]
mod tests {
    use super::offences;

    #[test]
    fn a_server_crate_is_named_with_the_crate_that_brings_it() {
        let tree = "0 frontend v0.1.0 (/clone/frontend)\n1 app v0.1.0 (/clone/app)\n2 tokio v1.0.0\n2 strings v1.0.0\n";
        assert_eq!(offences(tree), ["app -> tokio"]);
    }

    #[test]
    fn what_leptos_brings_itself_is_excused_only_there() {
        let tree =
            "0 frontend v0.1.0\n1 leptos_config v0.8.10\n2 regex v1.13.1\n3 regex-syntax v0.8.0\n1 regex v1.13.1 (*)\n";
        assert_eq!(offences(tree), ["frontend -> regex"]);
    }
}
