//! `repo signatures`: which repositories and registries must give signed charts. Helm has nothing like it.

use std::path::{Path, PathBuf};

use download::policy::check_keyring;
use gostd::GoError;
use gostd::json::{Object, append_list};
use repo::policy::{Policies, Policy};
use repo::{File, Locked};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::folder;
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};
use crate::tables::keyring;

/// The file of keys that may sign.
pub const KEYRING: Flag = Flag::string("keyring", "public keys that may sign; gpg's own if not given");

pub static COMMAND: Command = Command {
    name: "signatures",
    aliases: &["signature"],
    operands: "require|list|forget [ARGS]",
    short: "say which repositories and registries must give signed charts",
    long: "Keeps the signature policies: repositories and registries whose charts are only taken when a key of a keyring has signed them, by whatever command and way they come.",
    args: Args::None,
    sub: &[&REQUIRE, &LIST, &FORGET],
    ..Command::EMPTY
};

static REQUIRE: Command = Command {
    name: "require",
    aliases: &["set"],
    operands: "NAME|URL [...]",
    short: "take only signed charts from a repository, or from below an address",
    long: "From now on, charts of a repository (its name), or of all that is at or below an address (https://host/path, oci://host/path), must be signed by a key of the keyring.",
    args: Args::AtLeast(1),
    flags: &[&[KEYRING]],
    run: Some(require),
    ..Command::EMPTY
};

static LIST: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list the signature policies",
    long: "Lists the repositories and addresses whose charts must be signed, and the files of keys that may sign.",
    args: Args::None,
    flags: &[OUTPUT],
    run: Some(list),
    ..Command::EMPTY
};

static FORGET: Command = Command {
    name: "forget",
    aliases: &["remove", "rm"],
    operands: "NAME|URL [...]",
    short: "end signature policies",
    long: "Takes charts of a repository, or from below an address, without signatures again.",
    args: Args::AtLeast(1),
    run: Some(forget),
    ..Command::EMPTY
};

fn require(invocation: &Invocation) -> Result<(), Failure> {
    let file = repositories(invocation);
    let keyring = checked_keyring(&invocation.flags)?;
    let lock = Policies::lock(&file)?;
    let mut policies = Policies::load(&file)?;
    let known = File::load_or_new(&file)?;
    for argument in &invocation.flags.args {
        let (name, url) = match known.get(argument) {
            Some(entry) => (entry.name.clone(), entry.url.clone()),
            None if argument.contains("://") => (String::new(), argument.clone()),
            None => return Err(Failure::new(format!("no repo named {} found", quoted(argument)))),
        };
        policies.set(Policy { name, url, keyring: keyring.clone() })?;
    }
    policies.save(&file, &lock)?;
    let keys = keyring.display();
    let told = invocation.flags.args.iter().map(|argument| {
        let argument = quoted(argument);
        format!("charts of {argument} must be signed by a key of {keys}\n")
    });
    out::write(told.collect::<String>().as_bytes())
}

fn forget(invocation: &Invocation) -> Result<(), Failure> {
    let file = repositories(invocation);
    let lock = Policies::lock(&file)?;
    let mut policies = Policies::load(&file)?;
    for argument in &invocation.flags.args {
        if !policies.remove(argument) {
            return Err(Failure::new(format!("no signature policy for {} found", quoted(argument))));
        }
    }
    policies.save(&file, &lock)?;
    let told = invocation.flags.args.iter().map(|a| format!("charts of {} need no signature any more\n", quoted(a)));
    out::write(told.collect::<String>().as_bytes())
}

fn list(invocation: &Invocation) -> Result<(), Failure> {
    let policies = Policies::load(&repositories(invocation))?;
    match Format::of(invocation) {
        Format::Table if policies.entries().is_empty() => {
            eprintln!("no signature policies to show");
            Ok(())
        }
        Format::Table => out::write(table(policies.entries()).as_bytes()),
        Format::Json => out::write(&output::json(json(policies.entries()))),
        Format::Yaml => out::write(&output::yaml(&json(policies.entries()))?),
    }
}

fn table(policies: &[Policy]) -> String {
    let mut table = Table::default();
    table.row(["NAME", "URL", "KEYRING"]);
    for Policy { name, url, keyring } in policies {
        table.row([name.as_str(), url, &keyring.to_string_lossy()]);
    }
    table.text()
}

fn json(policies: &[Policy]) -> Vec<u8> {
    let mut text = Vec::new();
    append_list(&mut text, policies, |out, policy| {
        let mut object = Object::open(out);
        object.text("name", policy.name.as_bytes());
        object.text("url", policy.url.as_bytes());
        object.text("keyring", policy.keyring.to_string_lossy().as_bytes());
        object.close();
    });
    text
}

fn repositories(invocation: &Invocation) -> PathBuf {
    PathBuf::from(&invocation.settings.repository_config)
}

/// Returns the absolute path of the keyring, which can be used.
///
/// # Errors
/// It cannot be read.
pub fn checked_keyring(flags: &Parsed) -> Result<PathBuf, Failure> {
    let file = folder::absolute(&keyring(flags).to_string_lossy())?;
    check_keyring(&file)?;
    Ok(file)
}

/// Sets the policy of a repository, while the file of repositories is locked.
///
/// # Errors
/// The policies cannot be read or written.
pub fn set(file: &Path, lock: &Locked, policy: Policy) -> Result<(), GoError> {
    let mut policies = Policies::load(file)?;
    policies.set(policy)?;
    policies.save(file, lock)
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}
