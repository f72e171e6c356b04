//! Measures parsing and execution. `cargo run --release -p gotemplate --example speed -- FOLDER` also parses every
//! template below a folder (every word in them counts as a function); a second argument chooses cases by a part of
//! their name.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use gostd::{Map, Str, Type, Value, fmt};
use gotemplate::Set;
use gotemplate::func::Func;

const ROUNDS: usize = 50;

static FUNCS: &[Func] = &[
    Func {
        name: "include",
        params: &[Type::String, Type::Any],
        variadic: false,
        result: Type::String,
        call: |exec, args| match &args[0] {
            Value::Str(name) => exec.include(name, &args[1]).map(Value::Str),
            _ => Err("no name".into()),
        },
    },
    Func {
        name: "quote",
        params: &[Type::Any],
        variadic: true,
        result: Type::String,
        call: |_, args| Ok(Value::Str(gostd::strconv::quote(&fmt::value_string(&args[0])?).into())),
    },
    Func {
        name: "tpl",
        params: &[Type::String, Type::Any],
        variadic: false,
        result: Type::String,
        call: |exec, args| match &args[0] {
            Value::Str(text) => exec.tpl(text, &args[1]).map(Value::Str).map_err(|_| "tpl".into()),
            _ => Err("no text".into()),
        },
    },
];

/// Each runs its action a number of times per execution, in a loop that is measured by itself.
const CASES: &[(&str, &str)] = &[
    ("range of ints, empty body", "{{ range 10000 }}{{ end }}"),
    ("range, text in the body", "{{ range 10000 }}x{{ end }}"),
    ("range of two variables over a list", "{{ range $i, $v := .list }}x{{ end }}"),
    ("print dot", "{{ range 10000 }}{{ . }}{{ end }}"),
    ("print a float", "{{ range 10000 }}{{ $.float }}{{ end }}"),
    ("print a variable", "{{ $x := .s }}{{ range 10000 }}{{ $x }}{{ end }}"),
    ("print a field", "{{ range 10000 }}{{ $.s }}{{ end }}"),
    ("print a deep field", "{{ range 10000 }}{{ $.Values.a.b.c }}{{ end }}"),
    ("if of a deep field", "{{ range 10000 }}{{ if $.Values.a.b.c }}x{{ end }}{{ end }}"),
    ("declare and assign", "{{ range 10000 }}{{ $x := 1 }}{{ $x = . }}{{ end }}"),
    ("eq of ints", "{{ range 10000 }}{{ if eq . 3 }}x{{ end }}{{ end }}"),
    ("eq of texts", "{{ range 10000 }}{{ if eq $.s \"abc\" }}x{{ end }}{{ end }}"),
    ("and, not, or", "{{ range 10000 }}{{ if and $.s (or (not $.s) $.float) }}x{{ end }}{{ end }}"),
    ("printf", "{{ range 10000 }}{{ printf \"%s-%d\" $.s . }}{{ end }}"),
    ("index", "{{ range 10000 }}{{ index $.list 5 }}{{ end }}"),
    ("piped function", "{{ range 10000 }}{{ $.s | quote }}{{ end }}"),
    ("template", "{{ define \"t\" }}x{{ end }}{{ range 10000 }}{{ template \"t\" $ }}{{ end }}"),
    ("include", "{{ define \"t\" }}x{{ end }}{{ range 10000 }}{{ include \"t\" $ }}{{ end }}"),
    (
        "include of a field, quoted",
        "{{ define \"t\" }}{{ .s }}{{ end }}{{ range 10000 }}{{ include \"t\" $ | quote }}{{ end }}",
    ),
    ("tpl", "{{ range 10000 }}{{ tpl \"{{ .s }}\" $ }}{{ end }}"),
];

fn entry(name: &str, value: Value) -> (Str, Value) {
    (Str::from(name), value)
}

fn map(entries: impl IntoIterator<Item = (Str, Value)>) -> Value {
    Value::Map(Map::new(entries.into_iter().collect()))
}

fn data() -> Value {
    let c = map([entry("c", Value::from("deep"))]);
    let a = map([entry("b", c), entry("other", Value::Nil)]);
    let mut values: Vec<_> = (0..40).map(|n| entry(&format!("key{n}"), Value::Float(1.0))).collect();
    values.push(entry("a", a));
    let list = (0..10_000).map(|n| Value::Float(f64::from(n))).collect();
    map([
        entry("Values", map(values)),
        entry("Release", map([entry("Name", Value::from("release-name"))])),
        entry("s", Value::from("text")),
        entry("float", Value::Float(1.5)),
        entry("list", Value::list(list)),
    ])
}

/// Returns the shortest of some runs: others may use the processors too.
fn best(mut run: impl FnMut()) -> Duration {
    let timed = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| timed(&mut run)).min().unwrap_or_default()
}

fn read(folder: &Path, texts: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            read(&path, texts);
        } else if path.components().any(|part| part.as_os_str() == "templates")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.push((path.display().to_string(), text));
        }
    }
}

/// Parses with a table of every word that might be a function.
fn parse_folder(folder: &Path) {
    let mut texts = Vec::new();
    read(folder, &mut texts);
    let mut words: Vec<&'static str> = Vec::new();
    for (_, text) in &texts {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.extend(parts.map(|word| &*word.to_string().leak()));
    }
    words.sort_unstable();
    words.dedup();
    let unknown = |name| Func { name, params: &[], variadic: true, result: Type::Any, call: |_, _| Ok(Value::Nil) };
    let table: &'static [Func] = words.into_iter().map(unknown).collect::<Vec<_>>().leak();
    let texts: Vec<(String, Str)> = texts.into_iter().map(|(name, text)| (name, Str::from(text))).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    // Every file by itself: a short run is more likely to be left alone by others.
    let mut best = vec![Duration::MAX; texts.len()];
    let mut best_drop = Duration::MAX;
    for _ in 0..ROUNDS {
        let mut set = Set::new(&[table]);
        for ((name, text), best) in texts.iter().zip(&mut best) {
            let start = Instant::now();
            let _ = black_box(set.parse(name, text.clone()));
            *best = start.elapsed().min(*best);
        }
        let start = Instant::now();
        drop(black_box(set));
        best_drop = start.elapsed().min(best_drop);
    }
    let time: Duration = best.iter().sum();
    let rate = bytes as f64 / time.as_secs_f64() / 1e6;
    println!("parse {} files, {bytes} bytes: {time:?}, {rate:.0} MB/s; drop: {best_drop:?}", texts.len());
}

fn main() {
    let wanted = std::env::args().nth(2).unwrap_or_default();
    if let Some(folder) = std::env::args().nth(1) {
        parse_folder(Path::new(&folder));
    }
    let data = data();
    for (name, text) in CASES.iter().filter(|(name, _)| name.contains(&wanted)) {
        let mut set = Set::new(&[FUNCS]);
        set.parse("main", *text).expect("the case parses");
        let time = best(|| {
            black_box(set.execute("main", &data, Vec::new()).expect("the case runs"));
        });
        println!("{name:40} {:7.1} ns", time.as_nanos() as f64 / 1e4);
    }
}
