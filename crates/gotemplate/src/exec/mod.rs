//! Executes parsed templates (Go 1.27 `text/template/exec.go`).

mod call;
mod command;
mod field;
mod look;
mod operand;
mod range;
mod walk;

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use gostd::{GoError, Str, Value};

use crate::error::ExecDetail;
use crate::limits::{CALL_BYTES, ENTER_STEPS, STEP_BYTES, UNSEEN_BYTES};
use crate::node::{At, Tree};
use crate::parse::Parsed;
use crate::set::{Set, missing};

pub(crate) use field::element;
pub(crate) use operand::{Operand, indirect_type, is_true, printable, underlying};

/// Go's `maxExecDepth`: how deep `{{ template }}` may go within one execution.
const MAX_TEMPLATE_DEPTH: usize = 100_000;

/// Results of the engine's own functions; the error is boxed because it is rare and large.
type Outcome<T> = Result<T, Box<GoError>>;

/// The state of one execution, handed to every function.
pub struct Exec<'a> {
    set: &'a Set,
    extensions: Vec<Rc<dyn Any>>,
    out: Vec<u8>,
    /// The variables of all running templates; each has a window.
    vars: Vec<Operand>,
    /// Definitions that a running `tpl` brought along.
    scope: Option<Rc<Scope>>,
    /// How many `{{ template }}` run since the last `include` or `tpl`.
    depth: usize,
    steps: u64,
    /// Bytes that functions gave since the memory was looked at.
    unseen: usize,
    stack_start: usize,
}

/// The definitions of a `tpl` text, seen by what it calls.
struct Scope {
    outer: Option<Rc<Scope>>,
    parsed: Rc<Parsed>,
}

/// A running template.
struct Frame<'t> {
    tree: &'t Tree,
    /// Where its variables start.
    base: usize,
    /// The node that errors are reported at: as in Go, the last one that evaluation came to.
    at: Cell<At>,
}

/// Why `tpl` failed.
pub enum TplError {
    /// The text could not be parsed.
    Parse(GoError),
    /// It could not be executed.
    Execute(GoError),
}

impl<'a> Exec<'a> {
    pub(crate) fn new(set: &'a Set, extensions: Vec<Rc<dyn Any>>) -> Self {
        Exec {
            set,
            extensions,
            out: set.output.take(),
            vars: Vec::new(),
            scope: None,
            depth: 0,
            steps: 0,
            unseen: 0,
            stack_start: stack_position(),
        }
    }

    /// Returns the output; the buffer it grew in is used again.
    pub(crate) fn into_output(mut self) -> Vec<u8> {
        let output = self.out.to_vec();
        self.out.clear();
        self.set.output.replace(self.out);
        output
    }

