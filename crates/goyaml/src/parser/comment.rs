//! Comments on their way from the tokens to the events that take them, as go-yaml v3 hands them on.

use super::Parser;
use crate::problem::Problem;
use crate::scanner::{CommentKind, Kind, Mark, Scanner};

/// The comments of a node, or at the end of a collection; each line with its `#`, lines parted by `\n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Above it.
    pub head: Vec<u8>,
    /// At the end of its line.
    pub line: Vec<u8>,
    /// Below it.
    pub foot: Vec<u8>,
}

impl Comments {
    /// Reports whether there are none.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.line.is_empty() && self.foot.is_empty()
    }
}

#[derive(Default)]
pub(super) struct Pending {
    comments: Comments,
    /// The head of a list entry that is a block collection itself: it goes to the collection, not to its first member.
    stem: Vec<u8>,
    /// A failure that go-yaml passes over: it goes on, fails with another one, or else with this one.
    failure: Option<Problem>,
}

impl Pending {
    /// Takes the comments up to a token.
    pub fn gather(&mut self, scanner: &mut Scanner<'_>, token: (Kind, Mark)) {
        while let Some((kind, text)) = scanner.take_comment(token) {
            let so_far = match kind {
                CommentKind::Head => &mut self.comments.head,
                CommentKind::Line => &mut self.comments.line,
                CommentKind::Foot => &mut self.comments.foot,
            };
            if !so_far.is_empty() {
                so_far.push(b'\n');
            }
            so_far.extend_from_slice(&text);
        }
    }
}

impl Parser<'_> {
    /// Gives all comments to an event.
    pub(super) fn comments(&mut self) -> Option<Box<Comments>> {
        let pending = self.pending.as_mut()?;
        pending.stem.clear();
        let comments = std::mem::take(&mut pending.comments);
        (!comments.is_empty()).then(|| Box::new(comments))
    }

    /// Gives comments to the start of a collection: a block collection only takes the head set apart for it.
    pub(super) fn collection_comments(&mut self, start: Kind) -> Option<Box<Comments>> {
        match start {
            Kind::FlowSequenceStart | Kind::FlowMappingStart => self.comments(),
            Kind::BlockEntry => None,
            _ => {
                let head = std::mem::take(&mut self.pending.as_mut()?.stem);
                (!head.is_empty()).then(|| Box::new(Comments { head, ..Comments::default() }))
            }
        }
    }

    /// Takes a `-`, and sets its head comment apart when a block collection follows.
    pub(super) fn take_entry(&mut self) {
        let stem_bytes = self.pending.as_ref().map_or(0, |pending| pending.comments.head.len());
        self.take();
        if stem_bytes == 0 {
            return;
        }
        let next = self.peek();
        let Some(pending) = &mut self.pending else { return };
        let kind = match next {
            Ok((kind, _)) => kind,
            Err(problem) => {
                pending.failure = Some(problem);
                return;
            }
        };
        if matches!(kind, Kind::BlockSequenceStart | Kind::BlockMappingStart) {
            let own = pending.comments.head.get(stem_bytes + 1..).unwrap_or_default().to_vec();
            pending.comments.head.truncate(stem_bytes);
            pending.stem = std::mem::replace(&mut pending.comments.head, own);
        }
    }

    /// The failure that was passed over.
    pub fn take_failure(&mut self) -> Option<Problem> {
        self.pending.as_mut()?.failure.take()
    }

    /// Takes what is above the last empty line of the head comments: it belongs to the document.
    pub(super) fn document_head(&mut self) -> Vec<u8> {
        let Some(pending) = &mut self.pending else { return Vec::new() };
        let head = &mut pending.comments.head;
        for i in (1..head.len()).rev().filter(|i| head[*i] == b'\n') {
            let end = match () {
                () if i + 1 == head.len() => i,
                () if head[i - 1] == b'\n' => i - 1,
                () => continue,
            };
            let rest = head.split_off(i + 1);
            let mut document = std::mem::replace(head, rest);
            document.truncate(end);
            return document;
        }
        Vec::new()
    }
}
