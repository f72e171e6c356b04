//! What the scanner hands to the parser.

use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    StreamStart,
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    PlainScalar,
    /// A scalar in quotes or a block scalar.
    QuotedScalar,
}

#[derive(Clone, Debug)]
pub(crate) struct Token<'t> {
    pub kind: Kind,
    /// Where the token starts; first line = 0.
    pub line: usize,
    /// The text of a scalar, the name of an anchor or alias, the handle of a tag or of a tag directive.
    pub value: Cow<'t, [u8]>,
    /// The suffix of a tag, the prefix of a tag directive; of a version directive whether it is 1.1 (not empty).
    pub suffix: Vec<u8>,
}

impl<'t> Token<'t> {
    pub fn mark(kind: Kind, line: usize) -> Self {
        Token { kind, line, value: Cow::Borrowed(&[]), suffix: Vec::new() }
    }

    pub fn text(kind: Kind, line: usize, value: impl Into<Cow<'t, [u8]>>) -> Self {
        Token { kind, line, value: value.into(), suffix: Vec::new() }
    }
}
