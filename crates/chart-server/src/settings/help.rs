//! The help of `repo serve` and of `chartmuseum`.

use std::fmt::Write as _;

use super::Manner;
use super::table::{Kind, SETTINGS, Setting, State};

/// Returns the help text.
pub fn text(manner: Manner) -> String {
    let mut out = String::from(match manner {
        Manner::Serve => SERVE,
        Manner::Museum => MUSEUM,
    });
    let shown: Vec<_> = SETTINGS.iter().filter(|setting| setting.state == State::Works).collect();
    let width = shown.iter().map(|setting| left(setting).len()).max().unwrap_or_default();
    for setting in shown {
        let default = if setting.default.is_empty() { String::new() } else { format!(" (default {})", setting.default) };
        let _ = writeln!(out, "{:width$}   {}{default}", left(setting), setting.help);
    }
    out.push_str("\nFlags of ChartMuseum that are not listed are taken and named in the log.\n");
    out
}

fn left(setting: &Setting) -> String {
    let value = match setting.kind {
        Kind::Bool => "",
        Kind::Int => " int",
        Kind::Text => " string",
        Kind::Duration => " duration",
        Kind::Pairs => " [key=]value",
    };
    match setting.flag.split_once(", ") {
        Some((long, short)) => format!("  -{short}, --{long}{value}"),
        None => format!("      --{}{value}", setting.flag),
    }
}

const SERVE: &str = "\
Serves charts: a Helm repository with the API of ChartMuseum, and an OCI registry, over the same charts.

  pilothouse repo serve                                         # reads only, on 127.0.0.1:8080
  pilothouse repo serve --anonymous-writes                      # uploads by anyone on this machine
  pilothouse repo serve --basic-auth-user u --basic-auth-pass p --listen-host 0.0.0.0
  pilothouse repo serve --storage-local-rootdir /charts         # a folder of ChartMuseum, in place

Each flag is also a variable: --chart-url is PILOTHOUSE_SERVE_CHART_URL.

Usage:
  helm repo serve [FOLDER] [flags]

Flags:
";

const MUSEUM: &str = "\
ChartMuseum's server, by Pilothouse: its flags, variables and configuration file.

Usage:
  chartmuseum --storage local --storage-local-rootdir FOLDER [flags]

Flags:
";
