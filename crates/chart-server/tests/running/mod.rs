//! A server of this process, on a free port, with a folder that goes away with it.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::net::SocketAddr;
use std::sync::Arc;

use chart_server::log::Log;
use chart_server::settings::{Environment, Given, LogSettings, Manner, Settings};
use chart_server::{Server, runtime};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that answers.
pub struct Running {
    pub address: SocketAddr,
    pub folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<bool>>,
    runtime: Option<Runtime>,
}

impl Running {
    /// Starts `chartmuseum` with these flags, its charts in a folder of its own.
    pub fn museum(flags: &[String]) -> Self {
        Running::over(tempfile::tempdir().expect("a folder"), flags)
    }

    /// Starts `chartmuseum` with these flags over a folder that is there.
    pub fn over(folder: TempDir, flags: &[String]) -> Self {
        let mut flags = flags.to_vec();
        flags.push("--storage=local".into());
        flags.push(format!("--storage-local-rootdir={}", folder.path().display()));
        Running::start(Manner::Museum, &flags, folder)
    }

    /// Starts `repo serve` with these flags.
    pub fn serve(flags: &[&str]) -> Self {
        Running::serve_in(tempfile::tempdir().expect("a folder"), flags)
    }

    /// Starts `repo serve` with these flags, its charts in a folder that is there.
    pub fn serve_in(folder: TempDir, flags: &[&str]) -> Self {
        let mut flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--data={}", folder.path().display()));
        Running::start(Manner::Serve, &flags, folder)
    }

    fn start(manner: Manner, flags: &[String], folder: TempDir) -> Self {
        let mut flags = flags.to_vec();
        flags.push("--address=127.0.0.1:0".into());
        let given = Given::read(&flags, &Environment { prefix: "", get: &|_| None }).expect("flags");
        let settings = Settings::new(manner, &given).expect("settings");
        let log = Arc::new(Log::to(LogSettings::default(), Box::new(std::io::sink())));
        let runtime = runtime().expect("threads");
        let server = runtime.block_on(Server::open(settings, log)).expect("a server");
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let ended = runtime.spawn(server.run(async move {
            let _ = stopped.await;
        }));
        Running { address, folder, stop: Some(stop), ended: Some(ended), runtime: Some(runtime) }
    }

    /// Asks the server to stop.
    pub fn ask_to_stop(&mut self) {
        self.stop.take();
    }

    /// Stops the server, and gives its folder back.
    pub fn stopped(mut self) -> TempDir {
        self.ask_to_stop();
        self.wait();
        let empty = tempfile::tempdir().expect("a folder");
        std::mem::replace(&mut self.folder, empty)
    }

    /// Waits for its end; returns whether all requests came to theirs.
    pub fn wait(&mut self) -> bool {
        let (Some(ended), Some(runtime)) = (self.ended.take(), &self.runtime) else { return false };
        runtime.block_on(ended).expect("an end")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
