//! `repo list`: the repositories that were added.

use std::path::Path;

use gostd::json::append_quote;
use repo::{Entry, File};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};

static FLAGS: &[Flag] = &[Flag::bool("no-headers", "print the table without its first line")];

pub static COMMAND: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list chart repositories",
    long: "Lists the chart repositories that were added.",
    args: Args::None,
    flags: &[FLAGS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    // To Helm a file that cannot be read is one without repositories.
    let entries = File::load(Path::new(&invocation.settings.repository_config)).map(|file| file.entries);
    let entries = entries.unwrap_or_default();
    match Format::of(invocation) {
        Format::Table if entries.is_empty() => {
            eprintln!("no repositories to show");
            Ok(())
        }
        Format::Table => out::write(table(&entries, invocation.flags.bool("no-headers")).as_bytes()),
        Format::Json => out::write(&output::json(json(&entries))),
        Format::Yaml => out::write(&output::yaml(&json(&entries))?),
    }
}

fn table(entries: &[Entry], no_headers: bool) -> String {
    let mut table = Table::default();
    if !no_headers {
        table.row(["NAME", "URL"]);
    }
    entries.iter().for_each(|entry| table.row([&entry.name, &entry.url]));
    table.text()
}

fn json(entries: &[Entry]) -> Vec<u8> {
    let mut out = vec![b'['];
    for (at, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",{\"name\":" } else { b"{\"name\":" });
        append_quote(&mut out, entry.name.as_bytes());
        out.extend_from_slice(b",\"url\":");
        append_quote(&mut out, entry.url.as_bytes());
        out.push(b'}');
    }
    out.push(b']');
    out
}
