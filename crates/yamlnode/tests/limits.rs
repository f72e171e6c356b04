//! Documents made to hurt: each must end, and soon; whatever the text, nothing panics.

use std::time::{Duration, Instant};

use yamlnode::{SequenceIndent, Writer};

/// Runs on a stack as large as the program's own.
fn with_large_stack(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(test).expect("a thread");
    thread.join().expect("no panic");
}

fn written(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut writer = Writer::new();
    if let Some(document) = yamlnode::read(text).map_err(|error| error.text)? {
        writer.document(&document, SequenceIndent::Compact).map_err(|error| error.text)?;
    }
    Ok(writer.into_text())
}

#[test]
fn collections_are_at_most_10000_deep() {
    with_large_stack(|| {
        let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + "x" + &close.repeat(depth);
        for (open, close) in [("[", "]"), ("- ", ""), ("? ", ""), ("{a: ", "}")] {
            let text = nested(open, close, 9_999);
            assert!(written(text.as_bytes()).is_ok(), "{open}");
            let error = written(nested(open, close, 10_001).as_bytes()).expect_err("an error");
            assert_eq!(error, "yaml: exceeded max depth of 10000", "{open}");
        }
    });
}

#[test]
fn what_is_read_and_written_grows_with_the_text_only() {
    with_large_stack(|| {
        let texts = [
            ("comments at the end of many blocks", "- ".repeat(5_000) + "a" + &"\n#\n".repeat(100_000)),
            ("comments of all depths", "- ".repeat(2_000) + "a\n" + &staircase(2_000)),
            ("comments in brackets", "[".to_owned() + &"#\n\n".repeat(100_000) + "]"),
            ("keys that may come", "[".repeat(9_000) + &"a,".repeat(200_000) + &"]".repeat(9_000)),
            ("blank lines", "a: b\n".to_owned() + &"\n".repeat(1_000_000) + "c: d"),
            ("blanks before comments", (" ".repeat(400) + "#\n").repeat(5_000)),
        ];
        for (what, text) in texts {
            let start = Instant::now();
            let _ = written(text.as_bytes());
            let time = start.elapsed();
            assert!(time < Duration::from_secs(200), "{what}: {time:?}");
        }
    });
}

fn staircase(depth: usize) -> String {
    (0..depth).rev().map(|column| " ".repeat(2 * column) + "#\n\n").collect()
}

#[test]
fn text_that_indentation_blows_up_is_an_error() {
    with_large_stack(|| {
        let lines = "[#\n".repeat(9_000) + &"a,#\n".repeat(20_000) + &"]".repeat(9_000);
        let error = written(lines.as_bytes()).expect_err("an error");
        assert_eq!(error, "yaml: the text is too large: it has more than 268435456 bytes");
    });
}

#[test]
fn documents_of_too_many_nodes_are_an_error() {
    let error = written(("[".to_owned() + &"a,".repeat(1_000_001) + "]").as_bytes()).expect_err("an error");
    assert_eq!(error, "yaml: the document is too large: it has more than 1000000 nodes");
}

/// Pieces that mean something, put together at random.
const PIECES: &[&str] = &[
    "#c",
    "# c\n",
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "- ",
    "-\n",
    ": ",
    ":\n",
    "a: b\n",
    "a:\n",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "!<x:y> ",
    "! ",
    "|\n",
    "|+2\n",
    ">\n",
    ">-\n",
    "'x'",
    "'it''s'",
    "\"\\u263a\\n\"",
    "'",
    "\"",
    "<<: ",
    "null",
    "1",
    "---\n",
    "--- # c\n",
    "...\n",
    "%YAML 1.1\n",
    "%TAG !e! x:\n",
    "\t",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{FEFF}",
    "k: v # c\n",
    "- x # c\n",
    "  # in\n",
    "\u{1F600}",
    "\0",
    "text\n  more\n",
];

#[test]
fn no_text_makes_it_panic() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut understood = 0;
    for _ in 0..20_000 {
        let count = 1 + next(14);
        let text: String = (0..count).map(|_| PIECES[next(PIECES.len())]).collect();
        let mut bytes = text.into_bytes();
        if next(8) == 0 {
            bytes.insert(next(bytes.len()), 0xFF);
        }
        understood += usize::from(written(&bytes).is_ok_and(|text| !text.is_empty()));
    }
    assert!(understood > 1_000, "{understood}");
}
