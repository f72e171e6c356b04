//! Parser of Go's `regexp/syntax` with the Perl flags: from a pattern to [`Node`]s, with Go's limits and error texts.

use std::collections::HashMap;
use std::rc::Rc;

use super::bracket::{self, class_escape};
use super::class::Class;
use super::escape::{check_utf8, escape, next_rune};
use super::fault::{self, Code};
use super::flags::Flags;
use super::limits::Limits;
use super::node::{Kind, Node, Repeat};
use super::repeat;
use crate::GoError;

/// Copies of the innermost part that counted repetitions may make.
const MAX_COPIES: u64 = 1000;

/// An open group: what is read of it, and the flags to restore behind it.
#[derive(Default)]
struct Group {
    capture: Option<usize>,
    outer: Flags,
    alternatives: Vec<Node>,
    items: Vec<Node>,
}

pub(super) struct Parser<'p> {
    pattern: &'p [u8],
    flags: Flags,
    /// The open groups around `group`.
    outer: Vec<Group>,
    group: Group,
    /// Names of the groups by number; that of the whole match and of unnamed ones is empty.
    names: Vec<String>,
    limits: Limits,
    /// Unicode classes by how they are written, with or without regard to case.
    categories: HashMap<(&'p [u8], bool), Rc<Class>>,
}

type Parsed<T> = Result<T, GoError>;

/// Parses a pattern; the second part of the result names the groups, that of the whole match (number 0) included.
pub(super) fn parse(pattern: &[u8]) -> Parsed<(Node, Vec<String>)> {
    let mut parser = Parser {
        pattern,
        flags: Flags::default(),
        outer: Vec::new(),
        group: Group::default(),
        names: vec![String::new()],
        limits: Limits::new(),
        categories: HashMap::new(),
    };
    let root = parser.run()?;
    Ok((root, parser.names))
}

impl<'p> Parser<'p> {
    fn run(&mut self) -> Parsed<Node> {
        let mut text = self.pattern;
        // The repetition right before, which may not be repeated.
        let mut last_repeat: Option<&[u8]> = None;
        while let Some(&first) = text.first() {
            let repeated = last_repeat.take();
            text = match first {
                b'*' | b'+' | b'?' => {
                    last_repeat = Some(text);
                    self.repeat(repeat::simple(first), text, text.get(1..).unwrap_or_default(), repeated)?
                }
                b'{' => match repeat::counted(text) {
                    Some(counted) => {
                        let (count, rest) = counted?;
                        last_repeat = Some(text);
                        self.repeat(count, text, rest, repeated)?
                    }
                    None => self.literal(text)?,
                },
                _ => self.item(first, text)?,
            };
        }
        if !self.outer.is_empty() {
            return Err(fault::new(Code::MissingParen, self.pattern));
        }
        let group = std::mem::take(&mut self.group);
        self.close_group(group)
    }

    /// Takes what is no repetition.
    fn item(&mut self, first: u8, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let rest = text.get(1..).unwrap_or_default();
        let kind = match first {
            b'(' if rest.first() == Some(&b'?') => return self.perl_group(text),
            b'(' => {
                self.open_capture(String::new())?;
                return Ok(rest);
            }
            b'|' => {
                let items = std::mem::take(&mut self.group.items);
                let alternative = self.concat(items)?;
                self.limits.node_made();
                self.group.alternatives.push(alternative);
                return Ok(rest);
            }
            b')' => {
                self.right_paren()?;
                return Ok(rest);
            }
            b'[' => return self.class(text),
            b'\\' => return self.backslash(text),
            b'^' if self.flags.multi_line => Kind::LineStart,
            b'^' => Kind::TextStart,
            b'$' if self.flags.multi_line => Kind::LineEnd,
            b'$' => Kind::TextEnd,
            b'.' if self.flags.dot_newline => Kind::Any,
            b'.' => Kind::AnyInLine,
            _ => return self.literal(text),
        };
        self.push_new(kind)?;
        Ok(rest)
    }

    fn literal(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let (rune, rest) = next_rune(text)?;
        self.push_rune(rune)?;
        Ok(rest)
    }

