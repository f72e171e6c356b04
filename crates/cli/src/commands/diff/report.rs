//! How differences are shown, and the exit code they end with.

use diff::{Action, Change, Look, Secrets, Subject, Summary, Tense};

use crate::command::Invocation;
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::out;
use crate::output::Color;

/// What every diff can be told.
pub static SHOW: &[Flag] = &[
    Flag::new("output", Kind::String, "\"diff\"", "form of the output: diff, simple (a line for each object), json")
        .short('o'),
    Flag::bool("detailed-exitcode", "exit with 2 when there are changes"),
    Flag::array("suppress", "kind of which only is said that it changes (repeatable)"),
    Flag::bool("suppress-secrets", "as --suppress Secret").short('q'),
    Flag::bool("include-tests", "compare the hooks of `helm test` too"),
    Flag::bool("no-color", "as --color=never"),
    // helm-diff's: here it is always so.
    Flag::bool("normalize-manifests", "").hidden(),
    Flag::bool("three-way-merge", "").hidden(),
    Flag::bool("strip-trailing-cr", "").hidden(),
];

/// How much is shown of each object; `upgrade --diff` has these too.
pub static LINES: &[Flag] = &[
    Flag::new("context", Kind::Int, "3", "lines around changes; all of them for a number below 0").short('C'),
    Flag::bool("show-secrets", "show the values of Secrets"),
    Flag::bool("show-secrets-decoded", "show the values of Secrets without their base64"),
];

/// The lines around a change that are shown when nothing is said.
const CONTEXT: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Diff,
    Simple,
    Json,
}

/// How differences are to be shown.
pub struct Report {
    form: Form,
    look: Look,
    secrets: Secrets,
    detailed: bool,
    tense: Tense,
}

impl Report {
    /// # Errors
    /// A form that there is not.
    pub fn of(invocation: &Invocation, tense: Tense) -> Result<Self, Failure> {
        let flags = &invocation.flags;
        let form = match flags.last("output").unwrap_or("diff") {
            "diff" => Form::Diff,
            "simple" => Form::Simple,
            "json" => Form::Json,
            other => return Err(Failure::new(format!("unknown output {other:?}: must be diff, simple or json"))),
        };
        let detailed = flags.bool("detailed-exitcode");
        Ok(Report { form, detailed, ..Report::lines(invocation, tense) })
    }

    /// The form of `upgrade --diff`: lines.
    pub fn lines(invocation: &Invocation, tense: Tense) -> Self {
        let flags = &invocation.flags;
        let mut suppressed = flags.array("suppress");
        if flags.bool("suppress-secrets") {
            suppressed.push("Secret".to_string());
        }
        let color = !flags.bool("no-color") && Color::of(&invocation.settings).is_on();
        let look = Look { color, context: context(flags), suppressed };
        Report { form: Form::Diff, look, secrets: secrets(flags), detailed: false, tense }
    }

    /// Returns what happens to objects, without what is secret.
    pub fn changes(&self, subjects: Vec<Subject>) -> Vec<Change> {
        diff::changes(subjects, self.secrets)
    }

    /// Returns what is printed of changes.
    pub fn text(&self, changes: &[Change], notes: &[String]) -> String {
        match self.form {
            Form::Diff => diff::text(changes, notes, self.tense, &self.look),
            Form::Simple => diff::simple(changes, notes, self.tense, &self.look),
            Form::Json => diff::json(changes, &self.look.suppressed),
        }
    }

    /// Prints changes and ends the command.
    ///
    /// # Errors
    /// Exit code 1 where the server refuses something, 2 for changes if that was asked for.
    pub fn finish(&self, subjects: Vec<Subject>, notes: &[String]) -> Result<(), Failure> {
        let changes = self.changes(subjects);
        let text = self.text(&changes, notes);
        if refused(&changes) == 0 && !(self.detailed && Summary::of(&changes).has_changes()) {
            return out::finish(text.as_bytes());
        }
        out::write(text.as_bytes())?;
        check(&changes)?;
        Err(Failure { message: String::new(), exit_code: 2, explanation: None })
    }
}

fn refused(changes: &[Change]) -> usize {
    changes.iter().filter(|change| change.action == Action::Refused).count()
}

/// # Errors
/// The server refuses something.
pub fn check(changes: &[Change]) -> Result<(), Failure> {
    match refused(changes) {
        0 => Ok(()),
        count => Err(Failure::new(format!("the server refuses {count} of {} objects", changes.len()))),
    }
}

fn context(flags: &Parsed) -> Option<usize> {
    let given = flags.last("context").and_then(|text| gostd::strconv::parse_int(text.as_bytes(), 0, 64).ok());
    given.map_or(Some(CONTEXT), |given| usize::try_from(given).ok())
}

fn secrets(flags: &Parsed) -> Secrets {
    match (flags.bool("show-secrets-decoded"), flags.bool("show-secrets")) {
        (true, _) => Secrets::Decoded,
        (_, true) => Secrets::Shown,
        _ => Secrets::Masked,
    }
}
