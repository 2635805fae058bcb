//! What must be there beforehand: rustup, Node and Python.

use std::process::Command;

use anyhow::{Result, bail};

use super::present;
use crate::shell;

pub fn check() -> Result<()> {
    if shell::which("rustup").is_none() {
        bail!("rustup is missing; install it from https://rustup.rs with `curl -sSf https://sh.rustup.rs | sh`");
    }
    at_least("node", (20, 0), "`apt-get install nodejs npm`, or from https://nodejs.org")?;
    at_least("python3", (3, 11), "`apt-get install python3 python3-venv`, or from https://www.python.org")?;
    if shell::which("npm").is_none() {
        bail!("npm is missing; install it with `apt-get install npm`");
    }
    Ok(())
}

fn at_least(program: &str, wanted: (u32, u32), how: &str) -> Result<()> {
    let (major, minor) = wanted;
    let printed = shell::output(Command::new(program).arg("--version")).unwrap_or_default();
    match version(&printed) {
        Some(found) if found >= wanted => {
            present(program, printed.trim());
            Ok(())
        }
        Some(_) => bail!("{program} is too old ({}); {major}.{minor} or newer is needed: {how}", printed.trim()),
        None => bail!("{program} is missing; {major}.{minor} or newer is needed: {how}"),
    }
}

/// Major and minor of `v20.1.2` or `Python 3.11.7`.
fn version(printed: &str) -> Option<(u32, u32)> {
    let start = printed.find(|c: char| c.is_ascii_digit())?;
    let mut numbers = printed[start..].split(['.', '\n', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        assert_eq!(version("v20.20.2\n"), Some((20, 20)));
        assert_eq!(version("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(version(""), None);
    }
}
