//! Callers of the status endpoint: enough of them that none meets its limit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result};

use crate::leptos::Profile;
use crate::shell;

/// Each may make 60 requests in 30 seconds: together far more than a run makes.
const CALLERS: usize = 1_000;
/// Owns the callers' organizations, so that the person whose page is measured does not see a thousand of them.
const OWNER: &str = "bench@acme.test";
/// Makers at work at once.
const MAKERS: usize = 4;

/// One organization with one token.
struct Caller {
    path: String,
    token: String,
}

/// Makes organizations with a token each by the command line, and writes a script that lets `wrk` call their statuses
/// in turn.
pub fn script(data: &Path) -> Result<PathBuf> {
    println!("Making {CALLERS} organizations with a token each; usually two minutes.");
    run(data, &["user", "create", "--email", OWNER, "--name", "Bench"])?;
    let make =
        |maker: usize| (maker..CALLERS).step_by(MAKERS).map(|number| caller(data, number)).collect::<Result<Vec<_>>>();
    let callers = thread::scope(|scope| {
        let makers: Vec<_> = (0..MAKERS).map(|maker| scope.spawn(move || make(maker))).collect();
        makers.into_iter().map(|maker| maker.join().expect("no maker panics")).collect::<Result<Vec<_>>>()
    })?;
    let requests = callers.iter().flatten().map(|caller| {
        format!(
            "  wrk.format(\"GET\", \"{}\", {{ [\"Authorization\"] = \"Bearer {}\" }}),\n",
            caller.path, caller.token
        )
    });
    let text = format!(
        "local requests\nlocal last = 0\nfunction init()\n  requests = {{\n{}  }}\nend\nfunction request()\n  last = last % \
         #requests + 1\n  return requests[last]\nend\n",
        requests.collect::<String>()
    );
    let file = data.join("callers.lua");
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

/// The path and the token of the first caller, to fetch the bytes that the bare route answers with.
pub fn first(data: &Path) -> Result<(String, String)> {
    let caller = caller(data, CALLERS)?;
    Ok((caller.path, caller.token))
}

fn caller(data: &Path, number: usize) -> Result<Caller> {
    let slug = format!("bench-{number}");
    let id = run(data, &["org", "create", "--name", "Bench", "--slug", &slug, "--owner", OWNER])?;
    let token = run(data, &["token", "create", "--org", &slug, "--scope", "org:read"])?;
    Ok(Caller { path: format!("/v1/organizations/{id}/integrations"), token })
}

/// What a command of the release build prints.
fn run(data: &Path, args: &[&str]) -> Result<String> {
    let output = shell::output(Command::new(Profile::Release.binary()).args(args).env("PATCHBAY_DATA_DIR", data))?;
    Ok(output.trim().to_owned())
}
