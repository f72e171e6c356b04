//! The scanner's finds as a value.

use gostd::json::Shape;
use gostd::limits::Weight;
use gostd::{Str, Value};

use super::{Collection, Doubt, Sink, Text};
use crate::decode::{Interner, Mode, key_text, target};
use crate::resolve::{Resolved, resolve};

/// Reads a document when it is plain enough, as the exact reader would.
pub(crate) fn read(text: &[u8], mode: Mode, shape: Option<&Shape>) -> Option<Value> {
    let mut builder =
        Builder { strict: mode == Mode::Strict, integers: mode == Mode::Objects, shape, ..Builder::default() };
    super::scan(text, &mut builder).ok()?;
    builder.root
}

#[derive(Default)]
struct Builder<'s> {
    root: Option<Value>,
    frames: Vec<Frame<'s>>,
    /// Entries of all open mappings, those of the innermost last; the value of an entry comes after its key.
    entries: Vec<(Str, Value)>,
    items: Vec<Value>,
    interner: Interner,
    weight: Weight,
    strict: bool,
    /// Integers stay integers.
    integers: bool,
    /// The shape of the document.
    shape: Option<&'s Shape>,
}

/// An open collection.
struct Frame<'s> {
    collection: Collection,
    /// Its first entry or item.
    start: usize,
    /// The entry that waits for its value.
    entry: usize,
    shape: Option<&'s Shape>,
    /// The shape of the next value.
    member: Option<&'s Shape>,
}

impl<'s> Builder<'s> {
    fn next_shape(&self) -> Option<&'s Shape> {
        self.frames.last().map_or(self.shape, |frame| frame.member)
    }

    fn add(&mut self, value: Value) {
        match self.frames.last() {
            None => self.root = Some(value),
            Some(Frame { collection: Collection::Sequence, .. }) => self.items.push(value),
            Some(frame) => {
                if let Some(entry) = self.entries.get_mut(frame.entry) {
                    entry.1 = value;
                }
            }
        }
    }
}

impl Sink for Builder<'_> {
    fn wants_text(&self) -> bool {
        true
    }

    fn open(&mut self, collection: Collection) -> Result<(), Doubt> {
        let shape = self.next_shape();
        let (start, member) = match collection {
            Collection::Mapping => (self.entries.len(), None),
            Collection::Sequence => (self.items.len(), target::item(shape)),
        };
        self.frames.push(Frame { collection, start, entry: start, shape, member });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Doubt> {
        let Some(frame) = self.frames.pop() else { return Err(Doubt) };
        let light = match frame.collection {
            Collection::Sequence => self.weight.list(self.items.len() - frame.start),
            Collection::Mapping => self.weight.map(self.entries.len() - frame.start),
        };
        if !light {
            return Err(Doubt);
        }
        let value = match frame.collection {
            Collection::Sequence => Value::list(self.items.drain(frame.start..).collect()),
            Collection::Mapping => {
                let count = self.entries.len() - frame.start;
                let map: gostd::value::Entries = self.entries.drain(frame.start..).collect();
                if self.strict && map.len() < count {
                    return Err(Doubt);
                }
                Value::map(map)
            }
        };
        self.add(value);
        Ok(())
    }

    fn key(&mut self, key: Text<'_>) -> Result<(), Doubt> {
        let text = match key {
            Text::Quoted(text) => self.interner.key(text),
            Text::Plain(text) => match resolve(text) {
                Resolved::String | Resolved::Timestamp => self.interner.key(text),
                resolved => self.interner.key(&key_text(resolved, text).ok_or(Doubt)?),
            },
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.entry = self.entries.len();
            frame.member = target::member(frame.shape, &text);
        }
        self.entries.push((text, Value::Nil));
        Ok(())
    }

    fn value(&mut self, value: Text<'_>) -> Result<(), Doubt> {
        if !self.weight.text(0) {
            return Err(Doubt);
        }
        let (resolved, text) = value.resolved();
        if target::is_string(self.next_shape())
            && let Some(text) = target::scalar_text(resolved)
        {
            self.add(Value::Str(text));
            return Ok(());
        }
        let value = match resolved {
            Resolved::Null => Value::Nil,
            Resolved::Bool(b) => Value::Bool(b),
            Resolved::Int(int) if self.integers => Value::Int64(int),
            Resolved::Int(int) => Value::Float(int as f64),
            Resolved::Uint(uint) => Value::Float(uint as f64),
            Resolved::Float(float) if float.is_finite() => Value::Float(float),
            Resolved::Float(_) => return Err(Doubt),
            Resolved::Timestamp | Resolved::String => {
                if !self.weight.text(text.len()) {
                    return Err(Doubt);
                }
                Value::Str(self.interner.value(text))
            }
        };
        self.add(value);
        Ok(())
    }
}
