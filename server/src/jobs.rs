//! Background tasks of a running server: the live stream, the job worker, the schedulers of health checks and
//! renewals, hooks and looks, the worker of issue sync.

use hub::Ctx;
use std::future::Future;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often the worker looks for jobs that another process put there.
const LOOK: Duration = Duration::from_millis(500);
/// How often due checks are put into the queue.
const SCHEDULE: Duration = Duration::from_secs(15);
/// How often what nobody needs is forgotten.
const TIDY: Duration = Duration::from_secs(600);

/// Starts the tasks. Dropping the set stops them; a job that was at work is taken up again after its lease.
pub fn spawn(ctx: &Ctx) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let live = ctx.clone();
    tasks.spawn(async move {
        if let Err(error) = hub::live::run(&live).await {
            tracing::error!(%error, "The live stream could not start; pages will not update by themselves");
        }
    });
    tasks.spawn(work(ctx.clone()));
    tasks.spawn(every(
        SCHEDULE,
        ctx.clone(),
        |ctx| async move { hub::integrations::enqueue_due(&ctx).await.map(drop) },
    ));
    tasks.spawn(every(SCHEDULE, ctx.clone(), |ctx| async move { hub::grants::enqueue_due(&ctx).await.map(drop) }));
    tasks.spawn(every(
        SCHEDULE,
        ctx.clone(),
        |ctx| async move { hub::issue_sync::enqueue_due_hooks(&ctx).await.map(drop) },
    ));
    tasks.spawn(every(
        SCHEDULE,
        ctx.clone(),
        |ctx| async move { hub::issue_sync::enqueue_due_looks(&ctx).await.map(drop) },
    ));
    let sync = ctx.clone();
    tasks.spawn(async move { hub::issue_sync::run(&sync).await });
    tasks.spawn(every(TIDY, ctx.clone(), |ctx| async move { hub::jobs::tidy(&ctx).await }));
    tasks
}

async fn work(ctx: Ctx) {
    loop {
        match hub::jobs::run_one(&ctx).await {
            Ok(true) => {}
            // The cause is in the log already.
            Ok(false) | Err(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

async fn every<F, W>(period: Duration, ctx: Ctx, work: W)
where
    W: Fn(Ctx) -> F,
    F: Future<Output = domain::Outcome<()>>,
{
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // The cause of a failure is in the log already; the next tick tries again.
        let _ = work(ctx.clone()).await;
    }
}
