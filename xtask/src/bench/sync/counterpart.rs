//! Starting a counterpart of `end2end/counterparts`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use super::super::http::Request;
use crate::paths;

/// How long one may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long one may take for an order: a burst of webhooks is one.
const ORDER_LIMIT: Duration = Duration::from_secs(1800);

/// A vendor that runs; it ends when this is dropped, and with us however we end.
pub struct Counterpart {
    child: Child,
    facts: Value,
    _folder: TempDir,
}

impl Counterpart {
    /// A vendor as `end2end/counterparts/vendor.mjs` describes it.
    pub fn start(spec: &Value) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let script = paths::root().join("end2end/counterparts/oidc.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(spec.to_string())
            .arg("--tied")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start node")?;
        let mut output = BufReader::new(child.stdout.take().context("node has no output")?);
        let (told, line) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            output.read_line(&mut line).ok();
            told.send(line).ok();
            // Whatever it says afterwards is read, so that it is never kept waiting.
            std::io::copy(&mut output, &mut std::io::sink()).ok();
        });
        let line = line.recv_timeout(START_LIMIT).unwrap_or_default();
        let mut counterpart = Self { child, facts: Value::Null, _folder: folder };
        counterpart.facts =
            serde_json::from_str(&line).context("a counterpart does not start; its reason stands above")?;
        Ok(counterpart)
    }

    /// What it said about itself when it began.
    pub fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_default()
    }

    /// The id of its first project.
    pub fn first_project(&self) -> &str {
        self.facts["projects"][0]["id"].as_str().unwrap_or_default()
    }

    /// Host and port.
    fn address(&self) -> &str {
        self.fact("url").trim_start_matches("http://")
    }

    /// Orders something, and answers what came of it.
    pub fn order(&self, order: &Value) -> Result<Value> {
        let request = Request::post("/__control").json(order).patience(ORDER_LIMIT);
        request.send(self.address())?.json().with_context(|| format!("the counterpart does not obey {order}"))
    }

    /// What it has counted so far.
    pub fn seen(&self) -> Result<Value> {
        Request::get("/__control").patience(ORDER_LIMIT).send(self.address())?.json()
    }

    /// Fails when requests broke the vendor's rules, or webhooks were given up: what was measured then is not what was
    /// meant.
    pub fn is_content(&self) -> Result<()> {
        let seen = self.seen()?;
        for (what, found) in [("refused", &seen["refused"]), ("gave up", &seen["hooks"]["undelivered"])] {
            if let Some([first, ..]) = found.as_array().map(Vec::as_slice) {
                bail!("{} {what} requests, such as: {first}", self.fact("url"));
            }
        }
        Ok(())
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
