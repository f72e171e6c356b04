//! Chart definitions that several copies of a chart hold.
//!
//! Helm copies a chart that has two aliases, but not the definitions of the charts below its own subcharts: a change
//! that processing makes in one copy is seen in the other, even where that spoils the second.

use std::rc::Rc;

use crate::chart::Chart;
use crate::metadata::Metadata;

/// What became of definitions with several holders.
#[derive(Default)]
pub struct Shared {
    changes: Vec<(Rc<Metadata>, Rc<Metadata>)>,
}

impl Shared {
    /// Gives a chart the current form of its definition.
    pub fn refresh(&self, chart: &mut Chart) {
        while let Some((_, current)) = self.changes.iter().find(|(old, _)| Rc::ptr_eq(old, &chart.metadata)) {
            chart.metadata = current.clone();
        }
    }

    /// Changes a chart's definition for all its holders.
    pub fn change(&mut self, chart: &mut Chart, metadata: Metadata) {
        let old = std::mem::replace(&mut chart.metadata, Rc::new(metadata));
        if Rc::strong_count(&old) > 1 {
            self.changes.push((old, chart.metadata.clone()));
        }
    }

    /// Gives all charts of a tree the last form of their definitions.
    pub fn settle(&self, chart: &mut Chart) {
        if self.changes.is_empty() {
            return;
        }
        self.refresh(chart);
        chart.children.iter_mut().for_each(|child| self.settle(child));
    }
}
