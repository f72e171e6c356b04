//! Chart archives for the cases, described entry by entry, so that hostile ones can be written down too.

use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use toml::Value;

/// An archive to pack before the run, from a folder (`from`) or from single entries.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Where the archive goes, below the working folder.
    pub path: String,
    /// A folder of the working folder to pack under its own name.
    pub from: Option<String>,
    pub entries: Vec<Entry>,
}

/// One entry of an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    Text(String),
    /// So many zero bytes: a bomb in one line.
    Zeros(u64),
    Link(String),
    Folder,
}

impl Archive {
    pub fn parse(value: &Value) -> Result<Archive, String> {
        let path = string(value, "path").ok_or("an archive without a path")?;
        let entries = value.get("entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let entries = entries.iter().map(Entry::parse).collect::<Result<_, _>>()?;
        Ok(Archive { path, from: string(value, "from"), entries })
    }

    /// Packs the archive below `work`.
    pub fn pack(&self, work: &Path) -> Result<(), String> {
        let mut entries = self.entries.clone();
        if let Some(from) = &self.from {
            collect(&work.join(from), from, &mut entries)?;
        }
        let path = work.join(&self.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
        }
        let file = std::fs::File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        write(file, &entries).map_err(|e| format!("{}: {e}", path.display()))
    }
}

impl Entry {
    fn parse(value: &Value) -> Result<Entry, String> {
        let name = string(value, "name").ok_or("an entry without a name")?;
        let content = if let Some(target) = string(value, "link") {
            Content::Link(target)
        } else if let Some(count) = value.get("zeros").and_then(Value::as_integer) {
            Content::Zeros(count.unsigned_abs())
        } else if let Some(text) = string(value, "text") {
            Content::Text(text)
        } else {
            Content::Folder
        };
        Ok(Entry { name, content })
    }
}

fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_string)
}

fn collect(folder: &Path, name: &str, entries: &mut Vec<Entry>) -> Result<(), String> {
    let listing = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<_> = listing.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, entries)?;
        } else {
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            entries.push(Entry { name, content: Content::Text(text) });
        }
    }
    Ok(())
}

fn write(file: std::fs::File, entries: &[Entry]) -> std::io::Result<()> {
    let mut gzip = GzEncoder::new(std::io::BufWriter::new(file), Compression::default());
    for entry in entries {
        let (kind, size, target) = match &entry.content {
            Content::Text(text) => (b'0', text.len() as u64, ""),
            Content::Zeros(count) => (b'0', *count, ""),
            Content::Link(target) => (b'2', 0, target.as_str()),
            Content::Folder => (b'5', 0, ""),
        };
        gzip.write_all(&header(&entry.name, kind, size, target))?;
        match &entry.content {
            Content::Text(text) => gzip.write_all(text.as_bytes())?,
            Content::Zeros(count) => write_zeros(&mut gzip, *count)?,
            Content::Link(_) | Content::Folder => {}
        }
        write_zeros(&mut gzip, size.next_multiple_of(512) - size)?;
    }
    write_zeros(&mut gzip, 1024)?;
    gzip.finish()?.flush()
}

fn write_zeros(out: &mut impl Write, count: u64) -> std::io::Result<()> {
    let zeros = [0u8; 65536];
    let mut left = count;
    while left > 0 {
        let part = left.min(zeros.len() as u64) as usize;
        out.write_all(&zeros[..part])?;
        left -= part as u64;
    }
    Ok(())
}

/// A ustar header. Names of more than 100 bytes go into two fields, taken apart at the last `/` with a name behind it; longer
/// ones are cut, as those of a broken archive.
fn header(name: &str, kind: u8, size: u64, target: &str) -> [u8; 512] {
    let mut block = [0u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    let split = name.trim_end_matches('/').rfind('/').filter(|at| name.len() > 100 && *at <= 155);
    let (folder, name) = split.map_or(("", name), |at| (&name[..at], &name[at + 1..]));
    put(345, folder.as_bytes());
    put(0, &name.as_bytes()[..name.len().min(100)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, &target.as_bytes()[..target.len().min(100)]);
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// The entries of a packed archive as one text, `-- NAME` before each content; nothing if it is not an archive.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut tar = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut tar).ok()?;
    let (mut out, mut rest) = (Vec::new(), tar.as_slice());
    while let Some(block) = rest.get(..512).filter(|block| block[0] != 0) {
        let name = block[..100].split(|&byte| byte == 0).next()?;
        let digits = std::str::from_utf8(&block[124..136]).ok()?.trim_matches(['\0', ' ']);
        let size = usize::from_str_radix(digits, 8).ok()?;
        out.extend_from_slice(&[b"-- ", name, b"\n", rest.get(512..512 + size)?].concat());
        rest = rest.get(512 + size.next_multiple_of(512)..)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_read_back() {
        let path = std::env::temp_dir().join(format!("pilothouse-archive-{}.tgz", std::process::id()));
        let entry = |name: &str, text: &str| Entry { name: name.into(), content: Content::Text(text.into()) };
        write(std::fs::File::create(&path).unwrap(), &[entry("a", "one\n"), entry("b/c", "")]).unwrap();
        let packed = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(unpack(&packed).unwrap(), b"-- a\none\n-- b/c\n");
        assert_eq!(unpack(b"nothing"), None);
    }
}
