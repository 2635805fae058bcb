//! `cargo xtask docs`: the table of providers, from their manifests.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::paths;

const INTRODUCTION: &str = "\
# Providers

Written by `cargo xtask docs` from the manifests in `server/providers/catalogue`; change it there.

“Proven against” says what a provider's integration was run against, and what not yet. No test needs the internet, so
most vendors are played on this machine:

- A *stub that replays documented answers* gives the answers that the vendor's documentation shows, to the documented
  requests only. It proves that Patchbay follows the documentation. It proves nothing about what the vendor does beyond it.
- *oidc-provider*, *emulate* and *moto* are servers that others wrote. They check what a vendor checks: PKCE, redirect
  addresses, that a code or a rotating refresh token is used once, GitHub's signed app tokens, AWS's signatures.
- A *real server* is the product itself, started by the tests.

Whatever is signed in to or takes a key is installed by the tests through the same routes as by a browser, checked, renewed
where its token ends, withdrawn at the provider, connected again and removed; what does not apply to it is left out.
Databases are tested one layer below. “Health call” is the request by which a connection is checked.
";

const HEAD: [&str; 9] = [
    "Provider",
    "Key",
    "Codegen type",
    "Sign-in",
    "PKCE",
    "Scopes",
    "Health call",
    "Webhook signature",
    "Proven against",
];

/// The kinds of sign-in as manifests name them, in the order of the table.
const KINDS: [(&str, &str); 8] = [
    ("oauth2", "OAuth 2"),
    ("github_app", "App installation"),
    ("api_key", "API key"),
    ("database", "Database connection"),
    ("aws_role", "Cloud role"),
    ("app", "App"),
    ("plugin", "Plugin, per project"),
    ("document", "Documentation only"),
];

const NOTHING: &str = "–";

/// Writes `docs/providers.md`, or with `check` says whether that would change anything.
pub fn run(check: bool) -> Result<()> {
    let file = paths::root().join("docs/providers.md");
    let wanted = page(&read(&paths::root().join("server/providers/catalogue"))?)?;
    let is_current = fs::read_to_string(&file).is_ok_and(|found| found == wanted);
    if check && !is_current {
        bail!("docs/providers.md is out of date; run `cargo xtask docs` and commit what it writes");
    }
    if !is_current {
        fs::write(&file, wanted).with_context(|| format!("cannot write {}", file.display()))?;
    }
    println!("docs/providers.md: {}", if is_current { "no change" } else { "written" });
    Ok(())
}

fn read(catalogue: &Path) -> Result<Vec<Table>> {
    let entries = fs::read_dir(catalogue).with_context(|| format!("cannot read {}", catalogue.display()))?;
    let mut manifests = Vec::new();
    for entry in entries {
        let file = entry?.path().join("manifest.toml");
        if file.is_file() {
            let text = fs::read_to_string(&file)?;
            manifests.push(text.parse().with_context(|| format!("cannot read {}", file.display()))?);
        }
    }
    Ok(manifests)
}

fn page(manifests: &[Table]) -> Result<String> {
    let mut rows = Vec::new();
    for manifest in manifests {
        let (name, kind) = (text(manifest, "name"), text(manifest, "auth.kind"));
        let place = KINDS.iter().position(|(word, _)| *word == kind);
        let place = place.with_context(|| format!("{name} has an unknown kind of sign-in: {kind:?}"))?;
        rows.push((place, name.to_lowercase(), row(manifest, KINDS[place].1)));
    }
    rows.sort();
    let mut page = format!("{INTRODUCTION}\n{}{}", line(&HEAD), line(&["---"; HEAD.len()]));
    page.extend(rows.iter().map(|(_, _, cells)| line(&cells.each_ref().map(String::as_str))));
    Ok(page)
}

