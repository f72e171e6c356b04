//! Parsed templates, ready to be executed: names resolved, functions and variables bound.
//!
//! The parts of a template lie in flat lists and refer to each other by number: making and dropping them costs few
//! allocations.

mod text;

use std::rc::Rc;

use gostd::{Str, Value};

use crate::builtins::Builtin;
use crate::error::Source;
use crate::func::Func;

/// A template: a file's or a definition's.
pub struct Tree {
    pub name: Str,
    pub source: Rc<Source>,
    pub root: Span,
    pub parts: Rc<Parts>,
    /// How many variables are alive at once at most, `$` included.
    pub slots: usize,
}

/// What nodes refer to by number.
#[derive(Default)]
pub struct Parts {
    /// The nodes of all lists.
    pub nodes: Box<[Node]>,
    pub branches: Box<[Branch]>,
    pub pipes: Box<[Pipe]>,
    pub commands: Box<[Command]>,
    pub args: Box<[Arg]>,
    pub decls: Box<[Decl]>,
    pub calls: Box<[Call]>,
    pub variables: Box<[Variable]>,
    pub strings: Box<[Literal]>,
    pub numbers: Box<[Number]>,
    pub chains: Box<[Chain]>,
    /// Names of fields.
    pub names: Box<[Str]>,
    /// All functions that templates of the namespace can call.
    pub functions: Rc<[&'static Func]>,
}

/// Consecutive entries of a list.
#[derive(Clone, Copy, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const EMPTY: Span = Span { start: 0, end: 0 };

    pub fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Returns the first entry and the others.
    pub fn split_first(self) -> Option<(u32, Span)> {
        (!self.is_empty()).then(|| (self.start, Span { start: self.start + 1, end: self.end }))
    }
}

/// What is executed one after the other.
#[derive(Clone, Copy)]
pub enum Node {
    /// Bytes of the source.
    Text(u32, u32),
    /// An action that is a text in back quotes: the bytes between them.
    Quoted(u32, u32),
    /// The number of its pipeline.
    Action(u32),
    /// The number of its branch, as of the next two.
    If(u32),
    With(u32),
    Range(u32),
    /// The number of its call.
    Template(u32),
    Break,
    Continue,
}

/// `if`, `with` or `range`.
#[derive(Clone, Copy)]
pub struct Branch {
    pub pipe: u32,
    pub list: Span,
    /// Empty where there is none.
    pub else_list: Span,
}

/// `{{ template "name" pipeline }}`.
pub struct Call {
    pub pos: u32,
    pub name: Str,
    pub pipe: Option<u32>,
}

#[derive(Clone, Copy)]
pub struct Pipe {
    pub pos: u32,
    /// `=` instead of `:=`.
    pub assign: bool,
    pub decls: Span,
    pub commands: Span,
}

/// A variable on the left of `:=` or `=`.
pub struct Decl {
    pub name: Str,
    /// Set, not declared.
    pub assign: bool,
    /// Where the variable lives; `None` when nothing of that name was declared.
    pub slot: Option<u32>,
    /// Like [`Variable::older`].
    pub older: Box<[u32]>,
}

#[derive(Clone, Copy)]
pub struct Command {
    pub pos: u32,
    pub args: Span,
}

/// A word of a command.
pub struct Arg {
    pub pos: u32,
    pub kind: ArgKind,
}

pub enum ArgKind {
    Dot,
    Nil,
    Bool(bool),
    Number(u32),
    Str(u32),
    /// The names behind the dots.
    Field(Span),
    Variable(u32),
    Function(Function),
    /// A pipeline in parentheses.
    Pipe(u32),
    /// The number of a word with fields behind it.
    Chain(u32),
}

/// A word that is no field and no variable, and the names of fields behind it.
#[derive(Clone, Copy)]
pub struct Chain {
    pub inner: u32,
    pub names: Span,
}

pub struct Variable {
    /// With the dollar.
    pub name: Str,
    pub slot: Option<u32>,
    /// Where variables of the same name live that count when the declaration of the last was skipped.
    pub older: Box<[u32]>,
    pub fields: Span,
}

/// A text in quotes.
pub struct Literal {
    pub value: Value,
    /// Where it stands, with its quotes.
    pub start: u32,
    pub end: u32,
}

/// A function, bound when the template was parsed.
#[derive(Clone, Copy)]
pub enum Function {
    Builtin(Builtin),
    Choice(Choice),
    /// One of the namespace's functions.
    Given(u32),
}

/// `and` or `or`.
#[derive(Clone, Copy)]
pub struct Choice {
    pub builtin: Builtin,
    /// The variables that the arguments declare: they may be skipped.
    pub slots: Span,
}

/// A number literal: Go decides by the parameter what it becomes.
pub struct Number {
    /// Where it stands.
    pub start: u32,
    pub end: u32,
    /// The value where nothing asks for a type; `None` when it overflows an int.
    pub ideal: Option<Value>,
    /// What else it can be; `None` for an int that every other type can be made of.
    pub exact: Option<Box<Exact>>,
}

/// A number as each type that can hold it.
#[derive(Default, Clone, Copy)]
pub struct Exact {
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
}

impl Number {
    pub fn exact(&self) -> Exact {
        match (&self.exact, &self.ideal) {
            (Some(exact), _) => **exact,
            (None, Some(Value::Int(int))) => {
                let (uint, float) = (u64::try_from(*int).ok(), Some(*int as f64));
                Exact { int: Some(*int), uint, float, complex: None }
            }
            (None, _) => Exact::default(),
        }
    }
}

/// What errors are reported at.
#[derive(Clone, Copy)]
pub enum At {
    Start,
    /// An action, by its pipeline.
    Action(u32),
    Pipe(u32),
    Command(u32),
    Arg(u32),
    Call(u32),
}

impl Tree {
    /// Reports whether it produces nothing but white space: such a definition does not replace another.
    pub fn is_empty(&self) -> bool {
        let text = &self.source.text;
        self.root.of(&self.parts.nodes).iter().all(|node| match node {
            Node::Text(start, end) => gostd::strings::trim_space(&text[*start as usize..*end as usize]).is_empty(),
            _ => false,
        })
    }

    /// Returns the byte offset that Go reports.
    pub fn pos(&self, at: At) -> usize {
        let parts = &self.parts;
        let pos = match at {
            At::Start => 0,
            At::Action(pipe) | At::Pipe(pipe) => parts.pipes[pipe as usize].pos,
            At::Command(command) => parts.commands[command as usize].pos,
            At::Arg(arg) => parts.args[arg as usize].pos,
            At::Call(call) => parts.calls[call as usize].pos,
        };
        pos as usize
    }
}
