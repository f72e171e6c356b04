//! Folders of others: what may not be read is told, and hides nothing else.

mod packing;
mod process;
mod wire;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use packing::archive;
use process::Process;
use wire::ask;

#[test]
fn a_server_where_one_is_asked_for() {
    process::serve_if_asked();
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
}

#[test]
fn what_may_not_be_read_hides_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    allow(home.path(), 0o755);
    let root = home.path().join("charts");
    for folder in ["", "lost+found", "org"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
        fs::write(root.join(folder).join("a-1.0.0.tgz"), archive("a", "1.0.0")).expect("a file");
    }
    fs::write(root.join("a-1.0.0.tgz.prov"), "not for everybody").expect("a file");
    fs::write(root.join("b-1.0.0.tgz"), archive("b", "1.0.0")).expect("a file");
    for hidden in ["lost+found", "a-1.0.0.tgz.prov", "b-1.0.0.tgz"] {
        allow(&root.join(hidden), 0);
    }
    allow(&root, 0o777);
    let flags = ["--cache-interval=1s", "--depth-dynamic", &format!("--storage-local-rootdir={}", root.display())];
    let mut server = Process::start_as_nobody(&flags.map(str::to_owned), home.path());
    for hidden in ["lost+found", "a-1.0.0.tgz.prov", "b-1.0.0.tgz"] {
        let says = |line: &str| (line.contains("Cannot read this") && line.contains(hidden)).then_some(());
        server.told(hidden, says);
    }
    let index = |tenant: &str| ask(server.address, &format!("GET {tenant}/index.yaml"), &[], b"").text();
    for tenant in ["", "/org"] {
        let text = index(tenant);
        assert!(text.contains("a-1.0.0.tgz") && !text.contains("b-1.0.0.tgz"), "{text}");
        let file = ask(server.address, &format!("GET {tenant}/charts/a-1.0.0.tgz"), &[], b"");
        assert_eq!(file.body, archive("a", "1.0.0"), "{tenant}");
    }
    // What was known stays as it was.
    let address = server.address;
    allow(&root.join("org"), 0);
    server.told("org", |line| (line.contains("Cannot read this") && line.contains("\"org\"")).then_some(()));
    let text = ask(address, "GET /org/index.yaml", &[], b"").text();
    assert!(text.contains("a-1.0.0.tgz"), "{text}");
    allow(&root.join("b-1.0.0.tgz"), 0o644);
    let shown = || Ok(ask(address, "GET /index.yaml", &[], b"").text().contains("b-1.0.0.tgz").then_some(()));
    testbed::until("what may be read now", std::time::Duration::from_secs(180), shown).expect("an index");
    for hidden in ["lost+found", "org"] {
        allow(&root.join(hidden), 0o755);
    }
}
