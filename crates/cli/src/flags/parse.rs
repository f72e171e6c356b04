//! pflag's grammar: flags anywhere, `--name=value`, `--name value`, `-abc`, `-nvalue`, `--` ends them.

use super::{Flag, Parsed, find, find_short};

type Tables<'a> = &'a [&'static [Flag]];

/// Parses arguments against the flags of a command.
///
/// # Errors
/// pflag's text: `unknown flag: --x`, `flag needs an argument: --x`, `invalid argument "v" for "--x" flag: …`.
pub fn parse(tables: Tables, args: &[String]) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut rest = args.iter().map(String::as_str);
    while let Some(arg) = rest.next() {
        if arg == "--" {
            parsed.args.extend(rest.by_ref().map(str::to_string));
        } else if let Some(long) = arg.strip_prefix("--") {
            long_flag(tables, long, &mut rest, &mut parsed)?;
        } else if arg.len() > 1 && arg.starts_with('-') {
            short_flags(tables, &arg[1..], &mut rest, &mut parsed)?;
        } else {
            parsed.args.push(arg.to_string());
        }
    }
    Ok(parsed)
}

fn long_flag<'a>(
    tables: Tables,
    arg: &'a str,
    rest: &mut impl Iterator<Item = &'a str>,
    parsed: &mut Parsed,
) -> Result<(), String> {
    if arg.starts_with('-') || arg.starts_with('=') {
        return Err(format!("bad flag syntax: --{arg}"));
    }
    let (name, value) = match arg.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arg, None),
    };
    let Some(flag) = find(tables, name) else {
        return Err(format!("unknown flag: --{name}"));
    };
    let value = match (value, flag.no_opt) {
        (Some(value), _) => value,
        (None, Some(bare)) => bare,
        (None, None) => rest.next().ok_or_else(|| format!("flag needs an argument: --{name}"))?,
    };
    set(flag, value, parsed)
}

fn short_flags<'a>(
    tables: Tables,
    group: &'a str,
    rest: &mut impl Iterator<Item = &'a str>,
    parsed: &mut Parsed,
) -> Result<(), String> {
    let mut shorts = group;
    while let Some(short) = shorts.chars().next() {
        let after = &shorts[short.len_utf8()..];
        let Some(flag) = find_short(tables, short) else {
            return Err(format!("unknown shorthand flag: {short:?} in -{shorts}"));
        };
        if let (Some(value), true) = (after.strip_prefix('='), after.len() > 1) {
            return set(flag, value, parsed);
        }
        if let Some(bare) = flag.no_opt {
            set(flag, bare, parsed)?;
            shorts = after;
            continue;
        }
        if !after.is_empty() {
            return set(flag, after, parsed);
        }
        let value = rest.next().ok_or_else(|| format!("flag needs an argument: {short:?} in -{shorts}"))?;
        return set(flag, value, parsed);
    }
    Ok(())
}

fn set(flag: &'static Flag, value: &str, parsed: &mut Parsed) -> Result<(), String> {
    if let Err(error) = flag.kind.check(value) {
        let name = match flag.short {
            Some(short) => format!("-{short}, --{}", flag.name),
            None => format!("--{}", flag.name),
        };
        let value = String::from_utf8_lossy(&gostd::strconv::quote(value.as_bytes())).into_owned();
        return Err(format!("invalid argument {value} for \"{name}\" flag: {error}"));
    }
    if let (Some(advice), false) = (flag.deprecated, parsed.is_set(flag.name)) {
        parsed.warnings.push(format!("Flag --{} has been deprecated, {advice}", flag.name));
    }
    parsed.push(flag.name, value.to_string());
    Ok(())
}

/// Reports whether an argument is a flag that does not take the next argument; unknown flags take it, as in cobra.
pub fn no_opt(tables: Tables, arg: &str) -> bool {
    let flag = match arg.strip_prefix("--") {
        Some(name) => find(tables, name),
        None => arg[1..].chars().next().and_then(|short| find_short(tables, short)),
    };
    flag.is_some_and(|flag| flag.no_opt.is_some())
}
