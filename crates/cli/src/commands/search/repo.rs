//! `search repo`: looks for charts in the repositories that were added.

use std::path::Path;

use gostd::json::append_quote;
use gostd::semver::Constraints;
use repo::index::Index;
use repo::search::{self, Hit, Query, Term};
use repo::{File, cache};

use super::RESULTS;
use crate::command::{Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::log::{self, Stderr};
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};

static FLAGS: &[Flag] = &[
    Flag::bool("regexp", "take the keyword for a regular expression").short('r'),
    Flag::bool("versions", "show every version of a chart, a line each").short('l'),
    Flag::bool("devel", "show development versions too, as --version '>0.0.0-0' does"),
    Flag::string("version", "show only versions that meet this constraint"),
];

pub static COMMAND: Command = Command {
    name: "repo",
    operands: "[keyword]",
    short: "search repositories for a keyword in charts",
    long: "Looks for a keyword in names, descriptions and keywords of charts, in the cached indexes of all repositories.",
    flags: &[FLAGS, RESULTS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let versions = constraint(flags);
    let indexes = indexes(invocation)?;
    let query = Query {
        term: term(flags)?,
        versions: Constraints::new(versions.as_bytes())
            .map_err(|error| Failure::new(format!("an invalid version/constraint format: {}", error.text)))?,
        shows_all: flags.bool("versions"),
    };
    let mut hits = Vec::new();
    for (name, index) in &indexes {
        hits.extend(search::search(name, index, &query)?);
    }
    search::sort(&mut hits);
    if hits.is_empty() && flags.bool("fail-on-no-result") {
        return Err("no results found".into());
    }
    match Format::of(invocation) {
        Format::Table if hits.is_empty() => out::finish(b"No results found\n"),
        Format::Table => out::finish(table(&hits, flags).as_bytes()),
        Format::Json => out::finish(&output::json(json(&hits))),
        Format::Yaml => out::finish(&output::yaml(&json(&hits))?),
    }
}

/// Returns which versions count: those of `--version`, else all, or all that are no prereleases.
fn constraint(flags: &Parsed) -> &str {
    let given = flags.string("version");
    debug("original chart version", &[("version", given)]);
    match given {
        "" if flags.bool("devel") => {
            debug("setting version to >0.0.0-0", &[]);
            ">0.0.0-0"
        }
        "" => {
            debug("setting version to >0.0.0", &[]);
            ">0.0.0"
        }
        given => given,
    }
}

fn debug(message: &str, fields: &[(&str, &str)]) {
    chart::log::Log::debug(&mut Stderr, message, fields);
}

fn indexes(invocation: &Invocation) -> Result<Vec<(String, Index)>, Failure> {
    let settings = &invocation.settings;
    // To Helm a file that cannot be read is one without repositories.
    let entries = File::load(Path::new(&settings.repository_config)).map(|file| file.entries).unwrap_or_default();
    if entries.is_empty() {
        return Err("no repositories configured".into());
    }
    let mut indexes: Vec<(String, Index)> = Vec::new();
    for entry in entries {
        let path = cache::index_path(Path::new(&settings.repository_cache), &entry.name);
        match Index::load(&path, &mut Stderr) {
            // Repositories of one name have one index.
            Ok(_) if indexes.iter().any(|(name, _)| *name == entry.name) => {}
            Ok(index) => indexes.push((entry.name, index)),
            Err(error) => {
                log::warn("repo is corrupt or missing", &[("repo", &entry.name), ("error", &error.text)]);
            }
        }
    }
    Ok(indexes)
}

fn term(flags: &Parsed) -> Result<Term, Failure> {
    if flags.args.is_empty() {
        return Ok(Term::Any);
    }
    let text = flags.args.join(" ");
    if flags.bool("regexp") { Ok(Term::pattern(&text)?) } else { Ok(Term::text(&text)) }
}

fn table(hits: &[Hit], flags: &Parsed) -> String {
    let mut table = Table::at_most(column_width(flags));
    table.row(["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]);
    for hit in hits {
        table.row([&hit.name, &hit.version, &hit.app_version, &hit.description]);
    }
    table.text()
}

/// Returns how wide a column may be; 0 for any width.
pub(super) fn column_width(flags: &Parsed) -> usize {
    let given = flags.last("max-col-width").and_then(|text| gostd::strconv::parse_uint(text.as_bytes(), 0, 64).ok());
    given.map_or(50, |width| usize::try_from(width).unwrap_or(usize::MAX))
}

fn json(hits: &[Hit]) -> Vec<u8> {
    let mut out = vec![b'['];
    for (at, hit) in hits.iter().enumerate() {
        let members = [
            ("{\"name\":", &hit.name),
            (",\"version\":", &hit.version),
            (",\"app_version\":", &hit.app_version),
            (",\"description\":", &hit.description),
        ];
        if at > 0 {
            out.push(b',');
        }
        for (name, text) in members {
            out.extend_from_slice(name.as_bytes());
            append_quote(&mut out, text.as_bytes());
        }
        out.push(b'}');
    }
    out.push(b']');
    out
}
