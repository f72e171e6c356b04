//! Programs that keep credentials: `docker-credential-NAME get|store|erase`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chart::os_error::reason;
use gostd::json::{Field, Object, Shape, decode_shaped};

use crate::auth::Credential;
use crate::error::Error;
use crate::json;

const PREFIX: &str = "docker-credential-";
/// The user that a program names for a refresh token.
const TOKEN: &str = "<token>";
const NOT_FOUND: &str = "credentials not found in native keychain";
/// What a program may say.
const OUTPUT_BYTES: u64 = 1024 * 1024;

const CREDENTIAL: Shape = Shape::Struct(
    &[
        Field { name: "ServerURL", shape: Shape::String },
        Field { name: "Username", shape: Shape::String },
        Field { name: "Secret", shape: Shape::String },
    ],
    "credentials.dockerCredentials",
);

/// One such program.
pub struct Helper {
    program: String,
}

impl Helper {
    pub fn new(suffix: &str) -> Self {
        Helper { program: format!("{PREFIX}{suffix}") }
    }

    /// Returns the credential of a server; an empty one if the program has none.
    pub fn get(&self, server: &str) -> Result<Credential, Error> {
        let output = match self.run("get", server.as_bytes()) {
            Err(error) if error.text == NOT_FOUND => return Ok(Credential::default()),
            output => output?,
        };
        let found = decode_shaped(&output, &CREDENTIAL)?;
        let (username, secret) = (json::text(&found, "Username"), json::text(&found, "Secret"));
        Ok(match username.as_str() {
            TOKEN => Credential { refresh_token: secret, ..Credential::default() },
            _ => Credential::of_user(&username, &secret),
        })
    }

    pub fn put(&self, server: &str, credential: &Credential) -> Result<(), Error> {
        let (username, secret) = match credential.refresh_token.as_str() {
            "" => (credential.username.as_str(), credential.password.as_str()),
            token => (TOKEN, token),
        };
        let mut input = Vec::new();
        let mut object = Object::open(&mut input);
        object.text("ServerURL", server.as_bytes());
        object.text("Username", username.as_bytes());
        object.text("Secret", secret.as_bytes());
        object.close();
        self.run("store", &input).map(drop)
    }

    pub fn delete(&self, server: &str) -> Result<(), Error> {
        self.run("erase", server.as_bytes()).map(drop)
    }

    /// Runs the program; what it says on failure is the error.
    fn run(&self, action: &str, input: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |error: std::io::Error| Error::new(self.not_started(&error));
        let mut command = Command::new(&self.program);
        command.arg(action).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let output = talk(&mut child, input).map_err(failed)?;
        let status = child.wait().map_err(failed)?;
        if status.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output).trim().to_owned();
        let code = status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"));
        Err(Error::new(if said.is_empty() { code } else { said }))
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        let program = crate::quote(&self.program);
        match error.kind() {
            std::io::ErrorKind::NotFound if self.program == "docker-credential-desktop.exe" => {
                "credentials store is configured to `desktop.exe` but Docker Desktop seems not running".to_owned()
            }
            std::io::ErrorKind::NotFound => format!("exec: {program}: executable file not found in $PATH"),
            _ => format!("exec: {program}: {}", reason(error)),
        }
    }
}

/// What is written is short, so that no pipe is full before the program reads.
fn talk(child: &mut Child, input: &[u8]) -> std::io::Result<Vec<u8>> {
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read what it is told is free to do so.
        let _ = stdin.write_all(input);
    }
    let mut output = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(OUTPUT_BYTES).read_to_end(&mut output)?;
    }
    Ok(output)
}

/// Returns the program that this system has for credentials, if it is there.
pub fn of_system() -> Option<String> {
    let suffix = match std::env::consts::OS {
        "macos" => "osxkeychain",
        "windows" => "wincred",
        "linux" if is_program("pass") => "pass",
        "linux" => "secretservice",
        _ => return None,
    };
    is_program(&format!("{PREFIX}{suffix}")).then(|| suffix.to_owned())
}

fn is_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_executable(&folder.join(name)))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.with_extension("exe").is_file()
}
