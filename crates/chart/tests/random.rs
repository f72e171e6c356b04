//! Random texts never panic and always end: the values flags, ignore rules, archives. The numbers are the same each run.

use std::io::Write;

use chart::ignore::Rules;
use chart::log::Silent;
use chart::strvals;
use gostd::Map;

/// An xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn text(&mut self, parts: &[&str]) -> String {
        let length = self.below(12);
        (0..length).map(|_| parts[self.below(parts.len())]).collect()
    }
}

#[test]
fn values_flags_never_panic() {
    let parts = [
        "a",
        "b",
        "=",
        ".",
        "[",
        "]",
        "0",
        "1",
        "65536",
        "-",
        "{",
        "}",
        ",",
        "\\",
        " ",
        "null",
        "é",
        "\"x\"",
        "[0]",
        "{\"a\":1}",
    ];
    let mut random = Random(1);
    for _ in 0..20_000 {
        let text = random.text(&parts);
        let values = Map::default();
        let _ = strvals::parse_into(&text, &values);
        let _ = strvals::parse_into_string(&text, &values);
        let _ = strvals::parse_json(&text, &values);
        let _ = strvals::parse_literal_into(&text, &values);
        let _ = strvals::parse_into_file(&text, &values, &mut |name| match name.len() % 2 {
            0 => Ok(name.into()),
            _ => Err("odd".into()),
        });
    }
}

#[test]
fn ignore_rules_never_panic() {
    let parts = ["a", "*", "?", "[", "]", "^", "-", "\\", "/", "!", "#", "\n", ".", " ", "é"];
    let mut random = Random(2);
    for _ in 0..20_000 {
        let (rules, path) = (random.text(&parts), random.text(&["a", "b", "/", ".", "é"]));
        if let Ok(rules) = Rules::parse(rules.as_bytes()) {
            rules.ignore(&path, path.len() % 2 == 0, &mut Silent);
        }
    }
}

#[test]
fn damaged_archives_never_panic() {
    let mut tar = vec![0; 4096];
    for (at, text) in [(0, "s/Chart.yaml"), (124, "00000000060"), (257, "ustar\x0000"), (512, "name: s")] {
        tar[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    let mut random = Random(3);
    for _ in 0..2_000 {
        let mut damaged = tar.clone();
        for _ in 0..random.below(8) {
            let (at, byte) = (random.below(1024), random.below(256) as u8);
            damaged[at] = byte;
        }
        // The sum must fit, or nothing else is looked at.
        damaged[148..156].fill(b' ');
        let sum: u32 = damaged[..512].iter().map(|b| u32::from(*b)).sum();
        damaged[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&damaged).unwrap();
        let mut packed = packed.finish().unwrap();
        let _ = chart::load_archive(&packed, &mut Silent);
        let at = random.below(packed.len());
        packed[at] ^= 1 << random.below(8);
        let _ = chart::load_archive(&packed, &mut Silent);
    }
}
