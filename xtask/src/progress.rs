//! Progress on stdout: one line when a step starts and one when it ends, with the time since the start.

use std::io::IsTerminal;
use std::time::Instant;

use crate::Outcome;
use crate::tally::Tally;

/// So many failures tell where to start; more would push the steps off the screen.
const SHOWN: usize = 50;

/// Runs steps one after the other; a failing step does not stop the next.
pub struct Progress {
    start: Instant,
    colour: bool,
    total: Tally,
}

impl Progress {
    pub fn new() -> Progress {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Progress { start: Instant::now(), colour, total: Tally::default() }
    }

    /// Runs one step; an error counts as one failure with `rerun` as the way to try again. Says whether it was clean.
    pub fn step(&mut self, name: &str, rerun: &str, run: impl FnOnce() -> Outcome) -> bool {
        let begun = Instant::now();
        self.say("36", &format!("{name} ..."));
        let tally = run().unwrap_or_else(|reason| Tally::failed(format!("{name}: {reason}"), rerun));
        let clean = tally.is_clean();
        let colour = if clean { "32" } else { "31" };
        let seconds = begun.elapsed().as_secs_f64();
        self.say(colour, &format!("{name}: {} ({seconds:.1} s)", tally.line()));
        self.total.add(tally);
        clean
    }

    /// Says that a step is left out, and why.
    pub fn skip(&mut self, name: &str, why: &str) {
        self.say("33", &format!("{name}: skipped, {why}"));
    }

    /// Says what is good to know and fails nothing.
    pub fn note(&self, text: &str) {
        self.say("33", text);
    }

    /// Prints every failure with how to run it again, then the closing line.
    pub fn finish(self) -> Tally {
        if !self.total.is_clean() {
            println!("\nWhat failed, and how to run it again:");
        }
        for failure in self.total.failures.iter().take(SHOWN) {
            println!("  {}\n      {}", failure.what, failure.rerun);
        }
        if let Some(more) = self.total.failures.len().checked_sub(SHOWN + 1) {
            println!("  ... and {} more; run the steps above alone to see them", more + 1);
        }
        println!("{}", self.total.line());
        self.total
    }

    fn say(&self, colour: &str, text: &str) {
        let seconds = self.start.elapsed().as_secs();
        let clock = format!("[{:>2}:{:02}]", seconds / 60, seconds % 60);
        if self.colour {
            println!("\x1b[{colour}m{clock} {text}\x1b[0m");
        } else {
            println!("{clock} {text}");
        }
    }
}
