//! Processes that are killed while they carry, and two that carry at once.

use super::kind::issue;
use super::world::{Wish, World};
use super::{Kind, Place};
use crate::app_support::{Backend, MASTER_KEY};
use hub::Clock as _;
use hub::ctx::SystemClock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often a process is killed.
const KILLS: usize = 30;
const LINKS: usize = 6;
/// A process that has carried nothing for so long will not carry anything any more.
const LIMIT: Duration = Duration::from_secs(120);

/// A running `patchbay serve` on the world's database. Killed when it is dropped.
struct Process {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Process {
    /// At the world's own address, or at another one.
    fn start(world: &World, is_told: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let addr = if is_told { world.url.strip_prefix("http://").unwrap() } else { "127.0.0.1:0" };
        let endpoints = format!("sentry={},{}={}", world.sentry.url(), world.kind.key(), world.tracker.url());
        let mut child = Command::new(env!("CARGO_BIN_EXE_patchbay"))
            .args(["serve", "--addr", addr, "--database-url", &world.app.database.address()])
            .current_dir(folder.path())
            .env_clear()
            .env("PATCHBAY_MASTER_KEY", MASTER_KEY)
            .env("PATCHBAY_PUBLIC_URL", &world.url)
            .env("PATCHBAY_OUTBOUND_ALLOW", "127.0.0.1")
            .env("PATCHBAY_ENDPOINTS", endpoints)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let is_up = lines.any(|line| {
            said.push(line);
            said.last().unwrap().starts_with("Patchbay is listening on ")
        });
        assert!(is_up, "it does not start: {said:#?}");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, _folder: folder }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The signal that nobody can catch.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A world in which time goes by, and in which only other processes serve and carry.
async fn world(kind: Kind, backend: Backend) -> Option<World> {
    let wish = Wish { links: LINKS, begin: SystemClock.now(), ..Wish::default() };
    let mut world = World::with(Place { kind, backend }, wish).await?;
    for vendor in [&world.sentry, &world.tracker] {
        vendor.order(json!({ "now": null })).await;
    }
    world.stop_serving().await;
    Some(world)
}

async fn calls(world: &World) -> u64 {
    world.tracker.calls("").await + world.sentry.calls("").await
}

/// The next thing that somebody does: at the issue of odd links, at the item of even ones.
fn change(kind: Kind, turn: usize) -> (bool, Value) {
    let (number, round) = (1 + turn % LINKS, turn / LINKS);
    let is_odd = round % 2 == 0;
    if number % 2 == 0 {
        let status = if is_odd { kind.done() } else { kind.active() };
        return (false, json!({ "item": kind.item(number), "status": status }));
    }
    let status = if is_odd { "resolved" } else { "unresolved" };
    (true, json!({ "item": issue(number), "status": status, "comment": format!("turn {turn}.") }))
}

async fn make(world: &World, turn: usize) {
    let (at_sentry, change) = change(world.kind, turn);
    let vendor = if at_sentry { &world.sentry } else { &world.tracker };
    vendor.order(json!({ "change": change })).await;
}

async fn agree(world: &World, turns: usize) {
    assert_eq!(world.waiting().await, [], "nothing is stuck");
    let mut comments = BTreeMap::<usize, usize>::new();
    for turn in (0..turns).filter(|turn| (1 + turn % LINKS) % 2 == 1) {
        *comments.entry(1 + turn % LINKS).or_default() += 1;
    }
    for number in 1..=LINKS {
        let (status, state) = world.states(number).await;
        assert_eq!(status == "resolved", state == world.kind.done(), "link {number}: {status} {state}");
        let said = world.tracker.item(&world.kind.item(number)).await.comments;
        let mut texts: Vec<_> = said.iter().map(|comment| comment.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!((texts.len(), said.len()), (said.len(), comments.get(&number).copied().unwrap_or(0)), "{said:#?}");
        let (here, there) = world.status_writes(number).await;
        for writes in [here, there] {
            assert!(writes.windows(2).all(|two| two[0] != two[1]), "link {number}: {writes:?}");
        }
    }
}

/// Whoever was killed is known to be dead: the minutes go by for which its claims hold.
async fn let_the_claims_end(world: &World) {
    let mut conn = world.app.ctx.store.write().await.unwrap();
    store::issue_links::release_all(&mut conn).await.unwrap();
    conn.commit().await.unwrap();
}

/// Killed again and again, each time after another number of calls.
async fn is_killed(kind: Kind, backend: Backend) {
    let Some(mut world) = world(kind, backend).await else { return };
    let mut turns = 0;
    for kill in 0..KILLS {
        let process = Process::start(&world, true);
        let before = calls(&world).await;
        for _ in 0..4 {
            make(&world, turns).await;
            turns += 1;
        }
        let enough = before + (kill * 7 % 23) as u64;
        while calls(&world).await < enough && !world.waiting().await.is_empty() {
            tokio::task::yield_now().await;
        }
        drop(process);
        let_the_claims_end(&world).await;
    }
    println!("killed {KILLS} times: {} events waited", world.waiting().await.len());
    world.app.clock.advance(SystemClock.now().0 - world.app.ctx.now().0);
    world.serve_again().await;
    world.settle().await;
    agree(&world, turns).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_killed_lose_nothing_and_write_nothing_twice() {
    is_killed(Kind::AzureDevOps, Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_with_jira_on_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    is_killed(Kind::Jira, backend).await;
}

async fn carry_together(kind: Kind) {
    let Some(backend) = Backend::postgres() else { return };
    let Some(world) = world(kind, backend).await else { return };
    let processes = [Process::start(&world, true), Process::start(&world, false)];
    let turns = LINKS * 8;
    for turn in 0..turns {
        make(&world, turn).await;
    }
    // What a write tells comes back as an event, which may be on its way when nothing waits.
    for _ in 0..3 {
        let done = async {
            while !world.waiting().await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(LIMIT, done).await.is_err() {
            panic!("{:#?} {:#?}", world.waiting().await, world.links().await);
        }
        world.sentry.settle().await;
        world.tracker.settle().await;
    }
    while !world.waiting().await.is_empty() {
        tokio::task::yield_now().await;
    }
    agree(&world, turns).await;
    drop(processes);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_carry_at_once_write_nothing_twice() {
    carry_together(Kind::AzureDevOps).await;
    carry_together(Kind::Jira).await;
}
