//! One scenario from its first step to its last, in folders and a namespace of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cluster::Cluster;
use super::flat;
use super::golden::Section;
use super::normal::Names;
use super::scenario::{Program, Scenario, Step};
use super::state::{State, View};
use crate::conformance::folder::put;
use crate::conformance::sandbox::capture;

/// What all lives of a run have in common.
pub struct World<'a> {
    /// `scenarios/`.
    pub folder: PathBuf,
    pub cluster: &'a Cluster,
    pub kubectl: PathBuf,
    /// Where the folders of lives are made.
    pub root: PathBuf,
}

/// A life that is being lived.
struct Life<'a> {
    world: &'a World<'a>,
    scenario: &'a Scenario,
    root: PathBuf,
    namespace: String,
    names: Names,
}

/// Runs all steps of `scenario`; `helm` gives the program for each step of Helm, counted from 0. Returns what each left.
pub fn live<'h>(world: &World, scenario: &Scenario, helm: impl Fn(usize) -> &'h Path) -> Result<Vec<Section>, String> {
    let life = Life::prepare(world, scenario)?;
    let view = life.view();
    let mut sections = Vec::new();
    let (mut before, mut count) = (State::new(), 0);
    for (at, step) in scenario.steps.iter().enumerate() {
        let mut section = |part: &str, text: String| {
            sections.push(Section { key: format!("{}/{part}", at + 1), line: step.line.clone(), text });
        };
        let program = match step.program {
            Program::Helm => helm(count),
            Program::Kubectl => &world.kubectl,
        };
        count += usize::from(step.program == Program::Helm);
        let (exit, stdout, stderr) = life.run(step, program)?;
        if step.program == Program::Helm {
            section("exit", format!("{exit}\n"));
            section("stdout", life.names.generalise_output(&stdout));
            section("stderr", life.names.generalise_output(&stderr));
        } else if exit != 0 {
            let before: String = sections
                .iter()
                .map(|section| format!("\n{} {}: {}", section.key, section.line, section.text))
                .collect();
            return Err(format!("{} ends with {exit}: {stderr}{before}", step.line));
        }
        let after = view.state()?;
        section("state", flat::changes(&before, &after));
        before = after;
    }
    Ok(sections)
}

impl<'a> Life<'a> {
    fn prepare(world: &'a World, scenario: &'a Scenario) -> Result<Life<'a>, String> {
        // As long as any other, for names set the widths of columns; new for each run, for clusters outlive runs.
        let namespace = format!("s{:011x}", RandomState::new().hash_one(scenario.id()) & 0xfff_ffff_ffff);
        let root = world.root.join(&namespace);
        let names = Names::new(&namespace, &root.join("work"), &root.join("home"));
        let life = Life { world, scenario, root, namespace, names };
        life.copy(&world.folder.join("charts"), &life.root.join("work"))?;
        for (path, content) in &scenario.files {
            put(&life.root.join("work").join(path), life.names.fill_in(content).as_bytes())?;
        }
        std::fs::create_dir_all(life.root.join("home")).map_err(|e| format!("{}: {e}", life.root.display()))?;
        world.cluster.create_namespace(&life.namespace)?;
        Ok(life)
    }

    /// Copies a folder of small texts, with the names of this run in them.
    fn copy(&self, from: &Path, to: &Path) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("{}: {e}", from.display());
        for entry in std::fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                self.copy(&entry.path(), &target)?;
            } else {
                let text = std::fs::read_to_string(entry.path()).map_err(failed)?;
                put(&target, self.names.fill_in(&text).as_bytes())?;
            }
        }
        Ok(())
    }

    fn view(&self) -> View<'_> {
        let fill_in = |texts: &[String]| -> Vec<String> { texts.iter().map(|text| self.names.fill_in(text)).collect() };
        let mut namespaces = vec![self.namespace.clone()];
        namespaces.extend(fill_in(&self.scenario.namespaces));
        let settle = self.scenario.settle;
        View { cluster: self.world.cluster, names: &self.names, namespaces, also: fill_in(&self.scenario.also), settle }
    }

    fn run(&self, step: &Step, program: &Path) -> Result<(i32, String, String), String> {
        let home = self.root.join("home");
        let mut command = Command::new(program);
        command.arg0(if step.program == Program::Helm { "helm" } else { "kubectl" });
        command.args(step.words.iter().map(|word| self.names.fill_in(word)));
        command.current_dir(self.root.join("work")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("KUBECONFIG", self.world.cluster.kubeconfig()).env("HOME", &home);
        command.env("TZ", "UTC").env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
        // What we say beyond Helm's words has tests of its own.
        command.env("HELM_NAMESPACE", &self.namespace).env("PILOTHOUSE_EXPLAIN", "false");
        for (name, folder) in [("CACHE", "cache"), ("CONFIG", "config"), ("DATA", "data")] {
            command.env(format!("HELM_{name}_HOME"), home.join(folder));
        }
        let env: BTreeMap<&str, String> =
            self.scenario.env.iter().map(|(name, value)| (name.as_str(), self.names.fill_in(value))).collect();
        command.envs(env).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if step.program == Program::Kubectl {
            command.args(["--namespace", &self.namespace]);
        }
        let mut child = command.spawn().map_err(|e| format!("{}: {e}", step.line))?;
        let (exit, stdout, stderr) = capture(&mut child, Vec::new())?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok((exit, text(stdout), text(stderr)))
    }
}

impl Drop for Life<'_> {
    fn drop(&mut self) {
        // What stays behind must not fail a scenario: the next run has other names.
        let _ = std::fs::remove_dir_all(&self.root);
        let view = self.view();
        for namespace in &view.namespaces {
            let _ = self.world.cluster.delete(&format!("/api/v1/namespaces/{namespace}"));
        }
        for path in view.also.iter().filter(|path| is_own_object(path, &self.namespace)) {
            let _ = self.world.cluster.delete(path);
        }
    }
}

/// Whether a path names one object outside of namespaces, whose name has the scenario's namespace in it.
fn is_own_object(path: &str, namespace: &str) -> bool {
    !path.contains("/namespaces/") && path.rsplit('/').next().is_some_and(|name| name.contains(namespace))
}
