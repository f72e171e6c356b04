//! Comments on their way from the tokens to the events that take them, as go-yaml v3 hands them on.

use super::Parser;
use crate::problem::Problem;
use crate::scanner::{CommentKind, Kind};

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
    /// Comments that no event has taken.
    comments: Comments,
    /// Comments of the event that is being made.
    given: Option<Box<Comments>>,
    /// That event begins a collection in brackets.
    flow: bool,
    /// The head of a list entry that is a block collection itself: it goes to the collection, not to its first member.
    stem: Vec<u8>,
    /// A failure that go-yaml passes over: it goes on, fails with another one, or else with this one.
    failure: Option<Problem>,
}

impl Pending {
    fn give(&mut self, comments: Comments) {
        self.given = (!comments.is_empty()).then(|| Box::new(comments));
    }
}

impl Parser<'_> {
    /// Takes the comments up to the next token.
    #[cold]
    pub(super) fn gather_comments(&mut self) {
        let Some(pending) = &mut self.pending else { return };
        while let Some((kind, text)) = self.scanner.take_comment() {
            let so_far = match kind {
                CommentKind::Head => &mut pending.comments.head,
                CommentKind::Line => &mut pending.comments.line,
                CommentKind::Foot => &mut pending.comments.foot,
            };
            if !so_far.is_empty() {
                so_far.push(b'\n');
            }
            so_far.extend_from_slice(&text);
        }
    }

    /// Gives all comments to the event that is being made.
    pub(super) fn give_comments(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.stem.clear();
            let comments = std::mem::take(&mut pending.comments);
            pending.give(comments);
        }
    }

    /// Gives comments to the start of a collection: a block collection only takes the head set apart for it.
    pub(super) fn give_start_comments(&mut self, start: Kind) {
        match (start, &mut self.pending) {
            (Kind::FlowSequenceStart | Kind::FlowMappingStart, _) => {
                self.give_comments();
                self.note_brackets();
            }
            (Kind::BlockEntry, _) | (_, None) => {}
            (_, Some(pending)) => {
                let head = std::mem::take(&mut pending.stem);
                pending.give(Comments { head, ..Comments::default() });
            }
        }
    }

    /// Notes that a collection in brackets begins; only where comments are kept, so that values cost nothing more.
    pub(super) fn note_brackets(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.flow = true;
        }
    }

    /// The comments of the event that was made last, and whether it begins a collection in brackets.
    pub fn take_manner(&mut self) -> (Option<Box<Comments>>, bool) {
        let Some(pending) = &mut self.pending else { return (None, false) };
        (pending.given.take(), std::mem::take(&mut pending.flow))
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

    /// Gives the document what is above the last empty line of the head comments.
    pub(super) fn give_document_head(&mut self) {
        let Some(pending) = &mut self.pending else { return };
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
            return pending.give(Comments { head: document, ..Comments::default() });
        }
    }

    /// Gives the document what is left at its end: heads of nothing are a foot.
    pub(super) fn give_document_foot(&mut self) {
        self.give_comments();
        if let Some(comments) = self.pending.as_mut().and_then(|pending| pending.given.as_mut()) {
            let head = std::mem::take(&mut comments.head);
            if comments.foot.is_empty() {
                comments.foot = head;
            }
        }
    }
}
