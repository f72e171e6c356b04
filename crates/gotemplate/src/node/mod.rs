//! Parsed templates, ready to be executed: names resolved, functions and variables bound.

mod find;
mod text;

use std::rc::Rc;

use gostd::{Str, Value};

use crate::builtins::Builtin;
use crate::error::Source;
use crate::func::Func;

pub use find::NodeRef;

/// A template: a file's or a definition's.
pub struct Tree {
    pub name: Str,
    pub source: Rc<Source>,
    pub root: Vec<Node>,
    /// How many variables are alive at once at most, `$` included.
    pub slots: usize,
}

/// Tells a node of a tree from all others; errors are found by it.
pub type Id = u32;

/// What is executed one after the other.
pub enum Node {
    /// Bytes of the source.
    Text(usize, usize),
    Action(Action),
    If(Box<Branch>),
    With(Box<Branch>),
    Range(Box<Branch>),
    Template(Box<Call>),
    Break,
    Continue,
}

pub struct Action {
    pub id: Id,
    pub pos: usize,
    pub pipe: Pipe,
}

/// `if`, `with` or `range`.
pub struct Branch {
    pub id: Id,
    pub pipe: Pipe,
    pub list: Vec<Node>,
    pub else_list: Option<Vec<Node>>,
}

/// `{{ template "name" pipeline }}`.
pub struct Call {
    pub id: Id,
    pub pos: usize,
    pub name: Str,
    pub pipe: Option<Pipe>,
}

pub struct Pipe {
    pub id: Id,
    pub pos: usize,
    /// `=` instead of `:=`.
    pub assign: bool,
    pub decl: Vec<Decl>,
    pub commands: Vec<Command>,
}

/// A variable on the left of `:=` or `=`.
pub struct Decl {
    pub name: Str,
    /// Set, not declared.
    pub assign: bool,
    /// Where the variable lives; `None` when nothing of that name was declared.
    pub slot: Option<usize>,
    /// Like [`Variable::older`].
    pub older: Box<[usize]>,
}

pub struct Command {
    pub id: Id,
    pub pos: usize,
    pub args: Vec<Arg>,
}

/// A word of a command.
pub struct Arg {
    pub id: Id,
    pub pos: usize,
    pub kind: ArgKind,
}

pub enum ArgKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Box<Number>),
    /// The text, and where it stands with its quotes.
    Str(Str, usize, usize),
    Field(Box<[Str]>),
    Variable(Box<Variable>),
    Function(Function),
    Pipe(Box<Pipe>),
    Chain(Box<Arg>, Box<[Str]>),
}

pub struct Variable {
    /// With the dollar.
    pub name: Str,
    pub slot: Option<usize>,
    /// Where variables of the same name live that count when the declaration of the last was skipped.
    pub older: Box<[usize]>,
    pub fields: Box<[Str]>,
}

/// A function, bound when the template was parsed.
#[derive(Clone, Copy)]
pub enum Function {
    Builtin(Builtin),
    Choice(Choice),
    Given(&'static Func),
}

/// `and` or `or`.
#[derive(Clone, Copy)]
pub struct Choice {
    pub builtin: Builtin,
    /// The first variable that the arguments declare and the one after the last: they may be skipped.
    pub slots: (u32, u32),
}

impl Function {
    pub fn name(self) -> &'static str {
        match self {
            Function::Builtin(builtin) | Function::Choice(Choice { builtin, .. }) => builtin.name(),
            Function::Given(func) => func.name,
        }
    }
}

/// A number literal: Go decides by the parameter what it becomes.
#[derive(Default)]
pub struct Number {
    pub text: String,
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
    /// The value where nothing asks for a type; `None` when it overflows an int.
    pub ideal: Option<Value>,
}

/// Reports whether nodes produce nothing but white space: such a definition does not replace another.
pub fn is_empty(nodes: &[Node], text: &[u8]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(start, end) => gostd::strings::trim_space(&text[*start..*end]).is_empty(),
        _ => false,
    })
}
