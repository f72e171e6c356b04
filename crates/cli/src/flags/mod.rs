//! Command-line flags with pflag's grammar and error texts (github.com/spf13/pflag 1.0.10).

mod csv;
mod kind;
mod parse;
mod parsed;

pub use kind::Kind;
pub use parse::{no_opt, parse};
pub use parsed::Parsed;

/// One flag of a command. Tables of these are static.
#[derive(Clone, Copy)]
pub struct Flag {
    pub name: &'static str,
    pub short: Option<char>,
    pub kind: Kind,
    /// What the help shows as default, empty for the zero value.
    pub default: &'static str,
    pub help: &'static str,
    /// The value of a bare `--flag`; without it the next argument is the value.
    pub no_opt: Option<&'static str>,
    pub hidden: bool,
    /// What to say after `Flag --NAME has been deprecated, `.
    pub deprecated: Option<&'static str>,
}

impl Flag {
    pub const fn new(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Self {
        let no_opt = if matches!(kind, Kind::Bool) { Some("true") } else { None };
        Flag { name, short: None, kind, default, help, no_opt, hidden: false, deprecated: None }
    }

    pub const fn bool(name: &'static str, help: &'static str) -> Self {
        Flag::new(name, Kind::Bool, "", help)
    }

    pub const fn string(name: &'static str, help: &'static str) -> Self {
        Flag::new(name, Kind::String, "", help)
    }

    /// A repeatable flag whose every value is taken whole.
    pub const fn array(name: &'static str, help: &'static str) -> Self {
        Flag::new(name, Kind::StringArray, "", help)
    }

    pub const fn short(mut self, short: char) -> Self {
        self.short = Some(short);
        self
    }

    pub const fn bare(mut self, value: &'static str) -> Self {
        self.no_opt = Some(value);
        self
    }

    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Deprecated flags still work, say so once on stderr, and are not in the help.
    pub const fn deprecated(mut self, advice: &'static str) -> Self {
        self.deprecated = Some(advice);
        self.hidden = true;
        self
    }
}

/// Finds a flag by its long name.
pub fn find(flags: &[&'static [Flag]], name: &str) -> Option<&'static Flag> {
    flags.iter().flat_map(|table| table.iter()).find(|flag| flag.name == name)
}

/// Finds a flag by its shorthand.
pub fn find_short(flags: &[&'static [Flag]], short: char) -> Option<&'static Flag> {
    flags.iter().flat_map(|table| table.iter()).find(|flag| flag.short == Some(short))
}
