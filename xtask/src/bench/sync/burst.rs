//! A burst of webhooks: how fast each is taken, and that every change is carried once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::super::load::Load;
use super::Size;
use super::report::{Row, table};
use super::stage::{Connected, LOOKS, Stage};
use crate::leptos::Profile;

/// Webhooks a second.
const RATE: u64 = 500;
/// Every so many-th is sent twice.
const REPEAT_EVERY: u64 = 10;
/// Links made at once.
const LINKERS: usize = 4;
/// The id of the counterpart's first issue; the first item has the id 1.
const FIRST_ISSUE: usize = 4001;
/// How long nothing may be carried before the rest is taken for lost.
const STANDSTILL: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(500);

/// What was seen.
pub struct Burst {
    changes: u64,
    linked_in: Duration,
    /// What the counterpart says about its burst.
    told: Value,
    waited: u64,
    carried_in: Duration,
    writes: Writes,
    left: Lines,
    log_lines: u64,
    log: Load,
}

/// How often issues were written.
#[derive(Debug, Default, PartialEq)]
struct Writes {
    lost: u64,
    twice: u64,
    wrong: u64,
}

/// Lines of the sync log, by what came of them.
#[derive(Debug, Default)]
struct Lines {
    waiting: u64,
    done: u64,
    skipped: u64,
    failed: u64,
}

/// Links as many items as issues, changes each item once, and waits until everything is carried.
pub fn measure(profile: Profile, size: &Size) -> Result<Burst> {
    let items = json!({ "count": size.changes });
    let stage = Stage::open(
        profile,
        vec![
            ("vsts", json!({ "vendor": "azure-devops", "items": items })),
            ("sentry", json!({ "vendor": "sentry", "items": items })),
        ],
    )?;
    let (tracker, sentry) = connect(&stage)?;
    println!("Linking {} items; at full size usually some minutes.", size.changes);
    let begun = Instant::now();
    link(&stage, &tracker, &sentry, size.changes)?;
    let linked_in = begun.elapsed();
    wait(&stage, &tracker)?;
    let before = lines(&stage, &tracker)?;
    for provider in ["vsts", "sentry"] {
        stage.vendor(provider).is_content()?;
        stage.vendor(provider).order(&json!({ "forget": true }))?;
    }
    println!("Changing {} items; linking them took {:.0} s.", size.changes, linked_in.as_secs_f64());
    let begun = Instant::now();
    let flood = json!({ "count": size.changes, "rate": RATE, "repeat_every": REPEAT_EVERY });
    let told = stage.vendor("vsts").order(&json!({ "flood": flood }))?;
    let waited = lines(&stage, &tracker)?.waiting;
    wait(&stage, &tracker)?;
    let carried_in = begun.elapsed();
    let mut left = lines(&stage, &tracker)?;
    let log_lines = left.waiting + left.done + left.skipped + left.failed;
    let (_, log) = stage.looks(&format!("{}sync-log/", tracker.page))?;
    left.done -= before.done;
    left.skipped -= before.skipped;
    for provider in ["vsts", "sentry"] {
        stage.vendor(provider).is_content()?;
    }
    let writes = Writes::of(&stage.vendor("sentry").seen()?["writes"], size.changes);
    Ok(Burst { changes: size.changes as u64, linked_in, told, waited, carried_in, writes, left, log_lines, log })
}

/// Connects both, with every setting on, each telling of changes.
fn connect(stage: &Stage) -> Result<(Connected, Connected)> {
    let sentry = stage.connect("sentry")?;
    let secret = stage.vendor("sentry").fact("client_secret");
    stage.vendor("sentry").order(&json!({ "hook": { "url": stage.sentry_hook(), "secret": secret } }))?;
    let tracker = stage.connect("vsts")?;
    let project = stage.vendor("vsts").first_project();
    stage.save(
        &tracker,
        &json!({
            "sync_status_forward": { project: { "on_resolve": "Closed", "on_unresolve": "Active" } },
            "sync_forward_assignment": true,
            "sync_comments": true,
            "sync_status_reverse": true,
            "sync_reverse_assignment": true,
        }),
    )?;
    let begun = Instant::now();
    while stage.vendor("vsts").seen()?["registered"].as_array().is_none_or(Vec::is_empty) {
        if begun.elapsed() > STANDSTILL {
            bail!("Azure DevOps was not asked to tell of changes");
        }
        thread::sleep(LOOK);
    }
    Ok((tracker, sentry))
}

/// Links every issue with the item of the same number.
fn link(stage: &Stage, tracker: &Connected, sentry: &Connected, count: usize) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(());
            }
            let (issue, item) = ((FIRST_ISSUE + at).to_string(), (1 + at).to_string());
            stage.call(
                "issue-sync/link",
                &[
                    ("org", "acme"),
                    ("provider", "vsts"),
                    ("id", &tracker.id),
                    ("sentry", &sentry.id),
                    ("issue_id", &issue),
                    ("item_key", &item),
                ],
            )?;
        }
    };
    thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..LINKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("no worker panics"))
    })
}

