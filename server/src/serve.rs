//! Starting and stopping the server.

use crate::config::Config;
use crate::jobs;
use crate::router::{App, router};
use hub::ctx::{SystemClock, SystemEntropy};
use hub::vault::Vault;
use hub::{Ctx, Password, demo};
use leptos::prelude::LeptosOptions;
use providers::outbound::Outbound;
use secrecy::{ExposeSecret as _, SecretString};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;

/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Opens the database and the vault of a configuration; the schema is brought up to date.
///
/// # Errors
/// A sentence for the operator.
pub async fn open(config: &Config, bound: SocketAddr, setup_code: Option<SecretString>) -> Result<Ctx, String> {
    let settings = config.settings(bound, setup_code)?;
    let folder = &config.data_dir;
    if config.is_sqlite() || config.master_key.is_none() {
        make_private(folder)
            .map_err(|error| format!("The data directory {} could not be made: {error}", folder.display()))?;
    }
    let store = Store::open(config.database_url().expose_secret()).await.map_err(|error| error.to_string())?;
    let vault = match &config.master_key {
        Some(key) => Vault::from_text(key),
        None => Vault::from_file(&folder.join("master.key"), &store).await,
    };
    let vault = vault.map_err(|error| error.to_string())?;
    vault.check(&store).await.map_err(|error| error.to_string())?;
    let outbound = Outbound::new(config.outbound_allow.clone());
    Ok(Ctx::new(store, vault, outbound, Box::new(SystemClock), Box::new(SystemEntropy), settings))
}

/// Serves until a signal to stop.
///
/// # Errors
/// A sentence for the operator.
pub async fn serve(config: Config, with_demo: bool) -> Result<(), String> {
    if with_demo && !config.addr.ip().is_loopback() {
        return Err(format!(
            "The demonstration's passwords are public: it runs on this machine only, not on {}.",
            config.addr
        ));
    }
    let listener = TcpListener::bind(config.addr).await.map_err(|error| {
        format!(
            "Nothing can be served on {}: {error}. Is another Patchbay running? Choose another one with --addr.",
            config.addr
        )
    })?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    // Kept until the end: it is the lock.
    let _lock = lock(&config)?;
    let setup_code = (!bound.ip().is_loopback()).then(one_time_code);
    let ctx = open(&config, bound, setup_code).await?;
    if with_demo {
        demo::fill(&ctx).await.map_err(|error| error.message)?;
    }
    if let Ok(state) = hub::setup::state(&ctx).await
        && state.needed
        && let Some(code) = &ctx.settings.setup_code
    {
        eprintln!("The set-up page asks for this one-time code: {}", code.expose_secret());
    }
    let app = App {
        ctx: ctx.clone(),
        leptos: leptos_options(&config, bound),
        trusted_proxies: config.trusted_proxies.clone().into(),
    };
    if !config.outbound_allow.is_empty() {
        tracing::warn!("Connections to hosts that are not public are allowed by outbound_allow");
    }
    hub::issue_sync::release_all(&ctx).await.map_err(|error| error.message)?;
    let mut tasks = jobs::spawn(&ctx);
    eprintln!("Patchbay is listening on http://{bound}");
    if ctx.settings.public_url.as_str() != format!("http://{bound}/") {
        eprintln!("Open it as {}", ctx.settings.public_url);
    }
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let live = ctx.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop_signal().await;
        live.live.close();
        let _ = stop.send(());
    });
    tokio::select! {
        ended = serving => ended.map_err(|error| error.to_string())?,
        // A request that does not end must not keep the process.
        () = async { let _ = stopped.await; tokio::time::sleep(GRACE).await } => {}
    }
    tasks.shutdown().await;
    ctx.store.close().await;
    Ok(())
}

/// How the page was built, and where its files are: told, or `site` beside the binary.
fn leptos_options(config: &Config, bound: SocketAddr) -> LeptosOptions {
    let beside = || std::env::current_exe().ok().and_then(|path| Some(path.parent()?.join("site"))).unwrap_or_default();
    let root: PathBuf = config.site_root.clone().unwrap_or_else(beside);
    LeptosOptions::builder()
        .output_name("patchbay")
        .site_root(root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(bound)
        .reload_port(3001)
        .hash_files(true)
        .build()
}

/// Takes the SQLite data directory for this process. Released by the operating system however the process ends.
fn lock(config: &Config) -> Result<Option<std::fs::File>, String> {
    if !config.is_sqlite() {
        return Ok(None);
    }
    let folder = &config.data_dir;
    let failed = |error: std::io::Error| format!("The data directory {} cannot be used: {error}", folder.display());
    make_private(folder).map_err(failed)?;
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("serve.lock"))
        .map_err(failed)?;
    file.try_lock().map_err(|_| {
        format!(
            "Another Patchbay serves the data directory {}. Stop it, or name another one with --data-dir.",
            folder.display()
        )
    })?;
    Ok(Some(file))
}

/// Makes a directory that nobody else can look into.
fn make_private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn one_time_code() -> Password {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let code: String =
        (0..12).map(|_| char::from(LETTERS[usize::from(rand::random::<u8>()) % LETTERS.len()])).collect();
    SecretString::from(code)
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
