//! Lets gpg sign with a secret key that only it has, in its agent or on a card. Ours: Helm wants such keys exported.

use std::io::{self, Write};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use gostd::GoError;

use crate::keyring::gpg_home;

/// A secret key of gpg.
pub struct Agent {
    fingerprint: String,
    /// The passphrase, if it shall not be asked for by the agent.
    passphrase: Option<Vec<u8>>,
}

impl Agent {
    /// Returns the key if gpg has its secret part. Where gpg never had one it is not even started.
    pub fn of(fingerprint: &[u8], passphrase: Option<&[u8]>) -> Option<Self> {
        if !gpg_home().join("private-keys-v1.d").is_dir() {
            return None;
        }
        let fingerprint = data_encoding::HEXUPPER.encode(fingerprint);
        let mut list = gpg();
        list.args(["--with-colons", "--list-secret-keys", &fingerprint]);
        list.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let is_there = list.status().is_ok_and(|status| status.success());
        is_there.then(|| Agent { fingerprint, passphrase: passphrase.map(<[u8]>::to_vec) })
    }

    /// Signs a text; the agent asks for the passphrase as it does for gpg.
    ///
    /// # Errors
    /// `gpg cannot sign: …`, with what gpg says.
    pub fn clear_sign(&self, text: &[u8]) -> Result<Vec<u8>, GoError> {
        let output = self.run(text).map_err(|error| GoError::new(format!("gpg cannot sign: {error}")))?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => {
                let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
                Err(GoError::new(format!("gpg cannot sign: {said}")))
            }
        }
    }

    fn run(&self, text: &[u8]) -> io::Result<Output> {
        let mut command = gpg();
        command.args(["--yes", "--local-user", &self.fingerprint, "--digest-algo", "SHA512", "--output", "-"]);
        let Some(passphrase) = &self.passphrase else {
            return feed(command.arg("--clear-sign").spawn()?, text);
        };
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(text)?;
        file.flush()?;
        command.args(["--pinentry-mode", "loopback", "--passphrase-fd", "0", "--clear-sign"]).arg(file.path());
        feed(command.spawn()?, &[passphrase.as_slice(), b"\n"].concat())
    }
}

fn gpg() -> Command {
    let mut command = Command::new("gpg");
    command.args(["--batch", "--quiet", "--no-tty"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Writes the input of a program while its output is read.
fn feed(mut child: Child, input: &[u8]) -> io::Result<Output> {
    let stdin = child.stdin.take();
    let input = input.to_vec();
    let writer = thread::spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(&input)));
    let output = child.wait_with_output()?;
    match writer.join() {
        // A program that fails does not read to the end; what it says counts.
        Ok(Err(error)) if output.status.success() => Err(error),
        _ => Ok(output),
    }
}