/// Waits until nothing waits, also none of what Sentry tells of our own writes; or until nothing moves any more.
fn wait(stage: &Stage, tracker: &Connected) -> Result<()> {
    let (mut least, mut moved) = (u64::MAX, Instant::now());
    // What was carried a moment ago may be told of only now: one look is not enough.
    let mut quiet = 0;
    while quiet < 2 && moved.elapsed() < STANDSTILL {
        stage.vendor("sentry").order(&json!({ "settle": true }))?;
        let waiting = lines(stage, tracker)?.waiting;
        quiet = if waiting == 0 { quiet + 1 } else { 0 };
        if waiting < least {
            (least, moved) = (waiting, Instant::now());
        }
        thread::sleep(LOOK);
    }
    Ok(())
}

fn lines(stage: &Stage, tracker: &Connected) -> Result<Lines> {
    let page = stage.call("issue-sync/log", &[("org", "acme"), ("provider", "vsts"), ("id", &tracker.id)])?;
    let counts = page[1]["counts"].as_array().with_context(|| format!("the log has no counts: {page}"))?;
    let count = |status: &str| counts.iter().find(|pair| pair[0] == status).and_then(|pair| pair[1].as_u64());
    let count = |status: &str| count(status).with_context(|| format!("the log does not count what is {status}"));
    Ok(Lines { waiting: count("waiting")?, done: count("done")?, skipped: count("skipped")?, failed: count("failed")? })
}

impl Writes {
    /// Counts among `{issue: [{field, value}]}`; every issue was to be resolved once, and nothing else.
    fn of(writes: &Value, count: usize) -> Self {
        let mut seen = Self::default();
        for at in 0..count {
            let of_issue = writes[(FIRST_ISSUE + at).to_string()].as_array().map_or(&[][..], Vec::as_slice);
            let right =
                of_issue.iter().filter(|write| write["field"] == "status" && write["value"] == "resolved").count();
            seen.lost += u64::from(right == 0);
            seen.twice += u64::from(right > 1);
            seen.wrong += (of_issue.len() - right) as u64;
        }
        seen
    }
}

impl Burst {
    /// A paragraph and a table.
    pub fn to_markdown(&self) -> String {
        let number = |name: &str| self.told[name].as_f64().unwrap_or(f64::NAN);
        let count = |name: &str| self.told[name].as_u64().unwrap_or_default();
        let sent = self.changes + self.changes / REPEAT_EVERY;
        let seconds = self.carried_in.as_secs_f64();
        let Writes { lost, twice, wrong } = self.writes;
        let rows = [
            Row::all("webhooks that were taken at the first try", count("accepted"), sent),
            Row::rate("changes told a second", self.changes as f64 / number("seconds"), RATE as f64),
            Row::plain("answer to a webhook, median", format!("{:.1} ms", number("p50_ms"))),
            Row::at_most("p99", number("p99_ms"), 100.0, "ms"),
            Row::plain("longest", format!("{:.1} ms", number("max_ms"))),
            Row::plain("lines that waited in the sync log after the last webhook", self.waited.to_string()),
            Row::plain("from the first webhook until nothing waited", format!("{seconds:.1} s")),
            Row::plain("changes carried a second", format!("{:.0}", (self.changes - lost) as f64 / seconds)),
            Row::count("changes that were lost", lost, 0),
            Row::count("changes that were carried twice", twice, 0),
            Row::count("other writes", wrong, 0),
            Row::count("lines that failed, or wait still", self.left.failed + self.left.waiting, 0),
            Row::plain(
                &format!("the page of the sync log with {} lines, median of {LOOKS}", self.log_lines),
                format!("{:.1} ms", self.log.p50_ms),
            ),
        ];
        format!(
            "{} linked work items are changed, {RATE} a second, each told by a webhook and every tenth by a second one; each \
             change is carried to Sentry, which tells of it in turn ({} lines in the sync log, {} of them echoes and \
             repetitions with nothing to carry):\n\n{}\nThe {} links were made in {:.0} s, {LINKERS} at once.\n",
            self.changes,
            self.left.done + self.left.skipped,
            self.left.skipped,
            table(&rows),
            self.changes,
            self.linked_in.as_secs_f64(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_and_what_is_carried_twice_is_counted() {
        let resolved = json!({ "field": "status", "value": "resolved" });
        let writes = json!({
            "4001": [resolved],
            "4002": [resolved, resolved],
            "4004": [resolved, { "field": "status", "value": "unresolved" }],
        });
        assert_eq!(Writes::of(&writes, 4), Writes { lost: 1, twice: 1, wrong: 1 });
    }
}
