//! Gathering what a tracker has: all its projects with their states, a few requests at a time, kept in the database so
//! that a page need not wait for it twice. One process gathers at a time; it says how far it is.

use super::client::with;
use crate::access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::events::Topic;
use domain::integrations::{Installation, ObjectStatus};
use domain::issue_sync::Gathering;
use domain::time::{HOUR, MINUTE};
use domain::trackers::{Gathered, ProjectInformation, TrackerProject, TrackerState};
use domain::{Outcome, Timestamp};
use futures::StreamExt as _;
use futures::stream;
use providers::connect::CheckError;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long what was gathered is taken as it is, in milliseconds; after that a look begins another gathering, and shows
/// the old meanwhile.
const FRESH: i64 = HOUR;
/// How long whoever gathers may be silent before another process may begin.
const LEASE: i64 = MINUTE;
/// How long after a failure only a person's click begins again.
const PATIENCE: i64 = MINUTE;
/// Projects asked about at once; the door to the network allows no more to one host anyway.
const AT_ONCE: usize = 8;
/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_millis(50);

/// Whether a caller waits for what was never gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Takes what is there, if anything, and begins what is missing.
    AsItIs,
    /// Takes what is there and begins nothing: for lists.
    Stored,
    /// Waits for the first time, for as long as somebody gathers.
    Waits,
}

/// What is known about a tracker's projects. One that is paused, or being removed, is not asked for what is missing.
pub(crate) async fn information(ctx: &Ctx, row: &Installation, freshness: Freshness) -> Outcome<Option<Gathered>> {
    let found = load(ctx, row).await?;
    let now = ctx.now();
    let is_fresh = found.as_ref().is_some_and(|found| is_fresh(found, now));
    // A tracker that did not answer a moment ago is not asked by every page that is opened.
    let failed = found.as_ref().and_then(|found| found.failed_at).is_some_and(|at| now.0 - at.0 < PATIENCE);
    if is_fresh || failed || freshness == Freshness::Stored || row.status != ObjectStatus::Active {
        return Ok(found);
    }
    begin(ctx, row).await?;
    let mut found = load(ctx, row).await?;
    while freshness == Freshness::Waits
        && found.as_ref().is_some_and(|it| it.content.is_none() && is_running(it, ctx.now()))
    {
        tokio::time::sleep(LOOK).await;
        found = load(ctx, row).await?;
    }
    Ok(found)
}

/// The projects as they are stored, unless that is too old: id and name.
pub(crate) async fn fresh_projects(ctx: &Ctx, row: &Installation) -> Outcome<Option<Vec<(String, String)>>> {
    let found = load(ctx, row).await?.filter(|found| is_fresh(found, ctx.now()));
    let content = found.and_then(|found| found.content);
    Ok(content.map(|content| content.projects.into_iter().map(|project| (project.id, project.name)).collect()))
}

/// Begins to gather, unless somebody is at it.
pub(crate) async fn begin(ctx: &Ctx, row: &Installation) -> Outcome<()> {
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    let turn = store::project_information::begin(&mut conn, row.id, now.plus(LEASE), now).await.or_internal()?;
    conn.commit().await.or_internal()?;
    if let Some(version) = turn {
        let (ctx, row) = (ctx.clone(), row.clone());
        tokio::spawn(async move {
            if let Err(error) = gather(&ctx, &row, version).await {
                // Should this fail as well, the lease ends by itself.
                let _ = fail(&ctx, &row, version, &error.message).await;
            }
        });
    }
    Ok(())
}

/// For pages: how far gathering is.
pub(crate) fn view(found: Option<&Gathered>, now: Timestamp) -> Gathering {
    let Some(found) = found else { return Gathering::default() };
    let projects = found.content.iter().flat_map(|content| &content.projects);
    Gathering {
        running: is_running(found, now),
        done: found.done,
        total: found.total,
        gathered_at: found.gathered_at,
        problem: found.problem.clone(),
        partial: projects.filter_map(|project| Some((project.name.clone(), project.problem.clone()?))).collect(),
    }
}

