//! gzip of blocks: each is packed once, alone, and all are joined to one member.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

use super::blocks::Blocks;
use crate::text::Text;

/// A piece as raw deflate data that ends at a byte, to be followed by more.
pub struct Packed {
    bytes: Bytes,
    crc: Crc,
}

/// No name, no time, unknown system: the same index gives the same bytes.
const HEADER: &[u8] = &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
/// The last block: empty.
const END: &[u8] = &[3, 0];

/// Returns the gzip of an index: a head, the blocks, a foot.
pub fn gzip(yaml: &Text, blocks: &Blocks) -> Text {
    let pieces = yaml.pieces();
    let (head, foot) = (pieces.first().cloned().unwrap_or_default(), pieces.last().cloned().unwrap_or_default());
    let mut crc = Crc::new();
    let mut texts = vec![Bytes::from_static(HEADER)];
    let mut add = |packed: &Packed| {
        crc.combine(&packed.crc);
        texts.push(packed.bytes.clone());
    };
    add(&pack(&head));
    for block in blocks.iter() {
        add(block.packed.get_or_init(|| pack(block.text())));
    }
    add(&pack(&foot));
    let mut end = END.to_vec();
    end.extend_from_slice(&crc.sum().to_le_bytes());
    end.extend_from_slice(&crc.amount().to_le_bytes());
    texts.push(end.into());
    texts.into_iter().collect()
}

/// Packs a piece. Should the packer refuse, the piece is stored as it is.
fn pack(text: &[u8]) -> Packed {
    let mut crc = Crc::new();
    crc.update(text);
    let bytes = deflate(text).unwrap_or_else(|| stored(text));
    Packed { bytes: bytes.into(), crc }
}

fn deflate(text: &[u8]) -> Option<Vec<u8>> {
    let mut packer = Compress::new(Compression::new(6), false);
    let mut out = Vec::with_capacity(text.len() / 6 + 64);
    loop {
        let read = usize::try_from(packer.total_in()).ok()?;
        let before = packer.total_out();
        packer.compress_vec(text.get(read..)?, &mut out, FlushCompress::Full).ok()?;
        // Room was left: everything is out.
        if out.len() < out.capacity() {
            break;
        }
        if packer.total_out() == before && out.capacity() > out.len() {
            return None;
        }
        out.reserve(out.capacity().max(64));
    }
    out.shrink_to_fit();
    Some(out)
}

/// Stored blocks, none of which is the last.
fn stored(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 5 * (text.len() / 0xFFFF + 1));
    for part in text.chunks(0xFFFF) {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use super::super::blocks::Builder;
    use super::super::key::Key;
    use super::*;

    #[test]
    fn pieces_make_one_member_that_any_reader_unpacks() {
        let mut builder = Builder::default();
        let name: Arc<str> = Arc::from("a");
        for number in (0..300u32).rev() {
            let text: Vec<u8> = (0..1500u32).map(|at| (at.wrapping_mul(number) >> 3) as u8).collect();
            builder.push(Key::version(&name, &format!("{number}.0.0")), text.into());
        }
        let blocks = builder.build();
        let yaml: Text = [Bytes::from("head")].into_iter().chain(blocks.texts()).chain([Bytes::from("foot")]).collect();
        let packed = gzip(&yaml, &blocks).to_bytes();
        let mut unpacked = Vec::new();
        // A reader of one member only.
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, yaml.to_bytes());
        let again = gzip(&yaml, &blocks).to_bytes();
        assert_eq!(packed, again);
    }

    #[test]
    fn what_cannot_be_packed_is_stored() {
        let text = vec![7; 200_000];
        let mut data = stored(&text);
        data.extend_from_slice(END);
        let mut unpacked = Vec::new();
        flate2::read::DeflateDecoder::new(&data[..]).read_to_end(&mut unpacked).expect("deflate");
        assert_eq!(unpacked, text);
    }
}
