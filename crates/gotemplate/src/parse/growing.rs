//! What grows while a template is parsed. The lists are used again for the next template, which gets copies of just the
//! size it needs: parsing a chart takes few allocations, and parsed templates hold no spare room.

use gostd::Str;

use crate::node::{Arg, Call, Command, Decl, Literal, Number, Parts, Pipe, Variable};

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
        self.parts.finish();
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
    pub names: Vec<Str>,
}

impl Growing {
    /// Takes everything out.
    pub fn finish(&mut self) -> Parts {
        Parts {
            pipes: taken(&mut self.pipes, 0),
            commands: taken(&mut self.commands, 0),
            args: taken(&mut self.args, 0),
            decls: taken(&mut self.decls, 0),
            calls: taken(&mut self.calls, 0),
            variables: taken(&mut self.variables, 0),
            strings: taken(&mut self.strings, 0),
            numbers: taken(&mut self.numbers, 0),
            names: taken(&mut self.names, 0),
        }
    }
}

/// Takes the end of a list.
pub fn taken<T>(list: &mut Vec<T>, start: usize) -> Box<[T]> {
    list.drain(start..).collect()
}
