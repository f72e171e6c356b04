//! `search oci`: the versions of a chart in a registry. Helm has nothing like it.

use chart::log::Log;
use gostd::json::{Object, append_list};
use gostd::semver::{Constraints, Version};
use registry::{Client, Description, without_scheme};

use super::registry::client::{self, REGISTRY};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};

pub static COMMAND: Command = Command {
    name: "oci",
    operands: "REFERENCE",
    short: "list the versions of a chart in a registry",
    long: "Lists the versions of a chart in a registry, the newest first. The registry is asked for the manifest and the definition of each version that is shown, not for the charts.",
    args: Args::Exactly(1),
    flags: &[
        &[
            Flag::string("version", "show only versions in this range"),
            Flag::bool("devel", "show prereleases too, as --version '>0.0.0-0' does"),
            Flag::new("limit", Kind::Int, "20", "how many versions a page has; 0 for all"),
            Flag::new("page", Kind::Int, "1", "which page of versions to show"),
            Flag::new("max-col-width", Kind::Int, "50", "widest column of a table; 0 for as wide as needed"),
        ],
        OUTPUT,
        REGISTRY,
    ],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let reference = flags.args.first().map(String::as_str).unwrap_or_default();
    let page = Page::of(flags)?;
    let client = client::of_flags(flags, &invocation.settings)?;
    let versions = wanted(&client, reference, flags)?;
    let shown = page.of_list(&versions);
    let found = client.describe(reference, shown).map_err(|error| client::explained(error, reference, flags))?;
    let name = format!("oci://{}", without_scheme(reference));
    let text = match Format::of(invocation) {
        Format::Table => table(&name, &found, count(flags, "max-col-width", 50)?).into_bytes(),
        Format::Json => output::json(json(&name, &found)),
        Format::Yaml => output::yaml(&json(&name, &found))?,
    };
    out::write(&text)?;
    let (first, last) = (page.start(), page.start() + shown.len());
    if last < versions.len() {
        let (total, next) = (versions.len().to_string(), (page.number + 1).to_string());
        let range = format!("{}-{last}", first + 1);
        Stderr.info("there are more versions", &[("shown", &range), ("of", &total), ("next page", &next)]);
    }
    Ok(())
}

/// Returns the versions that are asked for.
fn wanted(client: &Client, reference: &str, flags: &Parsed) -> Result<Vec<String>, Failure> {
    let range = match (flags.string("version"), flags.bool("devel")) {
        ("", true) => ">0.0.0-0",
        ("", false) => ">0.0.0",
        (range, _) => range,
    };
    let range = Constraints::new(range.as_bytes())
        .map_err(|error| Failure::new(format!("an invalid version/constraint format: {}", error.text)))?;
    let fits = |text: &String| Version::new(text.as_bytes()).is_ok_and(|version| range.check(&version));
    let versions = client.tags(reference).map_err(|error| client::explained(error, reference, flags))?;
    Ok(versions.into_iter().filter(fits).collect())
}

/// A part of a list.
struct Page {
    number: usize,
    limit: usize,
}

impl Page {
    fn of(flags: &Parsed) -> Result<Page, Failure> {
        let (number, limit) = (count(flags, "page", 1)?, count(flags, "limit", 20)?);
        if number == 0 {
            return Err(Failure::new("pages are counted from 1"));
        }
        Ok(Page { number, limit: if limit == 0 { usize::MAX } else { limit } })
    }

    fn start(&self) -> usize {
        (self.number - 1).saturating_mul(self.limit)
    }

    fn of_list<'a>(&self, list: &'a [String]) -> &'a [String] {
        let rest = list.get(self.start()..).unwrap_or_default();
        rest.get(..self.limit).unwrap_or(rest)
    }
}

fn count(flags: &Parsed, name: &str, default: usize) -> Result<usize, Failure> {
    let Some(text) = flags.last(name) else { return Ok(default) };
    let number = gostd::strconv::parse_int(text.as_bytes(), 0, 64)?;
    usize::try_from(number).map_err(|_| Failure::new(format!("--{name} cannot be negative: {number}")))
}

fn table(name: &str, found: &[Description], widest: usize) -> String {
    if found.is_empty() {
        return "No results found\n".to_owned();
    }
    let mut table = Table::default();
    table.row(["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]);
    for each in found {
        let description = if each.is_chart { each.description.as_str() } else { "(no chart)" };
        let cells = [name, &each.version, &each.app_version, description];
        table.row(cells.map(|cell| cut(cell, widest)));
    }
    table.text()
}

/// Cuts a cell as Helm's tables do; the name of the chart may be needed whole.
fn cut(cell: &str, widest: usize) -> String {
    if widest == 0 || cell.starts_with("oci://") || cell.chars().count() <= widest {
        return cell.to_owned();
    }
    cell.chars().take(widest.saturating_sub(3)).collect::<String>() + "..."
}

fn json(name: &str, found: &[Description]) -> Vec<u8> {
    let mut text = Vec::new();
    append_list(&mut text, found, |out, each| {
        let mut object = Object::open(out);
        object.text("name", name.as_bytes());
        object.text("version", each.version.as_bytes());
        object.text("app_version", each.app_version.as_bytes());
        object.text("description", each.description.as_bytes());
        object.text("tag", each.tag.as_bytes());
        object.text("digest", each.digest.as_bytes());
        object.number_unless_zero("size", each.size);
        object.flag_unless_false("deprecated", each.deprecated);
        let mut annotations = Object::open(object.name("annotations"));
        each.annotations.iter().for_each(|(name, text)| annotations.text(name, text.as_bytes()));
        annotations.close();
        object.close();
    });
    text
}
