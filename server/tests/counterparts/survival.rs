//! What must not be lost: a rotating grant that many ask for at once, and one whose renewal is cut off by a kill.

use crate::app_support::{ADMIN, Backend, MASTER_KEY, Options, TestApp};
use crate::support::{Browser, Counterpart, Emulate, Reply, Request};
use domain::ids::InstallationId;
use futures::future::join_all;
use hub::{Actor, Clock as _};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// How often the server is killed.
const KILLS: usize = 50;
/// How long an outside call may take: a counterpart is a process of its own, on a machine that has other work.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where Linear sends people back to.
const BACK: &str = "http://hub.test/extensions/linear/setup/";

/// An app whose Linear is at an address, connected.
struct Connected {
    app: TestApp,
    id: String,
    token: String,
}

impl Connected {
    async fn new(backend: Backend, linear: &Counterpart, endpoint: &str) -> Self {
        let options = Options {
            endpoints: vec![("linear".to_owned(), endpoint.to_owned())],
            outbound_allow: "127.0.0.1".to_owned(),
            patience: PATIENCE,
            begin: hub::ctx::SystemClock.now(),
            ..Options::default()
        };
        let app = TestApp::with(backend, options).await;
        let values = [("client_id", linear.fact("client_id")), ("client_secret", linear.fact("client_secret"))];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        hub::provider_apps::save(&app.ctx, &Actor::operator(), "linear", values).await.unwrap();
        let token = app.org_token("acme", &["integration:credentials"]).await;
        let mut connected = Self { app, id: String::new(), token };
        connected.sign_in().await;
        connected
    }

    /// Signs in at Linear, for the first time or again.
    async fn sign_in(&mut self) {
        let start = self.app.call("pipelines/start", &[("org", "acme"), ("provider", "linear")]).session(ADMIN).await;
        let url = start.json()["body"]["url"].as_str().unwrap_or_else(|| panic!("{}", start.line())).to_owned();
        let back = Browser::default().walk_by(&url, BACK, "Patchbay").await;
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let answer = self.app.get(&path).session(ADMIN).await;
        let place = answer.header("location").to_owned();
        self.id = place.trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
        assert!(self.id.parse::<i64>().is_ok(), "{place} {}", answer.line());
    }

    async fn row(&self) -> Value {
        self.app.get(&format!("/api/0/organizations/acme/integrations/{}/", self.id)).session(ADMIN).await.json()
    }

    async fn installation(&self) -> InstallationId {
        let row = self.row().await;
        let id = row["patchbay"]["installationId"].as_str().unwrap_or_else(|| panic!("{} {row}", self.id));
        id.parse().unwrap()
    }

    /// The token has ended, and whoever was renewing it has had the time that a renewal may take.
    async fn let_it_end(&self) {
        let installation = self.installation().await;
        let mut conn = self.app.ctx.store.write().await.unwrap();
        let grant = store::grants::of_installation(&mut conn, installation).await.unwrap().unwrap();
        let long_ago = self.app.ctx.now().plus(-365 * domain::time::DAY);
        let past = Some(long_ago);
        if let Some(fence) =
            store::grants::lease(&mut conn, installation, grant.version, domain::Timestamp(i64::MAX), long_ago)
                .await
                .unwrap()
        {
            store::grants::renewed(&mut conn, installation, fence, None, past, None, past, long_ago).await.unwrap();
        }
        conn.commit().await.unwrap();
    }

    /// Whoever was renewing it has had the time that a renewal may take.
    async fn let_the_lease_end(&self) {
        let installation = self.installation().await;
        let mut conn = self.app.ctx.store.write().await.unwrap();
        let grant = store::grants::of_installation(&mut conn, installation).await.unwrap().unwrap();
        let (whenever, over) = (domain::Timestamp(i64::MAX), domain::Timestamp(0));
        store::grants::lease(&mut conn, installation, grant.version, whenever, over).await.unwrap();
        conn.commit().await.unwrap();
    }

    /// A process of its own on the same database.
    fn serve(&self, endpoint: &str) -> Server {
        Server::start(&self.app.database.address(), endpoint)
    }
}

