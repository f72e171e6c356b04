//! Measures parsing and execution: `cargo run --release --example measure -- FOLDER…` parses every file below the folders
//! (functions it does not know are an error of that file) and runs small loops of calls.

use std::path::{Path, PathBuf};
use std::time::Instant;

use gostd::{Str, Type, Value};
use gotemplate::Set;
use gotemplate::exec::Exec;
use gotemplate::func::Func;

static FUNCS: &[Func] = &[Func {
    name: "include",
    params: &[Type::String, Type::Any],
    variadic: false,
    result: Type::String,
    call: include,
}];

fn include(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, gostd::GoError> {
    exec.include(&args[0].as_str().cloned().unwrap_or_default(), &args[1]).map(Value::Str)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn main() {
    let mut paths = Vec::new();
    for folder in std::env::args().skip(1) {
        files(Path::new(&folder), &mut paths);
    }
    let texts: Vec<Str> = paths.iter().filter_map(|p| std::fs::read(p).ok()).map(Str::from).collect();
    let start = Instant::now();
    let mut set = Set::new(&[sprig_names()]);
    let mut failed = 0;
    for (path, text) in paths.iter().zip(&texts) {
        failed += usize::from(set.parse(&path.to_string_lossy(), text.clone()).is_err());
    }
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    println!("parse: {} files, {bytes} bytes, {failed} failed, {:?}", texts.len(), start.elapsed());
    run("include", "{{ define \"x\" }}{{ .a }}-{{ .b.c }}{{ end }}{{ range 100000 }}{{ include \"x\" $ }}\n{{ end }}");
    run("range", "{{ range $i := 1000000 }}{{ $i }}\n{{ end }}");
    run("field", "{{ range 1000000 }}{{ $.b.c }}{{ end }}");
    run("call", "{{ range 1000000 }}{{ if eq $.a \"x\" }}{{ len $.a }}{{ end }}{{ end }}");
    run("printf", "{{ range 300000 }}{{ printf \"%s-%d\" $.a . }}{{ end }}");
}

fn sprig_names() -> &'static [Func] {
    FUNCS
}

fn run(name: &str, template: &str) {
    let mut set = Set::new(&[FUNCS]);
    set.parse("t", template).expect("the template is good");
    let data = gostd::json::decode(br#"{"a":"x","b":{"c":"deep"}}"#).expect("the data is JSON");
    let start = Instant::now();
    let out = set.execute("t", &data, Vec::new()).expect("the template runs");
    println!("{name}: {} bytes in {:?}", out.len(), start.elapsed());
}
