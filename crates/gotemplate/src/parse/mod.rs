//! Parses templates (Go 1.27 `text/template/parse/parse.go`): Go's grammar, its three-token look-ahead and its errors.

mod control;
mod growing;
mod number;
mod pipeline;

use std::rc::Rc;

use gostd::{GoError, Str, strconv};

use crate::error::Source;
use crate::lex::Lexer;
use crate::node::{Node, Span, Tree};
use crate::token::{Kind, Token};
use crate::vocabulary::Vocabulary;

pub use growing::Lists;

/// How deep actions may hold each other. Go knows no limit but memory.
const MAX_NESTING: usize = 10_000;

/// The longest text: an action takes some thirty times its bytes when it is parsed.
const MAX_BYTES: usize = 8 << 20;

/// The templates of one text: the text itself first, then its definitions.
pub struct Parsed {
    pub trees: Vec<Rc<Tree>>,
}

impl Parsed {
    pub fn root(&self) -> &Rc<Tree> {
        &self.trees[0]
    }

    pub fn text(&self) -> &Str {
        &self.root().source.text
    }

    /// Returns the same templates under the name of another text of the same bytes.
    ///
    /// `None` where that name stands in the text, or that under which it was parsed: a definition of that name would be
    /// the text's own template.
    pub fn renamed(&self, name: &str) -> Option<Parsed> {
        let source = &self.root().source;
        if [name, &source.name].iter().any(|name| memchr::memmem::find(&source.text, name.as_bytes()).is_some()) {
            return None;
        }
        let source = Rc::new(Source { name: name.to_string(), text: source.text.clone() });
        let renamed = |(at, tree): (usize, &Rc<Tree>)| {
            let name = if at == 0 { Str::from(name) } else { tree.name.clone() };
            Rc::new(Tree {
                name,
                source: source.clone(),
                root: tree.root,
                parts: tree.parts.clone(),
                slots: tree.slots,
            })
        };
        Some(Parsed { trees: self.trees.iter().enumerate().map(renamed).collect() })
    }
}

/// Parses a text.
///
/// # Errors
/// Go's text, `template: NAME:LINE: …`.
pub fn parse(name: &str, text: &Str, vocabulary: &Vocabulary) -> Result<Parsed, GoError> {
    if text.len() > MAX_BYTES {
        let text = format!("template: {name}:1: the text is longer than {MAX_BYTES} bytes");
        return Err(gostd::limits::exceeded(text));
    }
    parse_short(name, text, vocabulary).map_err(|error| *error)
}

fn parse_short(name: &str, text: &Str, vocabulary: &Vocabulary) -> Parse<Parsed> {
    let source = Rc::new(Source { name: name.to_string(), text: text.clone() });
    let mut parser = Parser {
        lexer: Lexer::new(text),
        text,
        source: source.clone(),
        vocabulary,
        trees: Vec::new(),
        state: State::new(vocabulary),
        nodes: vocabulary.nodes(),
        nesting: 0,
    };
    let root = parser.top_level()?;
    let tree = parser.tree(Str::from(name), root);
    parser.add(tree)?;
    vocabulary.give_back(parser.state.lists, parser.nodes);
    // The text's own template goes first, whatever else it defines.
    let own = parser.trees.iter().position(|tree| tree.name == *name).unwrap_or(0);
    parser.trees.swap(0, own);
    Ok(Parsed { trees: parser.trees.into_iter().map(Rc::new).collect() })
}

/// What belongs to the template that is being parsed: definitions have their own.
struct State {
    token: [Token; 3],
    peeked: usize,
    lists: Lists,
    max_slots: usize,
    /// An argument of `and` or `or` declares a variable: it may be skipped.
    skipping: bool,
    /// Where the action that is being parsed starts.
    action: Option<u32>,
    range_depth: usize,
    paren_depth: usize,
}

impl State {
    fn new(vocabulary: &Vocabulary) -> Self {
        let dollar = vocabulary.name(b"$");
        let mut lists = vocabulary.lists();
        lists.names.push(dollar.clone());
        lists.slots.push(dollar);
        State {
            token: [Token::NONE; 3],
            peeked: 0,
            lists,
            max_slots: 1,
            skipping: false,
            action: None,
            range_depth: 0,
            paren_depth: 0,
        }
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    text: &'a [u8],
    source: Rc<Source>,
    vocabulary: &'a Vocabulary,
    trees: Vec<Tree>,
    state: State,
    /// The nodes of all lists that are not finished, the innermost last.
    nodes: Vec<Node>,
    nesting: usize,
}

/// The error is boxed because it is rare and large.
type Parse<T> = Result<T, Box<GoError>>;

impl<'a> Parser<'a> {
    fn value(&self, token: Token) -> &'a [u8] {
        &self.text[token.start as usize..token.end as usize]
    }

    fn next(&mut self) -> Token {
        if self.state.peeked > 0 {
            self.state.peeked -= 1;
        } else {
            self.state.token[0] = self.lexer.next_token();
        }
        self.state.token[self.state.peeked]
    }

    fn backup(&mut self) {
        self.state.peeked += 1;
    }

    fn backup2(&mut self, first: Token) {
        self.state.token[1] = first;
        self.state.peeked = 2;
    }

