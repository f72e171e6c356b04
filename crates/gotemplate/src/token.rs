//! Lexical tokens.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    // Keywords from here on.
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Kind {
    pub fn is_keyword(self) -> bool {
        use Kind::*;
        matches!(self, Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With)
    }

    /// Returns the keyword that a word is.
    pub fn keyword(word: &[u8]) -> Option<Kind> {
        // Most words are functions: their first letter and length tell already.
        let (first, kind): (&[u8], Kind) = match (word[0], word.len()) {
            (b'b', 5) if word[2] == b'o' => (b"block", Kind::Block),
            (b'b', 5) => (b"break", Kind::Break),
            (b'c', 8) => (b"continue", Kind::Continue),
            (b'd', 6) => (b"define", Kind::Define),
            (b'e', 4) => (b"else", Kind::Else),
            (b'e', 3) => (b"end", Kind::End),
            (b'i', 2) => (b"if", Kind::If),
            (b'r', 5) => (b"range", Kind::Range),
            (b'n', 3) => (b"nil", Kind::Nil),
            (b't', 8) => (b"template", Kind::Template),
            (b'w', 4) => (b"with", Kind::With),
            _ => return None,
        };
        (word == first).then_some(kind)
    }
}

/// A token: a kind and the bytes of the text it stands on.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub const NONE: Token = Token { kind: Kind::Eof, start: 0, end: 0 };
}
