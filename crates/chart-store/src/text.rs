//! A long text in pieces that are shared between its generations.

use std::sync::Arc;

use bytes::Bytes;

/// Bytes in pieces: copying is cheap, and a text that differs in one piece shares the others.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pieces: Arc<[Bytes]>,
    length: u64,
}

impl Text {
    /// Returns the pieces in order; none is empty.
    pub fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Tells whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns all bytes in one piece, which is a copy unless there is only one.
    pub fn to_bytes(&self) -> Bytes {
        match self.pieces.as_ref() {
            [] => Bytes::new(),
            [only] => only.clone(),
            pieces => pieces.concat().into(),
        }
    }
}

impl FromIterator<Bytes> for Text {
    fn from_iter<T: IntoIterator<Item = Bytes>>(pieces: T) -> Self {
        let pieces: Arc<[Bytes]> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        Text { pieces, length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_in_order() {
        let text: Text = ["ab", "", "c"].into_iter().map(Bytes::from).collect();
        assert_eq!((text.len(), text.pieces().len()), (3, 2));
        assert_eq!(text.to_bytes(), "abc");
        assert!(Text::default().is_empty());
    }
}
