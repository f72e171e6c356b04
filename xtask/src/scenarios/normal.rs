//! What differs between two equal lives is taken out of texts: names made up for a run, times, ages, addresses.

use std::path::Path;
use std::sync::OnceLock;

use regex_lite::Regex;

/// The names that one run made up, each with the variable that stands for it.
pub struct Names {
    pairs: Vec<(&'static str, String)>,
}

impl Names {
    pub fn new(namespace: &str, work: &Path, home: &Path) -> Names {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        // The folders have the namespace in their paths.
        Names { pairs: vec![("$WORK", text(work)), ("$HOME", text(home)), ("$NAMESPACE", namespace.to_string())] }
    }

    /// Puts the names of this run into a text of a scenario.
    pub fn fill_in(&self, text: &str) -> String {
        self.pairs.iter().fold(text.to_string(), |text, (variable, name)| text.replace(variable, name))
    }

    /// Makes a text the same for every run.
    pub fn generalise(&self, text: &str) -> String {
        let text = self.pairs.iter().fold(text.to_string(), |text, (variable, name)| text.replace(name, variable));
        rules().iter().fold(text, |text, (regex, with)| regex.replace_all(&text, *with).into_owned())
    }

    /// Makes the output of a command the same for every run.
    pub fn generalise_output(&self, text: &str) -> String {
        let text = sort_resources(&without_watches(text));
        self.generalise(&squeeze(&text))
    }
}

/// The times of records come first.
fn rules() -> &'static [(Regex, &'static str)] {
    static RULES: OnceLock<Vec<(Regex, &'static str)>> = OnceLock::new();
    let compile = |(pattern, with)| (Regex::new(pattern).expect("our own pattern"), with);
    RULES.get_or_init(|| {
        [
            (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d\d:?\d\d UTC| ?[+-]\d\d:\d\d|Z)?", "TIME"),
            (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", "DATE"),
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
            (r#"(createdAt|modifiedAt)("?[:=] ?"?)1[789]\d{8}"#, "$1${2}SECONDS"),
            // Time, process and place in the code before what client-go logs.
            (r"\b[IWE]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ ([a-z_]+\.go):\d+\]", "I $1]"),
            // The part of a Pod's name that its controller made up, from the letters that it may use.
            (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-RANDOM"),
            // `--generate-name` ends in Unix seconds.
            (r"-1[789]\d{8}\b", "-SECONDS"),
            (r"\b10\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", "ADDRESS"),
            (r"https://127\.0\.0\.1:\d+", "$$SERVER"),
            (r#"(resourceVersion"?: ?)"\d+""#, "${1}VERSION"),
        ]
        .map(compile)
        .into()
    })
}

fn has_ages(line: &str) -> bool {
    line.starts_with("NAME ") && line.trim_end().ends_with(" AGE")
}

/// Tables with ages or times: their columns are as wide as their longest cell, and that depends on the time. Makes one
/// blank of several, none before a tab, and one word of all ages.
fn squeeze(text: &str) -> String {
    let mut below_ages = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        below_ages = has_ages(line) || below_ages && !line.trim().is_empty();
        let has_time = line.contains('\t') && (line.contains("\tUPDATED") || rules()[0].0.is_match(line));
        if !below_ages && !has_time {
            out.push_str(line);
            continue;
        }
        let words = line.trim_end_matches('\n').split(' ').filter(|word| !word.is_empty());
        let words: Vec<&str> = words.map(|word| if below_ages && is_age(word) { "TIME" } else { word }).collect();
        out.push_str(&words.join(" ").replace(" \t", "\t"));
        out.push('\n');
    }
    out
}

/// `12s`, `3m4s`, `2h`.
fn is_age(word: &str) -> bool {
    word.ends_with(['s', 'm', 'h', 'd']) && word.starts_with(|c: char| c.is_ascii_digit())
}

/// client-go tells of watches that end in the middle of an event, which is a matter of luck.
fn without_watches(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains("reflector.go:") || !line.contains("watch ended")).collect()
}

/// The order of the kinds below `RESOURCES:` is random in Helm.
fn sort_resources(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\nRESOURCES:\n") else { return text.to_string() };
    let end = rest.find("\n\n\n").map_or(rest.len(), |at| at + 1);
    let (table, after) = rest.split_at(end);
    let mut kinds: Vec<&str> = table.split("==> ").skip(1).map(str::trim_end).collect();
    kinds.sort_unstable();
    let kinds: String = kinds.iter().map(|kind| format!("==> {kind}\n\n")).collect();
    format!("{before}\nRESOURCES:\n{kinds}{}", after.trim_start_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new("s1abcdefgh", Path::new("/tmp/x/work"), Path::new("/tmp/x/home"))
    }

    #[test]
    fn what_a_run_made_up_is_taken_out() {
        for (text, want) in [
            ("LAST DEPLOYED: Sat Nov 21 14:48:10 2026\n", "LAST DEPLOYED: DATE\n"),
            ("a 2026-11-21 14:48:10.123 +0000 UTC b", "a TIME b"),
            ("\"2026-11-21T14:48:10.5Z\"", "\"TIME\""),
            ("in s1abcdefgh at /tmp/x/work/a", "in $NAMESPACE at $WORK/a"),
            ("web-7d9f8c6b5d-x2v4z Running", "web-7d9f8c6b5d-RANDOM Running"),
            ("pre-first", "pre-first"),
            ("small-1790000000", "small-SECONDS"),
        ] {
            assert_eq!(names().generalise(text), want);
        }
    }

    #[test]
    fn tables_with_ages_lose_their_widths() {
        let text = "NAME   READY   AGE\nweb    1/1     12s\nlonger 1/1     3m4s\n\nNOTES:\n  two 4s\n";
        assert_eq!(
            names().generalise_output(text),
            "NAME READY AGE\nweb 1/1 TIME\nlonger 1/1 TIME\n\nNOTES:\n  two 4s\n"
        );
        let text = "NAME  \tUPDATED  \tX \nr     \t2026-11-21 14:48:10.1 +0000 UTC \tx \n";
        assert_eq!(names().generalise_output(text), "NAME\tUPDATED\tX\nr\tTIME\tx\n");
        assert_eq!(names().generalise_output("A   B\nx   4s \n"), "A   B\nx   4s \n");
    }

    #[test]
    fn kinds_of_resources_are_sorted() {
        let text = "X\nRESOURCES:\n==> v1/B\nb\n\n==> v1/A\na\n\n\nNOTES:\nhi\n";
        assert_eq!(sort_resources(text), "X\nRESOURCES:\n==> v1/A\na\n\n==> v1/B\nb\n\nNOTES:\nhi\n");
    }
}