fn row(manifest: &Table, sign_in: &str) -> [String; HEAD.len()] {
    let key = text(manifest, "key");
    let codegen_type = match (text(manifest, "kind"), text(manifest, "codegen_type")) {
        ("first_party", "") => code(key),
        (_, codegen_type) => code(codegen_type),
    };
    let scopes = at(manifest, "scopes").and_then(Value::as_array).map_or(0, Vec::len);
    [
        text(manifest, "name").to_owned(),
        code(key),
        codegen_type,
        sign_in.to_owned(),
        pkce(manifest).to_owned(),
        if scopes == 0 { NOTHING.to_owned() } else { scopes.to_string() },
        health(manifest),
        webhook(manifest),
        text(manifest, "proven_against").to_owned(),
    ]
}

fn pkce(manifest: &Table) -> &'static str {
    match (text(manifest, "auth.kind"), at(manifest, "auth.pkce").and_then(Value::as_bool)) {
        // The hub always sends it to GitHub.
        ("github_app", _) | (_, Some(true)) => "yes",
        (_, Some(false)) => "no",
        _ => NOTHING,
    }
}

/// The call of its own that a check makes; else it asks again whose the credential is.
fn health(manifest: &Table) -> String {
    let call = ["health", "identity.call"].into_iter().find(|call| at(manifest, call).is_some());
    match (call, text(manifest, "auth.kind")) {
        (Some(call), _) => {
            let part = |name: &str| text(manifest, &format!("{call}.{name}")).to_owned();
            code(&format!("{} {}", part("method"), part("url")))
        }
        (None, "database") => "a new connection and a query".to_owned(),
        (None, _) => NOTHING.to_owned(),
    }
}

fn webhook(manifest: &Table) -> String {
    match text(manifest, "webhook.scheme") {
        "" => NOTHING.to_owned(),
        scheme => format!("{scheme} in {}", code(text(manifest, "webhook.header"))),
    }
}

fn at<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = table.get(first)?;
    match rest {
        Some(rest) => at(value.as_table()?, rest),
        None => Some(value),
    }
}

/// The text at a path, empty when there is none.
fn text<'a>(table: &'a Table, path: &str) -> &'a str {
    at(table, path).and_then(Value::as_str).unwrap_or_default()
}

fn code(text: &str) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { format!("`{text}`") }
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> Table {
        let head =
            format!("key = \"{}\"\nname = \"{name}\"\nproven_against = \"Nothing | yet.\"\n", name.to_lowercase());
        format!("{head}{rest}").parse().unwrap()
    }

    #[test]
    fn providers_stand_by_kind_and_name_and_every_cell_is_filled() {
        let oauth = "kind = \"first_party\"\nscopes = [{ name = \"read\" }]\n[auth]\nkind = \"oauth2\"\npkce = true\n";
        let health = "[health]\nmethod = \"GET\"\nurl = \"https://a.test/me\"\n";
        let webhook = "[webhook]\nscheme = \"hmac-sha256\"\nheader = \"X-Signature\"\n";
        let manifests = [
            manifest("Zulu", "kind = \"document\"\n[auth]\nkind = \"document\"\n"),
            manifest("beta", &format!("codegen_type = \"b\"\n{oauth}")),
            manifest("Alpha", &format!("{oauth}{health}{webhook}")),
        ];
        let page = page(&manifests).unwrap();
        let rows: Vec<_> = page.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
        assert_eq!(
            rows,
            [
                "| Alpha | `alpha` | `alpha` | OAuth 2 | yes | 1 | `GET https://a.test/me` | hmac-sha256 in `X-Signature` | Nothing \\| yet. |",
                "| beta | `beta` | `b` | OAuth 2 | yes | 1 | – | – | Nothing \\| yet. |",
                "| Zulu | `zulu` | – | Documentation only | – | – | – | – | Nothing \\| yet. |",
            ]
        );
    }

    #[test]
    fn a_kind_of_sign_in_without_a_place_in_the_table_is_an_error() {
        let error = page(&[manifest("New", "[auth]\nkind = \"passkey\"\n")]).unwrap_err();
        assert_eq!(error.to_string(), "New has an unknown kind of sign-in: \"passkey\"");
    }
}