    fn backup3(&mut self, first: Token, second: Token) {
        self.state.token[1] = second;
        self.state.token[2] = first;
        self.state.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        if self.state.peeked == 0 {
            self.state.peeked = 1;
            self.state.token[0] = self.lexer.next_token();
        }
        self.state.token[self.state.peeked - 1]
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn line(&self, offset: u32) -> usize {
        self.source.line_column(offset as usize).0
    }

    /// Makes an error at the token that was read last.
    #[cold]
    fn error(&self, message: impl std::fmt::Display) -> Box<GoError> {
        let line = self.line(self.state.token[0].start);
        Box::new(GoError::new(format!("template: {}:{line}: {message}", self.source.name)))
    }

    fn fail<T>(&self, message: impl std::fmt::Display) -> Parse<T> {
        Err(self.error(message))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parse<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(token, context) }
    }

    fn unexpected<T>(&self, token: Token, context: &str) -> Parse<T> {
        if token.kind != Kind::Error {
            return self.fail(format!("unexpected {} in {context}", self.describe(token)));
        }
        let message = &self.lexer.error;
        let started = self.state.action.map(|start| self.line(start)).filter(|line| *line != self.line(token.start));
        match started {
            Some(line) => {
                let words = if message.ends_with(" action") { "" } else { " in action" };
                self.fail(format!("{message}{words} started at {}:{line}", self.source.name))
            }
            None => self.fail(message),
        }
    }

    /// Returns a token as Go's errors show it.
    fn describe(&self, token: Token) -> String {
        let value = self.value(token);
        match token.kind {
            Kind::Eof => "EOF".to_string(),
            Kind::Error => self.lexer.error.clone(),
            kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(value)),
            _ if value.len() > 10 => {
                let text = String::from_utf8_lossy(value);
                let end = text.char_indices().nth(10).map_or(text.len(), |(at, _)| at);
                format!("{}...", quote(text[..end].as_bytes()))
            }
            _ => quote(value),
        }
    }

    /// Adds a template to those of this text; one that is not empty may be there only once.
    fn add(&mut self, tree: Tree) -> Parse<()> {
        match self.trees.iter_mut().find(|old| old.name == tree.name) {
            None => self.trees.push(tree),
            Some(old) if old.is_empty() => *old = tree,
            Some(_) if tree.is_empty() => {}
            Some(_) => {
                let name = quote(&tree.name);
                return self.fail(format!("template: multiple definition of template {name}"));
            }
        }
        Ok(())
    }

    fn top_level(&mut self) -> Parse<Span> {
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim {
                let delim = self.next();
                if self.next_non_space().kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.backup2(delim);
            }
            match self.text_or_action()? {
                control::Item::Node(node) => self.nodes.push(node),
                control::Item::End => return self.fail("unexpected {{end}}"),
                control::Item::Else => return self.fail("unexpected {{else}}"),
            }
        }
        Ok(self.list(0))
    }

    /// Parses `{{ define "name" }}` after the word.
    fn definition(&mut self) -> Parse<()> {
        let outer = std::mem::replace(&mut self.state, State::new(self.vocabulary));
        let context = "define clause";
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(token, context);
        }
        let name = self.unquote(token)?;
        self.expect(Kind::RightDelim, context)?;
        self.body(name, context)?;
        self.leave(outer);
        Ok(())
    }

    /// Parses the body of a definition or block up to its end, in a state of its own.
    fn body(&mut self, name: Str, context: &str) -> Parse<()> {
        let (root, end) = self.item_list()?;
        if end != control::Ending::End {
            return self.fail(format!("unexpected {{{{else}}}} in {context}"));
        }
        let tree = self.tree(name, root);
        self.add(tree)
    }

    /// Goes back to the template around a definition.
    fn leave(&mut self, outer: State) {
        let inner = std::mem::replace(&mut self.state, outer);
        self.vocabulary.give_back(inner.lists, Vec::new());
    }

    /// Makes a template of what was parsed.
    fn tree(&mut self, name: Str, root: Span) -> Tree {
        let parts = Rc::new(self.state.lists.parts.finish(self.vocabulary.given()));
        Tree { name, source: self.source.clone(), root, parts, slots: self.state.max_slots }
    }

    fn unquote(&self, token: Token) -> Parse<Str> {
        let quoted = self.value(token);
        match verbatim(quoted) {
            Some(text) => Ok(self.vocabulary.name(text)),
            None => strconv::unquote(quoted).map(Str::from).map_err(|error| self.error(error.text)),
        }
    }

    /// Runs a parser one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.nesting >= MAX_NESTING {
            return self.fail(format!("actions are nested more than {MAX_NESTING} deep"));
        }
        self.nesting += 1;
        let result = parse(self);
        self.nesting -= 1;
        result
    }
}

/// Returns what stands between quotes where there is nothing to decode, and nothing that could be wrong.
fn verbatim(quoted: &[u8]) -> Option<&[u8]> {
    match quoted {
        [b'"', text @ .., b'"'] => {
            text.iter().all(|b| (b' '..0x7f).contains(b) && *b != b'\\' && *b != b'"').then_some(text)
        }
        [b'`', text @ .., b'`'] => memchr::memchr(b'\r', text).is_none().then_some(text),
        _ => None,
    }
}

fn quote(text: &[u8]) -> String {
    String::from_utf8_lossy(&strconv::quote(text)).into_owned()
}
