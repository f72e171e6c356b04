//! Packs a chart into an archive (`Save` of `pkg/chart/v2/util/save.go` in Helm 4.3.1).

use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use flate2::{Compression, GzBuilder};
use gostd::GoError;

use super::starter::check_name;
use crate::chart::Chart;
use crate::expand::write;

/// What Helm puts into the header of every archive.
const EXTRA: &[u8] = b"rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

/// "Unknown", which Go says on every operating system.
const UNKNOWN_SYSTEM: u8 = 255;

/// Writes `NAME-VERSION.tgz` into a folder.
pub fn save(chart: &Chart, folder: &Path) -> Result<(), GoError> {
    let mut archive = Archive { bytes: Vec::new(), time: now() };
    archive.chart(chart, "")?;
    // Two empty blocks end an archive.
    archive.bytes.extend_from_slice(&[0; 2 * BLOCK]);
    let builder = GzBuilder::new().extra(EXTRA).comment("Helm").operating_system(UNKNOWN_SYSTEM);
    let mut packed = builder.write(Vec::new(), Compression::default());
    let written = packed.write_all(&archive.bytes).and_then(|()| packed.finish());
    let bytes = written.map_err(|error| GoError::new(error.to_string()))?;
    let file = format!("{}-{}.tgz", chart.name(), chart.metadata().version);
    write(&folder.join(file), &bytes)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// The unit of archives: headers and files fill whole blocks.
const BLOCK: usize = 512;

struct Archive {
    bytes: Vec<u8>,
    time: u64,
}

impl Archive {
    fn chart(&mut self, chart: &Chart, parent: &str) -> Result<(), GoError> {
        check_name(chart.name())?;
        let base = format!("{parent}{}", chart.name());
        let mut metadata = chart.metadata().clone();
        if metadata.api_version == "v1" {
            metadata.dependencies = Vec::new();
        }
        self.file(&format!("{base}/Chart.yaml"), &goyaml::to_yaml(&metadata.to_value())?);
        if let Some(lock) = chart.lock().filter(|_| metadata.api_version == "v2") {
            self.file(&format!("{base}/Chart.lock"), &goyaml::to_yaml(&lock.to_value())?);
        }
        if let Some(values) = chart.raw_values() {
            self.file(&format!("{base}/values.yaml"), values);
        }
        if let Some(schema) = chart.schema() {
            gostd::json::decode(schema).map_err(|_| GoError::new("invalid JSON in values.schema.json"))?;
            self.file(&format!("{base}/values.schema.json"), schema);
        }
        for file in chart.templates() {
            self.file(&format!("{base}/{}", file.name), &file.data);
        }
        for file in chart.files() {
            self.file(&format!("{base}/{}", file.name), &file.data);
        }
        chart.dependencies().iter().try_for_each(|child| self.chart(child, &format!("{base}/charts/")))
    }

    fn file(&mut self, name: &str, data: &[u8]) {
        match split(name) {
            Some((prefix, name)) => self.entry((prefix, name), b'0', data),
            None => {
                // A record before the file has the name that the header has no room for.
                self.entry(("", "PaxHeaders.0/path"), b'x', record(name).as_bytes());
                let end = (0..=NAME).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
                self.entry(("", &name[..end]), b'0', data);
            }
        }
    }

    fn entry(&mut self, (prefix, name): (&str, &str), kind: u8, data: &[u8]) {
        let mut header = [0; BLOCK];
        put(&mut header, 0, name.as_bytes());
        put(&mut header, 100, b"0000644\0");
        put(&mut header, 108, b"0000000\0");
        put(&mut header, 116, b"0000000\0");
        put(&mut header, 124, format!("{:011o}\0", data.len()).as_bytes());
        put(&mut header, 136, format!("{:011o}\0", self.time).as_bytes());
        put(&mut header, 148, b"        ");
        put(&mut header, 156, &[kind]);
        put(&mut header, 257, b"ustar\x0000");
        put(&mut header, 329, b"0000000\0");
        put(&mut header, 337, b"0000000\0");
        put(&mut header, 345, prefix.as_bytes());
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
    }
}

fn put(header: &mut [u8; BLOCK], at: usize, text: &[u8]) {
    header.iter_mut().skip(at).zip(text).for_each(|(byte, new)| *byte = *new);
}

/// Bytes of a name, and of the folders before it, in a header.
const NAME: usize = 100;
const PREFIX: usize = 155;

/// Splits a path at a slash so that both parts have room in a header.
fn split(path: &str) -> Option<(&str, &str)> {
    if !path.is_ascii() {
        return None;
    }
    if path.len() <= NAME {
        return Some(("", path));
    }
    let slash = path.get(..=PREFIX.min(path.len() - 1))?.rfind('/')?;
    let (prefix, name) = (&path[..slash], &path[slash + 1..]);
    (!name.is_empty() && name.len() <= NAME && !prefix.is_empty()).then_some((prefix, name))
}

/// A record of the extended format: its length counts itself.
fn record(name: &str) -> String {
    let rest = format!(" path={name}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}
