//! Formats `semver` and `uuid`.

use gostd::strings::{cut, runes, split};

use super::{Refusal, refuse, refuse_rune};

/// semver.org 2.0.0, strict.
pub fn semver(text: &[u8]) -> Refusal {
    let (text, build) = cut(text, b"+").map_or((text, None), |(front, build)| (front, Some(build)));
    if let Some(build) = build {
        check_build(build)?;
    }
    let (core, pre_release) = cut(text, b"-").map_or((text, None), |(core, pre)| (core, Some(pre)));
    if let Some(pre_release) = pre_release {
        check_pre_release(pre_release)?;
    }
    check_core(core)
}

fn check_build(build: &[u8]) -> Refusal {
    if build.is_empty() {
        return refuse("build is empty");
    }
    for identifier in split(build, b".") {
        if identifier.is_empty() {
            return refuse("build identifier is empty");
        }
        check_identifier(identifier, " in build identifier")?;
    }
    Ok(())
}

fn check_pre_release(pre_release: &[u8]) -> Refusal {
    for identifier in split(pre_release, b".") {
        if identifier.is_empty() {
            return refuse("pre-release identifier is empty");
        }
        check_identifier(identifier, " in pre-release identifier")?;
        if identifier.len() > 1 && identifier.starts_with(b"0") && identifier.iter().all(u8::is_ascii_digit) {
            return refuse("pre-release numeric identifier starts with zero");
        }
    }
    Ok(())
}

fn check_identifier(identifier: &[u8], place: &str) -> Refusal {
    let fits = |rune: u32| char::from_u32(rune).is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    match runes(identifier).find(|(_, rune, _)| !fits(*rune)) {
        Some((_, rune, _)) => refuse_rune("invalid character ", rune, place),
        None => Ok(()),
    }
}

fn check_core(core: &[u8]) -> Refusal {
    let numbers = split(core, b".");
    if numbers.len() != 3 {
        return refuse("versionCore must have 3 numbers separated by dot");
    }
    for (number, name) in numbers.into_iter().zip(["major", "minor", "patch"]) {
        if number.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if number.len() > 1 && number.starts_with(b"0") {
            return Err(format!("{name} starts with zero"));
        }
        if !number.iter().all(u8::is_ascii_digit) {
            return Err(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}

/// RFC 4122.
pub fn uuid(text: &[u8]) -> Refusal {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups = split(text, b"-");
    if groups.len() != LENGTHS.len() {
        return Err(format!("must have {} elements", LENGTHS.len()));
    }
    for (i, (group, length)) in groups.into_iter().zip(LENGTHS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", i + 1));
        }
        let hex = |rune: u32| char::from_u32(rune).is_some_and(|c| c.is_ascii_hexdigit());
        if let Some((_, rune, _)) = runes(group).find(|(_, rune, _)| !hex(*rune)) {
            return refuse_rune("non-hex character ", rune, "");
        }
    }
    Ok(())
}
