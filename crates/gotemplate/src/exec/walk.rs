//! Runs the nodes of a template.

use gostd::fmt;

use super::look::look;
use super::operand::{is_true, printable};
use super::{Exec, Frame, MAX_TEMPLATE_DEPTH, Operand, Outcome};
use crate::node::{At, Branch, Node, Span};

/// How a list ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Exec<'_> {
    pub(super) fn walk_list(&mut self, frame: &Frame<'_>, list: Span, dot: &Operand) -> Outcome<Flow> {
        for node in list.of(&frame.tree.parts.nodes) {
            let flow = self.walk(frame, node, dot)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn walk(&mut self, frame: &Frame<'_>, node: &Node, dot: &Operand) -> Outcome<Flow> {
        let branches = &frame.tree.parts.branches;
        match node {
            Node::Text(start, end) | Node::Quoted(start, end) => {
                self.out.extend_from_slice(&frame.tree.source.text[*start as usize..*end as usize]);
                self.step(frame)?;
                Ok(Flow::Next)
            }
            Node::Action(pipe) => self.action(frame, *pipe, dot).map(|()| Flow::Next),
            Node::If(branch) => self.if_or_with(frame, &branches[*branch as usize], dot, false),
            Node::With(branch) => self.if_or_with(frame, &branches[*branch as usize], dot, true),
            Node::Range(branch) => self.range(frame, &branches[*branch as usize], dot),
            Node::Template(call) => self.template(frame, *call, dot).map(|()| Flow::Next),
            Node::Break => Ok(Flow::Break),
            Node::Continue => Ok(Flow::Continue),
        }
    }

    fn action(&mut self, frame: &Frame<'_>, pipe: u32, dot: &Operand) -> Outcome<()> {
        self.step(frame)?;
        let Exec { out, vars, .. } = self;
        if look(vars, frame, pipe, dot, |value| print_scalar(out, value)).is_some() {
            return Ok(());
        }
        let value = self.pipeline(frame, pipe, dot)?;
        if frame.tree.parts.pipes[pipe as usize].decls.is_empty() {
            frame.at.set(At::Action(pipe));
            self.print(frame, &value)?;
        }
        Ok(())
    }

    /// Prints what a pipeline gave: nothing at all is `<no value>`.
    fn print(&mut self, frame: &Frame<'_>, operand: &Operand) -> Outcome<()> {
        match &operand.value {
            gostd::Value::Nil => self.out.extend_from_slice(b"<no value>"),
            gostd::Value::Str(text) => self.out.extend_from_slice(text),
            gostd::Value::Object(_) => {
                let shown = printable(operand);
                self.print_value(frame, shown.as_ref().unwrap_or(&operand.value))?;
            }
            value => self.print_value(frame, value)?,
        }
        Ok(())
    }

    fn print_value(&mut self, frame: &Frame<'_>, value: &gostd::Value) -> Outcome<()> {
        fmt::try_append_value(&mut self.out, value).map_err(|error| self.fail(frame, error.text))
    }

    fn if_or_with(&mut self, frame: &Frame<'_>, branch: &Branch, dot: &Operand, with: bool) -> Outcome<Flow> {
        self.step(frame)?;
        let seen = if with { None } else { look(&self.vars, frame, branch.pipe, dot, |value| Some(is_true(value))) };
        let truth = match seen {
            Some(truth) => truth,
            None => {
                let value = self.pipeline(frame, branch.pipe, dot)?;
                let truth = is_true(&value.value);
                if truth && with {
                    return self.walk_list(frame, branch.list, &value);
                }
                truth
            }
        };
        self.walk_list(frame, if truth { branch.list } else { branch.else_list }, dot)
    }

    fn template(&mut self, frame: &Frame<'_>, call: u32, dot: &Operand) -> Outcome<()> {
        self.step(frame)?;
        frame.at.set(At::Call(call));
        let call = &frame.tree.parts.calls[call as usize];
        let Some(tree) = self.lookup(&call.name) else {
            let name = gostd::strconv::quote(&call.name);
            return Err(self.fail(frame, format!("template {} not defined", String::from_utf8_lossy(&name))));
        };
        if self.depth == MAX_TEMPLATE_DEPTH {
            return Err(self.fail(frame, format!("exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")));
        }
        let data = match call.pipe {
            Some(pipe) => self.pipeline(frame, pipe, dot)?,
            None => Operand::INVALID,
        };
        self.depth += 1;
        self.enter(&tree, data)?;
        self.depth -= 1;
        Ok(())
    }

    /// Evaluates a pipeline and sets its variables.
    pub(super) fn pipeline(&mut self, frame: &Frame<'_>, pipe: u32, dot: &Operand) -> Outcome<Operand> {
        frame.at.set(At::Pipe(pipe));
        let parts = &frame.tree.parts;
        let pipe = &parts.pipes[pipe as usize];
        let mut value = None;
        for command in pipe.commands.start..pipe.commands.end {
            value = Some(self.command(frame, command, dot, value)?.unwrapped());
        }
        let value = value.unwrap_or(Operand::INVALID);
        for decl in pipe.decls.of(&parts.decls) {
            self.set_variable(frame, decl, value.clone())?;
        }
        Ok(value)
    }

    pub(super) fn set_variable(&mut self, frame: &Frame<'_>, decl: &crate::node::Decl, value: Operand) -> Outcome<()> {
        let slot =
            decl.slot.map(|slot| frame.base + slot as usize).filter(|slot| !decl.assign || self.is_declared(*slot));
        let Some(slot) = slot.or_else(|| self.declared(frame, &decl.older)) else {
            return Err(self.fail(frame, format!("undefined variable: {}", decl.name.to_text())));
        };
        self.vars[slot] = value;
        Ok(())
    }
}

/// Prints what needs no more than its bytes; `None` for everything else.
fn print_scalar(out: &mut Vec<u8>, value: &gostd::Value) -> Option<()> {
    match value {
        gostd::Value::Str(text) => out.extend_from_slice(text),
        gostd::Value::Bool(_) | gostd::Value::Int(_) | gostd::Value::Int64(_) | gostd::Value::Float(_) => {
            fmt::try_append_value(out, value).ok()?;
        }
        _ => return None,
    }
    Some(())
}
