//! Starting a server to measure.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::leptos::Profile;
use crate::paths;

/// A running server; it ends when this is dropped.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    /// From the start of the process until it listened.
    pub started_in: Duration,
}

impl Server {
    /// The release build, with its data in `data`.
    pub fn patchbay(data: &Path, args: &[&str]) -> Result<Self> {
        Self::start(
            Command::new(Profile::Release.binary())
                .args(["serve", "--addr", "127.0.0.1:0"])
                .args(args)
                .current_dir(data)
                .env("PATCHBAY_DATA_DIR", data)
                .env("LEPTOS_SITE_ROOT", Profile::Release.site()),
        )
    }

    /// A build, with its data in `data`, at an address that others know before it is there, and with providers at theirs:
    /// `KEY=URL`, separated by commas.
    pub fn between(profile: Profile, data: &Path, address: &str, endpoints: &str) -> Result<Self> {
        Self::start(
            Command::new(profile.binary())
                .args(["serve", "--addr", address])
                .current_dir(data)
                .env("PATCHBAY_DATA_DIR", data)
                .env("PATCHBAY_ENDPOINTS", endpoints)
                .env("PATCHBAY_OUTBOUND_ALLOW", "127.0.0.1")
                .env("LEPTOS_SITE_ROOT", profile.site()),
        )
    }

    /// A route that answers with the bytes of `page`.
    pub fn bare(page: &Path) -> Result<Self> {
        Self::start(Command::new(paths::target().join("release/examples/bare")).arg(page))
    }

    fn start(command: &mut Command) -> Result<Self> {
        let start = Instant::now();
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot start the server")?;
        let (found, address) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        read(stdout, found.clone());
        read(stderr, found);
        let address = address.recv_timeout(Duration::from_secs(60));
        let mut server = Self { child, address: String::new(), started_in: start.elapsed() };
        server.address = address.context("the server does not say where it listens")?;
        Ok(server)
    }

    /// Memory that the process occupies.
    pub fn resident_kib(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the kernel names no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads to the end, so that the server never waits for us, reports the first address, and shows what goes wrong.
fn read(stream: Option<impl std::io::Read + Send + 'static>, found: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(address) = listening_on(&line) {
                found.send(address).ok();
            }
            if [" WARN ", " ERROR ", "patchbay: "].iter().any(|word| line.contains(word)) {
                eprintln!("{line}");
            }
        }
    });
}

fn listening_on(line: &str) -> Option<String> {
    let rest = line.split("listening on http://").nth(1)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::listening_on;

    #[test]
    fn the_address_is_found_in_any_log_line() {
        assert_eq!(
            listening_on("INFO listening on http://127.0.0.1:4000 demo=true").as_deref(),
            Some("127.0.0.1:4000")
        );
        assert_eq!(
            listening_on(r#"{"message":"listening on http://127.0.0.1:4000"}"#).as_deref(),
            Some("127.0.0.1:4000")
        );
        assert_eq!(listening_on("INFO started"), None);
    }
}
