//! What the scanner hands to the parser.

use std::borrow::Cow;

/// A place in the text.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Mark {
    /// First line = 0.
    pub line: usize,
    /// Characters since the text's start.
    pub index: usize,
}

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
    Scalar(Style),
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    #[default]
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

#[derive(Clone, Debug)]
pub(crate) struct Token<'t> {
    pub kind: Kind,
    /// Where the token starts; of the end of a block where the comments begin that follow the block.
    pub start: Mark,
    /// The text of a scalar, the name of an anchor or alias, the handle of a tag or of a tag directive.
    pub value: Cow<'t, [u8]>,
    /// The suffix of a tag, the prefix of a tag directive; of a version directive whether it is 1.1 (not empty).
    pub suffix: Vec<u8>,
}

impl<'t> Token<'t> {
    pub fn mark(kind: Kind, start: Mark) -> Self {
        Token { kind, start, value: Cow::Borrowed(&[]), suffix: Vec::new() }
    }

    pub fn text(kind: Kind, start: Mark, value: impl Into<Cow<'t, [u8]>>) -> Self {
        Token { kind, start, value: value.into(), suffix: Vec::new() }
    }
}
