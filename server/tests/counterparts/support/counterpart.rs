//! Starting counterparts, and what a test may order them to do.

use super::missing::{end2end, has_node_package, python, skip};
use super::web::Request;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// How long one may take to start, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// `emulate` from npm, which plays vendors. Each constructor answers none where it is missing.
pub struct Emulate;

/// `oidc-provider` from npm, which plays any OAuth 2 vendor, with stub routes for its API.
pub struct Oidc;

/// moto from PyPI, which plays AWS.
pub struct Moto;

impl Emulate {
    /// GitHub, with the App of `end2end/counterparts/emulate-github.mjs`, which also lists what `spec` may say.
    pub fn github(spec: &Value) -> Option<Counterpart> {
        node("emulate", "emulate-github.mjs", spec)
    }

    /// Linear, with the OAuth app of `end2end/counterparts/emulate-linear.mjs`, which also lists what `spec` may say.
    pub fn linear(spec: &Value) -> Option<Counterpart> {
        node("emulate", "emulate-linear.mjs", spec)
    }
}

impl Oidc {
    /// A provider as `end2end/counterparts/oidc.mjs` describes it.
    pub fn start(spec: &Value) -> Option<Counterpart> {
        node("oidc-provider", "oidc.mjs", spec)
    }
}

impl Moto {
    /// AWS, with a customer's role, as `end2end/counterparts/aws.py` describes it.
    pub fn start(spec: &Value) -> Option<Counterpart> {
        let Some(python) = python() else {
            skip("moto");
            return None;
        };
        let mut command = Command::new(python);
        // Without compiled files beside the sources.
        command.args(["-B", "-u"]).arg(end2end().join("counterparts/aws.py"));
        Some(Counterpart::start(command, spec))
    }
}

fn node(package: &str, script: &str, spec: &Value) -> Option<Counterpart> {
    if !has_node_package(package) {
        skip(package);
        return None;
    }
    let mut command = Command::new("node");
    command.arg(end2end().join("counterparts").join(script));
    Some(Counterpart::start(command, spec))
}

/// One that runs. It ends when this is dropped, and with the test program however that ends.
pub struct Counterpart {
    child: Child,
    facts: Value,
    _folder: TempDir,
}

impl Counterpart {
    fn start(mut command: Command, spec: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        command.arg(spec.to_string()).arg("--tied").current_dir(folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            output.read_line(&mut line).ok();
            sender.send(line).ok();
            // Whatever it says afterwards is read, so that it is never kept waiting.
            std::io::copy(&mut output, &mut std::io::sink()).ok();
        });
        let line = receiver.recv_timeout(START_LIMIT).unwrap_or_default();
        match serde_json::from_str(&line) {
            Ok(facts) => Self { child, facts, _folder: folder },
            Err(_) => {
                child.kill().ok();
                child.wait().ok();
                panic!("{command:?} does not start; its reason is on stderr");
            }
        }
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        self.fact("url")
    }

    /// The address of one of its paths.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    /// What it said about itself when it began: `client_id`, `private_key`, …
    #[track_caller]
    pub fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_else(|| panic!("it says no {name}"))
    }

    /// Everything it said.
    pub fn facts(&self) -> &Value {
        &self.facts
    }

    /// Orders something: `{"fail_token": 1}`, `{"expire": true}`, `{"suspend": 100}`, …
    pub async fn order(&self, order: Value) -> Value {
        let reply = Request::post(&self.at("/__control")).json(&order).send().await;
        assert_eq!(reply.status, 200, "{order}: {}", reply.text);
        reply.json()
    }

    /// What it has counted and refused so far.
    pub async fn seen(&self) -> Value {
        Request::get(&self.at("/__control")).send().await.json()
    }

    /// Asserts that nothing broke the vendor's rules so far.
    pub async fn refused_nothing(&self) {
        let seen = self.seen().await;
        assert_eq!(seen["refused"], serde_json::json!([]), "requests broke the vendor's rules");
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
