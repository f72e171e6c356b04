//! Hooks as records keep them: with what became of their last run.

use gostd::Str;
use gostd::time::Time;
use render::hook::Event;

/// A hook of a revision (`pkg/release/v1/hook.go`).
#[derive(Clone, Default, Debug)]
pub struct Hook {
    pub name: String,
    pub kind: String,
    /// The template's path.
    pub path: String,
    pub manifest: Str,
    /// The names of its events; old records have names that are none any more.
    pub events: Vec<String>,
    pub last_run: LastRun,
    pub weight: i64,
    pub delete_policies: Vec<String>,
    pub output_log_policies: Vec<String>,
}

/// When a hook ran last, and how that went.
#[derive(Clone, Default, Debug)]
pub struct LastRun {
    pub started_at: Option<Time>,
    pub completed_at: Option<Time>,
    pub phase: Phase,
}

/// How the last run of a hook stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Phase {
    /// It never ran.
    #[default]
    None,
    Unknown,
    Running,
    Succeeded,
    Failed,
    /// What a record says that no Helm writes.
    Other(String),
}

const PHASES: &[(&str, Phase)] = &[
    ("", Phase::None),
    ("Unknown", Phase::Unknown),
    ("Running", Phase::Running),
    ("Succeeded", Phase::Succeeded),
    ("Failed", Phase::Failed),
];

impl Phase {
    /// Returns the phase of a name; of another name, the name.
    pub fn of(name: &str) -> Self {
        let known = PHASES.iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Phase::Other(name.to_owned()), |(_, phase)| phase.clone())
    }

    /// Returns the name, as `Succeeded`; empty for a hook that never ran.
    pub fn as_str(&self) -> &str {
        match self {
            Phase::Other(name) => name,
            known => PHASES.iter().find(|(_, phase)| phase == known).map_or("", |(name, _)| name),
        }
    }
}

impl Hook {
    /// Reports whether the hook runs at an event.
    pub fn runs_at(&self, event: Event) -> bool {
        self.events.iter().any(|name| name == event.as_str())
    }

    /// Reports whether a policy of deletion is among those of the hook.
    pub fn has_delete_policy(&self, policy: &str) -> bool {
        self.delete_policies.iter().any(|name| name == policy)
    }
}

impl LastRun {
    /// A run begins.
    pub fn start(&mut self, now: Time) {
        *self = LastRun { started_at: Some(now), completed_at: None, phase: Phase::Running };
    }

    /// The run has ended.
    pub fn finish(&mut self, now: Time, phase: Phase) {
        self.completed_at = Some(now);
        self.phase = phase;
    }
}

impl From<&render::Hook> for Hook {
    fn from(hook: &render::Hook) -> Self {
        Hook {
            name: hook.name.to_text().into_owned(),
            kind: String::from_utf8_lossy(&hook.kind).into_owned(),
            path: hook.path.to_string(),
            manifest: Str::from(&*hook.manifest),
            events: hook.events.iter().map(|event| event.as_str().to_owned()).collect(),
            last_run: LastRun::default(),
            weight: hook.weight,
            delete_policies: hook.delete_policies.clone(),
            output_log_policies: hook.output_log_policies.clone(),
        }
    }
}