/// A running `patchbay serve`. Killed when it is dropped.
struct Server {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(database: &str, endpoint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_patchbay"))
            .args(["serve", "--addr", "127.0.0.1:0", "--database-url", database])
            .current_dir(folder.path())
            .env_clear()
            .env("PATCHBAY_MASTER_KEY", MASTER_KEY)
            .env("PATCHBAY_OUTBOUND_ALLOW", "127.0.0.1")
            .env("PATCHBAY_ENDPOINTS", format!("linear={endpoint}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let listening = "Patchbay is listening on ";
        let url = lines.find_map(|line| line.strip_prefix(listening).map(str::to_owned));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.unwrap_or_else(|| panic!("it does not start")), _folder: folder }
    }

    async fn access_token(&self, connected: &Connected) -> Reply {
        let path = format!("{}/api/patchbay/organizations/acme/integrations/{}/access-token", self.url, connected.id);
        Request::post(&path).bearer(&connected.token).send().await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn is_good(linear: &Counterpart, token: &str) -> bool {
    let question = json!({ "query": "{ organization { id name urlKey logoUrl } }" });
    Request::post(&linear.at("/graphql")).bearer(token).json(&question).send().await.status == 200
}

async fn token_calls(linear: &Counterpart) -> u64 {
    let seen = linear.seen().await;
    ["token", "refresh"].iter().filter_map(|kind| seen["counts"][kind].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_callers_of_two_processes_make_one_token_call() {
    let Some(backend) = Backend::postgres() else { return };
    let Some(linear) = Emulate::linear(&json!({ "redirect_uris": [BACK] })) else { return };
    let connected = Connected::new(backend, &linear, linear.url()).await;
    let servers = [connected.serve(linear.url()), connected.serve(linear.url())];
    for _ in 0..3 {
        connected.let_it_end().await;
        let before = token_calls(&linear).await;
        let asked = (0..100).map(|caller: usize| servers[caller % 2].access_token(&connected));
        let replies = join_all(asked).await;
        let tokens: std::collections::BTreeSet<_> = replies
            .iter()
            .map(|reply| {
                assert_eq!(reply.status, 200, "{}", reply.text);
                reply.json()["accessToken"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!((tokens.len(), token_calls(&linear).await - before), (1, 1));
        assert!(is_good(&linear, tokens.first().unwrap()).await);
    }
    linear.refused_nothing().await;
}

/// Between the server and Linear: lets everything pass, and kills the server at an answer of the token endpoint.
struct Cut {
    url: String,
    /// The process to kill at the next answer; 0 for none.
    victim: Arc<AtomicU32>,
}

impl Cut {
    async fn before(linear: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let victim = Arc::new(AtomicU32::new(0));
        let (there, target) = (Url::parse(linear).unwrap(), victim.clone());
        tokio::spawn(async move {
            let kills = Arc::new(AtomicU32::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, there.clone(), target.clone(), kills.clone()));
            }
        });
        Self { url, victim }
    }
}

/// Every other time the answer has left for the server when it dies, so that the kill meets its way into the database;
/// of these every other one is killed only when it has answered.
async fn pass(mut near: TcpStream, there: Url, victim: Arc<AtomicU32>, kills: Arc<AtomicU32>) -> Option<()> {
    let request = whole(&mut near).await?;
    let mut far = TcpStream::connect((there.host_str()?, there.port()?)).await.ok()?;
    far.write_all(&request).await.ok()?;
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.ok()?;
    let process = match request.starts_with(b"POST /oauth/token") {
        true => victim.swap(0, Ordering::SeqCst),
        false => 0,
    };
    let number = if process == 0 { 0 } else { kills.fetch_add(1, Ordering::SeqCst) };
    if process != 0 && number % 2 == 0 {
        kill(process);
        return None;
    }
    near.write_all(&answer).await.ok()?;
    near.shutdown().await.ok();
    if process != 0 && number % 4 == 1 {
        // A different moment each time: before, while and after the answer is written down. It waits for nothing.
        tokio::time::sleep(Duration::from_millis(2 * u64::from(number))).await;
        kill(process);
    }
    Some(())
}

/// A request with its body, asking for the connection to be closed after the answer.
async fn whole(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0; 8_192];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                let head = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
                let head: Vec<_> = head.collect();
                return Some(format!("{}\r\nconnection: close\r\n\r\n{body}", head.join("\r\n")).into_bytes());
            }
        }
        match stream.read(&mut part).await.ok()? {
            0 => return None,
            count => request.extend_from_slice(&part[..count]),
        }
    }
}

fn kill(process: u32) {
    Command::new("kill").args(["-9", &process.to_string()]).status().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_is_killed_leaves_a_connection_that_works_or_says_that_it_does_not() {
    let Some(linear) = Emulate::linear(&json!({ "redirect_uris": [BACK] })) else { return };
    let cut = Cut::before(linear.url()).await;
    let mut connected = Connected::new(Backend::Sqlite, &linear, linear.url()).await;
    let (mut usable, mut told) = (0, 0);
    for _ in 0..KILLS {
        connected.let_it_end().await;
        let server = connected.serve(&cut.url);
        cut.victim.store(server.child.id(), Ordering::SeqCst);
        let path = format!("/api/patchbay/organizations/acme/integrations/{}/access-token", connected.id);
        interrupted(&server.url, &path, &connected.token).await;
        drop(server);
        // The time that a renewal may take passes; then somebody asks again.
        connected.let_the_lease_end().await;
        let server = connected.serve(linear.url());
        let reply = server.access_token(&connected).await;
        drop(server);
        match reply.status {
            200 => {
                assert!(
                    is_good(&linear, reply.json()["accessToken"].as_str().unwrap()).await,
                    "a token that is not good"
                );
                usable += 1;
            }
            _ => {
                assert_eq!(reply.status, 409, "{}", reply.text);
                assert_eq!(connected.row().await["patchbay"]["health"], "needs_reauth", "{}", reply.text);
                told += 1;
                connected.sign_in().await;
            }
        }
    }
    println!("killed {KILLS} times: {usable} connections were usable, {told} said that they need a sign-in");
    assert!(usable > 0 && told > 0, "both ends were met: {usable} and {told}");
}

/// Asks, and does not mind that nobody answers.
async fn interrupted(server: &str, path: &str, token: &str) {
    let url = Url::parse(server).unwrap();
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let head = format!("POST {path} HTTP/1.0\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 0\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}
