//! Pipelines, commands and their words.

use gostd::Str;

use super::{Parse, Parser, number, quote};
use crate::builtins::Builtin;
use crate::node::{Arg, ArgKind, Choice, Command, Decl, Function, Pipe, Variable};
use crate::token::{Kind, Token};

/// Go's `maxStackDepth`: how deep parentheses may hold each other.
const MAX_PARENTHESES: usize = 10_000;

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parse<Pipe> {
        let pos = self.peek_non_space().start;
        let id = self.id();
        let (assign, names) = self.declarations(context)?;
        let mut commands = Vec::new();
        loop {
            let token = self.next_non_space();
            if token.kind == end {
                break;
            }
            if !starts_operand(token.kind) {
                return self.unexpected(token, context);
            }
            self.backup();
            commands.push(self.command()?);
        }
        self.check_pipeline(&commands, context)?;
        let decl = names.into_iter().map(|name| self.declare(name, assign)).collect();
        Ok(Pipe { id, pos, assign, decl, commands })
    }

    /// Reads `$a :=`, `$a, $b :=` or `$a =`.
    fn declarations(&mut self, context: &str) -> Parse<(bool, Vec<Str>)> {
        let mut names = Vec::new();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                return Ok((false, names));
            }
            self.next();
            // A space after the variable must be put back: `$x -1` has two words.
            let after = self.peek();
            let next = self.peek_non_space();
            let name = Str::from(self.value(variable));
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    self.next_non_space();
                    self.state.names.push(name.clone());
                    names.push(name);
                    return Ok((next.kind == Kind::Assign, names));
                }
                Kind::Char if self.value(next) == b"," => {
                    self.next_non_space();
                    self.state.names.push(name.clone());
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

    /// Gives a declared variable its slot; it lives from here on, not yet in its own pipeline.
    fn declare(&mut self, name: Str, assign: bool) -> Decl {
        if assign {
            let (slot, older) = self.slots(&name);
            return Decl { name, assign, slot, older };
        }
        let slot = self.state.slots.len();
        self.state.slots.push(name.clone());
        self.state.max_slots = self.state.max_slots.max(slot + 1);
        Decl { name, assign, slot: Some(slot), older: Box::new([]) }
    }

    /// Returns where a variable lives, and where it does when the declaration of the last of that name was skipped.
    fn slots(&self, name: &[u8]) -> (Option<usize>, Box<[usize]>) {
        let slots = self.state.slots.iter().enumerate().rev();
        let mut found = slots.filter(|(_, slot)| slot.as_bytes() == name).map(|(at, _)| at);
        let last = found.next();
        (last, if self.state.skipping { found.collect() } else { Box::new([]) })
    }

    fn check_pipeline(&self, commands: &[Command], context: &str) -> Parse<()> {
        if commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        for (at, command) in commands.iter().enumerate().skip(1) {
            let first = command.args.first().map(|arg| &arg.kind);
            if matches!(
                first,
                Some(ArgKind::Bool(_) | ArgKind::Dot | ArgKind::Nil | ArgKind::Number(_) | ArgKind::Str(..))
            ) {
                return self.fail(format!("non executable command in pipeline stage {}", at + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parse<Command> {
        let pos = self.peek_non_space().start;
        let id = self.id();
        let mut args: Vec<Arg> = Vec::new();
        let first_slot = self.state.slots.len();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                args.push(operand);
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
        if args.is_empty() {
            return self.fail("empty command");
        }
        let slots = (first_slot as u32, self.state.slots.len() as u32);
        if slots.0 < slots.1
            && let ArgKind::Function(Function::Choice(choice)) = &mut args[0].kind
        {
            choice.slots = slots;
            self.state.skipping = true;
        }
        Ok(Command { id, pos, args })
    }

    /// Reads a term with the fields behind it.
    fn operand(&mut self) -> Parse<Option<Arg>> {
        let Some(term) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        // Go reports the chain where its second field starts.
        let pos = self.peek().start;
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            fields.push(self.field_name(token));
        }
        let id = self.id();
        let kind = match term.kind {
            ArgKind::Field(names) => ArgKind::Field(names.into_iter().chain(fields).collect()),
            ArgKind::Variable(variable) => ArgKind::Variable(Box::new(Variable { fields: fields.into(), ..*variable })),
            ArgKind::Bool(_) | ArgKind::Str(..) | ArgKind::Number(_) | ArgKind::Nil | ArgKind::Dot => {
                let text = quote(&self.text[term.pos..pos]);
                return self.fail(format!("unexpected . after term {text}"));
            }
            _ => ArgKind::Chain(Box::new(term), fields.into()),
        };
        Ok(Some(Arg { id, pos, kind }))
    }

    fn field_name(&self, token: Token) -> Str {
        Str::from(&self.value(token)[1..])
    }

    fn term(&mut self) -> Parse<Option<Arg>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => ArgKind::Function(self.function(token)?),
            Kind::Dot => ArgKind::Dot,
            Kind::Nil => ArgKind::Nil,
            Kind::Variable => ArgKind::Variable(Box::new(self.variable(token)?)),
            Kind::Field => ArgKind::Field(Box::new([self.field_name(token)])),
            Kind::Bool => ArgKind::Bool(self.value(token) == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                let number = number::number(self.value(token), token.kind).map_err(|error| self.error(error.text))?;
                ArgKind::Number(Box::new(number))
            }
            Kind::LeftParen => ArgKind::Pipe(Box::new(self.parenthesized()?)),
            Kind::String | Kind::RawString => ArgKind::Str(self.unquote(token)?, token.start, token.end),
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        // Go reports a parenthesized pipeline where it starts inside the parenthesis.
        let pos = match &kind {
            ArgKind::Pipe(pipe) => pipe.pos,
            _ => token.start,
        };
        let id = match &kind {
            ArgKind::Pipe(pipe) => pipe.id,
            _ => self.id(),
        };
        Ok(Some(Arg { id, pos, kind }))
    }

    fn parenthesized(&mut self) -> Parse<Pipe> {
        if self.state.paren_depth >= MAX_PARENTHESES {
            return self.fail("max expression depth exceeded");
        }
        self.state.paren_depth += 1;
        let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
        self.state.paren_depth -= 1;
        Ok(pipe)
    }

    fn function(&self, token: Token) -> Parse<Function> {
        let name = self.value(token);
        let given = self.tables.iter().find_map(|table| {
            let at = table.binary_search_by(|func| func.name.as_bytes().cmp(name)).ok()?;
            Some(Function::Given(&table[at]))
        });
        let builtin = || match Builtin::named(name)? {
            builtin @ (Builtin::And | Builtin::Or) => Some(Function::Choice(Choice { builtin, slots: (0, 0) })),
            builtin => Some(Function::Builtin(builtin)),
        };
        match given.or_else(builtin) {
            Some(function) => Ok(function),
            None => self.fail(format!("function {} not defined", quote(name))),
        }
    }

    fn variable(&self, token: Token) -> Parse<Variable> {
        let name = self.value(token);
        if !self.state.names.iter().any(|known| known.as_bytes() == name) {
            return self.fail(format!("undefined variable {}", quote(name)));
        }
        let (slot, older) = self.slots(name);
        Ok(Variable { name: Str::from(name), slot, older, fields: Box::new([]) })
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
