//! The cases as data: `conformance/GROUP/cases.toml`, each `[[case]]` one command line with the files it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::archive::Archive;
use super::compare::Mode;
use super::fields::{list, strings, text};
use super::{registry, words};

/// What is compared of the files that a command writes below the working folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tree {
    Ignored,
    Names,
    Contents,
}

/// How a folder is served.
#[derive(Clone, Debug)]
pub enum Serve {
    /// By a few lines of our own.
    Plainly,
    /// By `peers files`, with these words.
    As(Vec<String>),
}

/// One command line and all it stands on. Texts may hold `$WORK`, `$HOME`, `$URL`, `$REGISTRY` and
/// `$REPO`.
#[derive(Clone, Debug)]
pub struct Case {
    pub group: String,
    pub name: String,
    pub args: Vec<String>,
    pub exit: i32,
    pub env: BTreeMap<String, String>,
    pub stdin: Option<String>,
    /// Path below the working folder → content; they overlay the group's `files/` folder.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Path → target of a symbolic link.
    pub links: BTreeMap<String, String>,
    pub archives: Vec<Archive>,
    pub fills: Vec<Fill>,
    /// Whether and how the working folder is served on the loopback address, at `$URL`.
    pub serve: Option<Serve>,
    /// The kind of real registry that the case needs, at `$REGISTRY`.
    pub registry: Option<String>,
    /// Command lines that run before, and must go well; what they print is not compared.
    pub before: Vec<Vec<String>>,
    pub mode: Mode,
    pub tree: Tree,
    /// What a limit's error must say, on stderr; only for the cases of limits, which have no golden.
    pub says: Option<String>,
    /// Streams that are not compared (`stdout` of a help page is ours).
    pub ignored: BTreeSet<String>,
    /// The group's `files/` folder (or the one that the key `base` names), copied first.
    pub base: Option<PathBuf>,
}

impl Case {
    /// `GROUP/NAME`, the name used in messages, `--only` and the list of known differences.
    pub fn id(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }

    pub fn rerun(&self) -> String {
        format!("cargo xtask conformance --only '^{}$'", self.id())
    }
}

/// A long file in one line: `before`, `unit` so many times, `after`.
#[derive(Clone, Debug)]
pub struct Fill {
    pub path: String,
    before: String,
    unit: String,
    pub count: usize,
    after: String,
}

impl Fill {
    fn parse(value: &Value) -> Result<Fill, String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let count = value.get("count").and_then(Value::as_integer).ok_or("a fill without a count")?;
        let count = usize::try_from(count).map_err(|_| "a negative count")?;
        Ok(Fill { path: text("path"), before: text("before"), unit: text("unit"), count, after: text("after") })
    }

    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.unit.repeat(self.count), self.after)
    }
}

/// Reads every group, sorted by name, cases in the order of their file.
pub fn read_all(folder: &Path) -> Result<Vec<Case>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut groups: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join("cases.toml").is_file()).collect();
    groups.sort();
    let mut cases = Vec::new();
    for group in groups {
        cases.extend(read_group(&group, "cases.toml")?);
    }
    Ok(cases)
}

/// Reads one file of cases of the group in `folder`.
pub fn read_group(folder: &Path, file: &str) -> Result<Vec<Case>, String> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let table: Table = text.parse().map_err(|e| format!("{}: {e}", path.display()))?;
    let group = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let defaults = table.get("defaults").and_then(Value::as_table).cloned().unwrap_or_default();
    let base = table.get("base").and_then(Value::as_str).unwrap_or("files");
    let base = Some(folder.join(base)).filter(|path| path.is_dir());
    let mut names = BTreeSet::new();
    let mut cases = Vec::new();
    for entry in table.get("case").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        let entry = entry.as_table().ok_or_else(|| format!("{}: a case is a table", path.display()))?;
        let mut merged = defaults.clone();
        merged.extend(entry.clone());
        let mut case = parse(&merged, &group).map_err(|e| format!("{}: {e}", path.display()))?;
        case.base.clone_from(&base);
        if !names.insert(case.name.clone()) {
            return Err(format!("{}: two cases named {}", path.display(), case.name));
        }
        cases.push(case);
    }
    Ok(cases)
}

