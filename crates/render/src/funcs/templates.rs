//! The functions that run templates or stop them: `include`, `tpl`, `required`, `fail`, `lookup`.

use gostd::{GoError, Map, Str, Value, strconv};
use gotemplate::exec::Exec;

use super::State;
use crate::engine::Message;
use crate::error::{END, START};

type Result = std::result::Result<Value, GoError>;

/// How often one name may be on the stack of includes (Helm's `recursionMaxNums`; the check comes before the count).
const SAME_NAME: usize = 1001;

/// How deep `tpl` may run in itself; Helm knows no limit but its stack.
const TPL_DEPTH: usize = 500;

pub(super) fn include(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let state = state(exec)?;
    let name = string(&args[0]);
    {
        let mut includes = state.includes.borrow_mut();
        if includes.len() >= SAME_NAME && includes.iter().filter(|n| **n == name).count() >= SAME_NAME {
            let text = format!(
                "rendering template has a nested reference name: {}: unable to execute template",
                name.to_text()
            );
            return Err(GoError::wrap(text, GoError::new("unable to execute template")));
        }
        includes.push(name.clone());
    }
    let result = exec.include(&name, &args[1]);
    state.includes.borrow_mut().pop();
    result.map(Value::Str)
}

pub(super) fn tpl(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let text = string(&args[0]);
    let state = state(exec)?;
    let depth = state.tpl_depth.get();
    if depth >= TPL_DEPTH {
        return Err(format!("tpl calls itself more than {TPL_DEPTH} deep").into());
    }
    state.tpl_depth.set(depth + 1);
    let result = exec.tpl(&text, &args[1]);
    state.tpl_depth.set(depth);
    let output = result.map_err(|error| {
        let quoted = String::from_utf8_lossy(&strconv::quote(&text)).into_owned();
        match error {
            // The text is too long: to show it helps nobody.
            gotemplate::exec::TplError::Parse(error) if gostd::limits::is_exceeded(&error) => error,
            gotemplate::exec::TplError::Parse(error) => {
                GoError::wrap(format!("cannot parse template {quoted}: {}", error.text), error)
            }
            gotemplate::exec::TplError::Execute(error) => {
                GoError::wrap(format!("error during tpl function execution for {quoted}: {}", error.text), error)
            }
        }
    })?;
    Ok(Value::Str(crate::engine::without_no_value(output)))
}

pub(super) fn required(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let missing = match &args[1] {
        Value::Nil => "missing required value",
        Value::Str(s) if s.is_empty() => "missing required values",
        value => return Ok(value.clone()),
    };
    let message = string(&args[0]);
    let state = state(exec)?;
    if !state.lint {
        return Err(stop(&message));
    }
    state.messages.borrow_mut().push(Message { warning: true, text: missing, message: message.to_text().into_owned() });
    Ok(Value::from(""))
}

pub(super) fn fail(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let message = string(&args[0]);
    let state = state(exec)?;
    if !state.lint {
        return Err(stop(&message));
    }
    let message = message.to_text().into_owned();
    state.messages.borrow_mut().push(Message { warning: false, text: "funcMap fail", message });
    Ok(Value::from(""))
}

/// Returns nothing without a cluster.
pub(super) fn lookup(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let state = state(exec)?;
    match &state.lookup {
        Some(port) if !state.lint => {
            let [api_version, kind, namespace, name] = [0, 1, 2, 3].map(|i| string(&args[i]).to_text().into_owned());
            port.lookup(&api_version, &kind, &namespace, &name)
        }
        _ => Ok(Value::Map(Map::default())),
    }
}

/// Returns nothing unless look-ups were allowed.
pub(super) fn get_host_by_name(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    if !state(exec)?.enable_dns {
        return Ok(Value::from(""));
    }
    match exec.extension::<sprig::Host>() {
        Some(host) => {
            let addresses = (host.lookup_host)(&string(&args[0]).to_text());
            Ok(Value::from(addresses.into_iter().next().unwrap_or_default()))
        }
        None => Ok(Value::from("")),
    }
}

fn stop(message: &Str) -> GoError {
    GoError::new(format!("{START}{}{END}", message.to_text()))
}

fn state(exec: &Exec<'_>) -> std::result::Result<std::rc::Rc<State>, GoError> {
    exec.shared::<State>().ok_or_else(|| GoError::new("the template does not run in a chart"))
}

/// The engine has checked that the argument is a string.
fn string(value: &Value) -> Str {
    value.as_str().cloned().unwrap_or_default()
}
