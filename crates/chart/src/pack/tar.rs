//! Writes tar archives as Go's `archive/tar` does: ustar, with a PAX record before files that do not fit in it.

use std::io::{self, Write};

/// The unit of archives: headers and files fill whole blocks.
const BLOCK: usize = 512;
/// Bytes of a name, and of the folders before it, in a header.
const NAME: usize = 100;
const PREFIX: usize = 155;
/// The first time that has no room in a header.
const TIME_END: i64 = 1 << 33;

/// A writer of files, one after the other.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Writer { out }
    }

    /// Writes a file; its time counts seconds since 1970.
    pub fn file(&mut self, name: &str, modified: i64, data: &[u8]) -> io::Result<()> {
        let fits = (0..TIME_END).contains(&modified);
        let plain = ascii(name);
        let (prefix, short) = match split(name).filter(|_| fits) {
            Some(parts) => parts,
            None => {
                self.extended(name, (!fits).then_some(modified))?;
                ("", plain.as_str())
            }
        };
        let mut header = Header::new(short, b'0', data.len());
        header.octal(100, 8, 0o644);
        header.octal(136, 12, if fits { modified.unsigned_abs() } else { 0 });
        header.octal(329, 8, 0);
        header.octal(337, 8, 0);
        header.put(345, prefix.as_bytes(), PREFIX);
        self.entry(header, data)
    }

    /// Writes what the header of the next file has no room for: a time, and any name that is long or not ASCII.
    fn extended(&mut self, name: &str, modified: Option<i64>) -> io::Result<()> {
        let mut records = String::new();
        if let Some(modified) = modified {
            records.push_str(&record("mtime", &modified.to_string()));
        }
        if name.len() > NAME || !name.is_ascii() {
            records.push_str(&record("path", name));
        }
        let (folder, file) = name.split_at(name.rfind('/').map_or(0, |slash| slash + 1));
        let name = ascii(&format!("{folder}PaxHeaders.0/{file}"));
        let name = name.get(..NAME).unwrap_or(&name).trim_end_matches('/');
        let mut header = Header::new(name, b'x', records.len());
        header.octal(100, 8, 0);
        header.octal(136, 12, 0);
        self.entry(header, records.as_bytes())
    }

    fn entry(&mut self, header: Header, data: &[u8]) -> io::Result<()> {
        self.out.write_all(&header.bytes())?;
        self.out.write_all(data)?;
        let padding = data.len().next_multiple_of(BLOCK) - data.len();
        self.out.write_all([0; BLOCK].get(..padding).unwrap_or_default())
    }

    /// Writes the end, two empty blocks, and returns what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        Ok(self.out)
    }
}

/// The block before a file.
struct Header([u8; BLOCK]);

impl Header {
    fn new(name: &str, kind: u8, bytes: usize) -> Self {
        let mut header = Header([0; BLOCK]);
        header.name(name);
        header.octal(108, 8, 0);
        header.octal(116, 8, 0);
        header.octal(124, 12, bytes as u64);
        header.put(156, &[kind], 1);
        header.put(257, b"ustar\x0000", 8);
        header
    }

    /// A name that is cut does not end with a slash.
    fn name(&mut self, name: &str) {
        let cut = name.get(..NAME).filter(|cut| cut.len() < name.len() && cut.ends_with('/'));
        self.put(0, cut.map_or(name, |cut| cut.trim_end_matches('/')).as_bytes(), NAME);
    }

    fn put(&mut self, at: usize, text: &[u8], width: usize) {
        self.0.iter_mut().skip(at).take(width).zip(text).for_each(|(byte, new)| *byte = *new);
    }

    /// Digits, zeros before them and a zero byte behind.
    fn octal(&mut self, at: usize, width: usize, number: u64) {
        let digits = width - 1;
        self.put(at, format!("{number:0digits$o}").as_bytes(), digits);
    }

    /// Returns the block with the sum of its bytes in it, its own field counted as blanks.
    fn bytes(mut self) -> [u8; BLOCK] {
        self.put(148, b"        ", 8);
        let sum: u64 = self.0.iter().map(|byte| u64::from(*byte)).sum();
        self.octal(148, 7, sum);
        self.put(154, b"\0 ", 2);
        self.0
    }
}

/// Splits a path at a slash so that both parts have room in a header.
fn split(path: &str) -> Option<(&str, &str)> {
    if !path.is_ascii() {
        return None;
    }
    if path.len() <= NAME {
        return Some(("", path));
    }
    let slash = path.get(..=PREFIX.min(path.len() - 1))?.rfind('/')?;
    let (prefix, name) = (path.get(..slash)?, path.get(slash + 1..)?);
    (!name.is_empty() && name.len() <= NAME && !prefix.is_empty()).then_some((prefix, name))
}

fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

/// A record of the extended format: its length counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}
