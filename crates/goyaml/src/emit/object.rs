//! Structs, named types, and values that write themselves.

use std::rc::Rc;

use gostd::{GoError, Object, Str, Value};

use super::state::Emitter;
use super::value::Place;
use super::{Stop, order, route};

impl Emitter<'_> {
    pub fn object(&mut self, object: &Rc<dyn Object>, place: Place) -> Result<(), Stop> {
        if self.is_pretty() {
            return self.pretty_object(object, place);
        }
        if let Some(json) = object.json() {
            return self.value(&route::read_json(json.as_bytes())?, place);
        }
        if let Some(value) = object.underlying() {
            return self.value(&value, place);
        }
        let fields = object.fields().into_iter().filter(|(_, name, _)| *name != "-");
        let fields = fields.map(|(_, name, value)| (Str::from(name), value));
        let mut fields: Vec<(Str, Value)> = fields.collect();
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut entries: Vec<(&Str, &Value)> = fields.iter().map(|(name, value)| (name, value)).collect();
        order::sort(&mut entries, false);
        self.entries(entries.into_iter(), || Value::Nil)
    }

    /// Version 3 knows texts and times, but nothing of JSON; its field names are the Go names in lower case.
    fn pretty_object(&mut self, object: &Rc<dyn Object>, place: Place) -> Result<(), Stop> {
        let go_type = object.go_type().trim_start_matches('*');
        if let ("time.Duration", Some(text)) = (go_type, object.display()) {
            return self.string(&Str::from(text), place);
        }
        let json = object.json();
        if let Some(Value::Str(text)) =
            json.filter(|json| json.starts_with('"')).map(|json| route::read_json(json.as_bytes())).transpose()?
        {
            if go_type == "time.Time" {
                self.bare(&text);
                return Ok(());
            }
            return self.string(&text, place);
        }
        if let Some(value) = object.underlying() {
            return self.value(&value, place);
        }
        let fields = object.fields().into_iter().map(|(name, _, value)| (Str::from(name.to_lowercase()), value));
        let fields: Vec<(Str, Value)> = fields.collect();
        self.entries(fields.iter().map(|(name, value)| (name, value)), || Value::Nil)
    }
}

/// Wraps a failure of Go's `json.Marshal` as sigs.k8s.io/yaml does.
pub(super) fn json_error(text: &str) -> GoError {
    GoError::wrap(format!("error marshaling into JSON: {text}"), GoError::new(text))
}
