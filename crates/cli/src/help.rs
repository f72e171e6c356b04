//! Help texts: ours, in the layout that users of Helm know.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::command::{Command, Found};
use crate::failure::Failure;
use crate::flags::Flag;

/// Prints the help of a command on stdout.
pub fn print(found: &Found) -> Result<(), Failure> {
    let text = text(found);
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| Failure::new(format!("cannot write the help: {e}")))
}

fn text(found: &Found) -> String {
    let command = found.command();
    let mut out = String::new();
    let about = if command.long.is_empty() { command.short } else { command.long };
    let _ = write!(out, "{}\n\nUsage:\n", about.trim());
    if command.run.is_some() {
        let _ = writeln!(out, "  {}", found.use_line());
    }
    if !command.sub.is_empty() {
        let _ = writeln!(out, "  {} [command]", found.command_path());
    }
    if !command.aliases.is_empty() {
        let _ = write!(out, "\nAliases:\n  {}, {}\n", command.name, command.aliases.join(", "));
    }
    commands(&mut out, command);
    if found.path.len() == 1 {
        flags(&mut out, "Flags", command.flags);
    } else {
        flags(&mut out, "Flags", command.flags);
        flags(&mut out, "Global Flags", found.path[0].flags);
    }
    if !command.sub.is_empty() {
        let _ = write!(out, "\nUse \"{} [command] --help\" for more about a command.\n", found.command_path());
    }
    out
}

fn commands(out: &mut String, command: &Command) {
    let mut visible: Vec<_> = command.sub.iter().filter(|c| !c.hidden).collect();
    visible.sort_by_key(|c| c.name);
    let width = visible.iter().map(|c| c.name.len()).max().unwrap_or_default().max(11);
    if !visible.is_empty() {
        out.push_str("\nAvailable Commands:\n");
    }
    for c in visible {
        let _ = writeln!(out, "  {:width$} {}", c.name, c.short);
    }
}

fn flags(out: &mut String, title: &str, tables: &[&'static [Flag]]) {
    let mut visible: Vec<_> = tables.iter().flat_map(|t| t.iter()).filter(|f| !f.hidden).collect();
    if visible.is_empty() {
        return;
    }
    visible.sort_by_key(|f| f.name);
    let left: Vec<_> = visible.iter().map(|f| spelling(f)).collect();
    let width = left.iter().map(String::len).max().unwrap_or_default();
    let _ = write!(out, "\n{title}:\n");
    for (flag, left) in visible.iter().zip(left) {
        let default = if flag.default.is_empty() { String::new() } else { format!(" (default {})", flag.default) };
        let _ = writeln!(out, "{left:width$}   {}{default}", flag.help);
    }
}

fn spelling(flag: &Flag) -> String {
    let short = flag.short.map_or_else(|| "      ".to_string(), |short| format!("  -{short}, "));
    let placeholder = flag.kind.placeholder();
    let space = if placeholder.is_empty() { "" } else { " " };
    format!("{short}--{}{space}{placeholder}", flag.name)
}