fn is_fresh(found: &Gathered, now: Timestamp) -> bool {
    found.gathered_at.is_some_and(|at| now.0 - at.0 < FRESH)
}

fn is_running(found: &Gathered, now: Timestamp) -> bool {
    found.lease_until > now
}

async fn load(ctx: &Ctx, row: &Installation) -> Outcome<Option<Gathered>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    store::project_information::of_installation(&mut conn, row.id).await.or_internal()
}

async fn gather(ctx: &Ctx, row: &Installation, version: i64) -> Outcome<()> {
    let listed = with(ctx, row, |client| async move { client.tracker(&client.provider())?.projects().await }).await;
    let listed = match listed {
        Ok(Ok(listed)) => listed,
        Ok(Err(error)) => return fail(ctx, row, version, &error.to_string()).await,
        Err(error) => return fail(ctx, row, version, &error.message).await,
    };
    let total = i64::try_from(listed.len()).unwrap_or(i64::MAX);
    progress(ctx, row, version, 0, total).await?;
    let known = load(ctx, row).await?.and_then(|found| found.content).unwrap_or_default();
    // Listing them found out where the API is, which the row keeps.
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    let Some(row) = &row else { return Ok(()) };
    let mut projects = Vec::with_capacity(listed.len());
    // Each in a task of its own: what waits for the writer of the database must not be waited for by us, who write, too.
    let mut answers = stream::iter(listed)
        .map(|(id, name)| {
            let (ctx, row) = (ctx.clone(), row.clone());
            async move {
                let asked = id.clone();
                let states = tokio::spawn(async move { states(&ctx, &row, &asked).await }).await;
                (id, name, states.unwrap_or_else(|_| Err("Reading its states was cut off.".to_owned())))
            }
        })
        // In the tracker's order, whoever answers first.
        .buffered(AT_ONCE);
    while let Some((id, name, states)) = answers.next().await {
        let (states, problem) = match states {
            Ok(states) => (states, None),
            // What was known of this project is better than nothing.
            Err(problem) => {
                (known.project(&id).map(|project| project.states.clone()).unwrap_or_default(), Some(problem))
            }
        };
        projects.push(TrackerProject { id, name, states, problem });
        let done = i64::try_from(projects.len()).unwrap_or(i64::MAX);
        if done % 8 == 0 {
            progress(ctx, row, version, done, total).await?;
        }
    }
    drop(answers);
    let mut conn = ctx.store.read().await.or_internal()?;
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    let content = ProjectInformation { projects };
    let ids = |content: &ProjectInformation| content.projects.iter().map(|it| it.id.clone()).collect::<BTreeSet<_>>();
    if ids(&content) != ids(&known) {
        // A hook may name the projects that it is for.
        super::hooks::enqueue(&mut change.conn, row.id, ctx.now()).await?;
    }
    store::project_information::put(&mut change.conn, row.id, version, &content, ctx.now()).await.or_internal()?;
    change.commit_unremarked(Topic::Integration, &row.provider).await
}

/// The states of a project, or why they could not be read. A call that the network lost is made once more.
async fn states(ctx: &Ctx, row: &Installation, id: &str) -> Result<Vec<TrackerState>, String> {
    let ask = || with(ctx, row, move |client| async move { client.tracker(&client.provider())?.states(id).await });
    let first: Outcome<Result<_, CheckError>> = ask().await;
    let second = match first {
        Ok(Err(error)) if error.is_transient() => ask().await,
        other => other,
    };
    match second {
        Ok(Ok(states)) => Ok(states),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.message),
    }
}

async fn progress(ctx: &Ctx, row: &Installation, version: i64, done: i64, total: i64) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    let until = ctx.now().plus(LEASE);
    store::project_information::progress(&mut conn, row.id, version, done, total, until).await.or_internal()?;
    conn.commit().await.or_internal()
}

async fn fail(ctx: &Ctx, row: &Installation, version: i64, problem: &str) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    store::project_information::fail(&mut conn, row.id, version, problem, ctx.now()).await.or_internal()?;
    conn.commit().await.or_internal()?;
    ctx.live.wake();
    Ok(())
}
