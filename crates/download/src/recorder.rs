//! A log that keeps its records, so that what several threads do is told in the order of one.

use chart::log::{Level, Log};

struct Record {
    level: Level,
    message: String,
    fields: Vec<(String, String)>,
}

/// Records, to be told later.
#[derive(Default)]
pub struct Recorder(Vec<Record>);

impl Recorder {
    /// Tells another log what was recorded.
    pub fn replay(&self, log: &mut dyn Log) {
        for record in &self.0 {
            let fields: Vec<(&str, &str)> = record.fields.iter().map(|(key, value)| (&**key, &**value)).collect();
            match record.level {
                Level::Debug => log.debug(&record.message, &fields),
                Level::Info => log.info(&record.message, &fields),
                Level::Warn => log.warn(&record.message, &fields),
                Level::Error => log.error(&record.message, &fields),
            }
        }
    }

    fn push(&mut self, level: Level, message: &str, fields: &[(&str, &str)]) {
        let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.0.push(Record { level, message: message.to_owned(), fields });
    }
}

impl Log for Recorder {
    fn debug(&mut self, message: &str, fields: &[(&str, &str)]) {
        self.push(Level::Debug, message, fields);
    }

    fn info(&mut self, message: &str, fields: &[(&str, &str)]) {
        self.push(Level::Info, message, fields);
    }

    fn warn(&mut self, message: &str, fields: &[(&str, &str)]) {
        self.push(Level::Warn, message, fields);
    }

    fn error(&mut self, message: &str, fields: &[(&str, &str)]) {
        self.push(Level::Error, message, fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::log::Lines;

    #[test]
    fn records_are_told_as_they_came() {
        let mut recorder = Recorder::default();
        recorder.warn("skipping", &[("name", "a b")]);
        recorder.debug("not shown", &[]);
        recorder.info("done", &[]);
        let mut lines = Lines::default();
        recorder.replay(&mut lines);
        assert_eq!(lines.0, b"level=WARN msg=skipping name=\"a b\"\nlevel=INFO msg=done\n");
    }
}
