//! Runs the nodes of a template.

use gostd::fmt;

use super::operand::{is_true, printable};
use super::{Exec, Frame, MAX_TEMPLATE_DEPTH, Operand, Outcome};
use crate::node::{Action, Branch, Call, Node, Pipe};

/// How a list ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Exec<'_> {
    pub(super) fn walk_list(&mut self, frame: &Frame<'_>, nodes: &[Node], dot: &Operand) -> Outcome<Flow> {
        for node in nodes {
            let flow = self.walk(frame, node, dot)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn walk(&mut self, frame: &Frame<'_>, node: &Node, dot: &Operand) -> Outcome<Flow> {
        match node {
            Node::Text(start, end) => {
                self.out.extend_from_slice(&frame.tree.source.text[*start..*end]);
                self.step(frame)?;
                Ok(Flow::Next)
            }
            Node::Action(action) => self.action(frame, action, dot).map(|()| Flow::Next),
            Node::If(branch) => self.if_or_with(frame, branch, dot, false),
            Node::With(branch) => self.if_or_with(frame, branch, dot, true),
            Node::Range(branch) => self.range(frame, branch, dot),
            Node::Template(call) => self.template(frame, call, dot).map(|()| Flow::Next),
            Node::Break => Ok(Flow::Break),
            Node::Continue => Ok(Flow::Continue),
        }
    }

    fn action(&mut self, frame: &Frame<'_>, action: &Action, dot: &Operand) -> Outcome<()> {
        self.step(frame)?;
        let value = self.pipeline(frame, &action.pipe, dot)?;
        if action.pipe.decl.is_empty() {
            frame.at.set(action.id);
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
        if let gostd::Value::Object(object) = value
            && let Some(text) = object.printed()
        {
            self.out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        fmt::try_append_value(&mut self.out, value).map_err(|error| self.fail(frame, error.text))
    }

    fn if_or_with(&mut self, frame: &Frame<'_>, branch: &Branch, dot: &Operand, with: bool) -> Outcome<Flow> {
        self.step(frame)?;
        frame.at.set(branch.id);
        let value = self.pipeline(frame, &branch.pipe, dot)?;
        if is_true(&value.value) {
            return self.walk_list(frame, &branch.list, if with { &value } else { dot });
        }
        match &branch.else_list {
            Some(list) => self.walk_list(frame, list, dot),
            None => Ok(Flow::Next),
        }
    }

    fn template(&mut self, frame: &Frame<'_>, call: &Call, dot: &Operand) -> Outcome<()> {
        self.step(frame)?;
        frame.at.set(call.id);
        let Some(tree) = self.lookup(&call.name) else {
            let name = gostd::strconv::quote(&call.name);
            return Err(self.fail(frame, format!("template {} not defined", String::from_utf8_lossy(&name))));
        };
        if self.depth == MAX_TEMPLATE_DEPTH {
            return Err(self.fail(frame, format!("exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")));
        }
        let data = match &call.pipe {
            Some(pipe) => self.pipeline(frame, pipe, dot)?,
            None => Operand::INVALID,
        };
        self.depth += 1;
        self.enter(&tree, data)?;
        self.depth -= 1;
        Ok(())
    }

    /// Evaluates a pipeline and sets its variables.
    pub(super) fn pipeline(&mut self, frame: &Frame<'_>, pipe: &Pipe, dot: &Operand) -> Outcome<Operand> {
        frame.at.set(pipe.id);
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(frame, command, dot, value)?.unwrapped());
        }
        let value = value.unwrap_or(Operand::INVALID);
        for decl in &pipe.decl {
            self.set_variable(frame, decl, value.clone())?;
        }
        Ok(value)
    }

    pub(super) fn set_variable(&mut self, frame: &Frame<'_>, decl: &crate::node::Decl, value: Operand) -> Outcome<()> {
        let slot = decl.slot.map(|slot| frame.base + slot).filter(|slot| !decl.assign || self.is_declared(*slot));
        let Some(slot) = slot.or_else(|| self.declared(frame, &decl.older)) else {
            return Err(self.fail(frame, format!("undefined variable: {}", decl.name.to_text())));
        };
        self.vars[slot] = value;
        Ok(())
    }
}
