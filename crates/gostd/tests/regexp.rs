//! Regular expressions against Go 1.27.2. `data/regexp.json` was printed by a Go program that compiled each pattern with
//! `regexp.Compile` and ran it over the texts of its group: all matches with their groups, `Split` into any number of
//! parts and into two, `ReplaceAllString` with each template. Texts are as `strconv.QuoteToASCII` writes them; a long
//! pattern is given in parts (count, text) and stands as `{pattern}` in its error.

use gostd::regexp::{Groups, Regexp, quote_meta};
use gostd::{Map, Value, json, strconv};

fn quoted(value: Option<Value>) -> Vec<u8> {
    let text = value.as_ref().and_then(|v| v.as_str().cloned()).expect("a text");
    strconv::unquote(&text).expect("a quoted text")
}

fn items(value: Option<Value>) -> Vec<Value> {
    value.and_then(|v| v.as_list().map(|l| l.iter().cloned().collect())).unwrap_or_default()
}

fn texts(value: Option<Value>) -> Vec<Vec<u8>> {
    items(value).into_iter().map(|v| quoted(Some(v))).collect()
}

fn number(value: &Value) -> i64 {
    match value {
        Value::Float(number) => *number as i64,
        other => panic!("{other:?} is no number"),
    }
}

fn positions(value: Value) -> Vec<i64> {
    items(Some(value)).iter().map(number).collect()
}

fn pattern(row: &Map) -> Vec<u8> {
    let parts = items(row.get(b"parts"));
    if parts.is_empty() {
        return quoted(row.get(b"pattern"));
    }
    let part = |pair: &[Value]| quoted(Some(pair[1].clone())).repeat(number(&pair[0]) as usize);
    parts.chunks(2).flat_map(part).collect()
}

fn flat(groups: Groups) -> Vec<i64> {
    let ends = |group: &Option<std::ops::Range<usize>>| match group {
        Some(range) => [range.start as i64, range.end as i64],
        None => [-1, -1],
    };
    groups.iter().flat_map(ends).collect()
}

fn check(row: &Map, templates: &[Vec<u8>]) -> Result<(), String> {
    let pattern = pattern(row);
    let same = |what: &str, got: String, want: String| match got == want {
        true => Ok(()),
        false => {
            Err(format!("{:.200} {what}\n  got {got:.600}\n want {want:.600}", pattern.escape_ascii().to_string()))
        }
    };
    let regexp = match Regexp::new(&pattern) {
        Ok(regexp) => regexp,
        Err(error) if row.get(b"error").is_some() => {
            let (got, want) = (error.text, String::from_utf8_lossy(&quoted(row.get(b"error"))).into_owned());
            return same("error", got, want.replace("{pattern}", &String::from_utf8_lossy(&pattern)));
        }
        Err(error) => return same("error", error.text, String::new()),
    };
    if let Some(error) = row.get(b"error") {
        return same("error", String::new(), format!("{error:?}"));
    }
    let names: Vec<_> = items(row.get(b"names")).iter().map(|v| v.as_str().expect("a name").to_vec()).collect();
    same(
        "names",
        format!("{:?}", regexp.subexp_names().iter().map(|n| n.clone().into_bytes()).collect::<Vec<_>>()),
        format!("{names:?}"),
    )?;
    for case in items(row.get(b"cases")) {
        let case = case.as_map().expect("a case").clone();
        let text = quoted(case.get(b"text"));
        let label = |what: &str| format!("{what} in {:?}", text.escape_ascii().to_string());
        let want: Vec<Vec<i64>> = items(case.get(b"matches")).into_iter().map(positions).collect();
        let got: Vec<Vec<i64>> = regexp.find_all_submatch(&text, -1).into_iter().map(flat).collect();
        same(&label("matches"), format!("{got:?}"), format!("{want:?}"))?;
        let whole = |range: std::ops::Range<usize>| vec![range.start as i64, range.end as i64];
        let wanted: Vec<Vec<i64>> = want.iter().map(|m| m[..2].to_vec()).collect();
        let got: Vec<Vec<i64>> = regexp.find_all(&text, -1).into_iter().map(whole).collect();
        same(&label("find_all"), format!("{got:?}"), format!("{wanted:?}"))?;
        let got = (regexp.is_match(&text), regexp.find(&text).map(whole), regexp.find_submatch_index(&text).map(flat));
        let expected = (!want.is_empty(), wanted.first().cloned(), want.first().cloned());
        same(&label("find"), format!("{got:?}"), format!("{expected:?}"))?;
        for (n, want) in [-1, 2].into_iter().zip(items(case.get(b"split"))) {
            let got: Vec<Vec<u8>> = regexp.split(&text, n).into_iter().map(|range| text[range].to_vec()).collect();
            same(&label("split"), format!("{got:?}"), format!("{:?}", texts(Some(want))))?;
        }
        for (template, want) in templates.iter().zip(texts(case.get(b"replaced"))) {
            let got = regexp.replace_all(&text, template);
            same(&label("replace"), got.escape_ascii().to_string(), want.escape_ascii().to_string())?;
        }
    }
    Ok(())
}

/// Nested patterns need more stack than a test thread has.
fn with_large_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread");
    assert!(thread.join().is_ok());
}

#[test]
fn patterns_are_read_and_run_as_in_go() {
    with_large_stack(|| {
        let file = json::decode(include_bytes!("data/regexp.json")).expect("the data is JSON");
        let file = file.as_map().expect("an object").clone();
        let templates = texts(file.get(b"templates"));
        let rows = items(file.get(b"rows"));
        let wrong: Vec<String> =
            rows.iter().filter_map(|row| check(row.as_map().expect("a row"), &templates).err()).collect();
        assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    });
}

#[test]
fn quoted_text_matches_itself() {
    let text = br"\.+*?()|[]{}^$ab-_#\xff";
    let quoted = quote_meta(text);
    assert_eq!(quoted, br"\\\.\+\*\?\(\)\|\[\]\{\}\^\$ab-_#\\xff");
    assert_eq!(Regexp::new(&quoted).expect("a pattern").find(text), Some(0..text.len()));
}

#[test]
fn replacements_by_a_function_see_the_match() {
    let regexp = Regexp::new(b"[a-c]+").expect("a pattern");
    assert_eq!(regexp.replace_all_func(b"abcxbca\xff", |found| found.to_ascii_uppercase()), b"ABCxBCA\xff");
    assert_eq!(regexp.replace_all_literal(b"abx", b"$0"), b"$0x");
}
