//! Words that must not stay in our sources: marks of unfinished work and of debugging.

use super::sources::Source;

/// Calls that end a run of half-written or half-debugged code.
const MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!"];
/// Marks in comments; spelt in parts, for this file is checked too.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("XX", "X")];

/// One problem for each line that has such a word.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        for (number, (code, text)) in source.code.lines().zip(source.text.lines()).enumerate() {
            let call = MACROS.iter().find(|word| code.contains(*word));
            let mark = MARKS.iter().find(|word| has_word(comment(code, text), word));
            if let Some(word) = call.or(mark) {
                problems.push(format!("{}:{}: {word}", source.path, number + 1));
            }
        }
    }
    problems
}

/// The line from its comment mark on; strings before it are data and do not count.
fn comment<'a>(code: &str, text: &'a str) -> &'a str {
    let mut from = code.trim_end().len();
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("//")) {
        let head = text[..from + at].matches('"').count();
        if head.is_multiple_of(2) {
            return &text[from + at..];
        }
        from += at + 2;
    }
    ""
}

/// Whether `word` stands alone in `text`; within a longer word (an escape such as backslash-u and four digits) it is data.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(char::is_alphanumeric) && !text[at + word.len()..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::*;

    #[test]
    fn marks_count_in_comments_and_macros_in_code() {
        let mark = MARKS[0];
        for (line, found) in [
            (format!("let a = 1; // {mark}: later"), true),
            (format!("/// {mark}"), true),
            (format!("let a = \"{mark}\";"), false),
            (format!("// \\u{}X", MARKS[1]), false),
            ("dbg!(a);".to_string(), true),
            ("// dbg! is for debugging".to_string(), false),
        ] {
            let source = Source { path: "a.rs".into(), code: mask(&line), text: line.clone() };
            assert_eq!(!check(&[source]).is_empty(), found, "{line}");
        }
    }
}
