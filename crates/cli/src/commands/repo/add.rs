//! `repo add`: a repository gets a name, and its index comes into the cache.

use std::io::Read;
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use repo::policy::Policy;
use repo::update::{self, Freshness};
use repo::{Entry, File};

use super::{Source, signatures};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::{out, password};

static FLAGS: &[Flag] = &[
    Flag::string("username", "user name for the repository"),
    Flag::string("password", "password for the repository"),
    Flag::bool("password-stdin", "read the password for the repository from stdin"),
    Flag::bool("force-update", "put it in the place of a repository that has the name already"),
    Flag::string("cert-file", "TLS certificate to identify with"),
    Flag::string("key-file", "TLS key to identify with"),
    Flag::string("ca-file", "certificate authority file for HTTPS servers"),
    Flag::bool("insecure-skip-tls-verify", "do not check TLS certificates of the repository"),
    Flag::bool("allow-deprecated-repos", "allow the first official repositories, which are gone for good"),
    Flag::bool("pass-credentials", "send credentials to every domain"),
    Flag::bool("require-signature", "take only charts of the repository that a key of --keyring has signed"),
    signatures::KEYRING,
    TIMEOUT,
];

pub const TIMEOUT: Flag = Flag::new("timeout", Kind::Duration, "2m0s", "time to wait for the index to be downloaded");

pub static COMMAND: Command = Command {
    name: "add",
    operands: "[NAME] [URL]",
    short: "add a chart repository",
    long: "Gives a chart repository a name, under which its charts can be used, and fetches its index.",
    args: Args::Exactly(2),
    flags: &[FLAGS],
    run: Some(run),
    ..Command::EMPTY
};

/// Repositories that do not exist any more, and what there is instead.
const GONE: [(&str, &str); 2] = [
    ("//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"),
    ("//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"),
];

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let (flags, settings) = (&invocation.flags, &invocation.settings);
    let [name, url] = flags.args.as_slice() else { return Err("two arguments are needed".into()) };
    if !flags.bool("allow-deprecated-repos") {
        is_there(url)?;
    }
    let policy = policy(flags, name, url)?;
    let path = PathBuf::from(&settings.repository_config);
    make_folder(&path)?;
    let lock = File::lock(&path)?;
    let mut file = File::load_or_new(&path)?;
    let entry = entry(flags, name, url)?;
    if name.contains('/') {
        let text = format!("repository name ({name}) contains '/', please specify a different name without '/'");
        return Err(Failure::new(text));
    }
    if let Some(known) = file.get(name).filter(|_| !flags.bool("force-update")) {
        return if *known == entry {
            policy.map_or(Ok(()), |policy| signatures::set(&path, &lock, policy))?;
            let quoted = quoted(name);
            out::write(format!("{quoted} already exists with the same configuration, skipping\n").as_bytes())
        } else {
            let text = format!("repository name ({name}) already exists, please specify a different name");
            Err(Failure::new(text))
        };
    }
    let source = Source::of(flags, settings);
    update::check(&entry, &source)?;
    update::download(&entry, Path::new(&settings.repository_cache), &source, Freshness::Anew, &mut Stderr).map_err(
        |error| {
            let url = quoted(url);
            let cause = error.text;
            Failure::new(format!("looks like {url} is not a valid chart repository or cannot be reached: {cause}"))
        },
    )?;
    // The policy comes first: there is no moment in which the repository may be used without it.
    policy.map_or(Ok(()), |policy| signatures::set(&path, &lock, policy))?;
    file.update(entry);
    file.save(&path)?;
    out::write(format!("{} has been added to your repositories\n", quoted(name)).as_bytes())
}

/// Returns what the flags demand of the repository, if anything.
fn policy(flags: &Parsed, name: &str, url: &str) -> Result<Option<Policy>, Failure> {
    if !flags.bool("require-signature") {
        return match flags.last("keyring") {
            Some(_) => Err("--keyring says whose signatures are taken: it needs --require-signature".into()),
            None => Ok(None),
        };
    }
    let keyring = signatures::checked_keyring(flags)?;
    Ok(Some(Policy { name: name.to_owned(), url: url.to_owned(), keyring }))
}

fn is_there(url: &str) -> Result<(), Failure> {
    match GONE.iter().find(|(old, _)| url.contains(old)) {
        None => Ok(()),
        Some((_, new)) => {
            let url = quoted(url);
            Err(Failure::new(format!("repo {url} is no longer available; try {} instead", quoted(new))))
        }
    }
}

fn make_folder(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| path_error("mkdir", folder, &error).into())
}

fn entry(flags: &Parsed, name: &str, url: &str) -> Result<Entry, Failure> {
    let text = |name: &str| flags.string(name).to_owned();
    let mut entry = Entry {
        name: name.to_owned(),
        url: url.to_owned(),
        username: text("username"),
        password: text("password"),
        cert_file: text("cert-file"),
        key_file: text("key-file"),
        ca_file: text("ca-file"),
        insecure_skip_tls_verify: flags.bool("insecure-skip-tls-verify"),
        pass_credentials_all: flags.bool("pass-credentials"),
    };
    if !entry.username.is_empty() && entry.password.is_empty() {
        entry.password = if flags.bool("password-stdin") { from_stdin()? } else { password::ask("Password: ")? };
    }
    Ok(entry)
}

/// A longer password is none.
const PASSWORD_BYTES: u64 = 1 << 20;

fn from_stdin() -> Result<String, Failure> {
    let mut text = Vec::new();
    std::io::stdin()
        .take(PASSWORD_BYTES)
        .read_to_end(&mut text)
        .map_err(|error| Failure::new(format!("cannot read the password from stdin: {error}")))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}
