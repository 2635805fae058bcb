//! `cargo xtask serve`: build for release and become the server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::leptos::{self, Profile};
use crate::setup;

const ADDR: &str = "127.0.0.1:3000";

pub fn run(args: &[String]) -> Result<()> {
    setup::run(false)?;
    println!("Building for release; the first time takes about 20 minutes.");
    leptos::build_release()?;

    let binary = Profile::Release.binary();
    let mut command = Command::new(&binary);
    command.arg("serve").env("LEPTOS_SITE_ROOT", Profile::Release.site());
    let addr = given_addr(args);
    if addr.is_none() {
        command.args(["--addr", ADDR]);
    }
    println!("Patchbay: http://{}", addr.unwrap_or(ADDR));
    let error = command.args(args).exec();
    Err(error).with_context(|| format!("cannot start {}", binary.display()))
}

fn given_addr(args: &[String]) -> Option<&str> {
    let position = args.iter().position(|arg| arg == "--addr" || arg.starts_with("--addr="))?;
    match args[position].strip_prefix("--addr=") {
        Some(addr) => Some(addr),
        None => args.get(position + 1).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_may_be_given_in_either_form() {
        let args = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(given_addr(&args(&["--demo", "--addr", "127.0.0.1:1"])), Some("127.0.0.1:1"));
        assert_eq!(given_addr(&args(&["--addr=127.0.0.1:2"])), Some("127.0.0.1:2"));
        assert_eq!(given_addr(&args(&["--demo"])), None);
    }
}
