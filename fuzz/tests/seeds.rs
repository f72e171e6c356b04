//! Every kept input runs once: the seeds, what found a fault before its cause was mended, and what runs found.

use std::path::Path;

use fuzz::{TARGETS, found, on_large_stack};

#[test]
fn kept_inputs_return() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let entries = std::fs::read_dir(corpus.join(name)).unwrap_or_else(|e| panic!("seeds of {name}: {e}"));
        let mut count = 0;
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            println!("{}", path.display());
            on_large_stack(*target, &std::fs::read(&path).expect("a readable file"));
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
        for input in found(&corpus, name).expect("a readable pack") {
            println!("{name}: {}", input.escape_ascii());
            on_large_stack(*target, &input);
        }
    }
}
