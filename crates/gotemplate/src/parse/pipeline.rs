//! Pipelines, commands and their words.

use gostd::{Str, Value};
use smallvec::SmallVec;

use super::growing::added;
use super::{Lists, Parse, Parser, number, quote};
use crate::node::{Arg, ArgKind, Chain, Command, Decl, Function, Literal, Pipe, Span, Variable};
use crate::token::{Kind, Token};

/// Go's `maxStackDepth`: how deep parentheses may hold each other.
const MAX_PARENTHESES: usize = 10_000;

impl Parser<'_> {
    /// Returns the number of the pipeline.
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parse<u32> {
        let pos = self.peek_non_space().start;
        let (assign, names) = self.declarations(context)?;
        let first = self.state.lists.commands.len();
        loop {
            let token = self.next_non_space();
            if token.kind == end {
                break;
            }
            if !starts_operand(token.kind) {
                return self.unexpected(token, context);
            }
            self.backup();
            let command = self.command()?;
            self.state.lists.commands.push(command);
        }
        self.check_pipeline(first, context)?;
        let decls = self.declare_all(names, assign);
        let Lists { parts, commands, .. } = &mut self.state.lists;
        let commands = added(&mut parts.commands, commands.drain(first..));
        parts.pipes.push(Pipe { pos, assign, decls, commands });
        Ok(parts.pipes.len() as u32 - 1)
    }

    /// Reads `$a :=`, `$a, $b :=` or `$a =`.
    fn declarations(&mut self, context: &str) -> Parse<(bool, SmallVec<[Str; 2]>)> {
        let mut names = SmallVec::new();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                return Ok((false, names));
            }
            self.next();
            // A space after the variable must be put back: `$x -1` has two words.
            let after = self.peek();
            let next = self.peek_non_space();
            let name = self.vocabulary.name(self.value(variable));
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    self.next_non_space();
                    self.state.lists.names.push(name.clone());
                    names.push(name);
                    return Ok((next.kind == Kind::Assign, names));
                }
                Kind::Char if self.value(next) == b"," => {
                    self.next_non_space();
                    self.state.lists.names.push(name.clone());
                    names.push(name);
                    if context != "range" || names.len() >= 2 {
                        return self.fail(format!("too many declarations in {context}"));
                    }
                    if !matches!(self.peek_non_space().kind, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                        return self.fail("range can only initialize variables");
                    }
                }
                _ if after.kind == Kind::Space => {
                    self.backup3(variable, after);
                    return Ok((false, names));
                }
                _ => {
                    self.backup2(variable);
                    return Ok((false, names));
                }
            }
        }
    }

    fn declare_all(&mut self, names: SmallVec<[Str; 2]>, assign: bool) -> Span {
        let start = self.state.lists.parts.decls.len() as u32;
        for name in names {
            let decl = self.declare(name, assign);
            self.state.lists.parts.decls.push(decl);
        }
        Span { start, end: self.state.lists.parts.decls.len() as u32 }
    }

    /// Gives a declared variable its slot; it lives from here on, not yet in its own pipeline.
    fn declare(&mut self, name: Str, assign: bool) -> Decl {
        if assign {
            let (slot, older) = self.slots(&name);
            return Decl { name, assign, slot, older };
        }
        let slot = self.state.lists.slots.len();
        self.state.lists.slots.push(name.clone());
        self.state.max_slots = self.state.max_slots.max(slot + 1);
        Decl { name, assign, slot: Some(slot as u32), older: Box::new([]) }
    }

    /// Returns where a variable lives, and where it does when the declaration of the last of that name was skipped.
    fn slots(&self, name: &[u8]) -> (Option<u32>, Box<[u32]>) {
        let slots = self.state.lists.slots.iter().enumerate().rev();
        let mut found = slots.filter(|(_, slot)| slot.as_bytes() == name).map(|(at, _)| at as u32);
        let last = found.next();
        (last, if self.state.skipping { found.collect() } else { Box::new([]) })
    }

    /// Checks the commands of a pipeline, those from `first` on.
    fn check_pipeline(&self, first: usize, context: &str) -> Parse<()> {
        let commands = &self.state.lists.commands[first..];
        if commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        for (at, command) in commands.iter().enumerate().skip(1) {
            let first = &self.state.lists.parts.args[command.args.start as usize];
            if matches!(
                first.kind,
                ArgKind::Bool(_) | ArgKind::Dot | ArgKind::Nil | ArgKind::Number(_) | ArgKind::Str(_)
            ) {
                return self.fail(format!("non executable command in pipeline stage {}", at + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parse<Command> {
        let pos = self.peek_non_space().start;
        let first = self.state.lists.words.len();
        let first_slot = self.state.lists.slots.len() as u32;
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                self.state.lists.words.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.backup(),
                Kind::Pipe => {}
                _ => return self.unexpected(token, "operand"),
            }
            break;
        }
        let slots = Span { start: first_slot, end: self.state.lists.slots.len() as u32 };
        match self.state.lists.words.get_mut(first) {
            None => return self.fail("empty command"),
            Some(Arg { kind: ArgKind::Function(Function::Choice(choice)), .. }) if !slots.is_empty() => {
                choice.slots = slots;
                self.state.skipping = true;
            }
            Some(_) => {}
        }
        let Lists { parts, words, .. } = &mut self.state.lists;
        Ok(Command { pos, args: added(&mut parts.args, words.drain(first..)) })
    }

    /// Reads a term with the fields behind it.
    fn operand(&mut self) -> Parse<Option<Arg>> {
        let Some(term) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        // Go reports the chain where its second field starts.
        let pos = self.peek().start;
        // The names of a field are the last that were added: those behind it follow.
        let first = match term.kind {
            ArgKind::Field(names) => names.start,
            _ => self.state.lists.parts.names.len() as u32,
        };
        while self.peek().kind == Kind::Field {
            let token = self.next();
            self.add_name(token);
        }
        let fields = Span { start: first, end: self.state.lists.parts.names.len() as u32 };
        let kind = match term.kind {
            ArgKind::Field(_) => ArgKind::Field(fields),
            ArgKind::Variable(variable) => {
                self.state.lists.parts.variables[variable as usize].fields = fields;
                term.kind
            }
            ArgKind::Bool(_) | ArgKind::Str(_) | ArgKind::Number(_) | ArgKind::Nil | ArgKind::Dot => {
                let text = quote(&self.text[term.pos as usize..pos as usize]);
                return self.fail(format!("unexpected . after term {text}"));
            }
            _ => {
                let parts = &mut self.state.lists.parts;
                let inner = added(&mut parts.args, [term]).start;
                ArgKind::Chain(added(&mut parts.chains, [Chain { inner, names: fields }]).start)
            }
        };
        Ok(Some(Arg { pos, kind }))
    }

    /// Adds the name of a field.
    fn add_name(&mut self, token: Token) -> Span {
        let name = self.vocabulary.name(&self.value(token)[1..]);
        added(&mut self.state.lists.parts.names, [name])
    }

    fn term(&mut self) -> Parse<Option<Arg>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => ArgKind::Function(self.function(token)?),
            Kind::Dot => ArgKind::Dot,
            Kind::Nil => ArgKind::Nil,
            Kind::Variable => ArgKind::Variable(self.variable(token)?),
            Kind::Field => ArgKind::Field(self.add_name(token)),
            Kind::Bool => ArgKind::Bool(self.value(token) == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                let number = number::number(self.value(token), token).map_err(|error| self.error(error.text))?;
                ArgKind::Number(added(&mut self.state.lists.parts.numbers, [number]).start)
            }
            Kind::LeftParen => return self.parenthesized().map(Some),
            Kind::String | Kind::RawString => {
                let value = Value::Str(self.unquote(token)?);
                let literal = Literal { value, start: token.start, end: token.end };
                ArgKind::Str(added(&mut self.state.lists.parts.strings, [literal]).start)
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(Arg { pos: token.start, kind }))
    }

    fn parenthesized(&mut self) -> Parse<Arg> {
        if self.state.paren_depth >= MAX_PARENTHESES {
            return self.fail("max expression depth exceeded");
        }
        self.state.paren_depth += 1;
        let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
        self.state.paren_depth -= 1;
        // Go reports it where it starts inside the parenthesis.
        Ok(Arg { pos: self.state.lists.parts.pipes[pipe as usize].pos, kind: ArgKind::Pipe(pipe) })
    }

    fn function(&self, token: Token) -> Parse<Function> {
        let name = self.value(token);
        match self.vocabulary.function(name) {
            Some(function) => Ok(function),
            None => self.fail(format!("function {} not defined", quote(name))),
        }
    }

    fn variable(&mut self, token: Token) -> Parse<u32> {
        let name = self.value(token);
        if !self.state.lists.names.iter().any(|known| known.as_bytes() == name) {
            return self.fail(format!("undefined variable {}", quote(name)));
        }
        let (slot, older) = self.slots(name);
        let variable = Variable { name: self.vocabulary.name(name), slot, older, fields: Span::EMPTY };
        Ok(added(&mut self.state.lists.parts.variables, [variable]).start)
    }
}

fn starts_operand(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        Bool | CharConstant
            | Complex
            | Dot
            | Field
            | Identifier
            | Number
            | Nil
            | RawString
            | String
            | Variable
            | LeftParen
    )
}
