//! `registry login`: checks credentials and keeps them (`pkg/cmd/registry_login.go` of Helm 4.3.1).

use std::io::Read;

use fetch::TlsOptions;
use registry::Kind;

use super::{client, prompt};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::{log, out};

pub static COMMAND: Command = Command {
    name: "login",
    operands: "[host]",
    short: "login to a registry",
    long: "Checks a user name and a password with a registry, and keeps them for later commands. What is not given is asked for.",
    args: Args::AtLeast(1),
    flags: &[&[
        Flag::string("username", "user name").short('u'),
        Flag::string("password", "password or identity token").short('p'),
        Flag::bool("password-stdin", "read the password or identity token from standard input"),
        Flag::bool("insecure", "do not check TLS certificates"),
        Flag::string("cert-file", "TLS certificate to identify with"),
        Flag::string("key-file", "TLS key to identify with"),
        Flag::string("ca-file", "certificate authority file for HTTPS servers"),
        Flag::bool("plain-http", "use insecure HTTP connections"),
    ]],
    run: Some(run),
    ..Command::EMPTY
};

/// A password is no longer than this.
const STDIN_BYTES: u64 = 1024 * 1024;

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let host = flags.args.first().map(String::as_str).unwrap_or_default();
    let mut options = client::options(&invocation.settings);
    (options.tls, options.plain_http) = (tls(flags), flags.bool("plain-http"));
    // Helm opens the file of credentials before all else, and the files of certificates after all else.
    let opened = client::open(options);
    if let Err(error) = &opened
        && error.kind == Kind::Credentials
    {
        return Err(client::command_failed(&error.text));
    }
    let (username, password) = username_and_password(flags)?;
    let mut client = opened?;
    if let Some((registry, _)) = host.split_once('/') {
        let text = "registry login currently only supports registry hostname, not a repository path";
        log::warn(text, &[("host", host), ("suggested", registry)]);
    }
    client.login(host, &username, &password)?;
    out::write(b"Login Succeeded\n")
}

/// A certificate without its key counts for nothing.
fn tls(flags: &Parsed) -> TlsOptions {
    let [cert, key, ca] = ["cert-file", "key-file", "ca-file"].map(|name| flags.string(name).to_owned());
    let identity = !cert.is_empty() && !key.is_empty();
    let (cert_file, key_file) = if identity { (cert, key) } else { Default::default() };
    TlsOptions { ca_file: ca, cert_file, key_file, insecure_skip_verify: flags.bool("insecure") }
}

fn username_and_password(flags: &Parsed) -> Result<(String, String), Failure> {
    let (mut username, password) = (flags.string("username").to_owned(), flags.string("password").to_owned());
    if flags.bool("password-stdin") {
        return Ok((username, password_of_stdin()?));
    }
    if !password.is_empty() {
        log::warn("using --password via the CLI is insecure. Use --password-stdin", &[]);
        return Ok((username, password));
    }
    if username.is_empty() {
        username = prompt::line("Username: ")?.trim().to_owned();
    }
    let (question, missing) =
        if username.is_empty() { ("Token: ", "token required") } else { ("Password: ", "password required") };
    match prompt::secret(question)? {
        password if password.is_empty() => Err(Failure::new(missing)),
        password => Ok((username, password)),
    }
}

fn password_of_stdin() -> Result<String, Failure> {
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(STDIN_BYTES).read_to_end(&mut text);
    read.map_err(|error| Failure::new(format!("cannot read the password from stdin: {error}")))?;
    let text = String::from_utf8_lossy(&text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}