    /// Returns what the caller of the engine attached for its functions: a clock, the chart, a cache.
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        self.extensions.iter().find_map(|e| e.downcast_ref())
    }

    /// Returns an extension so that it can be held while the execution goes on.
    pub fn shared<T: 'static>(&self) -> Option<Rc<T>> {
        self.extensions.iter().find_map(|e| e.clone().downcast().ok())
    }

    /// Executes a template of the namespace into a string.
    ///
    /// # Errors
    /// `template: no template "x" associated with template "gotpl"`, or what the template fails with.
    pub fn include(&mut self, name: &Str, data: &Value) -> Result<Str, GoError> {
        let Some(tree) = self.lookup(name) else { return Err(missing(name)) };
        self.capture(&tree, data).map_err(|error| *error)
    }

    /// Parses and executes a text. Its definitions are seen by itself and what it calls, and are gone afterwards.
    pub fn tpl(&mut self, text: &Str, data: &Value) -> Result<Str, TplError> {
        let parsed = self.set.parse_cached(text).map_err(TplError::Parse)?;
        let outer = self.scope.take();
        self.scope = Some(Rc::new(Scope { outer: outer.clone(), parsed: parsed.clone() }));
        let result = self.capture(parsed.root(), data);
        self.scope = outer;
        result.map_err(|error| TplError::Execute(*error))
    }

    fn lookup(&self, name: &[u8]) -> Option<Rc<Tree>> {
        let mut scope = self.scope.as_ref();
        while let Some(inner) = scope {
            if let Some(tree) = inner.find(name, self.set) {
                return Some(tree);
            }
            scope = inner.outer.as_ref();
        }
        self.set.lookup(name).cloned()
    }

    fn capture(&mut self, tree: &Rc<Tree>, data: &Value) -> Outcome<Str> {
        let start = self.out.len();
        let depth = std::mem::replace(&mut self.depth, 0);
        self.run(tree, data)?;
        self.depth = depth;
        let text = Str::from(&self.out[start..]);
        self.out.truncate(start);
        Ok(text)
    }

    /// Executes a template at the end of the output.
    pub(crate) fn run(&mut self, tree: &Tree, data: &Value) -> Outcome<()> {
        self.enter(tree, Operand::concrete(data.clone()))
    }

    fn enter(&mut self, tree: &Tree, dot: Operand) -> Outcome<()> {
        let frame = Frame { tree, base: self.vars.len(), at: Cell::new(At::Start) };
        if stack_position().abs_diff(self.stack_start) > self.set.limits.stack_bytes {
            let mebibytes = self.set.limits.stack_bytes >> 20;
            return Err(
                self.fail(&frame, format!("templates call each other too deep: {mebibytes} MiB of stack are used"))
            );
        }
        self.steps += ENTER_STEPS;
        self.vars.resize(frame.base + tree.slots, Operand::INVALID);
        self.vars[frame.base] = dot.clone();
        let result = self.walk_list(&frame, tree.root, &dot);
        self.vars.truncate(frame.base);
        result.map(drop)
    }

    /// Counts a step, and checks what can only grow with steps.
    fn step(&mut self, frame: &Frame<'_>) -> Outcome<()> {
        self.steps += 1;
        let limits = &self.set.limits;
        if self.steps > limits.steps {
            return Err(self.fail(frame, format!("the template runs too long: more than {} steps", limits.steps)));
        }
        if self.out.len() > limits.output_bytes {
            let mebibytes = limits.output_bytes >> 20;
            return Err(self.fail(frame, format!("the output is too large: more than {mebibytes} MiB")));
        }
        Ok(())
    }

    /// Counts what a function gave; now and then looks how much memory the process holds.
    #[inline]
    fn made(&mut self, frame: &Frame<'_>, value: &Value) -> Outcome<()> {
        let bytes = match value {
            Value::Str(text) | Value::Bytes(text) => text.len(),
            Value::List(list) => list.len() * size_of::<Value>(),
            _ => 0,
        };
        self.unseen += CALL_BYTES + bytes;
        // A list that grows by one item in a loop is copied each time.
        self.steps += (bytes / STEP_BYTES) as u64;
        if self.unseen < UNSEEN_BYTES { Ok(()) } else { self.look_at_memory(frame) }
    }

    #[cold]
    fn look_at_memory(&mut self, frame: &Frame<'_>) -> Outcome<()> {
        self.unseen = 0;
        match self.set.limits.memory {
            Some(memory) if (memory.held)() > memory.bytes => {
                let mebibytes = memory.bytes >> 20;
                Err(self.fail(frame, format!("templates make too many values: they take more than {mebibytes} MiB")))
            }
            _ => Ok(()),
        }
    }

    fn fail(&self, frame: &Frame<'_>, message: impl AsRef<str>) -> Box<GoError> {
        self.failure(frame, message.as_ref(), None, None)
    }

    /// Makes Go's `ExecError` at the current node.
    fn failure(
        &self,
        frame: &Frame<'_>,
        message: &str,
        source: Option<GoError>,
        found: Option<String>,
    ) -> Box<GoError> {
        let tree = frame.tree;
        let offset = tree.pos(frame.at.get());
        let context = tree.text_of(frame.at.get());
        let (line, column) = tree.source.line_column(offset);
        let name = gostd::strconv::quote(&tree.name);
        let text = format!(
            "template: {}:{line}:{column}: executing {} at <{context}>: {message}",
            tree.source.name,
            String::from_utf8_lossy(&name)
        );
        let detail = ExecDetail { template: tree.name.clone(), source: tree.source.clone(), offset, context, found };
        Box::new(GoError { text, source: source.map(Box::new), detail: Some(Rc::new(detail)) })
    }
}

impl Scope {
    /// An empty definition does not hide one that is there already, except as the text's own template.
    fn find(&self, name: &[u8], set: &Set) -> Option<Rc<Tree>> {
        let tree = self.parsed.trees.iter().find(|tree| tree.name.as_bytes() == name)?;
        let empty = tree.is_empty();
        let hidden =
            empty && (set.lookup(name).is_some() || self.outer.as_ref().is_some_and(|o| o.find(name, set).is_some()));
        (!hidden).then(|| tree.clone())
    }
}

/// Returns about where the stack ends now: the address of a local.
#[inline(never)]
fn stack_position() -> usize {
    let local = 0u8;
    std::ptr::from_ref(&local) as usize
}
