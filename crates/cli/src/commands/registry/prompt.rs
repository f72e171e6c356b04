//! Questions on a terminal: on stdout, as Helm asks them; what is secret is not shown while it is typed.

use crate::failure::Failure;
use crate::out;
use crate::password::{self, Hidden};

/// Asks for a line.
///
/// # Errors
/// `EOF` where there is none.
pub fn line(question: &str) -> Result<String, Failure> {
    out::write(question.as_bytes())?;
    read_line()
}

/// Asks for a line that is not shown.
///
/// # Errors
/// As [`line`]; what the system says where standard input is no terminal.
pub fn secret(question: &str) -> Result<String, Failure> {
    // Before the question: who answers at once is not shown either.
    let hidden = Hidden::begin();
    out::write(question.as_bytes())?;
    let line = hidden.and_then(|_hidden| read_line())?;
    out::write(b"\n")?;
    Ok(line)
}

/// The line may end as on Windows.
fn read_line() -> Result<String, Failure> {
    let line = password::line(std::io::stdin().lock())?;
    Ok(line.strip_suffix('\r').unwrap_or(&line).to_owned())
}
