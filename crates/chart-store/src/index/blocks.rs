//! The entries of an index as blocks of text: an edit copies the blocks it touches and shares all others.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::deflate::Packed;
use super::key::Key;

/// Bytes of a block at most, and what a block has when it is new: an edit copies one, and gzip packs one alone.
const BLOCK_BYTES: usize = 64 * 1024;
const NEW_BLOCK_BYTES: usize = 48 * 1024;

/// All entries in order.
#[derive(Clone, Default)]
pub struct Blocks {
    blocks: Vec<Arc<Block>>,
}

/// Entries that follow each other; never none.
pub struct Block {
    items: Vec<Item>,
    text: Bytes,
    pub packed: OnceLock<Packed>,
}

struct Item {
    key: Key,
    /// Where its text ends.
    end: u32,
}

/// What is put at some places (`Some`) and taken away from others (`None`).
pub type Edits = BTreeMap<Key, Option<Bytes>>;

impl Blocks {
    /// Returns the texts of all blocks.
    pub fn texts(&self) -> impl Iterator<Item = Bytes> + '_ {
        self.blocks.iter().map(|block| block.text.clone())
    }

    /// Returns the blocks.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Block>> {
        self.blocks.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns how many versions there are.
    pub fn versions(&self) -> usize {
        self.blocks.iter().flat_map(|block| &block.items).filter(|item| !item.key.is_head()).count()
    }

    /// Returns blocks with some entries put or taken away; lines of names that have no versions any more go too.
    pub fn edited(&self, edits: Edits) -> Blocks {
        let removed: Vec<Arc<str>> = edits
            .iter()
            .filter(|(key, text)| text.is_none() && !key.is_head())
            .map(|(key, _)| key.name.clone())
            .collect();
        let next = self.merged(edits);
        let mut orphans = Edits::new();
        for name in removed {
            let head = Key::head(&name);
            if next.after(&head).is_none_or(|key| key.name != name) {
                orphans.insert(head, None);
            }
        }
        if orphans.is_empty() { next } else { next.merged(orphans) }
    }

    /// Returns the key behind another one.
    fn after(&self, key: &Key) -> Option<&Key> {
        let block = self.blocks.partition_point(|block| block.last().is_some_and(|last| last <= key));
        let items = &self.blocks.get(block)?.items;
        items.get(items.partition_point(|item| item.key <= *key)).map(|item| &item.key)
    }

    fn merged(&self, edits: Edits) -> Blocks {
        let mut edits = edits.into_iter().peekable();
        let mut builder = Builder::default();
        let mut blocks = Vec::with_capacity(self.blocks.len() + 1);
        for (position, block) in self.blocks.iter().enumerate() {
            let next = self.blocks.get(position + 1).and_then(|block| block.first());
            let mut own = Vec::new();
            while let Some(edit) = edits.next_if(|(key, _)| next.is_none_or(|next| key < next)) {
                own.push(edit);
            }
            if own.is_empty() {
                blocks.push(block.clone());
                continue;
            }
            block.merge(own, &mut builder);
            blocks.append(&mut builder.finish());
        }
        // Only an empty index has edits left.
        edits.for_each(|(key, text)| text.into_iter().for_each(|text| builder.push(key.clone(), text)));
        blocks.append(&mut builder.finish());
        Blocks { blocks }
    }
}

impl Block {
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    fn first(&self) -> Option<&Key> {
        self.items.first().map(|item| &item.key)
    }

    fn last(&self) -> Option<&Key> {
        self.items.last().map(|item| &item.key)
    }

    fn entries(&self) -> impl Iterator<Item = (&Key, Bytes)> {
        let mut start = 0;
        self.items.iter().map(move |item| {
            let end = item.end as usize;
            let text = self.text.slice(start..end);
            start = end;
            (&item.key, text)
        })
    }

    fn merge(&self, edits: Vec<(Key, Option<Bytes>)>, builder: &mut Builder) {
        let mut edits = edits.into_iter().peekable();
        for (key, text) in self.entries() {
            while let Some((before, put)) = edits.next_if(|(edit, _)| edit < key) {
                put.into_iter().for_each(|text| builder.push(before.clone(), text));
            }
            match edits.next_if(|(edit, _)| edit == key) {
                Some((_, put)) => put.into_iter().for_each(|text| builder.push(key.clone(), text)),
                None => builder.push(key.clone(), text),
            }
        }
        edits.for_each(|(key, put)| put.into_iter().for_each(|text| builder.push(key.clone(), text)));
    }
}

/// Makes blocks of entries in order.
#[derive(Default)]
pub struct Builder {
    entries: Vec<(Key, Bytes)>,
    bytes: usize,
    blocks: Vec<Arc<Block>>,
}

impl Builder {
    /// Adds an entry behind the others.
    pub fn push(&mut self, key: Key, text: Bytes) {
        self.bytes += text.len();
        self.entries.push((key, text));
        // Enough for a full block and one that is not too small.
        if self.bytes > 2 * BLOCK_BYTES {
            self.cut(NEW_BLOCK_BYTES);
        }
    }

