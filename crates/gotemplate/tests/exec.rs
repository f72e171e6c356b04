//! Templates against what Go 1.27.2 makes of them. `data/exec.json` was printed by a Go program that parses each case as
//! `f.yaml` in a namespace `gotpl` with the functions below and executes it with `data`.

use gostd::Type::{self, Any, Bool, Float64, Int, ListAny, MapAny, String as Text};
use gostd::{GoError, Map, Value, json};
use gotemplate::Set;
use gotemplate::exec::Exec;
use gotemplate::func::{Call, Func};

const fn func(name: &'static str, params: &'static [Type], result: Type, call: Call) -> Func {
    Func { name, params, variadic: false, result, call }
}

fn text(value: &Value) -> String {
    value.as_str().map(|s| s.to_text().into_owned()).unwrap_or_default()
}

static FUNCS: &[Func] = &[
    func("add1", &[Int], Int, |_, args| match args[0] {
        Value::Int(n) => Ok(Value::Int(n + 1)),
        _ => Err("not an int".into()),
    }),
    func("count", &[ListAny], Int, |_, args| Ok(Value::Int(args[0].as_list().map_or(0, |l| l.len()) as i64))),
    func("fails", &[Text], Text, |_, args| Err(GoError::new(text(&args[0])))),
    func("flip", &[Bool], Bool, |_, args| Ok(Value::Bool(matches!(args[0], Value::Bool(false))))),
    func("half", &[Float64], Float64, |_, args| match args[0] {
        Value::Float(x) => Ok(Value::Float(x / 2.0)),
        _ => Err("not a float".into()),
    }),
    func("ident", &[Any], Any, |_, args| Ok(args[0].clone())),
    func("incl", &[Text, Any], Text, include),
    Func {
        name: "join",
        params: &[Text, Text],
        variadic: true,
        result: Text,
        call: |_, args| Ok(Value::from(args[1..].iter().map(text).collect::<Vec<_>>().join(&text(&args[0])))),
    },
    func("keysof", &[MapAny], Int, |_, args| Ok(Value::Int(args[0].as_map().map_or(0, Map::len) as i64))),
    func("upper", &[Text], Text, |_, args| Ok(Value::from(text(&args[0]).to_uppercase()))),
];

fn include(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let name = args[0].as_str().cloned().unwrap_or_default();
    exec.include(&name, &args[1]).map(Value::Str)
}

fn run(template: &str, data: &Value) -> Result<String, GoError> {
    let mut set = Set::new(&[FUNCS]);
    set.parse("f.yaml", template)?;
    let out = set.execute("f.yaml", data, Vec::new())?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn field(case: &Map, name: &str) -> Option<String> {
    case.get(name.as_bytes()).map(|v| text(&v))
}

/// The texts of the sources, without repetitions.
fn chain(error: &GoError) -> Vec<String> {
    let mut texts = Vec::new();
    let (mut last, mut next) = (&error.text, error.source.as_deref());
    while let Some(link) = next {
        if link.text != *last {
            texts.push(link.text.clone());
        }
        (last, next) = (&link.text, link.source.as_deref());
    }
    texts
}

#[test]
fn templates_give_what_go_gives() {
    let file = json::decode(include_bytes!("data/exec.json")).expect("the data is JSON");
    let file = file.as_map().expect("an object").clone();
    let data = file.get(b"data").expect("data");
    let cases = file.get(b"cases").expect("cases");
    let mut wrong = Vec::new();
    for case in cases.as_list().expect("a list").iter() {
        let case = case.as_map().expect("an object");
        let template = field(case, "template").expect("a template");
        let (output, error) = (field(case, "output"), field(case, "error"));
        let want_chain: Vec<String> =
            case.get(b"chain").and_then(|c| c.as_list().map(|l| l.iter().map(text).collect())).unwrap_or_default();
        match (run(&template, &data), output, error) {
            (Ok(got), Some(want), _) if got == want => {}
            (Err(got), _, Some(want)) if got.text == want && chain(&got) == want_chain => {}
            (got, output, error) => {
                let got = got.map_err(|e| (e.text.clone(), chain(&e)));
                wrong.push(format!("{template:?}\n  got  {got:?}\n  want {output:?} {error:?} {want_chain:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
