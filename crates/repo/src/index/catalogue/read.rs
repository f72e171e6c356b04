//! Reads a catalogue; anything odd in it makes it none.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use flate2::Crc;

use super::code::Reader;
use super::write::{JSON, OWN, SAME_APP_VERSION, SAME_DESCRIPTION, SAME_KEYWORDS, SAME_NAME, SHADOWED};
use super::{FOOTER_BYTES, Fetched, MAGIC, Place, Summary, Syntax};
use crate::index::{Key, Warning};

/// A longer table belongs to no index that was read.
const TABLE_BYTES: u64 = 1 << 30;

/// What is kept of an index.
pub struct Catalogue {
    source: Source,
    summary: Summary,
    table: Vec<u8>,
    /// Where the heads start in the table.
    heads: usize,
    count: usize,
}

enum Source {
    File(Mutex<File>),
    Memory(Vec<u8>),
}

/// A chart in the table.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub name: &'a str,
    start: u64,
    rows: Part,
    urls: Part,
}

/// Length and check sum of what is kept of a chart.
#[derive(Clone, Copy, Debug)]
struct Part {
    bytes: u64,
    sum: u32,
}

/// A version of a chart, as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowRef<'a> {
    pub version: &'a str,
    /// As Chart.yaml has it; nearly always that of the index.
    pub name: &'a str,
    pub app_version: &'a str,
    pub description: &'a str,
    /// Separated by blanks.
    pub keywords: &'a str,
    pub place: Place,
    /// A later row has the same version: a search by versions shows that one.
    pub is_shadowed: bool,
}

impl Catalogue {
    /// Opens the side-car of an index with this key.
    pub fn open(path: &Path, key: &Key) -> Option<Self> {
        Catalogue::new(Source::File(Mutex::new(File::open(path).ok()?)), key)
    }

    /// Takes a catalogue that was written into memory.
    pub fn in_memory(bytes: Vec<u8>, key: &Key) -> Option<Self> {
        Catalogue::new(Source::Memory(bytes), key)
    }

    fn new(source: Source, key: &Key) -> Option<Self> {
        let footer = source.last(FOOTER_BYTES).ok()?;
        let (numbers, magic) = footer.split_at_checked(FOOTER_BYTES - MAGIC.len())?;
        let mut words = numbers.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || words.next();
        let known = Key { bytes: next()?, modified_nanoseconds: next()?, inode: next()? };
        let (start, length, sum) = (next()?, next()?, next()?);
        if magic != MAGIC || known != *key || length > TABLE_BYTES {
            return None;
        }
        let table = source.part(start, usize::try_from(length).ok()?).ok()?;
        if u64::from(sum_of(&table)) != sum {
            return None;
        }
        let mut reader = Reader::new(&table);
        let summary = summary(&mut reader)?;
        let count = reader.length()?;
        let heads = table.len() - reader.left();
        Some(Catalogue { source, summary, table, heads, count })
    }

    pub fn has_api_version(&self) -> bool {
        self.summary.has_api_version
    }

    pub fn warnings(&self) -> &[Warning] {
        &self.summary.warnings
    }

    pub fn fetched(&self) -> &Fetched {
        &self.summary.fetched
    }

