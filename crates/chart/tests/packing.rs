//! Archives as real Helm 4.3.1 writes them: `data/*.tar` are its own, unpacked.

mod folder;

use std::fs;
use std::io::Read;

use chart::log::Silent;
use chart::pack::{Stamp, save};
use flate2::read::GzDecoder;
use folder::Folder;

/// Names at the edges of what a header holds; the chart is called `app`.
fn names() -> Vec<String> {
    let repeat = |part: &str, count: usize| part.repeat(count);
    let mut names = vec![
        "templates/x.yaml".to_owned(),
        "files/é.txt".to_owned(),
        format!("files/{}/日本.txt", repeat("x", 100)),
        format!("files/{}é{}", repeat("a", 93), repeat("b", 20)),
        format!("{}/{}", repeat("d", 149), repeat("e", 100)),
        format!("{}/{}", repeat("f", 149), repeat("g", 101)),
        format!("{}/{}", repeat("h", 151), repeat("i", 100)),
        format!("{}/{}", repeat("j", 152), repeat("k", 10)),
        format!("{}/{}/{}", repeat("l", 90), repeat("m", 90), repeat("n", 90)),
        format!("o/{}/p", repeat("q", 200)),
    ];
    // Whole paths of 98 to 103 bytes.
    names.extend((94..100).map(|length| format!("r/{}", repeat("s", length - 2))));
    names
}

fn chart() -> Folder {
    let folder = Folder::new();
    folder.write("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 0.1.0\n");
    folder.write("app/values.yaml", "a: 1\n");
    for name in names() {
        folder.write(&format!("app/{name}"), "content\n");
    }
    folder
}

fn pack(folder: &Folder, stamp: Stamp) -> Vec<u8> {
    let chart = chart::load_folder(&folder.path().join("app"), &mut Silent).unwrap();
    let archive = save(&chart, &folder.path().join("out"), stamp).unwrap();
    assert_eq!(archive, folder.path().join("out/app-0.1.0.tgz"));
    fs::read(archive).unwrap()
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut tar).unwrap();
    tar
}

/// The first block that differs, as text.
fn check(name: &str, bytes: &[u8], want: &[u8]) {
    let tar = unpacked(bytes);
    if let Some(at) = tar.chunks(512).zip(want.chunks(512)).position(|(ours, helms)| ours != helms) {
        let block = |tar: &[u8]| String::from_utf8_lossy(&tar[at * 512..(at + 1) * 512]).replace('\0', "·");
        panic!("{name}, block {at}:\n{}\n{}", block(&tar), block(want));
    }
    assert_eq!(tar.len(), want.len(), "{name}");
}

#[test]
fn archives_are_those_of_helm() {
    let folder = chart();
    let times: [(&str, i64, &[u8]); 3] = [
        ("a usual time", 1_700_000_000, include_bytes!("data/names.tar")),
        ("a time that headers have no room for", 1 << 33, include_bytes!("data/late.tar")),
        ("the first time", 0, include_bytes!("data/zero.tar")),
    ];
    for (name, seconds, want) in times {
        check(name, &pack(&folder, Stamp::At(seconds)), want);
    }
}

#[test]
fn the_head_of_an_archive_is_helms() {
    let bytes = pack(&chart(), Stamp::At(1_700_000_000));
    let mut want =
        b"\x1F\x8B\x08\x14\0\0\0\0\0\xFF\x2C\0rr\x28\0aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=Helm\0".to_vec();
    assert_eq!(bytes[..want.len()], want);
    // What is packed behind it is read by the loader.
    want.clear();
    let chart = chart::load_archive(&bytes, &mut Silent).unwrap();
    assert_eq!(chart.files().len() + chart.templates().len(), names().len());
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let (one, two) = (chart(), chart());
    assert_eq!(pack(&one, Stamp::At(7)), pack(&two, Stamp::At(7)));
    assert_eq!(pack(&one, Stamp::Files), pack(&one, Stamp::Files));
    assert_ne!(pack(&one, Stamp::At(7)), pack(&one, Stamp::At(8)));
}

#[test]
fn what_is_not_written_to_its_end_is_removed() {
    let folder = chart();
    folder.write("app/values.schema.json", "{");
    let chart = chart::load_folder(&folder.path().join("app"), &mut Silent).unwrap();
    let error = save(&chart, &folder.path().join("out"), Stamp::Files).unwrap_err();
    assert_eq!(error.text, "invalid JSON in values.schema.json");
    assert_eq!(fs::read_dir(folder.path().join("out")).unwrap().count(), 0);
}

#[test]
fn a_file_that_went_away_is_an_error() {
    let folder = chart();
    folder.write("app/README.md", "soon gone\n");
    let chart = chart::load_folder(&folder.path().join("app"), &mut Silent).unwrap();
    fs::remove_file(folder.path().join("app/README.md")).unwrap();
    let error = save(&chart, &folder.path().join("out"), Stamp::Files).unwrap_err();
    let readme = folder.path().join("app/README.md");
    assert_eq!(error.text, format!("open {}: no such file or directory", readme.display()));
}
