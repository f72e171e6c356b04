//! Spellings of Helm 2 that mean nothing to Helm 4: they work, with one line that names today's. (Flags of Helm 2 stand in the
//! tables of their commands, as deprecated ones.)

use crate::command::{Found, positionals};

/// What is said of `inspect CHART`, in cobra's form for deprecated commands.
const INSPECT: &str = "Command \"inspect CHART\" is deprecated, use 'helm show all CHART' instead";

/// Takes `inspect CHART` for `show all CHART`, where Helm 4 only prints help, and returns what to say of it. `inspect chart
/// CHART` and its like are Helm 4's own.
pub fn today(found: Found, args: &[String]) -> (Found, Option<&'static str>) {
    let [root, show] = found.path.as_slice() else { return (found, None) };
    let is_inspect = show.name == "show" && positionals(root.flags, args).first().is_some_and(|w| w == "inspect");
    let Some(all) = show.sub.iter().find(|command| is_inspect && command.name == "all") else { return (found, None) };
    let translated = Found { path: vec![root, show, all], args: found.args.clone() };
    match positionals(&translated.tables(), &translated.args).len() {
        1 => (translated, Some(INSPECT)),
        _ => (found, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::find;
    use crate::commands::ROOT;

    #[test]
    fn only_inspect_with_a_chart_alone_is_translated() {
        let table = [
            ("inspect stable/memcached", "helm show all", true),
            ("--debug inspect c", "helm show all", true),
            ("inspect c --version 1", "helm show all", true),
            ("inspect --version 1 c", "helm show all", true),
            ("inspect", "helm show", false),
            ("inspect --help", "helm show", false),
            ("inspect chart", "helm show chart", false),
            ("inspect values c", "helm show values", false),
            ("inspect nonsense c", "helm show", false),
            ("show c", "helm show", false),
            ("list inspect", "helm list", false),
        ];
        for (line, path, is_told) in table {
            let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let (found, told) = today(find(&ROOT, &args), &args);
            assert_eq!((found.command_path().as_str(), told.is_some()), (path, is_told), "{line}");
        }
    }
}
