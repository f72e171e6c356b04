//! Renders the templates of a chart and its subcharts (Helm's `pkg/engine/engine.go`).

use std::any::Any;
use std::rc::Rc;

use chart::Chart;
use gostd::{GoError, Map, Str, Value};
use gotemplate::{Memory, Set};

use crate::context::{Template, templates};
use crate::error::{RenderError, exec_error, parse_error};
use crate::funcs::{FUNCS, State};
use crate::resources::Files;

/// What the process may hold while templates run: a hundred times what large charts need.
const MEMORY_BYTES: usize = 256 << 20;

/// Nothing where the system does not tell.
fn held_memory() -> usize {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem)
}

/// Reads objects of a cluster for the template function `lookup`.
pub trait Lookup {
    /// Returns the object, or the list of objects when `name` is empty; an empty map when there is none.
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Value, GoError>;
}

/// What `required` and `fail` would have stopped for, had it not been a lint.
pub struct Message {
    pub warning: bool,
    pub text: &'static str,
    pub message: String,
}

/// How to render.
#[derive(Default)]
pub struct Engine {
    /// `required` and `fail` only leave a message.
    pub lint: bool,
    /// Templates may look up host names.
    pub enable_dns: bool,
    pub lookup: Option<Rc<dyn Lookup>>,
}

/// The rendered files, and what lint mode has to say.
pub struct Rendered {
    pub files: Files,
    pub messages: Vec<Message>,
    /// The parsed templates: the caller decides when they are given back.
    pub set: Set,
}

impl Engine {
    /// Renders every template of a chart; `top` has the keys `Values`, `Release` and `Capabilities`.
    ///
    /// All templates share one namespace. They are parsed and executed deepest path first, then in reverse byte order,
    /// so of two definitions of one name the one nearest to the root wins.
    ///
    /// # Errors
    /// Helm's text for the first template that cannot be parsed or executed.
    pub fn render(&self, chart: &Chart, top: &Map) -> Result<Rendered, RenderError> {
        let templates = templates(chart, top);
        let mut set = Set::new(&[FUNCS, sprig::FUNCS]);
        set.limits.memory = Some(Memory { bytes: MEMORY_BYTES, held: held_memory });
        for template in &templates {
            set.parse(&template.path, template.text.clone())
                .map_err(|error| parse_error(&template.path, &template.text, error))?;
        }
        let state = Rc::new(State {
            lint: self.lint,
            enable_dns: self.enable_dns,
            lookup: self.lookup.clone(),
            ..State::default()
        });
        let extensions: Vec<Rc<dyn Any>> = vec![state.clone(), Rc::new(sprig::Host::system())];
        let mut files = Files::new();
        for template in templates.iter().filter(|t| !t.is_partial()) {
            let output = execute(&set, template, &extensions)
                .map_err(|error| RenderError { messages: state.messages.take(), ..error })?;
            files.insert(Rc::from(template.path.as_str()), Rc::new(output));
        }
        Ok(Rendered { files, messages: state.messages.take(), set })
    }
}

/// Executes a template that belongs to no chart, with Sprig's functions and without data: `--name-template`.
///
/// # Errors
/// Go's text.
pub fn text(name: &str, template: &str) -> Result<Vec<u8>, GoError> {
    let mut set = Set::new(&[sprig::FUNCS]);
    set.parse(name, template)?;
    set.execute(name, &Value::Nil, vec![Rc::new(sprig::Host::system())])
}

fn execute(set: &Set, template: &Template, extensions: &[Rc<dyn Any>]) -> Result<Vec<u8>, RenderError> {
    template.announce();
    let data = Value::Map(template.context.clone());
    let output =
        set.execute(&template.path, &data, extensions.to_vec()).map_err(|error| exec_error(&template.path, error))?;
    Ok(drop_no_value(output))
}

const NO_VALUE: &[u8] = b"<no value>";

/// Removes what Go prints for a missing value, wherever it came from, as Helm does.
pub(crate) fn drop_no_value(output: Vec<u8>) -> Vec<u8> {
    if memchr::memmem::find(&output, NO_VALUE).is_none() {
        return output;
    }
    let mut kept = Vec::with_capacity(output.len());
    let mut rest = output.as_slice();
    while let Some(at) = memchr::memmem::find(rest, NO_VALUE) {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + NO_VALUE.len()..];
    }
    kept.extend_from_slice(rest);
    kept
}

pub(crate) fn without_no_value(output: Str) -> Str {
    match memchr::memmem::find(&output, NO_VALUE) {
        Some(_) => drop_no_value(output.to_vec()).into(),
        None => output,
    }
}
