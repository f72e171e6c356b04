//! `repo remove`: forgets repositories, and what is cached of them.

use std::path::Path;

use chart::log::Log;
use repo::policy::Policies;
use repo::{File, cache};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::log::Stderr;
use crate::out;

pub static COMMAND: Command = Command {
    name: "remove",
    aliases: &["rm"],
    operands: "[REPO1 [REPO2 ...]]",
    short: "remove one or more chart repositories",
    long: "Takes repositories from the list, and their indexes from the cache.",
    args: Args::AtLeast(1),
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let settings = &invocation.settings;
    let path = Path::new(&settings.repository_config);
    let _lock = File::lock_if_there(path)?;
    // To Helm a file that cannot be read is one without repositories.
    let mut file = File::load(path).unwrap_or_default();
    if file.entries.is_empty() {
        return Err("no repositories configured".into());
    }
    for name in &invocation.flags.args {
        let quoted = String::from_utf8_lossy(&gostd::strconv::quote(name.as_bytes())).into_owned();
        if !file.remove(name) {
            return Err(Failure::new(format!("no repo named {quoted} found")));
        }
        file.save(path)?;
        cache::remove(Path::new(&settings.repository_cache), name)?;
        out::write(format!("{quoted} has been removed from your repositories\n").as_bytes())?;
        tell_policy(path, name);
    }
    Ok(())
}

/// A policy stays: who removes a repository to add it again must not lose it without a word.
fn tell_policy(path: &Path, name: &str) {
    let has_policy = |policies: Policies| policies.entries().iter().any(|policy| policy.name == name);
    if Policies::load(path).is_ok_and(has_policy) {
        let way = format!("helm repo signatures forget {name}");
        Stderr.info(
            "its charts must still be signed, should it come back",
            &[("repository", name), ("to end that", &way)],
        );
    }
}
