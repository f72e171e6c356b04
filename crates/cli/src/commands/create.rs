//! `create`: a new chart to start from.

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::log::Stderr;
use crate::{out, settings};

pub static COMMAND: Command = Command {
    name: "create",
    operands: "NAME",
    short: "create a new chart with the given name",
    long: "Creates a chart folder with the files that charts usually have. Files of the same name are overwritten, others stay.",
    args: Args::Exactly(1),
    flags: &[&[
        Flag::string("starter", "name or absolute path of a starter chart").short('p'),
        Flag::new("chart-api-version", Kind::String, "\"v2\"", "chart API version").hidden(),
    ]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let name = &invocation.flags.args[0];
    out::write(format!("Creating {name}\n").as_bytes())?;
    match invocation.flags.last("chart-api-version").unwrap_or("v2") {
        "v2" | "" => {}
        "v3" => {
            let hint = "this feature has been marked as experimental and is not enabled by default. Please set HELM_EXPERIMENTAL_CHART_V3=1 in your environment to use this feature";
            return Err(Failure::new(hint));
        }
        other => return Err(Failure::new(format!("unsupported chart API version: {other} (supported: v2, v3)"))),
    }
    let starter = invocation.flags.string("starter");
    let starters = settings::data_path("starters");
    // Helm prints these on stdout.
    let mut overwritten = |warning: &str| println!("{warning}");
    Ok(chart::create::run(name, starter, &starters, &mut overwritten, &mut Stderr)?)
}
