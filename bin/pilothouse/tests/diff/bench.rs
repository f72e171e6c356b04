//! A namespace with a chart, and our binary in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use testbed::{Cluster, Namespace};

pub struct Bench {
    pub namespace: Namespace<'static>,
    pub kubeconfig: PathBuf,
    home: tempfile::TempDir,
}

/// What was printed, with `NS` for the namespace, and how it ended.
#[derive(Debug, PartialEq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

pub fn cluster() -> &'static Cluster {
    Cluster::shared().expect("the shared cluster")
}

impl Bench {
    pub fn new() -> Self {
        let namespace = cluster().namespace().expect("a namespace");
        Bench { namespace, kubeconfig: cluster().kubeconfig(), home: tempfile::tempdir().expect("a folder") }
    }

    /// A release `tour` of the chart `tour`, installed with these flags.
    pub fn installed(flags: &[&str]) -> Self {
        let bench = Bench::new();
        bench.well(&[&["install", "tour", "TOUR"], flags].concat());
        bench
    }

    /// Runs a command; `TOUR` and `GADGETS` stand for the charts of these tests.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_in(self.namespace.name(), args)
    }

    pub fn run_in(&self, namespace: &str, args: &[&str]) -> Ran {
        let output = self.command(namespace, args).output().expect("our binary runs");
        Ran {
            stdout: self.text(&output.stdout),
            stderr: self.text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    pub fn command(&self, namespace: &str, args: &[&str]) -> Command {
        let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diff");
        let args = args.iter().map(|arg| match *arg {
            "TOUR" => charts.join("tour").into_os_string(),
            "GADGETS" => charts.join("gadgets").into_os_string(),
            arg => arg.into(),
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
        command
            .args(args)
            .args(["--namespace", namespace])
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .env("HOME", self.home.path())
            .stdin(Stdio::null());
        command
    }

    pub fn text(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(self.namespace.name(), "NS")
    }

    /// Runs a command that must go well.
    pub fn well(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.stdout
    }

    pub fn kubectl(&self, args: &[&str]) {
        cluster().kubectl(&[&["-n", self.namespace.name()], args].concat()).expect("kubectl");
    }

    /// Returns what is told to programs.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let ran = self.run(&[args, &["-o", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }
}

/// A command on one state of a release, with all that it prints.
pub struct Case {
    pub name: &'static str,
    pub args: &'static [&'static str],
    pub stdout: &'static str,
    pub stderr: &'static str,
    pub code: i32,
}

pub fn check(bench: &Bench, cases: &[Case]) {
    for case in cases {
        let expected = Ran { stdout: case.stdout.into(), stderr: case.stderr.into(), code: case.code };
        assert_eq!(bench.run(case.args), expected, "{}", case.name);
    }
}
