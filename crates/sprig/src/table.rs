//! How the tables of functions are written and joined into one sorted table while compiling.

use gostd::Type;
use gotemplate::func::{Call, Func};

/// Makes a function with a fixed number of parameters.
pub(crate) const fn fixed(name: &'static str, params: &'static [Type], result: Type, call: Call) -> Func {
    Func { name, params, variadic: false, result, call }
}

/// Makes a function whose last parameter repeats.
pub(crate) const fn variadic(name: &'static str, params: &'static [Type], result: Type, call: Call) -> Func {
    Func { name, params, variadic: true, result, call }
}

const fn copy(func: &Func) -> Func {
    Func { name: func.name, params: func.params, variadic: func.variadic, result: func.result, call: func.call }
}

/// Reports whether `a` sorts before `b`, by bytes.
const fn before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i += 1;
    }
    a.len() < b.len()
}

pub(crate) const fn count(tables: &[&[Func]]) -> usize {
    let (mut total, mut t) = (0, 0);
    while t < tables.len() {
        total += tables[t].len();
        t += 1;
    }
    total
}

/// Joins the tables into one, sorted by name.
pub(crate) const fn join<const N: usize>(tables: &[&[Func]]) -> [Func; N] {
    let mut all = [const { fixed("", &[], Type::Any, |_, _| Ok(gostd::Value::Nil)) }; N];
    let (mut len, mut t) = (0, 0);
    while t < tables.len() {
        let mut f = 0;
        while f < tables[t].len() {
            let mut at = len;
            while at > 0 && before(tables[t][f].name, all[at - 1].name) {
                all[at] = copy(&all[at - 1]);
                at -= 1;
            }
            all[at] = copy(&tables[t][f]);
            len += 1;
            f += 1;
        }
        t += 1;
    }
    all
}
