//! Commands that live outside of this crate, because it must not know what they need: servers.

/// A command that reads its own arguments.
pub struct Outside {
    /// The words that name it, as `repo serve`: they come first.
    pub words: &'static [&'static str],
    /// Takes what is behind the words, returns the exit code.
    pub run: fn(&[String]) -> u8,
}

/// Finds the command that arguments start with, and what is behind its name.
pub fn find<'a>(outside: &'a [Outside], args: &'a [String]) -> Option<(&'a Outside, &'a [String])> {
    outside.iter().find_map(|command| {
        let (words, rest) = args.split_at_checked(command.words.len())?;
        (words == command.words).then_some((command, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_must_come_first_and_all() {
        let outside = [Outside { words: &["repo", "serve"], run: |rest| rest.len() as u8 }];
        let cases = [
            (vec!["repo", "serve", "--port", "1"], Some(2)),
            (vec!["repo", "serve"], Some(0)),
            (vec!["repo", "list"], None),
            (vec!["repo"], None),
            (vec!["--debug", "repo", "serve"], None),
        ];
        for (args, expected) in cases {
            let args: Vec<String> = args.into_iter().map(str::to_owned).collect();
            assert_eq!(find(&outside, &args).map(|(command, rest)| (command.run)(rest)), expected, "{args:?}");
        }
    }
}
