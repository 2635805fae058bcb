//! A Patchbay on a fresh SQLite database between vendors, and who uses it.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::http::{self, Answer, Request};
use super::super::load::{self, Load};
use super::super::server::Server;
use super::counterpart::Counterpart;
use crate::leptos::Profile;

const EMAIL: &str = "bench@acme.test";
const PASSWORD: &str = "patchbay-bench";
/// How often a page is opened to see how long that takes.
pub const LOOKS: usize = 50;
/// Pages that a sign-in at a vendor may have.
const PAGES: usize = 12;

/// All of it; everything ends when this is dropped.
pub struct Stage {
    server: Server,
    cookie: String,
    vendors: BTreeMap<&'static str, Counterpart>,
    _data: TempDir,
}

/// A connection that was made.
pub struct Connected {
    pub id: String,
    /// The path of its configure page.
    pub page: String,
}

impl Stage {
    /// Starts vendors, by provider key and specification, and a Patchbay with the organization `acme`.
    pub fn open(profile: Profile, specs: Vec<(&'static str, Value)>) -> Result<Self> {
        let address = free_address()?;
        let mut vendors = BTreeMap::new();
        for (provider, mut spec) in specs {
            spec["redirect_uris"] = json!([format!("http://{address}{}", callback(provider))]);
            vendors.insert(provider, Counterpart::start(&spec)?);
        }
        let data = tempfile::tempdir()?;
        let cli = |args: &[&str]| run(Command::new(profile.binary()).args(args).env("PATCHBAY_DATA_DIR", data.path()));
        cli(&["user", "create", "--email", EMAIL, "--name", "Bench", "--instance-admin", "--password-stdin"])?;
        cli(&["org", "create", "--name", "Acme", "--slug", "acme", "--owner", EMAIL])?;
        cli(&["org", "feature", "acme", "issue-sync", "on"])?;
        let endpoints: Vec<_> = vendors.iter().map(|(key, vendor)| format!("{key}={}", vendor.fact("url"))).collect();
        let server = Server::between(profile, data.path(), &address, &endpoints.join(","))?;
        let cookie = http::login(&server.address, EMAIL, PASSWORD)?;
        Ok(Self { server, cookie, vendors, _data: data })
    }

    /// A vendor, by provider key.
    pub fn vendor(&self, provider: &str) -> &Counterpart {
        &self.vendors[provider]
    }

    /// Connects a provider as a person does.
    pub fn connect(&self, provider: &str) -> Result<Connected> {
        let vendor = self.vendor(provider);
        let (client, secret) = (vendor.fact("client_id"), vendor.fact("client_secret"));
        self.call(
            "admin/providers/save",
            &[("provider", provider), ("values[client_id]", client), ("values[client_secret]", secret)],
        )?;
        let step = self.call("pipelines/start", &[("org", "acme"), ("provider", provider)])?;
        let url = step["body"]["url"].as_str().with_context(|| format!("the first step is no sign-in: {step}"))?;
        let back = sign_in(url, &format!("http://{}", self.server.address), &callback(provider))?;
        let landed = self.get(&back)?;
        let page = landed.header("location").with_context(|| format!("{provider}: {}", landed.text()))?;
        let id = page.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        if id.parse::<u64>().is_err() {
            bail!("{provider} is not connected, but leads to {page}");
        }
        Ok(Connected { id, page })
    }

    /// Opens a page or a route, signed in.
    pub fn get(&self, path: &str) -> Result<Answer> {
        http::get(&self.server.address, path, &self.cookie)
    }

    /// Opens it again and again; answers how big it is, too.
    pub fn looks(&self, path: &str) -> Result<(usize, Load)> {
        let mut bytes = 0;
        let load = load::in_turn(LOOKS, || {
            bytes = self.get(path)?.body()?.len();
            Ok(())
        })?;
        Ok((bytes, load))
    }

    /// Asks for what takes its time.
    pub fn get_slowly(&self, path: &str) -> Result<Value> {
        let request = Request::get(path).header("Cookie", &self.cookie).patience(Duration::from_secs(120));
        request.send(&self.server.address)?.json()
    }

    /// Calls a server function as a page does.
    pub fn call(&self, function: &str, form: &[(&str, &str)]) -> Result<Value> {
        let request = Request::post(&format!("/_api/{function}")).form(form);
        self.post(request)?.json().with_context(|| function.to_owned())
    }

    /// Saves settings as Sentry's clients do.
    pub fn save(&self, connection: &Connected, settings: &Value) -> Result<()> {
        let request = Request::post(&path_of(connection)).json(settings);
        self.post(request)?.body().map(drop).context("saving settings")
    }

    fn post(&self, request: Request) -> Result<Answer> {
        request.same_origin(&self.server.address).header("Cookie", &self.cookie).send(&self.server.address)
    }

    /// Where Sentry's webhooks go.
    pub fn sentry_hook(&self) -> String {
        format!("http://{}/extensions/sentry/webhook/", self.server.address)
    }
}

/// The route of a connection, as Sentry has it.
pub fn path_of(connection: &Connected) -> String {
    format!("/api/0/organizations/acme/integrations/{}/", connection.id)
}

fn callback(provider: &str) -> String {
    format!("/extensions/{provider}/setup/")
}

/// An address on which nothing listens: vendors must know it before the server starts.
fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Runs a command that reads the password.
fn run(command: &mut Command) -> Result<()> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start the server's binary; build it first")?;
    // A command that reads nothing may have ended already.
    child.stdin.take().context("a command has no input")?.write_all(PASSWORD.as_bytes()).ok();
    match child.wait()?.success() {
        true => Ok(()),
        false => bail!("a command of the server failed; its reason stands above"),
    }
}

/// Follows a sign-in from the vendor's address to our callback; answers its path and query.
fn sign_in(url: &str, origin: &str, callback: &str) -> Result<String> {
    let (mut vendor, mut path) = split(url)?;
    let mut cookies = BTreeMap::new();
    for _ in 0..PAGES {
        let shown: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = http::get(&vendor, &path, &shown.join("; "))?;
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default().split_once('=');
            cookies.extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let location = answer.header("location").with_context(|| format!("{path} leads nowhere: {}", answer.text()))?;
        if let Some(back) = location.strip_prefix(origin)
            && back.starts_with(callback)
        {
            return Ok(back.to_owned());
        }
        if location.starts_with('/') {
            path = location;
        } else {
            (vendor, path) = split(&location)?;
        }
    }
    bail!("{callback} was not reached; the last page was {path}")
}

/// Address and path of an http URL.
fn split(url: &str) -> Result<(String, String)> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url} is no http URL"))?;
    let end = rest.find('/').unwrap_or(rest.len());
    Ok((rest[..end].to_owned(), rest[end..].to_owned()))
}
