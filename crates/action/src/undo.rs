//! What a failed upgrade takes back: its new objects (`--cleanup-on-fail`), and itself (`--rollback-on-failure`).

use chart::log::Log;
use cluster::Resource;
use gostd::GoError;
use release::Status;

use crate::failure::joined;
use crate::port::{Engine, Propagation};
use crate::rollback::Rollback;
use crate::upgrade::Upgrade;

impl Upgrade {
    /// Deletes what the upgrade made, if that was asked for; gives the error back.
    pub(crate) fn clean_up(
        &self,
        engine: &Engine<'_>,
        created: &[Resource],
        error: GoError,
    ) -> Result<GoError, GoError> {
        if !self.cleanup_on_fail || created.is_empty() {
            return Ok(error);
        }
        let errors = engine.cluster.delete(created, Propagation::Background).errors;
        if errors.is_empty() {
            return Ok(error);
        }
        let text = format!(
            "an error occurred while cleaning up resources. original upgrade error: {}: unable to cleanup resources: {}",
            error.text,
            joined(&errors, ", ").text
        );
        Err(GoError::wrap(text, error))
    }

    /// Goes back to the last revision that went well; returns what to tell.
    pub(crate) fn roll_back(&self, engine: &Engine<'_>, error: &GoError, log: &mut dyn Log) -> String {
        let history = match engine.records.history(&self.name) {
            Ok(history) => history,
            Err(history) => {
                let words = "an error occurred while finding last successful release. original upgrade error";
                return format!("{words}: {}: {history}", error.text);
            }
        };
        let well = history.iter().filter(|r| matches!(r.info.status, Status::Superseded | Status::Deployed));
        let Some(revision) = well.map(|release| release.version).max() else {
            let words = "unable to find a previously successful release when attempting to rollback";
            return format!("{words}. original upgrade error: {}", error.text);
        };
        let rollback = Rollback {
            revision,
            waiting: self.waiting(),
            how: self.how,
            server_side: self.server_side.clone(),
            no_hooks: self.no_hooks,
            ..Rollback::new(&self.name)
        };
        match rollback.run(engine, log) {
            Ok(()) => format!(
                "release {} failed, and has been rolled back due to rollback-on-failure being set: {}",
                self.name, error.text
            ),
            Err(undo) => format!(
                "an error occurred while rolling back the release. original upgrade error: {}: {}",
                error.text,
                undo.fault.text()
            ),
        }
    }
}
