//! The tree of a pattern: follows `syntax/ast`.

use super::lexer::{Lexer, Token};
use crate::GoError;

/// Braces within braces.
const MAX_DEPTH: usize = 500;
/// Bytes of a pattern: joining its parts takes cubic time in the worst case.
const MAX_PATTERN: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// An alternative of which nothing is left.
    Nothing,
    Pattern(Vec<Node>),
    AnyOf(Vec<Node>),
    List {
        not: bool,
        chars: Vec<char>,
    },
    Range {
        not: bool,
        low: char,
        high: char,
    },
    Text(String),
    Any,
    Super,
    Single,
}

/// An open brace: what stands before it, and its alternatives but the last.
struct Open {
    before: Vec<Node>,
    alternatives: Vec<Node>,
}

/// Parses a pattern. Braces that are not closed end with the pattern.
pub(super) fn parse(pattern: &str) -> Result<Node, GoError> {
    if pattern.len() > MAX_PATTERN {
        return Err(GoError::new(format!("glob pattern longer than {MAX_PATTERN} bytes")));
    }
    let mut lexer = Lexer::new(pattern);
    let mut open: Vec<Open> = Vec::new();
    let mut nodes = Vec::new();
    loop {
        let node = match lexer.next()? {
            Token::Text(text) => Node::Text(text),
            Token::Any => Node::Any,
            Token::Super => Node::Super,
            Token::Single => Node::Single,
            Token::RangeOpen => range(&mut lexer)?,
            Token::TermsOpen if open.len() >= MAX_DEPTH => {
                return Err(GoError::new(format!("glob pattern has more than {MAX_DEPTH} braces within braces")));
            }
            Token::TermsOpen => {
                open.push(Open { before: std::mem::take(&mut nodes), alternatives: Vec::new() });
                continue;
            }
            Token::Separator => {
                if let Some(brace) = open.last_mut() {
                    brace.alternatives.push(Node::Pattern(std::mem::take(&mut nodes)));
                }
                continue;
            }
            Token::TermsClose => {
                nodes = close(&mut open, nodes);
                continue;
            }
            _ => break,
        };
        nodes.push(node);
    }
    while !open.is_empty() {
        nodes = close(&mut open, nodes);
    }
    Ok(Node::Pattern(nodes))
}

/// Closes the innermost brace; returns what goes on behind it.
fn close(open: &mut Vec<Open>, nodes: Vec<Node>) -> Vec<Node> {
    let Some(Open { mut before, mut alternatives }) = open.pop() else {
        return nodes;
    };
    alternatives.push(Node::Pattern(nodes));
    before.push(Node::AnyOf(alternatives));
    before
}

fn range(lexer: &mut Lexer<'_>) -> Result<Node, GoError> {
    let (mut not, mut low, mut high, mut chars) = (false, None, None, Vec::new());
    loop {
        match lexer.next()? {
            Token::Not => not = true,
            Token::RangeLow(c) => low = Some(c),
            Token::RangeHigh(c) => {
                if let Some(low) = low
                    && c < low
                {
                    let text = format!("hi character '{c}' should be greater than lo '{low}'");
                    return Err(GoError::new(text));
                }
                high = Some(c);
            }
            Token::Text(text) => chars = text.chars().collect(),
            Token::RangeClose => break,
            _ => return Err(GoError::new("unexpected end")),
        }
    }
    match (low, high, chars.is_empty()) {
        (Some(low), Some(high), true) => Ok(Node::Range { not, low, high }),
        (None, None, false) => Ok(Node::List { not, chars }),
        _ => Err(GoError::new("could not parse range")),
    }
}
