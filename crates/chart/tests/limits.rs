//! Hostile charts end in an error, soon and without much memory.

use std::io::Write;

use chart::log::Silent;
use chart::strvals;
use gostd::{Map, Str};

fn entry(name: &str, kind: u8, bytes: u64) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..136].copy_from_slice(format!("{bytes:011o}\0").as_bytes());
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn packed(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    parts.into_iter().for_each(|part| packed.write_all(&part).unwrap());
    packed.finish().unwrap()
}

fn error(archive: &[u8]) -> String {
    chart::load_archive(archive, &mut Silent).err().unwrap().text
}

#[test]
fn a_bomb_is_left_when_its_header_says_so() {
    let bomb = packed([entry("s/z", b'0', 1 << 32).to_vec()]);
    assert_eq!(error(&bomb), "decompressed chart is larger than the maximum size 104857600");
}

#[test]
fn many_files_are_too_large_together() {
    let first = [entry("s/y", b'0', 2 << 20).to_vec(), vec![0; 2 << 20]].concat();
    let bomb = packed([first, entry("s/z", b'0', 99 << 20).to_vec()]);
    assert_eq!(error(&bomb), "decompressed chart is larger than the maximum size 104857600");
}

#[test]
fn a_name_may_not_be_a_bomb() {
    for kind in [b'L', b'x', b'g'] {
        let bomb = packed([entry("s/z", kind, 2 << 20).to_vec(), vec![0; 2 << 20]]);
        assert_eq!(error(&bomb), "archive/tar: header field too long", "{}", kind as char);
    }
}

#[test]
fn charts_are_not_nested_without_end() {
    let definition = |depth: usize| chart::Content {
        name: "charts/s/".repeat(depth) + "Chart.yaml",
        data: Str::from("apiVersion: v2\nname: s\nversion: 0.1.0\n").into(),
        modified: None,
    };
    assert!(chart::load_files((0..100).map(definition).collect(), &mut Silent).is_ok());
    let error = chart::load_files((0..200).map(definition).collect(), &mut Silent).err().unwrap();
    assert!(error.text.ends_with("charts are nested more than 100 deep"), "{}", error.text);
}

#[test]
fn lists_do_not_take_all_memory() {
    let error = strvals::parse_into(&format!("a{}=1", "[65536]".repeat(1_000)), &Map::default()).unwrap_err();
    assert_eq!(error.text, "lists of more than 4194304 items");
}
