//! What grows while a template is parsed. The lists are used again for the next template, which gets copies of just the
//! size it needs: parsing a chart takes few allocations, and parsed templates hold no spare room.

use std::rc::Rc;

use gostd::Str;

use crate::func::Func;
use crate::node::{Arg, Call, Chain, Command, Decl, Literal, Number, Parts, Pipe, Variable};

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
            pipes: taken(&mut self.pipes, 0),
            commands: taken(&mut self.commands, 0),
            args: taken(&mut self.args, 0),
            decls: taken(&mut self.decls, 0),
            calls: taken(&mut self.calls, 0),
            variables: taken(&mut self.variables, 0),
            strings: taken(&mut self.strings, 0),
            numbers: taken(&mut self.numbers, 0),
            chains: taken(&mut self.chains, 0),
            names: taken(&mut self.names, 0),
            functions,
        }
    }
}

/// Takes the end of a list.
pub fn taken<T>(list: &mut Vec<T>, start: usize) -> Box<[T]> {
    list.drain(start..).collect()
}
