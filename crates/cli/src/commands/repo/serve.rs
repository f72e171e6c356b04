//! `repo serve`: a name in the help. The binary brings the command along, and it is found before this tree is asked
//! (`crate::outside`).

use crate::command::{Command, Invocation};
use crate::failure::Failure;

pub static COMMAND: Command = Command {
    name: "serve",
    operands: "[FOLDER]",
    short: "serve charts: a repository with the API of ChartMuseum, and a registry",
    long: "Serves charts: `helm repo serve --help` lists its flags.",
    run: Some(misplaced),
    lenient: true,
    ..Command::EMPTY
};

fn misplaced(_: &Invocation) -> Result<(), Failure> {
    Err(Failure::new("the words `repo serve` come first, its flags after them"))
}
