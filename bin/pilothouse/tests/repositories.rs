//! Repositories in turn with the real Helm: each works with what the other left, and several at a time lose nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use peers::files::{Options, Server};

const ENTRY: &str = "  - apiVersion: v2\n    created: \"2024-01-02T03:04:05Z\"\n    description: A chart\n    name: a\n    urls:\n    \
                     - a-1.0.0.tgz\n    version: 1.0.0\n";

/// An index with this version of the chart `a`, and an entry that is left out.
fn index(version: &str) -> String {
    let entry = ENTRY.replace("1.0.0", version);
    format!(
        "apiVersion: v1\nentries:\n  a:\n{entry}  b:\n  - name: b\n    version: none\ngenerated: \"2024-01-02T03:04:05Z\"\n"
    )
}

enum Step {
    Run(&'static str),
    /// The server has another index from here on.
    Serve(&'static str),
}

use Step::{Run, Serve};

const LIFE: &[Step] = &[
    Serve("1.0.0"),
    Run("repo list"),
    Run("repo add x $URL"),
    Run("search repo"),
    Run("search repo -l --devel"),
    Serve("1.1.0"),
    Run("repo update"),
    Run("search repo"),
    Run("repo update x"),
    Run("repo add x $URL"),
    Run("repo add x $URL/"),
    Run("repo add z $URL --username u --password 1"),
    Run("search repo a -o json"),
    Serve("1.2.0-rc.1"),
    Run("repo update z"),
    Run("search repo"),
    Run("search repo --devel -o yaml"),
    Run("repo update"),
    Run("search repo --devel"),
    Run("repo list -o json"),
    Run("repo remove x"),
    Run("search repo --devel"),
    Run("repo remove z"),
    Run("repo update"),
    Run("search repo"),
];

struct Place {
    folder: tempfile::TempDir,
    server: Server,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        fs::create_dir(&files).expect("a folder");
        let server = Server::start(Options { folder: files, etag: true, gzip: true, ..Options::default() });
        let place = Place { folder, server: server.expect("a server") };
        place.serve("1.0.0");
        place
    }

    fn serve(&self, version: &str) {
        // Whole or not at all, as requests come at any time.
        let (next, path) = (self.folder.path().join("next"), self.folder.path().join("files/index.yaml"));
        fs::write(&next, index(version)).and_then(|()| fs::rename(next, path)).expect("an index");
    }

    fn start(&self, program: &Path, line: &str) -> Child {
        let mut command = Command::new(program);
        command.args(line.replace("$URL", &self.server.url()).split(' ')).env_clear().current_dir(self.folder.path());
        command.env("HOME", self.home()).env("TZ", "UTC").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn run(&self, program: &Path, line: &str) -> Output {
        self.start(program, line).wait_with_output().expect("the program ends")
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// What was printed, without what differs between places; of several repositories in any order.
    fn shown(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).replace(&self.server.url(), "URL");
            let text = text.replace(&*self.home().to_string_lossy(), "HOME");
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            lines.join("\n")
        };
        format!("{:?}\n{}\n{}", output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    /// The files below the home folder that are Helm's too, with their rights.
    fn files(&self) -> Files {
        let mut files = BTreeMap::new();
        collect(&self.home(), &self.home(), &mut files);
        let url = self.server.url();
        files.into_iter().map(|(name, (mode, text))| (name, (mode, text.replace(&url, "URL")))).collect()
    }
}

/// Rights and text of files by their names.
type Files = BTreeMap<String, (u32, String)>;

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
        if name.ends_with(".pilothouse") {
            continue;
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).expect("a file").permissions());
        let text = fs::read_to_string(&path).expect("a text");
        let text = if name.ends_with("-charts.txt") { sorted(&text) } else { text };
        files.insert(name, (mode & 0o777, text));
    }
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn ours() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_pilothouse"))
}

fn helm() -> PathBuf {
    testbed::helm().expect("the real helm")
}

/// Lives the life with the programs in turn; gives what each step showed and left.
fn live(programs: &[PathBuf]) -> Vec<(String, Files)> {
    let place = Place::new();
    let mut told = Vec::new();
    let mut turns = programs.iter().cycle();
    for step in LIFE {
        match step {
            Serve(version) => place.serve(version),
            Run(line) => {
                let program = turns.next().expect("a program");
                let shown = place.shown(&place.run(program, line));
                told.push((format!("{line}\n{shown}"), place.files()));
            }
        }
    }
    told
}

#[test]
fn each_works_with_what_the_other_left() {
    let expected = live(&[helm()]);
    for programs in [vec![ours()], vec![ours(), helm()], vec![helm(), ours()], vec![ours(), ours(), helm()]] {
        for (step, (got, wanted)) in live(&programs).iter().zip(&expected).enumerate() {
            assert_eq!(got, wanted, "step {step} of {programs:?}");
        }
    }
}

#[test]
fn repositories_that_are_added_at_one_time_are_all_there() {
    let place = Place::new();
    let programs = [ours(), helm()];
    let start = |number: usize| place.start(&programs[number % 2], &format!("repo add r{number} $URL"));
    let children: Vec<Child> = (0..8).map(start).collect();
    for child in children {
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success(), "{}", place.shown(&output));
    }
    let listed = place.run(&ours(), "repo list --no-headers");
    assert_eq!(String::from_utf8_lossy(&listed.stdout).lines().count(), 8);
}

#[test]
fn updates_at_one_time_leave_a_whole_index() {
    let place = Place::new();
    let programs = [ours(), helm()];
    place.run(&ours(), "repo add r $URL");
    for round in 0..4 {
        let children: Vec<Child> = (0..4)
            .map(|number| {
                place.serve(&format!("1.{round}.{number}"));
                place.start(&programs[number % 2], "repo update")
            })
            .collect();
        for child in children {
            assert!(child.wait_with_output().expect("the program ends").status.success());
        }
        // Whichever came last, both programs see the same.
        let seen = programs.each_ref().map(|program| place.shown(&place.run(program, "search repo -l")));
        assert_eq!(seen[0], seen[1]);
        assert!(seen[0].contains(&format!("1.{round}.")), "{}", seen[0]);
    }
}
