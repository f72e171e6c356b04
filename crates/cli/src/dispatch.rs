//! Runs the command that the arguments name, in the order of cobra's `ExecuteC` and `execute`.

use std::io::Write;
use std::path::Path;

use crate::command::{Args, Found, Invocation, find, positionals};
use crate::commands::ROOT;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{flags, helm2, help, log, plugins, retired, suggest};

/// Runs a command line without its first word; returns the exit code.
pub fn run(args: &[String]) -> u8 {
    match execute(args) {
        Ok(()) => 0,
        Err(failure) => {
            report(&failure);
            failure.exit_code
        }
    }
}

fn report(failure: &Failure) {
    let mut stderr = std::io::stderr().lock();
    if !failure.message.is_empty() {
        let _ = writeln!(stderr, "Error: {}", failure.message);
    }
    if let Some(explanation) = &failure.explanation {
        let _ = writeln!(stderr, "{explanation}");
    }
}

fn execute(args: &[String]) -> Result<(), Failure> {
    plugins::look_for_commands();
    if let Some((first, topic)) = args.split_first()
        && first == "help"
    {
        return help::print(&find(&ROOT, topic));
    }
    let (found, deprecated) = helm2::today(find(&ROOT, args), args);
    if found.path.len() == 1 {
        known_command(&found)?;
    }
    let parsed = parse(&found)?;
    let settings = Settings::new(&parsed);
    if let Err(error) = settings.check_color() {
        log::warn("command failed", &[("error", &error)]);
        return Err(Failure { message: String::new(), exit_code: 1, explanation: None });
    }
    for warning in deprecated.into_iter().chain(parsed.warnings.iter().map(String::as_str)) {
        eprintln!("{warning}");
    }
    retired::warn(Path::new(&settings.repository_config));
    log::set_debug(settings.debug);
    let Some(run) = found.command().run.filter(|_| !parsed.bool("help")) else {
        return help::print(&found);
    };
    check_args(&found, parsed.args.len())?;
    check_exclusive(&found, &parsed)?;
    run(&Invocation { flags: parsed, settings })
}

fn parse(found: &Found) -> Result<flags::Parsed, Failure> {
    match flags::parse(&found.tables(), &found.args) {
        Err(_) if found.command().lenient => Ok(flags::Parsed::default()),
        result => Ok(result?),
    }
}

fn known_command(found: &Found) -> Result<(), Failure> {
    let Some(word) = positionals(&found.tables(), &found.args).into_iter().next() else { return Ok(()) };
    let suggestions = suggest::suggestions(&ROOT, &word);
    let quoted = String::from_utf8_lossy(&gostd::strconv::quote(word.as_bytes())).into_owned();
    let name = ROOT.name;
    Err(Failure::new(format!("unknown command {quoted} for \"{name}\"{suggestions}\nRun '{name} --help' for usage.")))
}

fn check_args(found: &Found, count: usize) -> Result<(), Failure> {
    let plural = |n: usize| if n == 1 { "argument" } else { "arguments" };
    let complaint = match found.command().args {
        Args::None if count > 0 => "accepts no arguments".to_string(),
        Args::Exactly(n) if count != n => format!("requires {n} {}", plural(n)),
        Args::AtLeast(n) if count < n => format!("requires at least {n} {}", plural(n)),
        Args::AtMost(n) if count > n => format!("accepts at most {n} {}", plural(n)),
        _ => return Ok(()),
    };
    Err(Failure::new(format!("\"{}\" {complaint}\n\nUsage:  {}", found.command_path(), found.use_line())))
}

fn check_exclusive(found: &Found, parsed: &flags::Parsed) -> Result<(), Failure> {
    for group in found.command().exclusive {
        let mut set: Vec<_> = group.iter().copied().filter(|name| parsed.is_set(name)).collect();
        if set.len() > 1 {
            set.sort_unstable();
            return Err(Failure::new(format!(
                "if any flags in the group [{}] are set none of the others can be; [{}] were all set",
                group.join(" "),
                set.join(" ")
            )));
        }
    }
    Ok(())
}
