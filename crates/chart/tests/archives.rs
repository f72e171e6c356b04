//! Packed charts, alone and in `charts/` of another, against what real Helm 4.3.1 said of them (see
//! `data/archives.txt`).

mod folder;

use std::io::Write;

use chart::Chart;
use chart::log::Silent;
use folder::Folder;
use gostd::{Map, Value};

const CASES: &str = include_str!("data/archives.txt");
const TEMPLATE: &[u8] = b"a: c\n";

fn text(map: &Map, key: &str) -> Option<String> {
    map.get(key.as_bytes()).map(|value| value.as_str().unwrap().to_text().into_owned())
}

fn number(map: &Map, key: &str) -> Option<usize> {
    match map.get(key.as_bytes())? {
        Value::Float(number) => Some(number as usize),
        _ => panic!("{key} is no number"),
    }
}

/// A ustar header; every part of it can be given, right or wrong.
fn header(entry: &Map, bytes: usize) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, text: &str, limit: usize| {
        let text = &text.as_bytes()[..text.len().min(limit)];
        block[at..at + text.len()].copy_from_slice(text);
    };
    put(0, &text(entry, "name").unwrap(), 100);
    put(100, &format!("{:07o}", number(entry, "mode").unwrap_or(0o644)), 8);
    put(108, "0000000", 8);
    put(116, "0000000", 8);
    put(124, &text(entry, "size_text").unwrap_or_else(|| format!("{bytes:011o}")), 12);
    put(136, "00000000000", 12);
    put(148, "        ", 8);
    put(156, &text(entry, "kind").unwrap_or("0".into()), 1);
    put(257, &text(entry, "magic").unwrap_or("ustar\x0000".into()), 8);
    put(345, &text(entry, "prefix").unwrap_or_default(), 155);
    let sum: usize = block.iter().map(|b| usize::from(*b)).sum::<usize>() + number(entry, "sum").unwrap_or(0);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn archive(case: &Map) -> Vec<u8> {
    if let Some(raw) = text(case, "raw") {
        return raw.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    }
    let mut tar = Vec::new();
    for entry in case.get(b"entries").unwrap().as_list().unwrap().iter() {
        let entry = entry.as_map().unwrap();
        let data = text(entry, "data").unwrap_or_default();
        tar.extend(header(entry, number(entry, "size").unwrap_or(data.len())));
        tar.extend(data.as_bytes());
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    match text(case, "end").as_deref() {
        Some("none") => {}
        Some("one") => tar.extend([0; 512]),
        Some("garbage") => tar.extend([[0; 512], [b'x'; 512]].concat()),
        Some("cut") => tar.truncate(tar.len() - number(case, "cut").unwrap()),
        _ => tar.extend([0; 1024]),
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&tar).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() - number(case, "gzcut").unwrap_or(0));
    packed.extend(text(case, "gzadd").unwrap_or_default().bytes());
    packed
}

/// What the template `a: {{ .Chart.Name }} {{ range .Files }}…` of each chart prints.
fn printed(chart: &Chart, lines: &mut Vec<String>) {
    chart.dependencies().iter().for_each(|child| printed(child, lines));
    let mut files: Vec<String> = chart.files().iter().map(|file| format!("{};", file.name)).collect();
    files.sort();
    files.dedup();
    let is_outer = chart.templates().iter().any(|file| *file.data == *TEMPLATE);
    let files = if is_outer { String::new() } else { files.concat() };
    lines.push(format!("a: {} {files}", chart.name()).trim().to_owned());
}

fn load(folder: &Folder, name: &str) -> Vec<String> {
    match chart::load(&folder.path().join(name), &mut Silent) {
        Ok(chart) => {
            let mut lines = Vec::new();
            printed(&chart, &mut lines);
            lines
        }
        Err(error) => {
            let root = format!("{}/", folder.path().display());
            vec![format!("Error: {}", error.text).replace(&root, "")]
        }
    }
}

/// What a server says of the archive of `c` with this one in `charts/`: nothing, or what is wrong.
fn inspected(packed: &[u8]) -> Vec<String> {
    let definition = b"apiVersion: v2\nname: c\nversion: 0.1.0\n".as_slice();
    let mut tar = Vec::new();
    for (name, data) in [("c/charts/s.tgz", packed), ("c/Chart.yaml", definition), ("c/templates/a.yaml", TEMPLATE)] {
        let entry = gostd::json::decode_map(format!(r#"{{"name": "{name}"}}"#).as_bytes()).unwrap();
        tar.extend(header(entry.as_map().unwrap(), data.len()));
        tar.extend(data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    let mut outer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    outer.write_all(&tar).unwrap();
    let outer = outer.finish().unwrap();
    let wrong = chart::inspect(&outer[..]).err().map(|error| error.text);
    assert_eq!(chart::inspect_small(&outer).is_some(), wrong.is_none());
    wrong.map(|text| format!("Error: {text}")).into_iter().collect()
}

fn wanted(json: &str) -> Vec<String> {
    let text = gostd::json::decode(json.as_bytes()).unwrap().as_str().unwrap().to_text().into_owned();
    let kept = |line: &&str| line.starts_with("a: ") || line.starts_with("Error");
    // FIXME: flate2 does not tell where the data is corrupt, so we do not say it.
    let known = |line: &str| line.split(" before offset").next().unwrap().trim().to_owned();
    text.lines().filter(kept).map(known).collect()
}

#[test]
fn archives_are_read_as_in_helm() {
    let lines: Vec<&str> = CASES.lines().filter(|line| !line.starts_with('#')).collect();
    let mut wrong = Vec::new();
    for case in lines.chunks(3) {
        let given = gostd::json::decode_map(case[0].as_bytes()).unwrap();
        let given = given.as_map().unwrap();
        let folder = Folder::new();
        let packed = archive(given);
        folder.write("s.tgz", &packed);
        folder.write("c/charts/s.tgz", &packed);
        folder.write("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
        folder.write("c/templates/a.yaml", TEMPLATE);
        for (name, json) in [("s.tgz", case[1]), ("c", case[2])] {
            let (wanted, found) = (wanted(json), load(&folder, name));
            if wanted != found {
                let case = text(given, "case").unwrap();
                wrong.push(format!("{case} ({name})\n  want {wanted:?}\n  got  {found:?}"));
            }
        }
        let wanted: Vec<String> = wanted(case[2]).into_iter().filter(|line| line.starts_with("Error")).collect();
        let found = inspected(&packed);
        if wanted != found {
            let case = text(given, "case").unwrap();
            wrong.push(format!("{case} (inspected)\n  want {wanted:?}\n  got  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len() / 3, wrong.join("\n"));
}
