//! Runs every case of `data/cases.tsv` through the engine and compares with what real Helm 4.3.1 printed.
//!
//! Helm's own functions over the sprig names are left out; so is what needs a chart or a release, which `render` tests.

use std::any::Any;
use std::rc::Rc;

use gostd::value::MapType;
use gostd::{GoError, Type, Value, json};
use gotemplate::Set;
use gotemplate::func::Func;
use sprig::Host;

const CASES: &str = include_str!("data/cases.tsv");
/// Read as YAML by Helm and as JSON here.
const VALUES: &str = include_str!("data/values.yaml");

/// The type of `.Values` in Helm.
static HELM_VALUES: MapType = MapType::new("common.Values");

/// Helm's functions that the cases use beside sprig's.
static HELM: &[Func] = &[
    Func { name: "fromJson", params: &[Type::String], variadic: false, result: Type::Any, call: |_, _| elsewhere() },
    Func {
        name: "getHostByName",
        params: &[Type::String],
        variadic: false,
        result: Type::String,
        call: |_, _| elsewhere(),
    },
];

const ELSEWHERE: &str = "tested elsewhere";

fn elsewhere() -> Result<Value, GoError> {
    Err(GoError::new(ELSEWHERE))
}

/// What needs a chart or a release, and what cannot be seen in our values (a nil map is an empty one).
const LEFT_OUT: &[&str] = &[
    ".Capabilities",
    ".Chart",
    ".Files",
    ".Release",
    "unset nil",
    "erge nil | toJson",
    "erge nil nil | toJson",
    "Overwrite nil | toJson",
    "Overwrite nil nil | toJson",
];

fn text(json: &str) -> Vec<u8> {
    let value = json::decode(json.as_bytes()).expect("a JSON string");
    value.as_str().expect("a JSON string").to_vec()
}

fn root() -> Value {
    let values = json::decode(VALUES.as_bytes()).expect("values.yaml");
    let values = values.as_map().expect("a map").view(&HELM_VALUES);
    // Helm drops what is null on its way from the chart.
    values.remove(b"nil");
    Value::map([("Values".into(), Value::Map(values))].into_iter().collect())
}

/// Returns what a snippet prints, or its error from `at <` on.
fn run(snippet: &[u8], host: &Rc<Host>) -> Result<Vec<u8>, String> {
    let mut set = Set::new(&[HELM, sprig::FUNCS]);
    set.parse("c", snippet).map_err(|err| err.text)?;
    let extensions: Vec<Rc<dyn Any>> = vec![host.clone()];
    set.execute("c", &root(), extensions).map_err(|err| match err.text.find(" at <") {
        Some(at) => err.text[at + 1..].to_string(),
        None => err.text,
    })
}

/// The cases were made with `TZ=UTC`; elsewhere the test starts itself again, since a process cannot safely change its
/// own environment.
fn runs_in_utc() -> bool {
    if std::env::var_os("TZ").is_some_and(|zone| zone == "UTC") {
        return true;
    }
    let program = std::env::current_exe().expect("a path");
    let mut again = std::process::Command::new(program);
    again.args(["--exact", "cases_are_as_in_helm", "--nocapture"]).env("TZ", "UTC");
    let status = again.status().expect("a run");
    assert!(status.success(), "the cases differ, see above");
    false
}

#[test]
fn cases_are_as_in_helm() {
    if !runs_in_utc() {
        return;
    }
    let host = Rc::new(Host::system());
    let (mut same, mut wrong) = (0, Vec::new());
    for line in CASES.lines().filter(|line| !line.starts_with('#')) {
        let [snippet, kind, want] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("bad line {line}") };
        let (snippet, want) = (text(snippet), String::from_utf8(text(want)).expect("text"));
        let shown = String::from_utf8_lossy(&snippet).into_owned();
        if LEFT_OUT.iter().any(|part| shown.contains(part)) {
            continue;
        }
        let got = match run(&snippet, &host) {
            Err(err) if err.contains(ELSEWHERE) => continue,
            Ok(out) => format!("ok {}", out.iter().map(|b| char::from(*b)).collect::<String>()),
            // Helm indents what follows the position; our errors do so only in the command line.
            Err(err) => format!("err {}", err),
        };
        let want = format!("{kind} {}", want.replace(">:\n    ", ">: "));
        match got == want {
            true => same += 1,
            false => wrong.push(format!("{shown}\n  want {want}\n  got  {got}")),
        }
    }
    println!("{same} cases as in Helm");
    assert!(same > 10_000, "only {same} cases were run");
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
