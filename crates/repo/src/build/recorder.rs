//! A log that keeps records for later: what several threads say is told in the order of the archives.

use chart::log::{Level, Log};

/// The records so far.
#[derive(Default)]
pub struct Recorder(Vec<Record>);

struct Record {
    level: Level,
    message: String,
    fields: Vec<(String, String)>,
}

impl Recorder {
    fn keep(&mut self, level: Level, msg: &str, fields: &[(&str, &str)]) {
        let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.0.push(Record { level, message: msg.to_owned(), fields });
    }

    /// Tells everything to another log.
    pub fn tell(&self, log: &mut dyn Log) {
        for Record { level, message, fields } in &self.0 {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            match level {
                Level::Debug => log.debug(message, &fields),
                Level::Info => log.info(message, &fields),
                Level::Warn => log.warn(message, &fields),
                Level::Error => log.error(message, &fields),
            }
        }
    }
}

impl Log for Recorder {
    fn debug(&mut self, msg: &str, fields: &[(&str, &str)]) {
        self.keep(Level::Debug, msg, fields);
    }

    fn info(&mut self, msg: &str, fields: &[(&str, &str)]) {
        self.keep(Level::Info, msg, fields);
    }

    fn warn(&mut self, msg: &str, fields: &[(&str, &str)]) {
        self.keep(Level::Warn, msg, fields);
    }

    fn error(&mut self, msg: &str, fields: &[(&str, &str)]) {
        self.keep(Level::Error, msg, fields);
    }
}