    /// Makes a block of the first entries.
    fn cut(&mut self, bytes: usize) {
        let mut length = 0;
        let count = self.entries.iter().take_while(|(_, text)| {
            let fits = length == 0 || length + text.len() <= bytes;
            length += text.len();
            fits
        });
        let count = count.count();
        let entries: Vec<(Key, Bytes)> = self.entries.drain(..count).collect();
        let end = |end: usize| u32::try_from(end).unwrap_or(u32::MAX);
        let (text, items) = match entries.as_slice() {
            // Others may be a part of a block that goes.
            [(key, only)] if only.len() > BLOCK_BYTES => {
                (only.clone(), vec![Item { key: key.clone(), end: end(only.len()) }])
            }
            _ => {
                let mut text = Vec::with_capacity(entries.iter().map(|(_, text)| text.len()).sum());
                let mut items = Vec::with_capacity(entries.len());
                for (key, own) in entries {
                    text.extend_from_slice(&own);
                    items.push(Item { key, end: end(text.len()) });
                }
                (text.into(), items)
            }
        };
        self.bytes -= text.len();
        self.blocks.push(Arc::new(Block { items, text, packed: OnceLock::new() }));
    }

    /// Returns all blocks; what is left becomes blocks of about one size.
    pub fn finish(&mut self) -> Vec<Arc<Block>> {
        let parts = if self.bytes <= BLOCK_BYTES { 1 } else { self.bytes.div_ceil(NEW_BLOCK_BYTES) };
        let size = self.bytes.div_ceil(parts.max(1)).max(1);
        while !self.entries.is_empty() {
            let last = self.bytes <= BLOCK_BYTES.min(size + size / 2);
            self.cut(if last { usize::MAX } else { size });
        }
        std::mem::take(&mut self.blocks)
    }

    /// Returns an index's blocks.
    pub fn build(mut self) -> Blocks {
        Blocks { blocks: self.finish() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(list: &[(&str, &str, bool)]) -> Edits {
        let mut edits = Edits::new();
        for (name, version, put) in list {
            let name = Arc::from(*name);
            if *put {
                edits.insert(Key::head(&name), Some(format!("{name}:").into()));
            }
            let text = put.then(|| format!(" {version}").into());
            edits.insert(Key::version(&name, version), text);
        }
        edits
    }

    fn text(blocks: &Blocks) -> String {
        String::from_utf8(blocks.texts().collect::<Vec<_>>().concat()).unwrap_or_default()
    }

    #[test]
    fn entries_are_put_and_taken_away_in_order() {
        let empty = Blocks::default();
        let one = empty.edited(edits(&[("b", "1.0.0", true), ("a", "1.0.0", true), ("b", "2.0.0", true)]));
        assert_eq!(text(&one), "a: 1.0.0b: 2.0.0 1.0.0");
        assert_eq!(one.versions(), 3);
        let two = one.edited(edits(&[("b", "1.5.0", true), ("a", "1.0.0", false), ("c", "9.0.0", false)]));
        assert_eq!(text(&two), "b: 2.0.0 1.5.0 1.0.0");
        let none = two.edited(edits(&[("b", "2.0.0", false), ("b", "1.5.0", false), ("b", "1.0.0", false)]));
        assert!(none.is_empty());
        assert_eq!(text(&one), "a: 1.0.0b: 2.0.0 1.0.0", "older generations stay as they are");
    }

    #[test]
    fn an_edit_copies_one_block_of_many() {
        let name: Arc<str> = Arc::from("a");
        let mut builder = Builder::default();
        builder.push(Key::head(&name), "a:".into());
        for number in (0..2000).rev() {
            builder.push(Key::version(&name, &format!("1.{number}.0")), vec![b'x'; 1000].into());
        }
        let many = builder.build();
        let sizes: Vec<usize> = many.iter().map(|block| block.text.len()).collect();
        assert!(sizes.iter().all(|size| (20_000..=BLOCK_BYTES).contains(size)), "{sizes:?}");
        let edited = many.edited(edits(&[("a", "1.1000.5", true)]));
        let shared = edited.iter().filter(|block| many.iter().any(|old| Arc::ptr_eq(old, block))).count();
        // The line of the name is put again too.
        assert!(shared >= many.blocks.len() - 2, "{shared} of {}", many.blocks.len());
        assert_eq!((many.versions(), edited.versions()), (2000, 2001));
        let keys: Vec<&Key> = edited.iter().flat_map(|block| &block.items).map(|item| &item.key).collect();
        assert!(keys.is_sorted());
    }

    #[test]
    fn blocks_stay_of_one_size_whatever_is_put() {
        let mut blocks = Blocks::default();
        for number in 0..500u32 {
            let version = format!("1.{}.0", number.wrapping_mul(7919) % 500);
            let name = Arc::from("a");
            let text = Bytes::from(vec![b'x'; 1000]);
            let mut edits = Edits::from([(Key::version(&name, &version), Some(text))]);
            edits.insert(Key::head(&name), Some("a:".into()));
            blocks = blocks.edited(edits);
        }
        assert_eq!(blocks.versions(), 500);
        assert!(blocks.iter().all(|block| block.text.len() <= BLOCK_BYTES + 1000));
        assert!(blocks.blocks.len() < 30, "{}", blocks.blocks.len());
    }
}
