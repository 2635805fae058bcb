//! Packages from PyPI in an environment of their own: the Codegen client, which a test runs against our API, a mail
//! server, and moto, which plays AWS.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::{present, step};
use crate::{paths, shell};

pub fn packages() -> Result<()> {
    let venv = paths::venv();
    let list = paths::root().join("end2end/requirements.txt");
    let wanted = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let installed = venv.join("requirements.txt");
    if wanted == fs::read(&installed).unwrap_or_default() {
        present("Python packages (Codegen client, moto)", venv.display());
        return Ok(());
    }
    step("Python packages (Codegen client, moto)", "half a minute", || {
        shell::run_quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
            .context("Python cannot make a virtual environment; on Debian, `apt-get install python3-venv`")?;
        // The client asks for Python 3.12 but runs on 3.11; the list is complete, so pip need not resolve it.
        shell::run_quietly(
            Command::new(venv.join("bin/pip"))
                .args(["install", "--quiet", "--ignore-requires-python", "--no-deps", "--requirement"])
                .arg(&list),
        )?;
        fs::copy(&list, &installed)?;
        Ok(())
    })
}
