//! How much changes, in one line.

use crate::change::{Action, Change};

/// Whether changes lie ahead or were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    Planned,
    Recorded,
}

/// How many objects change, and in which way; hooks are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub created: usize,
    pub updated: usize,
    pub replaced: usize,
    pub deleted: usize,
    pub refused: usize,
    pub hooks_changed: usize,
    pub hooks_run: usize,
}

impl Summary {
    pub fn of(changes: &[Change]) -> Self {
        let mut summary = Summary::default();
        for change in changes {
            if let Some(hook) = &change.hook {
                summary.hooks_run += usize::from(hook.runs);
                summary.hooks_changed += usize::from(change.action.is_change());
                summary.refused += usize::from(change.action == Action::Refused);
                continue;
            }
            let count = match change.action {
                Action::Create => &mut summary.created,
                Action::Update => &mut summary.updated,
                Action::Replace => &mut summary.replaced,
                Action::Delete => &mut summary.deleted,
                Action::Refused => &mut summary.refused,
                Action::None => continue,
            };
            *count += 1;
        }
        summary
    }

    /// Says whether an object or a hook changes.
    pub fn has_changes(&self) -> bool {
        self.created + self.updated + self.replaced + self.deleted + self.hooks_changed > 0
    }

    /// Returns `Plan: 1 to add, 2 to change, 0 to destroy; hooks: 1 to run, 1 changed.`
    pub fn line(&self, tense: Tense) -> String {
        let words: [(usize, &str, &str, bool); 5] = [
            (self.created, "to add", "added", true),
            (self.updated, "to change", "changed", true),
            (self.deleted, "to destroy", "removed", true),
            (self.replaced, "to replace", "replaced", false),
            (self.refused, "refused by the server", "refused", false),
        ];
        let shown = words.iter().filter(|(count, .., always)| *always || *count > 0);
        let parts: Vec<String> = shown
            .map(|(count, ahead, made, _)| format!("{count} {}", if tense == Tense::Planned { ahead } else { made }))
            .collect();
        let head = if tense == Tense::Planned { "Plan" } else { "Changes" };
        format!("{head}: {}{}.", parts.join(", "), self.hooks())
    }

    fn hooks(&self) -> String {
        match (self.hooks_run, self.hooks_changed) {
            (0, 0) => String::new(),
            (0, changed) => format!("; hooks: {changed} changed"),
            (run, changed) => format!("; hooks: {run} to run, {changed} changed"),
        }
    }
}
