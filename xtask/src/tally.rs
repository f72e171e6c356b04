//! Counts of what passed and failed, with how to run each failure again.

/// One failure, as the summary prints it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What failed, e.g. `conformance errors/nil-field: stdout differs`.
    pub what: String,
    /// The command that runs only this again.
    pub rerun: String,
}

/// The counts of one step or of all steps.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub passed: usize,
    pub failures: Vec<Failure>,
}

impl Tally {
    pub fn passed(count: usize) -> Tally {
        Tally { passed: count, failures: Vec::new() }
    }

    pub fn failed(what: impl Into<String>, rerun: impl Into<String>) -> Tally {
        let mut tally = Tally::default();
        tally.fail(what, rerun);
        tally
    }

    pub fn fail(&mut self, what: impl Into<String>, rerun: impl Into<String>) {
        self.failures.push(Failure { what: what.into(), rerun: rerun.into() });
    }

    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
    }

    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    /// The closing line that people and machines read: `12 passed, 0 failed`.
    pub fn line(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failures.len())
    }
}
