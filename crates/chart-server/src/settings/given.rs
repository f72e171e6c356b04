//! What was set: flags with the grammar of Go's `flag` package, variables of the environment, the configuration file.

use std::collections::BTreeMap;
use std::path::Path;

use gostd::{strconv, time};

use super::config_file;
use super::table::{Kind, SETTINGS, Setting, State};
use super::wrong::Wrong;

/// Bytes of a value that may be given.
const VALUE_BYTES: usize = 64 * 1024;

/// The values that were set, by flag. A flag counts more than a variable, that more than the file.
#[derive(Default, Debug)]
pub struct Given {
    values: BTreeMap<&'static str, Vec<String>>,
    /// What is left behind the flags.
    pub operands: Vec<String>,
    /// The help was asked for.
    pub help: bool,
    /// The version was asked for.
    pub version: bool,
}

/// Where values of the environment come from, and how the variables are called.
pub struct Environment<'a> {
    pub prefix: &'a str,
    pub get: &'a dyn Fn(&str) -> Option<String>,
}

impl Given {
    /// Reads everything that is set.
    ///
    /// # Errors
    /// An unknown flag, a value of the wrong type, a configuration file that cannot be read, a setting that is refused.
    pub fn read(args: &[String], environment: &Environment<'_>) -> Result<Self, Wrong> {
        let mut flags = Given::default();
        flags.read_flags(args)?;
        let variables = Given::of_variables(environment)?;
        let file = flags.text("config").or_else(|| variables.text("config")).map(str::to_owned);
        let mut given = match file {
            Some(path) => config_file::read(Path::new(&path))?,
            None => Given::default(),
        };
        given.values.extend(variables.values);
        given.values.extend(flags.values);
        Ok(Given { values: given.values, ..flags })
    }

    /// Sets a value, after a look at its type.
    pub fn set(&mut self, setting: &'static Setting, value: &str, named: &str) -> Result<(), Wrong> {
        if value.len() > VALUE_BYTES {
            return Err(Wrong::new(format!("the value of {named} is longer than {VALUE_BYTES} bytes")));
        }
        if let State::Refused(instead) = setting.state {
            return Err(Wrong::new(format!("{named} is not supported: {instead}")));
        }
        check(setting.kind, value).map_err(|what| Wrong::new(format!("invalid value {value:?} for {named}: {what}")))?;
        let values = self.values.entry(name(setting)).or_default();
        if setting.kind != Kind::Pairs {
            values.clear();
        }
        values.push(value.to_owned());
        Ok(())
    }

    /// Reports whether a setting was set at all.
    pub fn is_set(&self, flag: &str) -> bool {
        self.values.contains_key(flag)
    }

    /// Returns all values of a setting.
    pub fn all(&self, flag: &str) -> &[String] {
        self.values.get(flag).map_or(&[], Vec::as_slice)
    }

    /// Returns a value that was set and is not empty.
    pub fn text(&self, flag: &str) -> Option<&str> {
        self.all(flag).last().map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the flags that were set and have no effect, with the reason.
    pub fn ignored(&self) -> Vec<(&'static str, &'static str)> {
        let ignored = |setting: &'static Setting| match setting.state {
            State::Ignored(why) if self.is_set(name(setting)) => Some((name(setting), why)),
            _ => None,
        };
        SETTINGS.iter().filter_map(ignored).collect()
    }

    fn of_variables(environment: &Environment<'_>) -> Result<Self, Wrong> {
        let mut given = Given::default();
        for setting in SETTINGS {
            let own = name(setting).to_uppercase().replace('-', "_");
            let variable = if setting.variable.is_empty() { own } else { setting.variable.to_owned() };
            // Ours have the prefix always: their names are too common.
            let prefix = if setting.variable.is_empty() { "PILOTHOUSE_SERVE_" } else { environment.prefix };
            let variable = format!("{prefix}{variable}");
            if let Some(value) = (environment.get)(&variable).filter(|value| !value.is_empty()) {
                given.set(setting, &value, &format!("${variable}"))?;
            }
        }
        Ok(given)
    }

    fn read_flags(&mut self, args: &[String]) -> Result<(), Wrong> {
        let mut rest = args;
        while let Some((arg, after)) = rest.split_first() {
            rest = after;
            if arg == "--" {
                self.operands.extend_from_slice(rest);
                return Ok(());
            }
            let Some(flag) = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')).filter(|f| !f.is_empty()) else {
                self.operands.push(arg.clone());
                continue;
            };
            rest = self.read_flag(flag, rest)?;
        }
        Ok(())
    }

    /// Takes one flag; returns what is left behind its value.
    fn read_flag<'a>(&mut self, flag: &str, rest: &'a [String]) -> Result<&'a [String], Wrong> {
        let (word, value) = match flag.split_once('=') {
            Some((word, value)) => (word, Some(value)),
            None => (flag, None),
        };
        match word {
            "help" | "h" => self.help = true,
            "version" | "v" => self.version = true,
            _ => return self.read_setting(word, value, rest),
        }
        Ok(rest)
    }

    fn read_setting<'a>(&mut self, word: &str, value: Option<&str>, rest: &'a [String]) -> Result<&'a [String], Wrong> {
        let known = SETTINGS.iter().find(|setting| setting.flag.split(", ").any(|spelling| spelling == word));
        let Some(setting) = known else {
            return Err(Wrong::new(format!("flag provided but not defined: -{word}")));
        };
        let named = format!("--{}", name(setting));
        match (value, setting.kind, rest.split_first()) {
            (Some(value), ..) => self.set(setting, value, &named)?,
            (None, Kind::Bool, _) => self.set(setting, "true", &named)?,
            (None, _, Some((next, after))) => {
                self.set(setting, next, &named)?;
                return Ok(after);
            }
            (None, _, None) => return Err(Wrong::new(format!("flag needs an argument: -{word}"))),
        }
        Ok(rest)
    }
}

/// Returns the long spelling.
pub fn name(setting: &Setting) -> &'static str {
    setting.flag.split(", ").next().unwrap_or(setting.flag)
}

fn check(kind: Kind, value: &str) -> Result<(), &'static str> {
    match kind {
        Kind::Bool => strconv::parse_bool(value.as_bytes()).map(drop).map_err(|_| "not true or false"),
        Kind::Int => strconv::parse_int(value.as_bytes(), 0, 64).map(drop).map_err(|_| "not a whole number"),
        Kind::Duration => time::parse_duration(value.as_bytes()).map(drop).map_err(|_| "not a duration like 5m"),
        Kind::Text | Kind::Pairs => Ok(()),
    }
}
