//! The tree of commands, and how arguments find their command (github.com/spf13/cobra 1.10.2 `Find`).

use crate::failure::Failure;
use crate::flags::{Flag, Parsed, no_opt};
use crate::settings::Settings;

/// How many positional arguments a command takes.
#[derive(Clone, Copy)]
pub enum Args {
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
    /// Not checked: a group of commands.
    Any,
}

/// A command. The whole tree is static: nothing is built at start.
pub struct Command {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// Words that are close to this command though spelled otherwise.
    pub suggest_for: &'static [&'static str],
    /// What follows the name in a usage line, as `[NAME] [CHART]`.
    pub operands: &'static str,
    pub short: &'static str,
    pub long: &'static str,
    pub args: Args,
    pub flags: &'static [&'static [Flag]],
    /// Groups of flags of which at most one may be given.
    pub exclusive: &'static [&'static [&'static str]],
    pub run: Option<Run>,
    pub sub: &'static [&'static Command],
    /// Unknown flags are no error: the command answers before it reads them.
    pub lenient: bool,
    pub hidden: bool,
}

pub type Run = fn(&Invocation) -> Result<(), Failure>;

/// A command with its parsed arguments.
pub struct Invocation {
    pub flags: Parsed,
    pub settings: Settings,
}

impl Command {
    pub const EMPTY: Command = Command {
        name: "",
        aliases: &[],
        suggest_for: &[],
        operands: "",
        short: "",
        long: "",
        args: Args::Any,
        flags: &[],
        exclusive: &[],
        run: None,
        sub: &[],
        lenient: false,
        hidden: false,
    };

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// A command with the way to it: the words of its usage line.
pub struct Found {
    pub path: Vec<&'static Command>,
    /// The arguments without the words that led here.
    pub args: Vec<String>,
}

impl Found {
    pub fn command(&self) -> &'static Command {
        self.path[self.path.len() - 1]
    }

    /// Returns `helm show chart`.
    pub fn command_path(&self) -> String {
        self.path.iter().map(|c| c.name).collect::<Vec<_>>().join(" ")
    }

    /// Returns `helm show chart [CHART] [flags]`.
    pub fn use_line(&self) -> String {
        let operands = self.command().operands;
        let space = if operands.is_empty() { "" } else { " " };
        format!("{}{space}{operands} [flags]", self.command_path())
    }

    /// Returns the flags of the command and those that every command has.
    pub fn tables(&self) -> Vec<&'static [Flag]> {
        let mut tables = self.command().flags.to_vec();
        tables.extend_from_slice(self.path[0].flags);
        tables
    }
}

/// Finds the command that arguments name.
pub fn find(root: &'static Command, args: &[String]) -> Found {
    let mut found = Found { path: vec![root], args: args.to_vec() };
    loop {
        let tables = found.tables();
        let Some(word) = positionals(&tables, &found.args).into_iter().next() else { return found };
        let Some(next) = found.command().sub.iter().find(|c| c.answers_to(&word)) else { return found };
        remove_word(&tables, &mut found.args, &word);
        found.path.push(next);
    }
}

/// Returns the arguments that are neither flags nor, as far as can be known here, values of flags.
pub fn positionals(tables: &[&'static [Flag]], args: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = args;
    while let Some((arg, after)) = rest.split_first() {
        rest = after;
        if arg == "--" {
            break;
        }
        if takes_next(tables, arg) {
            if rest.len() <= 1 {
                break;
            }
            rest = &rest[1..];
        } else if !arg.is_empty() && !arg.starts_with('-') {
            words.push(arg.clone());
        }
    }
    words
}

fn takes_next(tables: &[&'static [Flag]], arg: &str) -> bool {
    let flag = (arg.starts_with("--") || (arg.starts_with('-') && arg.len() == 2)) && !arg.contains('=');
    flag && !no_opt(tables, arg)
}

fn remove_word(tables: &[&'static [Flag]], args: &mut Vec<String>, word: &str) {
    let mut at = 0;
    while at < args.len() {
        let arg = &args[at];
        if arg == "--" {
            return;
        }
        if takes_next(tables, arg) {
            at += 2;
            continue;
        }
        if arg == word {
            args.remove(at);
            return;
        }
        at += 1;
    }
}
