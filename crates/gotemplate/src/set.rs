//! A namespace of templates.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use gostd::{GoError, Str, Value};

use crate::exec::Exec;
use crate::func::Func;
use crate::hash::FastMap;
use crate::limits::Limits;
use crate::node::Tree;
use crate::parse::{Parsed, parse};
use crate::texts::Texts;
use crate::vocabulary::Vocabulary;

/// The name that Helm gives to the root of its namespace, and so to every text of `tpl`.
pub(crate) const ROOT_NAME: &str = "gotpl";

/// How many bytes of `tpl` texts are kept parsed.
const CACHE_BYTES: usize = 16 << 20;

/// Templates that can call each other by name, and the functions they call.
pub struct Set {
    vocabulary: Vocabulary,
    templates: FastMap<Str, Rc<Tree>>,
    texts: Texts,
    cache: RefCell<Cache>,
    /// The buffer that executions write to, one after the other.
    pub(crate) output: RefCell<Vec<u8>>,
    pub limits: Limits,
}

#[derive(Default)]
struct Cache {
    parsed: FastMap<Str, Rc<Parsed>>,
    bytes: usize,
}

impl Set {
    /// Makes an empty namespace. Each table is sorted by name; the first that has a name counts, then Go's builtins.
    pub fn new(tables: &[&'static [Func]]) -> Self {
        Set {
            vocabulary: Vocabulary::new(tables),
            templates: FastMap::default(),
            texts: Texts::default(),
            cache: RefCell::default(),
            output: RefCell::default(),
            limits: Limits::default(),
        }
    }

    /// Parses a text and adds its templates: the text itself under `name`, and its definitions.
    ///
    /// A template of another text under the same name is replaced, unless the new one is empty.
    ///
    /// # Errors
    /// Go's text, `template: NAME:LINE: …`.
    pub fn parse(&mut self, name: &str, text: impl Into<Str>) -> Result<(), GoError> {
        let parsed = self.parse_text(name, &text.into())?;
        for tree in &parsed.trees {
            let empty = tree.is_empty();
            if !(empty && self.templates.contains_key(&tree.name)) {
                self.templates.insert(tree.name.clone(), tree.clone());
            }
        }
        Ok(())
    }

    /// Parses a text, or finds it parsed under another name.
    fn parse_text(&mut self, name: &str, text: &Str) -> Result<Rc<Parsed>, GoError> {
        let known = self.texts.find(text).and_then(|known| known.renamed(name));
        if let Some(known) = known {
            return Ok(Rc::new(known));
        }
        let parsed = Rc::new(parse(name, text, &self.vocabulary)?);
        self.texts.insert(parsed.clone());
        Ok(parsed)
    }

    pub(crate) fn lookup(&self, name: &[u8]) -> Option<&Rc<Tree>> {
        self.templates.get(name)
    }

    /// Executes a template; `extensions` are what its functions find by [`Exec::extension`].
    ///
    /// # Errors
    /// Go's text; the chain of sources is that of `errors.Unwrap`, and links that the engine made carry an
    /// [`ExecDetail`](crate::ExecDetail).
    pub fn execute(&self, name: &str, data: &Value, extensions: Vec<Rc<dyn Any>>) -> Result<Vec<u8>, GoError> {
        let (output, result) = self.execute_as_far(name, data, extensions);
        result.map(|()| output)
    }

    /// Executes a template and returns what it gave until its end or an error, as Go writes it.
    ///
    /// # Errors
    /// As [`Set::execute`].
    pub fn execute_as_far(
        &self,
        name: &str,
        data: &Value,
        extensions: Vec<Rc<dyn Any>>,
    ) -> (Vec<u8>, Result<(), GoError>) {
        let Some(tree) = self.lookup(name.as_bytes()).cloned() else {
            return (Vec::new(), Err(missing(name.as_bytes())));
        };
        let mut exec = Exec::new(self, extensions);
        let result = exec.run(&tree, data).map_err(|error| *error);
        (exec.into_output(), result)
    }

    /// Parses a text of `tpl`, or finds it parsed already.
    pub(crate) fn parse_cached(&self, text: &Str) -> Result<Rc<Parsed>, GoError> {
        if let Some(parsed) = self.cache.borrow().parsed.get(text) {
            return Ok(parsed.clone());
        }
        let parsed = Rc::new(parse(ROOT_NAME, text, &self.vocabulary)?);
        let mut cache = self.cache.borrow_mut();
        if cache.bytes + text.len() > CACHE_BYTES {
            *cache = Cache::default();
        }
        cache.bytes += text.len();
        cache.parsed.insert(text.clone(), parsed.clone());
        Ok(parsed)
    }
}

/// Go's error for the execution of a template that is not there.
pub(crate) fn missing(name: &[u8]) -> GoError {
    let quoted = gostd::strconv::quote(name);
    GoError::new(format!(
        "template: no template {} associated with template \"{ROOT_NAME}\"",
        String::from_utf8_lossy(&quoted)
    ))
}
