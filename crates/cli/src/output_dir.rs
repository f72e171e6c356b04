//! `--output-dir`: manifests as files.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use render::{Hook, Resources};

use crate::commands::push_document;
use crate::failure::Failure;
use crate::out;

/// Writes documents to files below a folder: the first of a file truncates it, others are appended.
pub struct OutputDir {
    folder: String,
    /// For everything but CRDs: the folder with the release's name.
    release_folder: String,
    written: HashSet<String>,
}

impl OutputDir {
    pub fn new(folder: &str, release_name: Option<&str>) -> Self {
        let release_folder = match release_name {
            Some(name) => {
                let joined = gostd::path::join(&[folder.as_bytes(), name.as_bytes()]);
                String::from_utf8_lossy(&joined).into_owned()
            }
            None => folder.to_string(),
        };
        OutputDir { folder: folder.to_string(), release_folder, written: HashSet::new() }
    }

    /// Writes everything and says `wrote PATH` for each document.
    pub fn write(&mut self, crds: &[chart::Crd], resources: &Resources, hooks: &[&Hook]) -> Result<(), Failure> {
        let (folder, release_folder) = (self.folder.clone(), self.release_folder.clone());
        for crd in crds {
            self.document(&folder, &crd.filename, &crd.data)?;
        }
        self.written.clear();
        for manifest in &resources.manifests {
            self.document(&release_folder, &manifest.path, &manifest.content)?;
        }
        for hook in hooks {
            // Helm appends a hook to any file that is there already, even from an earlier run.
            if PathBuf::from(format!("{release_folder}/{}", hook.path)).exists() {
                self.written.insert(format!("{release_folder}/{}", hook.path));
            }
            self.document(&release_folder, &hook.path, &hook.manifest)?;
        }
        Ok(())
    }

    fn document(&mut self, folder: &str, path: &str, content: &[u8]) -> Result<(), Failure> {
        let name = format!("{folder}/{path}");
        let append = !self.written.insert(name.clone());
        let mut text = Vec::with_capacity(content.len() + path.len() + 20);
        push_document(&mut text, path, content);
        ensure_folder(&name)?;
        save(Path::new(&name), append, &text)
            .map_err(|error| Failure::new(format!("open {name}: {}", reason(&error))))?;
        out::write(format!("wrote {name}\n").as_bytes())
    }
}

/// Makes the folder of a file, and fails in the words of Go's `os.MkdirAll`.
fn ensure_folder(file: &str) -> Result<(), Failure> {
    let folder = gostd::path::dir(file.as_bytes());
    let folder = PathBuf::from(String::from_utf8_lossy(&folder).into_owned());
    let fail = |operation: &str, path: &Path, error: &std::io::Error| {
        Err(Failure::new(format!("{operation} {}: {}", path.display(), reason(error))))
    };
    match fs::metadata(&folder) {
        Ok(info) if info.is_dir() => return Ok(()),
        Err(error) if error.kind() != ErrorKind::NotFound => return fail("stat", &folder, &error),
        Ok(_) | Err(_) => {}
    }
    let ancestors: Vec<&Path> = folder.ancestors().filter(|path| !path.as_os_str().is_empty()).collect();
    for path in ancestors.into_iter().rev() {
        match fs::metadata(path) {
            Ok(info) if info.is_dir() => continue,
            Ok(_) => return fail("mkdir", path, &ErrorKind::NotADirectory.into()),
            Err(_) => {}
        }
        match fs::create_dir(path) {
            Err(error) if !path.is_dir() => return fail("mkdir", path, &error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn save(path: &Path, append: bool, text: &[u8]) -> std::io::Result<()> {
    let mut file = if append { OpenOptions::new().append(true).open(path)? } else { File::create(path)? };
    file.write_all(text)
}

/// Go prints the system's words without the number.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_string()
}
