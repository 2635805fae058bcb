//! Logs: one line per event on stderr, so that stdout holds only results.

use tracing_subscriber::EnvFilter;

/// Begins logging. `PATCHBAY_LOG` filters (default `info`); `PATCHBAY_LOG_FORMAT=json` writes JSON lines.
pub fn init() {
    let filter = EnvFilter::try_from_env("PATCHBAY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn,leptos=warn,reactive_graph=error"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start in one process (a test) keeps the first one's subscriber.
    let _ = if std::env::var("PATCHBAY_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().try_init()
    } else {
        builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
}
