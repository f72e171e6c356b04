//! What grows while a template is parsed. The lists are used again for the next template, which gets copies of just the
//! size it needs: parsing a chart takes few allocations, and parsed templates hold no spare room.

use std::rc::Rc;

use gostd::Str;

use crate::func::Func;
use crate::node::{Arg, Branch, Call, Chain, Command, Decl, Literal, Node, Number, Parts, Pipe, Span, Variable};

/// The lists of one template.
#[derive(Default)]
pub struct Lists {
    /// Names that Go takes as declared, which are more than those that live.
    pub names: Vec<Str>,
    /// The variables that live here, by slot.
    pub slots: Vec<Str>,
    /// Commands of pipelines that are not finished, the innermost last.
    pub commands: Vec<Command>,
    /// Words of commands that are not finished, the innermost last.
    pub words: Vec<Arg>,
    pub parts: Growing,
}

impl Lists {
    pub fn clear(&mut self) {
        self.names.clear();
        self.slots.clear();
        self.commands.clear();
        self.words.clear();
        self.parts.finish(Rc::default());
    }
}

/// [`Parts`] that grow.
#[derive(Default)]
pub struct Growing {
    pub nodes: Vec<Node>,
    pub branches: Vec<Branch>,
    pub pipes: Vec<Pipe>,
    pub commands: Vec<Command>,
    pub args: Vec<Arg>,
    pub decls: Vec<Decl>,
    pub calls: Vec<Call>,
    pub variables: Vec<Variable>,
    pub strings: Vec<Literal>,
    pub numbers: Vec<Number>,
    pub chains: Vec<Chain>,
    pub names: Vec<Str>,
}

impl Growing {
    /// Takes everything out.
    pub fn finish(&mut self, functions: Rc<[&'static Func]>) -> Parts {
        Parts {
            nodes: taken(&mut self.nodes),
            branches: taken(&mut self.branches),
            pipes: taken(&mut self.pipes),
            commands: taken(&mut self.commands),
            args: taken(&mut self.args),
            decls: taken(&mut self.decls),
            calls: taken(&mut self.calls),
            variables: taken(&mut self.variables),
            strings: taken(&mut self.strings),
            numbers: taken(&mut self.numbers),
            chains: taken(&mut self.chains),
            names: taken(&mut self.names),
            functions,
        }
    }
}

/// Takes everything out of a list.
fn taken<T>(list: &mut Vec<T>) -> Box<[T]> {
    list.drain(..).collect()
}

/// Adds to a list; returns where.
pub fn added<T>(list: &mut Vec<T>, new: impl IntoIterator<Item = T>) -> Span {
    let start = list.len() as u32;
    list.extend(new);
    Span { start, end: list.len() as u32 }
}
