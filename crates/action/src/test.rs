//! Runs the tests of a release (`pkg/action/release_testing.go`).

use std::time::Duration;

use chart::log::Log;
use gostd::GoError;
use release::Release;

use crate::failure::Failed;
use crate::hooks::{Finished, Run};
use crate::port::{Engine, Strategy, Waiting};

/// Which tests to run.
#[derive(Clone)]
pub struct Test {
    pub name: String,
    pub timeout: Duration,
    /// Only these, unless empty.
    pub only: Vec<String>,
    pub without: Vec<String>,
}

/// Tests that have run; what they left is there until [`Tested::remove`].
pub struct Tested {
    pub release: Release,
    run: Run,
    finished: Option<Finished>,
    error: Option<GoError>,
}

impl Test {
    /// Runs the tests.
    ///
    /// # Errors
    /// Helm's texts, where no test could be run.
    pub fn run(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Tested, Failed> {
        engine.cluster.reachable()?;
        if chart::release_name::validate(&self.name).is_err() {
            return Err(format!("releaseTest: Release name is invalid: {}", self.name).into());
        }
        let mut release = engine.records.last(&self.name)?;
        let (hooks, skipped): (Vec<_>, Vec<_>) =
            std::mem::take(&mut release.hooks).into_iter().partition(|hook| self.wants(&hook.name));
        release.hooks = hooks;
        let waiting = Waiting { strategy: Strategy::Watcher, timeout: self.timeout, jobs: false };
        let run = Run { waiting, server_side: release.apply_method == "ssa" };
        let (finished, mut error) = match run.execute(engine, &mut release, "test", log) {
            Ok(finished) => (Some(finished), None),
            Err(error) => (None, Some(error)),
        };
        release.hooks.splice(0..0, skipped);
        let recorded = engine.records.update(&release);
        if let (Err(not_recorded), None) = (recorded, &error) {
            error = Some(GoError::new(not_recorded.to_string()));
        }
        Ok(Tested { release, run, finished, error })
    }

    /// Whether a test of a name is to run.
    pub fn wants(&self, name: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|known| known == name);
        !named(&self.without) && (self.only.is_empty() || named(&self.only))
    }
}

impl Tested {
    /// Removes what the tests left, as their policies say; returns why they failed.
    pub fn remove(mut self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Release, GoError> {
        let removed = match self.finished.take() {
            Some(finished) => self.run.remove(engine, &self.release, finished, log),
            None => Ok(()),
        };
        match (self.error, removed) {
            (Some(error), _) | (None, Err(error)) => Err(error),
            (None, Ok(())) => Ok(self.release),
        }
    }
}