const KEYS: &[&str] = &[
    "name", "args", "exit", "env", "stdin", "files", "bytes", "links", "archives", "serve", "compare", "tree",
    "ignore", "chart", "values", "template", "probe", "schema", "fills", "says", "registry", "before",
];

fn parse(table: &Table, group: &str) -> Result<Case, String> {
    let name = text(table, "name")?.ok_or("a case without a name")?;
    parse_named(table, group, &name).map_err(|e| format!("{name}: {e}"))
}

fn parse_named(table: &Table, group: &str, name: &str) -> Result<Case, String> {
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown key {key}"));
    }
    let args = match table.get("args") {
        Some(Value::String(line)) => words::split(line)?,
        Some(Value::Array(_)) => list(table, "args")?,
        _ => return Err("no args".into()),
    };
    Ok(Case {
        group: group.to_string(),
        name: name.to_string(),
        args,
        exit: table.get("exit").and_then(Value::as_integer).unwrap_or(0) as i32,
        env: strings(table, "env")?,
        stdin: text(table, "stdin")?,
        files: files(table)?,
        links: strings(table, "links")?,
        archives: tables(table, "archives").iter().map(Archive::parse).collect::<Result<_, _>>()?,
        fills: tables(table, "fills").iter().map(Fill::parse).collect::<Result<_, _>>()?,
        says: text(table, "says")?,
        serve: serve(table)?,
        registry: kind_of_registry(table)?,
        before: list(table, "before")?.iter().map(|line| words::split(line)).collect::<Result<_, _>>()?,
        mode: Mode::parse(text(table, "compare")?.as_deref())?,
        tree: tree(text(table, "tree")?.as_deref())?,
        ignored: list(table, "ignore")?.into_iter().collect(),
        base: None,
    })
}

/// `true`, or how: words, and what paths answer.
fn serve(table: &Table) -> Result<Option<Serve>, String> {
    match table.get("serve") {
        None | Some(Value::Boolean(false)) => Ok(None),
        Some(Value::Boolean(true)) => Ok(Some(Serve::Plainly)),
        Some(_) => Ok(Some(Serve::As(list(table, "serve")?))),
    }
}

fn kind_of_registry(table: &Table) -> Result<Option<String>, String> {
    let kind = text(table, "registry")?;
    kind.iter().try_for_each(|kind| registry::check(kind))?;
    Ok(kind)
}

fn tree(word: Option<&str>) -> Result<Tree, String> {
    match word {
        None | Some("none") => Ok(Tree::Ignored),
        Some("names") => Ok(Tree::Names),
        Some("contents") => Ok(Tree::Contents),
        Some(other) => Err(format!("tree = {other:?}: names, contents or none")),
    }
}

/// `files` and `bytes` (hexadecimal), after the short forms that most cases need: `chart`, `values`, `template` (or
/// `probe`) and `schema` are files of the chart `c`.
fn files(table: &Table) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let short = [
        ("chart", "c/Chart.yaml"),
        ("values", "c/values.yaml"),
        ("template", "c/templates/a.yaml"),
        ("schema", "c/values.schema.json"),
    ];
    for (key, path) in short {
        if let Some(content) = text(table, key)? {
            files.insert(path.to_string(), content.into_bytes());
        }
    }
    if let Some(probe) = text(table, "probe")? {
        files.insert("c/templates/a.yaml".to_string(), wrap(&probe).into_bytes());
    }
    for (path, content) in strings(table, "files")? {
        files.insert(path, content.into_bytes());
    }
    for (path, content) in strings(table, "bytes")? {
        files.insert(path, words::unhex(&content)?);
    }
    Ok(files)
}

/// A template whose output is text, not YAML: it is printed as one block scalar.
fn wrap(probe: &str) -> String {
    format!("{{{{ define \"probe\" }}}}{probe}{{{{ end }}}}out: |2\n{{{{ include \"probe\" . | indent 2 }}}}\n")
}

fn tables<'a>(table: &'a Table, key: &str) -> &'a [Value] {
    table.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
