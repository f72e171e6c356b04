//! Every kept input runs once: the seeds, and what a fuzz run found before its cause was mended.

use std::path::Path;

use fuzz::{TARGETS, on_large_stack};

#[test]
fn kept_inputs_return() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut count = 0;
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            println!("{}", path.display());
            on_large_stack(*target, &std::fs::read(&path).expect("a readable file"));
            count += 1;
        }
        assert!(count > 0, "{name} has no inputs");
    }
}
