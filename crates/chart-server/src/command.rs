//! The commands `pilothouse repo serve` and `chartmuseum`: arguments in, exit code out. Nothing is made before it is
//! known what for.

use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::log::{Log, chain};
use crate::server::Server;
use crate::settings::{self, Environment, Given, Manner, Settings, Way, Wrong};

/// Runs a server until it is told to stop; returns the exit code.
pub fn run(manner: Manner, args: &[String]) -> u8 {
    match start(manner, args) {
        Ok(code) => code,
        Err(wrong) => {
            let _ = writeln!(std::io::stderr(), "Error: {}", chain(&wrong));
            1
        }
    }
}

fn start(manner: Manner, args: &[String]) -> Result<u8, Wrong> {
    let get = |name: &str| std::env::var(name).ok();
    let prefix = if manner == Manner::Museum { "" } else { "PILOTHOUSE_SERVE_" };
    let given = Given::read(args, &Environment { prefix, get: &get })?;
    if given.help {
        return Ok(print(&settings::help(manner)));
    }
    if given.version {
        let text =
            format!("ChartMuseum version {} (Pilothouse {})\n", crate::MUSEUM_VERSION, env!("CARGO_PKG_VERSION"));
        return Ok(print(&text));
    }
    let settings = Settings::new(manner, &given)?;
    let log = Arc::new(Log::new(settings.log));
    for (flag, why) in given.ignored() {
        log.warn(&format!("--{flag} has no effect: {why}"), &[]);
    }
    let runtime =
        crate::server::runtime().map_err(|error| Wrong::because("cannot start the threads of the server", error))?;
    // Beside the connections: to wake this thread for each new one costs more than to accept it.
    let served = runtime.spawn(serve(settings, log));
    let code = runtime.block_on(served).unwrap_or_else(|fell| std::panic::resume_unwind(fell.into_panic()));
    // Whatever still waits for a disk or a client is not waited for.
    runtime.shutdown_background();
    code
}

async fn serve(settings: Settings, log: Arc<Log>) -> Result<u8, Wrong> {
    if settings.shown.print_index {
        let index = crate::server::index(&settings, &log).await?;
        return Ok(print_bytes(&index));
    }
    if let Some(folder) = &settings.shown.export {
        let exported = crate::server::export(&settings, folder, &log).await?;
        let (packages, provenances) = (exported.packages, exported.provenances);
        let text = format!("{packages} charts and {provenances} provenance files are in {}\n", folder.display());
        return Ok(print(&text));
    }
    let stop = signals()?;
    let server = Server::open(settings, log.clone()).await?;
    if let Some(renew) = server.renewal() {
        tokio::spawn(renewals(renew, listen(SignalKind::hangup())?));
    }
    welcome(&server, &log);
    let all_ended = server.run(stop).await;
    match all_ended {
        true => log.info("Stopped", &[]),
        false => log.warn("Stopped; some requests did not come to their end", &[]),
    }
    Ok(0)
}

fn listen(kind: SignalKind) -> Result<Signal, Wrong> {
    signal(kind).map_err(|error| Wrong::because("cannot wait for signals", error))
}

/// Reads certificates again at each SIGHUP. Without TLS there is nothing to read, and SIGHUP ends the process.
async fn renewals(renew: impl Fn() + Send + 'static, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        renew();
    }
}

/// Ends when the process is asked to stop; a second request ends the process.
fn signals() -> Result<impl Future<Output = ()>, Wrong> {
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(130);
        });
    })
}

/// Says what is served, where, and who may do what.
fn welcome(server: &Server, log: &Log) {
    let settings = server.settings();
    let address = server.address();
    if settings.manner == Manner::Museum {
        log.info("Starting ChartMuseum", &[("host", json!(settings.listen.host)), ("port", json!(address.port()))]);
        if matches!(settings.auth.way, Way::Open) && settings.writes.api {
            log.warn("Anyone who reaches this server may upload and delete: no authentication is configured", &[]);
        }
        return;
    }
    if log.settings().json {
        log.info("Serving charts", &[("url", json!(server.url())), ("charts", json!(settings.kept.shown))]);
        return;
    }
    let _ = std::io::stderr().write_all(introduction(server).as_bytes());
}

fn introduction(server: &Server) -> String {
    let settings = server.settings();
    let url = server.url();
    let plain = if server.is_encrypted() { "" } else { " --plain-http" };
    let registry = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = registry.split('/').next().unwrap_or(registry);
    let who = match &settings.auth.way {
        Way::Open => "anyone",
        Way::Basic { .. } => "who has the password",
        Way::Bearer(_) => "who has a token",
    };
    let reads = if settings.auth.anonymous_get { "anyone" } else { who };
    let writes = match (settings.writes.open, settings.writes.api) {
        (true, _) => who,
        (false, _) => "nobody (--basic-auth-user and --basic-auth-pass, or --anonymous-writes)",
    };
    format!(
        "Serving the charts in {} on {url}\n  repository  helm repo add charts {url}\n  registry    helm push CHART.tgz oci://{host}{plain}\n  reads       {reads}\n  writes      {writes}\n",
        settings.kept.shown
    )
}

fn print(text: &str) -> u8 {
    print_bytes(text.as_bytes())
}

fn print_bytes(text: &[u8]) -> u8 {
    u8::from(std::io::stdout().write_all(text).is_err())
}
