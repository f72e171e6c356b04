//! Globs against github.com/gobwas/glob v0.2.3. `data/glob.json` was printed by a Go 1.27.2 program that compiled each
//! pattern with separators `/`, none, and `./` with `glob.Compile` and matched all texts; `matches` has one digit for
//! each text, or `!` where the library panicked.

use std::time::{Duration, Instant};

use gostd::glob::Glob;
use gostd::{Map, Value, json};

fn text(value: Option<Value>) -> String {
    let text = value.as_ref().and_then(|v| v.as_str()).map(|s| s.to_text().into_owned());
    text.unwrap_or_default()
}

fn items(value: Option<Value>) -> Vec<Value> {
    value.and_then(|v| v.as_list().map(|l| l.iter().cloned().collect())).unwrap_or_default()
}

fn check(row: &Map, texts: &[String]) -> Result<(), String> {
    let (pattern, separators) = (text(row.get(b"pattern")), text(row.get(b"separators")));
    let separators: Vec<char> = separators.chars().collect();
    let error = text(row.get(b"error"));
    let glob = match Glob::new(&pattern, &separators) {
        Ok(glob) => glob,
        Err(got) if got.text == error => return Ok(()),
        Err(got) => return Err(format!("{pattern:?}: error {:?}, want {error:?}", got.text)),
    };
    if !error.is_empty() {
        return Err(format!("{pattern:?}: no error, want {error:?}"));
    }
    let panics = row.get(b"panic").and_then(|v| v.as_map().cloned());
    for (name, want) in texts.iter().zip(text(row.get(b"matches")).chars()) {
        let got = glob.matches(name.as_bytes());
        let right = match (want, &got) {
            ('!', Err(got)) => panics.as_ref().is_some_and(|p| text(p.get(name.as_bytes())) == got.text),
            (_, Ok(got)) => *got == (want == '1') && glob.is_match(name) == *got,
            _ => false,
        };
        if !right {
            return Err(format!("{pattern:?} {separators:?} on {name:?}: {got:?}, want {want}\n{glob:?}"));
        }
    }
    Ok(())
}

#[test]
fn patterns_match_as_in_go() {
    let file = json::decode(include_bytes!("data/glob.json")).expect("the data is JSON");
    let file = file.as_map().expect("an object").clone();
    let texts: Vec<String> = items(file.get(b"texts")).into_iter().map(|v| text(Some(v))).collect();
    let rows = items(file.get(b"rows"));
    let wrong: Vec<String> = rows.iter().filter_map(|row| check(row.as_map().expect("a row"), &texts).err()).collect();
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Each of these takes the Go library years, or a pattern of ours longer than a test may take.
#[test]
fn hostile_patterns_end() {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(|| {
        let start = Instant::now();
        let long = "a".repeat(2000);
        for pattern in ["*a".repeat(30) + "b", "{a*,*a}".repeat(100), "?a".repeat(2000), "a*?".repeat(1000)] {
            let glob = Glob::new(&pattern, &['/']).expect("a pattern");
            let _ = glob.matches(long.as_bytes());
        }
        assert!(Glob::new(&"{".repeat(501), &['/']).is_err());
        assert!(Glob::new(&"{".repeat(500), &['/']).is_ok());
        assert!(Glob::new(&"a".repeat(4097), &['/']).is_err());
        assert!(start.elapsed() < Duration::from_secs(600));
    });
    assert!(thread.expect("a thread").join().is_ok());
}
