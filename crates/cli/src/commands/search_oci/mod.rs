//! `search oci`: the versions of a chart in a registry, or the charts of a namespace. Helm has nothing like it.

mod namespace;
mod page;

use gostd::json::{Object, append_list};
use gostd::semver::{Constraints, Version};
use registry::{Description, without_scheme};

use super::registry::client::{self, REGISTRY};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};
use page::Page;

pub static COMMAND: Command = Command {
    name: "oci",
    operands: "REFERENCE",
    short: "list the versions of a chart in a registry, or the charts below a namespace",
    long: "Lists the versions of a chart in a registry, the newest first. The registry is asked for the manifest and the definition of each version that is shown, not for the charts. Of a namespace (HOST/, HOST/PATH/, or a PATH that is no repository) the repositories below it are listed with their newest versions, if the registry tells its repositories.",
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
    let range = range(flags)?;
    if namespace::is_one(reference) {
        return namespace::list(&client, reference, &range, invocation);
    }
    let versions = match client.tags(reference) {
        Ok(versions) => versions,
        // What is no repository may be what stands before the names of several.
        Err(error) if error.kind == registry::Kind::NotFound => {
            return namespace::list_unless_empty(&client, reference, &range, invocation)
                .unwrap_or_else(|| Err(client::explained(error, reference, flags)));
        }
        Err(error) => return Err(client::explained(error, reference, flags)),
    };
    let versions: Vec<String> = versions.into_iter().filter(|version| is_in(&range, version)).collect();
    let shown = page.of_list(&versions);
    let found = client.describe(reference, shown).map_err(|error| client::explained(error, reference, flags))?;
    let name = format!("oci://{}", without_scheme(reference));
    let rows: Vec<Row<'_>> = found.iter().map(|each| (name.as_str(), each)).collect();
    write(&rows, invocation)?;
    page.tell_more("there are more versions", shown.len(), versions.len());
    Ok(())
}

fn write(rows: &[Row<'_>], invocation: &Invocation) -> Result<(), Failure> {
    let text = match Format::of(invocation) {
        Format::Table => table(rows, count(&invocation.flags, "max-col-width", 50)?).into_bytes(),
        Format::Json => output::json(json(rows)),
        Format::Yaml => output::yaml(&json(rows))?,
    };
    out::write(&text)
}

/// Returns which versions are asked for.
fn range(flags: &Parsed) -> Result<Constraints, Failure> {
    let range = match (flags.string("version"), flags.bool("devel")) {
        ("", true) => ">0.0.0-0",
        ("", false) => ">0.0.0",
        (range, _) => range,
    };
    Constraints::new(range.as_bytes())
        .map_err(|error| Failure::new(format!("an invalid version/constraint format: {}", error.text)))
}

fn is_in(range: &Constraints, version: &str) -> bool {
    Version::new(version.as_bytes()).is_ok_and(|version| range.check(&version))
}

fn count(flags: &Parsed, name: &str, default: usize) -> Result<usize, Failure> {
    let Some(text) = flags.last(name) else { return Ok(default) };
    let number = gostd::strconv::parse_int(text.as_bytes(), 0, 64)?;
    usize::try_from(number).map_err(|_| Failure::new(format!("--{name} cannot be negative: {number}")))
}

/// A row of what is found: the name of the chart, and one version of it.
type Row<'a> = (&'a str, &'a Description);

fn table(found: &[Row<'_>], widest: usize) -> String {
    if found.is_empty() {
        return "No results found\n".to_owned();
    }
    let mut table = Table::default();
    table.row(["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]);
    for (name, each) in found {
        let description = if each.is_chart { each.description.as_str() } else { "(no chart)" };
        let cells = [*name, &each.version, &each.app_version, description];
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

fn json(found: &[Row<'_>]) -> Vec<u8> {
    let mut text = Vec::new();
    append_list(&mut text, found, |out, (name, each)| {
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
