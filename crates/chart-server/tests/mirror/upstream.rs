//! A repository of a test: its archives are made here, its index is what the test writes.

use std::fs;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use peers::files::{Options, Rule, Server};

use crate::packing::archive;

/// Serves until dropped.
pub struct Upstream {
    folder: tempfile::TempDir,
    pub server: Server,
}

impl Upstream {
    pub fn new(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start(Options { folder: folder.path().to_owned(), ..options }).expect("a server");
        Upstream { folder, server }
    }

    /// A repository with versions of charts, and their index.
    pub fn of(charts: &[(&str, &str)]) -> Self {
        let upstream = Upstream::new(Options { etag: true, gzip: true, ..Options::default() });
        charts
            .iter()
            .for_each(|(name, version)| upstream.put(&format!("{name}-{version}.tgz"), &archive(name, version)));
        upstream.index(&index(charts.iter().map(|(name, version)| entry(name, version)).collect()));
        upstream
    }

    pub fn put(&self, file: &str, bytes: &[u8]) {
        fs::write(self.path(file), bytes).expect("a file");
    }

    pub fn index(&self, text: &str) {
        self.put("index.yaml", text.as_bytes());
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub fn rule(&self, path: &str, rules: Vec<Rule>) {
        self.server.rule(path, rules);
    }

    /// The flag that puts it behind a server.
    pub fn flag(&self) -> String {
        format!("--mirror={}", self.server.url())
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.server.seen().iter().filter(|seen| seen.path == path).count()
    }
}

/// An entry of an index: the chart's name and its lines.
pub fn entry(name: &str, version: &str) -> (String, String) {
    let digest = HEXLOWER.encode(digest(&SHA256, &archive(name, version)).as_ref());
    (name.to_owned(), item(name, version, &format!("{name}-{version}.tgz"), &digest))
}

pub fn item(name: &str, version: &str, url: &str, digest: &str) -> String {
    format!(
        "  - apiVersion: v2\n    created: \"2024-01-02T03:04:05Z\"\n    digest: {digest}\n    icon: https://x.invalid/{name}.png\n    name: {name}\n    urls:\n    - {url}\n    version: {version}\n"
    )
}

pub fn index(entries: Vec<(String, String)>) -> String {
    let mut text = "apiVersion: v1\nentries:\n".to_owned();
    let mut last = String::new();
    for (name, item) in entries {
        if name != last {
            text.push_str(&format!("  {name}:\n"));
            last = name;
        }
        text.push_str(&item);
    }
    text + "generated: \"2024-01-02T03:04:05Z\"\n"
}
