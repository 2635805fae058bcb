//! Two kinds of load: as much as goes through, and a steady rate.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http;
use crate::shell;

const WORKERS: usize = 16;

/// What one load saw.
#[derive(Debug, PartialEq)]
pub struct Load {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// As many requests for one address as 32 connections can make.
pub fn most(address: &str, path: &str, cookie: &str) -> Result<Load> {
    let url = format!("http://{address}{path}");
    let cookie = format!("Cookie: {cookie}");
    wrk(&["-H", &cookie, &url], "3s")?;
    wrk(&["-H", &cookie, &url], "15s")
}

/// As many requests of a script as 32 connections can make. Short: callers have limits.
pub fn most_of_script(address: &str, script: &Path) -> Result<Load> {
    let url = format!("http://{address}");
    let script = script.display().to_string();
    wrk(&["-s", &script, &url], "5s")
}

fn wrk(args: &[&str], seconds: &str) -> Result<Load> {
    from_wrk(&shell::output(Command::new("wrk").args(["-t1", "-c32", "-d", seconds, "--latency"]).args(args))?)
}

fn from_wrk(printed: &str) -> Result<Load> {
    if let Some(line) = printed.lines().find(|line| line.contains("Non-2xx")) {
        bail!("not every answer was a page:{line}");
    }
    let after = |label: &str| {
        let line = printed.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(str::trim).with_context(|| format!("wrk prints no `{label}`\n{printed}"))
    };
    Ok(Load {
        per_second: after("Requests/sec:")?.parse()?,
        p50_ms: milliseconds(after("50%")?)?,
        p99_ms: milliseconds(after("99%")?)?,
    })
}

/// `1.20ms`, `830.00us` or `1.05s`.
fn milliseconds(text: &str) -> Result<f64> {
    for (unit, per_ms) in [("us", 1000.0), ("ms", 1.0), ("s", 0.001)] {
        if let Some(number) = text.strip_suffix(unit) {
            return Ok(number.parse::<f64>()? / per_ms);
        }
    }
    bail!("`{text}` is no duration of wrk")
}

/// `rate` requests per second, each on a new connection; a late answer delays no later request, and waiting counts.
pub fn steady(address: &str, path: &str, cookie: &str, rate: u32, seconds: u32) -> Result<Load> {
    let next = AtomicU32::new(0);
    let latencies = Mutex::new(Vec::new());
    let start = Instant::now();
    let work = || -> Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= rate * seconds {
                return Ok(());
            }
            let due = start + Duration::from_secs(1) * index / rate;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            http::get(address, path, cookie)?.body()?;
            let latency = due.elapsed().as_secs_f64() * 1000.0;
            latencies.lock().expect("no worker panics").push(latency);
        }
    };
    thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("no worker panics"))
    })?;
    Ok(Load::of(latencies.into_inner().expect("no worker panics"), start.elapsed()))
}

/// One request after the other.
pub fn in_turn(count: usize, mut request: impl FnMut() -> Result<()>) -> Result<Load> {
    let start = Instant::now();
    let mut latencies = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        request()?;
        latencies.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(Load::of(latencies, start.elapsed()))
}

impl Load {
    /// Of at least one request.
    fn of(mut latencies: Vec<f64>, took: Duration) -> Self {
        latencies.sort_by(f64::total_cmp);
        // Of few requests the slowest ones are no outliers: what counts as the 99th is rounded up.
        let percentile = |percent: usize| latencies[(latencies.len() * percent).div_ceil(100).max(1) - 1];
        Self { per_second: latencies.len() as f64 / took.as_secs_f64(), p50_ms: percentile(50), p99_ms: percentile(99) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_99th_of_fifty_is_the_slowest() {
        let load = Load::of((1..=50).rev().map(f64::from).collect(), Duration::from_secs(1));
        assert_eq!(load, Load { per_second: 50.0, p50_ms: 25.0, p99_ms: 50.0 });
    }

    #[test]
    fn the_numbers_of_wrk_are_read_in_its_units() {
        let printed = "  Latency Distribution\n     50%  830.00us\n     75%    1.00ms\n     99%    1.05s\nRequests/sec:  12345.67\n";
        assert_eq!(from_wrk(printed).unwrap(), Load { per_second: 12345.67, p50_ms: 0.83, p99_ms: 1050.0 });
        assert!(from_wrk("  Non-2xx or 3xx responses: 5\n").is_err());
    }
}
