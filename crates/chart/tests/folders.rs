//! What needs real folders: links, odd files, limits, `create`, `expand`. Texts are those that Helm 4.3.1 printed for
//! the same folders (`helm template c`, `helm create`), seen by hand.

mod folder;

use std::fs;
use std::os::unix::fs::symlink;

use chart::log::{Lines, Silent};
use folder::Folder;

const DEFINITION: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

fn chart_folder() -> Folder {
    let folder = Folder::new();
    folder.write("c/Chart.yaml", DEFINITION);
    folder
}

fn load(folder: &Folder) -> (Result<Vec<String>, String>, String) {
    let mut log = Lines::default();
    let root = format!("{}/", folder.path().display());
    let result = match chart::load(&folder.path().join("c"), &mut log) {
        Ok(chart) => Ok(chart.files().iter().map(|file| file.name.clone()).collect()),
        Err(error) => Err(error.text.replace(&root, "")),
    };
    (result, String::from_utf8(log.0).unwrap().replace(&root, ""))
}

#[test]
fn links_are_followed_and_told() {
    let folder = chart_folder();
    folder.write("outside/a.txt", "a");
    folder.write("c/z.txt", "z");
    symlink("../outside", folder.path().join("c/link")).unwrap();
    symlink("z.txt", folder.path().join("c/y.txt")).unwrap();
    let (files, log) = load(&folder);
    assert_eq!(files.unwrap(), ["link/a.txt", "y.txt", "z.txt"]);
    let said = |path: &str, resolved: &str| {
        let msg = "found symbolic link in path. Contents of linked file included and used";
        format!("level=INFO msg=\"{msg}\" path={path} resolved={resolved}\n")
    };
    assert_eq!(log, said("c/link", "outside") + &said("c/y.txt", "c/z.txt"));
}

#[test]
fn links_that_lead_nowhere_are_errors() {
    let folder = chart_folder();
    symlink("../nowhere/x", folder.path().join("c/link")).unwrap();
    let wanted = "error evaluating symlink c/link: lstat nowhere: no such file or directory";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);

    let folder = chart_folder();
    symlink("link", folder.path().join("c/link")).unwrap();
    let wanted = "error evaluating symlink c/link: EvalSymlinks: too many links";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);
}

#[test]
fn a_link_to_its_own_folder_ends() {
    let folder = chart_folder();
    symlink(".", folder.path().join("c/link")).unwrap();
    let error = load(&folder).0.unwrap_err();
    assert!(error.ends_with(": too many levels of symbolic links"), "{error}");
}

#[test]
fn sockets_are_no_files() {
    let folder = chart_folder();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("c/s")).unwrap();
    let wanted = "cannot load irregular file c/s as it has file mode type bits set";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);
}

#[test]
fn a_chart_may_not_be_larger_than_100_mib() {
    let folder = chart_folder();
    for name in ["c/a", "c/templates/b"] {
        folder.write(name, "");
        fs::File::options().write(true).open(folder.path().join(name)).unwrap().set_len(60 << 20).unwrap();
    }
    let wanted = "error reading templates/b: chart exceeds maximum decompressed size of 104857600 bytes";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);
}

#[test]
fn what_is_no_chart_is_named() {
    let folder = Folder::new();
    assert_eq!(load(&folder).0.unwrap_err(), "stat c: no such file or directory");
    folder.write("c/values.yaml", "");
    let wanted = "unable to detect chart at c/Chart.yaml: open c/Chart.yaml: no such file or directory";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);
    fs::create_dir(folder.path().join("c/Chart.yaml")).unwrap();
    let wanted = "unable to detect chart at c/Chart.yaml: read c/Chart.yaml: is a directory";
    assert_eq!(load(&folder).0.unwrap_err(), wanted);
    let error = chart::load_any_version(&folder.path().join("c"), &mut Silent).err().unwrap();
    assert_eq!(error.text, "Chart.yaml file is missing");
}

fn create(folder: &Folder, name: &str, starter: &str) -> Result<String, String> {
    let mut told = String::new();
    let path = folder.path().join(name);
    let root = format!("{}/", folder.path().display());
    let starters = folder.path().join("starters");
    let mut tell = |line: &str| told += &format!("{line}\n");
    let name = if name.is_empty() { String::new() } else { path.to_string_lossy().into_owned() };
    chart::create::run(&name, starter, starters, &mut tell, &mut Silent)
        .map(|()| told.replace(&root, ""))
        .map_err(|error| error.text.replace(&root, ""))
}

#[test]
fn create_writes_a_chart_and_overwrites_one() {
    let folder = Folder::new();
    assert_eq!(create(&folder, "c", "").unwrap(), "");
    let told = create(&folder, "c", "").unwrap();
    assert_eq!(told.lines().count(), 12);
    assert_eq!(told.lines().next().unwrap(), "WARNING: File \"c/Chart.yaml\" already exists. Overwriting.");
    assert!(folder.path().join("c/charts").is_dir());
    let helpers = fs::read_to_string(folder.path().join("c/templates/_helpers.tpl")).unwrap();
    assert!(helpers.contains("{{- define \"c.name\" -}}"));
    let (files, _) = load(&folder);
    assert_eq!(files.unwrap(), [".helmignore"]);
}

#[test]
fn create_refuses_names() {
    let folder = Folder::new();
    folder.write("file", "");
    let pattern = "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"";
    assert_eq!(create(&folder, "a b", "").unwrap_err(), pattern);
    let long = "a".repeat(251);
    assert_eq!(create(&folder, &long, "").unwrap_err(), "chart name must be between 1 and 250 characters");
    assert_eq!(create(&folder, "no/c", "").unwrap_err(), "stat no: no such file or directory");
    assert_eq!(create(&folder, "file", "").unwrap_err(), "file file already exists and is not a directory");
}

#[test]
fn create_takes_a_starter() {
    let folder = Folder::new();
    assert!(create(&folder, "c", "s").unwrap_err().starts_with("could not load starters/s: stat starters/s: "));
    folder.write("starters/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 9.0.0\n");
    folder.write("starters/s/values.yaml", "# <CHARTNAME>\na: <CHARTNAME>\n");
    folder.write("starters/s/templates/a.yaml", "{{ include \"<CHARTNAME>.x\" . }}");
    folder.write("starters/s/README.md", "<CHARTNAME>");
    create(&folder, "c", "s").unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        read("c/Chart.yaml"),
        "apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\nname: c\ntype: application\nversion: 0.1.0\n"
    );
    assert_eq!(read("c/values.yaml"), "# c\na: c\n");
    assert_eq!(read("c/templates/a.yaml"), "{{ include \"c.x\" . }}");
    assert_eq!(read("c/README.md"), "<CHARTNAME>");
}
