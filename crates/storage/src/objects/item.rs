//! What is read of a Secret or ConfigMap.

use std::collections::BTreeMap;
use std::io::Read;

use release::stream::{Flow, Lexer, StreamError};
use release::{Known, LEASE_ANNOTATION, Lease};

use super::api::ApiError;

/// The parts of an object that records use.
#[derive(Default)]
pub struct Item {
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    pub resource_version: String,
    /// The annotation of the lease.
    pub lease: String,
    /// The text of the record, as the API gives it: base64, of a Secret twice.
    pub release: Vec<u8>,
}

impl Item {
    /// Returns who works on the record; what nobody can read is nobody.
    pub fn lease(&self) -> Option<Lease> {
        if self.lease.is_empty() {
            return None;
        }
        Lease::from_json(&self.lease).ok()
    }

    /// Returns what the object says of its record: revision and namespace. Only objects whose name, labels and
    /// place agree, as those that Helm and we write, are believed.
    pub fn known(&self) -> Option<Known<'_>> {
        let version = self.labels.get("version")?.parse().ok()?;
        let agrees = self.name == crate::key(self.labels.get("name")?, version) && !self.namespace.is_empty();
        agrees.then_some(Known { namespace: &self.namespace, version })
    }

    /// Makes it ready for the next object.
    pub fn clear(&mut self) {
        self.name.clear();
        self.namespace.clear();
        self.labels.clear();
        self.resource_version.clear();
        self.lease.clear();
        self.release.clear();
    }
}

/// Names, labels, annotations: the API server allows 256 KiB of these.
pub const TEXT_BYTES: usize = 1 << 20;
/// A record in an object: etcd allows 1.5 MiB unless it is told otherwise.
const RECORD_BYTES: usize = 64 << 20;
/// Pieces in which answers are read.
pub const PIECE_BYTES: usize = 64 << 10;

/// Reads an answer that is one object.
pub fn of_answer(answer: Box<dyn Read + '_>) -> Result<Item, ApiError> {
    let mut buffer = vec![0; PIECE_BYTES];
    let mut item = Item::default();
    let mut lexer = Lexer::new(answer, &mut buffer);
    read(&mut lexer, &mut item)?;
    lexer.end()?;
    Ok(item)
}

/// Reads an object.
pub fn read<R: Read>(lexer: &mut Lexer<'_, R>, item: &mut Item) -> Result<(), StreamError> {
    item.clear();
    let flow = lexer.members(|lexer, key| {
        match key {
            b"metadata" => metadata(lexer, item)?,
            b"data" => data(lexer, item)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}

fn data<R: Read>(lexer: &mut Lexer<'_, R>, item: &mut Item) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key {
            b"release" => lexer.bytes(&mut item.release, RECORD_BYTES)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}

fn metadata<R: Read>(lexer: &mut Lexer<'_, R>, item: &mut Item) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key {
            b"name" => item.name = lexer.text(TEXT_BYTES)?,
            b"namespace" => item.namespace = lexer.text(TEXT_BYTES)?,
            b"resourceVersion" => item.resource_version = lexer.text(TEXT_BYTES)?,
            b"labels" => labels(lexer, item)?,
            b"annotations" => annotations(lexer, item)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}

fn labels<R: Read>(lexer: &mut Lexer<'_, R>, item: &mut Item) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        let text = lexer.text(TEXT_BYTES)?;
        item.labels.insert(String::from_utf8_lossy(key).into_owned(), text);
        Ok(Flow::On)
    });
    flow.map(drop)
}

fn annotations<R: Read>(lexer: &mut Lexer<'_, R>, item: &mut Item) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key == LEASE_ANNOTATION.as_bytes() {
            true => item.lease = lexer.text(TEXT_BYTES)?,
            false => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}