    fn push_rune(&mut self, rune: u32) -> Parsed<()> {
        self.limits.node_made();
        self.push(Node::literal(rune, self.flags.fold))
    }

    fn push_new(&mut self, kind: Kind) -> Parsed<()> {
        self.limits.node_made();
        self.push(Node::new(kind))
    }

    /// Adds an item; the two before it can no longer be repeated apart, so literals among them join.
    fn push(&mut self, node: Node) -> Parsed<()> {
        self.join_literals();
        self.check(&node)?;
        self.group.items.push(node);
        Ok(())
    }

    fn join_literals(&mut self) {
        let Some([Node { kind: Kind::Literal { runes, fold }, size, .. }, last]) = self.group.items.last_chunk_mut()
        else {
            return;
        };
        let Kind::Literal { runes: more, fold: more_fold } = &mut last.kind else {
            return;
        };
        if fold != more_fold {
            return;
        }
        runes.append(more);
        *size = runes.len() as u64;
        self.group.items.pop();
        self.limits.node_freed();
    }

    /// Replaces the last item by its repetition. `text` starts at the operator, `rest` after it.
    fn repeat(&mut self, count: Repeat, text: &'p [u8], rest: &'p [u8], repeated: Option<&[u8]>) -> Parsed<&'p [u8]> {
        let (lazy, rest) = match rest.split_first() {
            Some((b'?', tail)) => (true, tail),
            _ => (false, rest),
        };
        if let Some(before) = repeated {
            return Err(fault::up_to(Code::InvalidRepeatOp, before, rest));
        }
        let Some(sub) = self.group.items.pop() else {
            return Err(fault::up_to(Code::MissingRepeatArgument, text, rest));
        };
        let count = Repeat { greedy: lazy == self.flags.non_greedy, ..count };
        self.limits.node_made();
        let node = Node::new(Kind::Repeat(count, Box::new(sub)));
        self.check(&node)?;
        let several = count.min >= 2 || count.max.is_some_and(|max| max >= 2);
        if count.counted && several && node.copies > MAX_COPIES {
            return Err(fault::up_to(Code::InvalidRepeatSize, text, rest));
        }
        self.group.items.push(node);
        Ok(rest)
    }

    fn open_group(&mut self, capture: Option<usize>) -> Parsed<()> {
        self.limits.node_made();
        self.join_literals();
        let group = Group { capture, outer: self.flags, ..Group::default() };
        self.outer.push(std::mem::replace(&mut self.group, group));
        Ok(())
    }

    fn open_capture(&mut self, name: String) -> Parsed<()> {
        let number = self.names.len();
        self.names.push(name);
        self.open_group(Some(number))
    }

    fn right_paren(&mut self) -> Parsed<()> {
        let Some(outer) = self.outer.pop() else {
            return Err(fault::new(Code::UnexpectedParen, self.pattern));
        };
        let group = std::mem::replace(&mut self.group, outer);
        self.flags = group.outer;
        let capture = group.capture;
        let node = self.close_group(group)?;
        match capture {
            Some(number) => self.push(Node::new(Kind::Capture(number, Box::new(node)))),
            None => self.push(node),
        }
    }

    fn close_group(&mut self, group: Group) -> Parsed<Node> {
        let Group { mut alternatives, items, .. } = group;
        let last = self.concat(items)?;
        if alternatives.is_empty() {
            return self.checked(last);
        }
        alternatives.push(last);
        let mut flat = Vec::with_capacity(alternatives.len());
        for node in alternatives {
            match node.kind {
                Kind::Alternate(subs) => flat.extend(subs),
                _ => flat.push(node),
            }
        }
        self.limits.node_made();
        self.checked(Node::new(Kind::Alternate(flat)))
    }

    fn concat(&mut self, items: Vec<Node>) -> Parsed<Node> {
        let outer = std::mem::replace(&mut self.group.items, items);
        self.join_literals();
        let mut items = std::mem::replace(&mut self.group.items, outer);
        let node = match items.len() {
            0 => Node::new(Kind::Empty),
            1 => return self.checked(items.pop().unwrap_or_default()),
            _ => Node::new(Kind::Concat(flatten(items))),
        };
        self.limits.node_made();
        self.checked(node)
    }

    fn checked(&mut self, node: Node) -> Parsed<Node> {
        self.check(&node)?;
        Ok(node)
    }

    /// Follows `checkLimits`.
    fn check(&mut self, node: &Node) -> Parsed<()> {
        let groups = self.outer.iter().chain([&self.group]);
        let around = groups.flat_map(|group| group.items.iter().chain(&group.alternatives));
        self.limits.check(node, around).map_err(|code| fault::new(code, self.pattern))
    }

    /// Takes `(?P<name>`, `(?<name>`, `(?flags)` or `(?flags:`.
    fn perl_group(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let name_at = match text {
            [_, _, b'P', b'<', _, ..] => 4,
            [_, _, b'<', _, ..] => 3,
            _ => return self.flag_group(text),
        };
        let Some(end) = memchr::memchr(b'>', text) else {
            check_utf8(text)?;
            return Err(fault::new(Code::InvalidNamedCapture, text));
        };
        let (group, rest) = text.split_at_checked(end + 1).unwrap_or((text, b""));
        let name = text.get(name_at..end).unwrap_or_default();
        check_utf8(name)?;
        let word = |b: &u8| *b == b'_' || b.is_ascii_alphanumeric();
        if name.is_empty() || !name.iter().all(word) {
            return Err(fault::new(Code::InvalidNamedCapture, group));
        }
        self.open_capture(String::from_utf8_lossy(name).into_owned())?;
        Ok(rest)
    }

    fn flag_group(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let (flags, opens, rest) = self.flags.changed(text)?;
        if opens {
            self.open_group(None)?;
        }
        self.flags = flags;
        Ok(rest)
    }

    fn backslash(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let rest = text.get(2..).unwrap_or_default();
        let kind = match text.get(1) {
            Some(b'A') => Kind::TextStart,
            Some(b'z') => Kind::TextEnd,
            Some(b'b') => Kind::WordBoundary,
            Some(b'B') => Kind::NoWordBoundary,
            Some(b'C') => return Err(fault::up_to(Code::InvalidEscape, text, rest)),
            Some(b'Q') => return self.quoted(rest),
            _ => return self.escaped(text),
        };
        self.push_new(kind)?;
        Ok(rest)
    }

    /// Takes literal text up to `\E` or the end.
    fn quoted(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let end = memchr::memmem::find(text, b"\\E");
        let (mut literal, rest) = match end {
            Some(end) => (text.get(..end).unwrap_or_default(), text.get(end + 2..).unwrap_or_default()),
            None => (text, &[] as &[u8]),
        };
        while !literal.is_empty() {
            literal = self.literal(literal)?;
        }
        Ok(rest)
    }

    fn escaped(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let Some((named, rest)) = class_escape(text)? else {
            let (rune, rest) = escape(text)?;
            self.push_rune(rune)?;
            return Ok(rest);
        };
        let name = text.get(..text.len() - rest.len()).unwrap_or_default();
        let fold = self.flags.fold;
        let build = || Rc::new(named.class(fold));
        // Categories are large, so each is built once.
        let class = match name.len() {
            2 => build(),
            _ => self.categories.entry((name, fold)).or_insert_with(build).clone(),
        };
        self.push_class(class)?;
        Ok(rest)
    }

    /// Adds a clean class; one of a single character is that character.
    fn push_class(&mut self, class: Rc<Class>) -> Parsed<()> {
        self.limits.node_made();
        match class.only() {
            Some(rune) => self.push(Node::literal(rune, false)),
            None => self.push(Node::new(Kind::Class(class))),
        }
    }

    fn class(&mut self, text: &'p [u8]) -> Parsed<&'p [u8]> {
        let (class, rest) = bracket::class(text, self.flags.fold)?;
        self.push_class(Rc::new(class))?;
        Ok(rest)
    }
}

/// Lifts the parts of concatenations within a concatenation.
fn flatten(items: Vec<Node>) -> Vec<Node> {
    if !items.iter().any(|node| matches!(node.kind, Kind::Concat(_))) {
        return items;
    }
    let mut flat = Vec::with_capacity(items.len());
    for node in items {
        match node.kind {
            Kind::Concat(subs) => flat.extend(subs),
            _ => flat.push(node),
        }
    }
    flat
}
