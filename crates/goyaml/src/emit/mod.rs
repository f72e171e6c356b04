//! Values to text: go-yaml's emitter, of version 2 behind JSON (`toYaml`) and of version 3 (`toYamlPretty`).

mod analyze;
mod literal;
mod number;
mod object;
mod order;
mod quoted;
mod route;
mod scalar;
mod state;
mod value;

use gostd::{GoError, Value};

use state::Emitter;

/// Which writer of Helm's to follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `sigs.k8s.io/yaml.Marshal`: go-yaml v2 with what JSON made of the value.
    Json,
    /// The same, for a value that has been through JSON already.
    AfterJson,
    /// go-yaml v3 with an indentation of 2.
    Pretty,
}

/// Why writing stopped.
enum Stop {
    Failed(GoError),
    /// The value holds text that JSON or reading it back as YAML changes or rejects: the long way is to be taken.
    NeedsJson,
}

impl From<GoError> for Stop {
    fn from(error: GoError) -> Self {
        Stop::Failed(error)
    }
}

impl From<Stop> for GoError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(error) => error,
            Stop::NeedsJson => GoError::new("yaml: control characters are not allowed"),
        }
    }
}

/// Writes a value as `sigs.k8s.io/yaml.Marshal` does; the text ends with a line break.
///
/// # Errors
/// What Go's `json.Marshal` cannot encode (`error marshaling into JSON: …`), a value that contains itself, and text that
/// go-yaml cannot read back (`yaml: control characters are not allowed` for U+007F). Nothing is appended then.
pub fn append_yaml(out: &mut Vec<u8>, value: &Value) -> Result<(), GoError> {
    let start = out.len();
    let written = match Emitter::new(out, Style::Json).document(value) {
        Err(Stop::NeedsJson) => {
            out.truncate(start);
            let value = route::through_json(value)?;
            Emitter::new(out, Style::AfterJson).document(&value)
        }
        written => written,
    };
    written.map_err(|stop| {
        out.truncate(start);
        stop.into()
    })
}

/// Writes a value as `sigs.k8s.io/yaml.Marshal` does. See [`append_yaml`].
pub fn to_yaml(value: &Value) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::new();
    append_yaml(&mut out, value)?;
    Ok(out)
}

/// Writes a value as the encoder of go-yaml v3 does with an indentation of 2, as Helm's `toYamlPretty`; the text ends
/// with a line break.
///
/// # Errors
/// A value of a type that go-yaml cannot write, or that contains itself (where Go dies).
pub fn to_yaml_pretty(value: &Value) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::new();
    Emitter::new(&mut out, Style::Pretty).document(value)?;
    Ok(out)
}
