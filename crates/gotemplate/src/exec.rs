//! Executes parsed templates.

use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;

/// The state of one execution, handed to every function.
pub struct Exec<'a> {
    extensions: Vec<Rc<dyn Any>>,
    lifetime: PhantomData<&'a ()>,
}

impl Exec<'_> {
    /// Returns what the caller of the engine attached for its functions: a clock, the chart, a cache.
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        self.extensions.iter().find_map(|e| e.downcast_ref())
    }
}
