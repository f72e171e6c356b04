//! The values that a user gives on the command line, merged (`pkg/cli/values` of Helm 4.3.1).

use gostd::{GoError, Map, Value};

use crate::strvals;
use crate::values::{load_values, merge_maps};

/// Arguments of the values flags, each kind in the order given.
#[derive(Clone, Default, Debug)]
pub struct ValueOptions {
    /// `-f`, `--values`
    pub value_files: Vec<String>,
    /// `--set-json`
    pub json_values: Vec<String>,
    /// `--set`
    pub values: Vec<String>,
    /// `--set-string`
    pub string_values: Vec<String>,
    /// `--set-file`
    pub file_values: Vec<String>,
    /// `--set-literal`
    pub literal_values: Vec<String>,
}

/// Where named content comes from.
pub trait Reader {
    /// Returns what a name stands for: a path, `-` for stdin, a URL.
    ///
    /// # Errors
    /// As Go has it: `open x.yaml: no such file or directory`.
    fn read(&mut self, name: &str) -> Result<Vec<u8>, GoError>;
}

impl ValueOptions {
    /// Merges kind by kind, whatever the order on the command line: files, `--set-json`, `--set`, `--set-string`,
    /// `--set-file`, `--set-literal`. The later wins.
    ///
    /// # Errors
    /// `failed to parse FILE: …`, `failed parsing --set data: …` and the like; those of the reader.
    pub fn merge(&self, reader: &mut dyn Reader) -> Result<Map, GoError> {
        let mut base = self.files(reader)?;
        for text in &self.json_values {
            base = json(base, text)?;
        }
        each(&self.values, "--set", |text| strvals::parse_into(text, &base))?;
        each(&self.string_values, "--set-string", |text| strvals::parse_into_string(text, &base))?;
        each(&self.file_values, "--set-file", |text| {
            strvals::parse_into_file(text, &base, &mut |name| reader.read(name).map(Value::str))
        })?;
        each(&self.literal_values, "--set-literal", |text| strvals::parse_literal_into(text, &base))?;
        Ok(base)
    }

    fn files(&self, reader: &mut dyn Reader) -> Result<Map, GoError> {
        let mut base: Option<Map> = None;
        for name in &self.value_files {
            let text = reader.read(name)?;
            let values = load_values(&text)
                .map_err(|error| GoError::wrap(format!("failed to parse {name}: {}", error.text), error))?;
            base = Some(match base {
                Some(base) => merge_maps(&base, &values),
                None => values,
            });
        }
        Ok(base.unwrap_or_default())
    }
}

/// One `--set-json`: an object over all values, or pairs.
fn json(base: Map, text: &str) -> Result<Map, GoError> {
    let object = String::from_utf8_lossy(gostd::strings::trim_space(text.as_bytes()));
    if !object.starts_with('{') {
        let failed = |_| GoError::new(format!("failed parsing --set-json data {text}"));
        return strvals::parse_json(text, &base).map_err(failed).map(|()| base);
    }
    let failed = |_| GoError::new(format!("failed parsing --set-json data JSON: {text}"));
    let over = gostd::json::decode_map(object.as_bytes()).map_err(failed)?;
    Ok(over.as_map().map_or(base.clone(), |over| merge_maps(&base, over)))
}

fn each(texts: &[String], flag: &str, mut parse: impl FnMut(&str) -> Result<(), GoError>) -> Result<(), GoError> {
    texts
        .iter()
        .try_for_each(|text| parse(text))
        .map_err(|error| GoError::wrap(format!("failed parsing {flag} data: {}", error.text), error))
}
