//! Test: the three matchers give the same answers. The patterns and texts are those of the golden table, where only the
//! matcher for short texts is at work.

use super::search::{Matcher, Search, UNSET, prepared};
use super::{Regexp, automaton, backtrack, parser};
use crate::{Value, json, strconv};

/// Automata of larger programs are left out: an unoptimised build takes seconds for them.
const SMALL: usize = 500;

fn items(value: Option<Value>) -> Vec<Value> {
    value.and_then(|v| v.as_list().map(|l| l.iter().cloned().collect())).unwrap_or_default()
}

fn quoted(value: Option<Value>) -> Option<Vec<u8>> {
    strconv::unquote(value?.as_str()?).ok()
}

fn compare(regexp: &Regexp, text: &[u8]) -> Result<(), String> {
    let program = &regexp.program;
    let small = program.insts.len() < SMALL && std::str::from_utf8(text).is_ok();
    let automaton = small.then(|| automaton::build(&parser::parse(&regexp.pattern).ok()?.0)).flatten();
    let mut answers = Vec::new();
    let matchers = [Some(Matcher::Tries(prepared(program, text))), Some(Matcher::AllWays)];
    for matcher in matchers.into_iter().chain([automaton.as_ref().map(Matcher::Automaton)]).flatten() {
        let mut search = Search { program, text, matcher };
        let mut found = Vec::new();
        let mut at = 0;
        while at <= text.len() {
            for wanted in [0, 2, 2 * regexp.names.len()] {
                let mut slots = vec![UNSET; wanted];
                found.push(search.find(at, &mut slots).then_some(slots));
            }
            at += backtrack::rune_at(text, at).1.max(1);
        }
        answers.push(found);
    }
    match answers.windows(2).all(|pair| pair[0] == pair[1]) {
        true => Ok(()),
        false => Err(format!("{:?} on {:?}: {answers:?}", regexp.pattern.escape_ascii().to_string(), text)),
    }
}

#[test]
fn matchers_agree() {
    let file = json::decode(include_bytes!("../../tests/data/regexp.json")).expect("the data is JSON");
    let rows = items(file.as_map().expect("an object").get(b"rows"));
    let mut checked = 0;
    for row in rows {
        let row = row.as_map().expect("a row").clone();
        let Some(regexp) = quoted(row.get(b"pattern")).and_then(|pattern| Regexp::new(&pattern).ok()) else {
            continue;
        };
        for case in items(row.get(b"cases")) {
            let text = quoted(case.as_map().expect("a case").get(b"text")).expect("a text");
            assert_eq!(compare(&regexp, &text), Ok(()));
            checked += 1;
        }
    }
    assert!(checked > 3000, "{checked}");
}