    /// Returns the charts, sorted by name.
    pub fn heads(&self) -> impl Iterator<Item = Head<'_>> {
        let mut reader = Reader::new(self.table.get(self.heads..).unwrap_or_default());
        (0..self.count).map_while(move |_| head(&mut reader))
    }

    /// Finds a chart.
    pub fn head(&self, name: &str) -> Option<Head<'_>> {
        self.heads().find(|head| head.name == name)
    }

    /// Goes through the versions of a chart, the newest first, until `each` breaks.
    ///
    /// # Errors
    /// What the system says, and rows that are not those which were written.
    pub fn each_row<B>(
        &self,
        head: &Head<'_>,
        mut each: impl FnMut(&RowRef<'_>) -> ControlFlow<B>,
    ) -> io::Result<Option<B>> {
        let bytes = self.part(head.start, head.rows)?;
        let mut reader = Reader::new(&bytes);
        let mut last = None;
        while !reader.is_empty() {
            let row = row(&mut reader, head.name, last.as_ref()).ok_or_else(broken)?;
            if let ControlFlow::Break(found) = each(&row) {
                return Ok(Some(found));
            }
            last = Some(row);
        }
        Ok(None)
    }

    /// Goes through the URLs of all versions of a chart until `is_wanted`; reports whether that came.
    ///
    /// # Errors
    /// As [`Catalogue::each_row`].
    pub fn any_url(&self, head: &Head<'_>, is_wanted: &mut dyn FnMut(&str) -> bool) -> io::Result<bool> {
        let bytes = self.part(head.start.saturating_add(head.rows.bytes), head.urls)?;
        let mut reader = Reader::new(&bytes);
        while !reader.is_empty() {
            if is_wanted(reader.text().ok_or_else(broken)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn part(&self, start: u64, part: Part) -> io::Result<Vec<u8>> {
        let bytes = self.source.part(start, usize::try_from(part.bytes).map_err(|_| broken())?)?;
        if sum_of(&bytes) == part.sum { Ok(bytes) } else { Err(broken()) }
    }

    /// Returns the text of a version, from the index or its own.
    ///
    /// # Errors
    /// What the system says.
    pub fn text(&self, place: &Place, index: &File) -> io::Result<Vec<u8>> {
        let Place { offset, bytes, is_own, .. } = *place;
        if is_own { self.source.part(offset, bytes as usize) } else { part(index, offset, bytes as usize) }
    }
}

impl Source {
    fn part(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Source::File(file) => part(&*file.lock().map_err(|_| ErrorKind::Other)?, start, length),
            Source::Memory(bytes) => {
                let start = usize::try_from(start).map_err(|_| ErrorKind::UnexpectedEof)?;
                let part = bytes.get(start..).and_then(|rest| rest.get(..length));
                part.map(<[u8]>::to_vec).ok_or_else(|| ErrorKind::UnexpectedEof.into())
            }
        }
    }

    fn last(&self, length: usize) -> io::Result<Vec<u8>> {
        let whole = match self {
            Source::File(file) => file.lock().map_err(|_| ErrorKind::Other)?.metadata()?.len(),
            Source::Memory(bytes) => bytes.len() as u64,
        };
        self.part(whole.checked_sub(length as u64).ok_or(ErrorKind::UnexpectedEof)?, length)
    }
}

/// Bytes that there is room for before they are read.
const AT_ONCE: usize = 16 * 1024;

fn part(mut file: &File, start: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    // Not at once as much as a number says: the file may be shorter.
    let mut bytes = Vec::with_capacity(length.min(AT_ONCE));
    file.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn sum_of(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn summary(reader: &mut Reader<'_>) -> Option<Summary> {
    let has_api_version = reader.byte()? == 1;
    let mut text = || reader.text().map(str::to_owned);
    let fetched = Fetched { url: text()?, etag: text()?, last_modified: text()? };
    let count = reader.length()?;
    let warnings = (0..count).map(|_| warning(reader)).collect::<Option<_>>()?;
    Some(Summary { has_api_version, fetched, warnings })
}

fn warning(reader: &mut Reader<'_>) -> Option<Warning> {
    let name = reader.text()?.to_owned();
    let invalid = match reader.byte()? {
        0 => None,
        _ => Some((reader.text()?.to_owned(), reader.text()?.to_owned())),
    };
    Some(Warning { name, invalid })
}

fn head<'a>(reader: &mut Reader<'a>) -> Option<Head<'a>> {
    let (name, start) = (reader.text()?, reader.number()?);
    let mut part = || Some(Part { bytes: reader.number()?, sum: u32::try_from(reader.number()?).ok()? });
    let (rows, urls) = (part()?, part()?);
    Some(Head { name, start, rows, urls })
}

fn row<'a>(reader: &mut Reader<'a>, name: &'a str, last: Option<&RowRef<'a>>) -> Option<RowRef<'a>> {
    let flags = reader.byte()?;
    let version = reader.text()?;
    let mut part = |flag: u8, same: &'a str| if flags & flag == 0 { reader.text() } else { Some(same) };
    let of_last = |part: fn(&RowRef<'a>) -> &'a str| last.map_or("", part);
    let name = part(SAME_NAME, last.map_or(name, |last| last.name))?;
    let app_version = part(SAME_APP_VERSION, of_last(|last| last.app_version))?;
    let description = part(SAME_DESCRIPTION, of_last(|last| last.description))?;
    let keywords = part(SAME_KEYWORDS, of_last(|last| last.keywords))?;
    let place = Place {
        syntax: if flags & JSON == 0 { Syntax::Yaml } else { Syntax::Json },
        is_own: flags & OWN != 0,
        offset: reader.number()?,
        bytes: u32::try_from(reader.number()?).ok()?,
    };
    let is_shadowed = flags & SHADOWED != 0;
    Some(RowRef { version, name, app_version, description, keywords, place, is_shadowed })
}

fn broken() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "its side-car is broken")
}
