//! `list`: the releases of a namespace, or of all.

use std::collections::HashMap;

use release::object::{Object, list as list_of};
use release::{Status, Summary};

use super::history::{app_of, chart_of};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::out;
use crate::output::{self, Color, Format, OUTPUT, Table};
use crate::selector::Selector;
use crate::session::Session;

static FLAGS: &[Flag] = &[
    Flag::bool("short", "print names only").short('q'),
    Flag::bool("no-headers", "print the table without its first line"),
    Flag::string("time-format", "layout of times, as Go has them: \"2006-01-02 15:04:05Z0700\""),
    Flag::bool("date", "sort by the time of deployment").short('d'),
    Flag::bool("reverse", "sort the other way round").short('r'),
    Flag::bool("uninstalled", "show uninstalled releases (of `uninstall --keep-history`)"),
    Flag::bool("superseded", "show superseded releases"),
    Flag::bool("uninstalling", "show releases that are being uninstalled"),
    Flag::bool("deployed", "show deployed releases"),
    Flag::bool("failed", "show failed releases"),
    Flag::bool("pending", "show pending releases"),
    Flag::bool("all-namespaces", "list releases of all namespaces").short('A'),
    Flag::new("max", Kind::Int, "256", "how many releases to show at most; 0 for all").short('m'),
    Flag::new("offset", Kind::Int, "", "how many releases to leave out at the start"),
    Flag::string("filter", "show only releases whose name matches this regular expression").short('f'),
    Flag::string("selector", "show only releases whose labels match, as key1=value1,key2!=value2").short('l'),
    // Of Helm 2 and 3, where not all statuses were shown.
    Flag::bool("all", "").short('a').deprecated("use 'helm list' instead: it shows all releases"),
    // Helm 2's words.
    Flag::bool("deleted", "").deprecated("use --uninstalled instead"),
    Flag::bool("deleting", "").deprecated("use --uninstalling instead"),
];

pub static COMMAND: Command = Command {
    name: "list",
    aliases: &["ls"],
    short: "list releases",
    long: "Lists the releases of a namespace, each with its newest revision.",
    args: Args::None,
    flags: &[FLAGS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let namespace = if flags.bool("all-namespaces") { String::new() } else { invocation.settings.namespace() };
    let session = Session::open(invocation, &namespace)?;
    match flags.bool("all-namespaces") {
        // For this Helm opens the cluster anew, even where records are in memory.
        true => session.client.reachable().map_err(|error| Failure::new(error.to_string()))?,
        false => session.reachable()?,
    }
    let wanted = Wanted::of(flags)?;
    let mut releases = found(&session, &wanted)?;
    sort(&mut releases, flags);
    let shown = page(&releases, flags);
    let color = Color::of(&invocation.settings);
    match (Format::of(invocation), flags.bool("short")) {
        (Format::Table, true) => out::finish(names(shown).as_bytes()),
        (Format::Table, false) => out::finish(table(shown, flags, color).as_bytes()),
        (Format::Json, short) => out::finish(&output::json(json(shown, short, flags))),
        (Format::Yaml, short) => out::finish(&output::yaml(&json(shown, short, flags))?),
    }
}

/// Which releases are shown.
struct Wanted {
    name: Option<gostd::regexp::Regexp>,
    selector: Selector,
    statuses: Vec<Status>,
}

/// The flags, and what they show; without any of them all of these, but no status that Helm does not know.
const STATUSES: &[(&str, &[Status])] = &[
    ("deployed", &[Status::Deployed]),
    ("uninstalled", &[Status::Uninstalled]),
    ("uninstalling", &[Status::Uninstalling]),
    ("deleted", &[Status::Uninstalled]),
    ("deleting", &[Status::Uninstalling]),
    ("pending", &[Status::PendingInstall, Status::PendingUpgrade, Status::PendingRollback]),
    ("failed", &[Status::Failed]),
    ("superseded", &[Status::Superseded]),
];

impl Wanted {
    fn of(flags: &Parsed) -> Result<Self, Failure> {
        let name = match flags.string("filter") {
            "" => None,
            pattern => Some(gostd::regexp::Regexp::new(pattern.as_bytes())?),
        };
        let selector = Selector::parse(flags.string("selector"))?;
        let any = STATUSES.iter().any(|(flag, _)| flags.bool(flag));
        let asked_for = STATUSES.iter().filter(|(flag, _)| !any || flags.bool(flag));
        let statuses = asked_for.flat_map(|(_, statuses)| statuses.to_vec()).collect();
        Ok(Wanted { name, selector, statuses })
    }

    /// Older revisions are looked at only where nothing else is asked for.
    fn only_superseded(&self) -> bool {
        self.statuses == [Status::Superseded]
    }
}

/// The newest revision of each release, with whether its labels match; where superseded ones are asked for, all.
#[derive(Default)]
struct Found {
    newest: HashMap<(String, String), (Summary, bool)>,
    all: Vec<(Summary, bool)>,
}

impl Found {
    /// Of equal revisions the later one stays.
    fn keep_newest(&mut self, summary: Summary, matches: bool) {
        let key = (summary.namespace.clone(), summary.name.clone());
        match self.newest.get(&key) {
            Some((known, _)) if known.version > summary.version => {}
            _ => drop(self.newest.insert(key, (summary, matches))),
        }
    }
}

fn found(session: &Session, wanted: &Wanted) -> Result<Vec<Summary>, Failure> {
    let mut found = Found::default();
    let each = &mut |listed: storage::Listed| {
        if wanted.name.as_ref().is_some_and(|name| !name.is_match(listed.summary.name.as_bytes())) {
            return;
        }
        // Labels count after the newest revisions were found: those of older ones say nothing.
        let matches = wanted.selector.matches(&listed.labels);
        match wanted.only_superseded() {
            true => found.all.push((listed.summary, matches)),
            false => found.keep_newest(listed.summary, matches),
        }
    };
    session.records.summaries(each).map_err(|error| Failure::new(error.to_string()))?;
    let status = |summary: &Summary| wanted.statuses.contains(&summary.status);
    let marked = found.all.into_iter().chain(found.newest.into_values());
    Ok(marked.filter(|(summary, matches)| *matches && status(summary)).map(|(summary, _)| summary).collect())
}

fn sort(releases: &mut [Summary], flags: &Parsed) {
    // Of equal names, Helm's order is random.
    releases.sort_by(|a, b| a.namespace.cmp(&b.namespace));
    match flags.bool("date") {
        true => releases.sort_by(release::by_date),
        false => releases.sort_by(release::by_name),
    }
    if flags.bool("reverse") {
        releases.reverse();
    }
}

fn page<'a>(releases: &'a [Summary], flags: &Parsed) -> &'a [Summary] {
    let number = |name: &str, default: usize| {
        let given = flags.last(name).and_then(|text| gostd::strconv::parse_int(text.as_bytes(), 0, 64).ok());
        given.map_or(default, |number| usize::try_from(number).unwrap_or(0))
    };
    let rest = releases.get(number("offset", 0)..).unwrap_or_default();
    match number("max", 256) {
        0 => rest,
        most => &rest[..most.min(rest.len())],
    }
}

fn names(releases: &[Summary]) -> String {
    releases.iter().map(|release| format!("{}\n", release.name)).collect()
}

fn table(releases: &[Summary], flags: &Parsed, color: Color) -> String {
    let mut table = Table::default();
    if !flags.bool("no-headers") {
        let heads = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"];
        table.row(heads.map(|head| color.header(head)));
    }
    for release in releases {
        table.row([
            release.name.clone(),
            color.namespace(&release.namespace),
            release.version.to_string(),
            updated(release, flags),
            color.status(release.status.as_str()),
            chart_of(release),
            app_of(release).to_string(),
        ]);
    }
    table.text()
}

fn updated(release: &Summary, flags: &Parsed) -> String {
    let Some(time) = &release.updated else { return "-".to_string() };
    let layout = match flags.string("time-format") {
        "" => "2006-01-02 15:04:05.999999999 -0700 MST",
        layout => layout,
    };
    String::from_utf8_lossy(&time.format(layout.as_bytes())).into_owned()
}

fn json(releases: &[Summary], short: bool, flags: &Parsed) -> Vec<u8> {
    let mut out = Vec::new();
    list_of(&mut out, releases, |out, release| {
        if short {
            return gostd::json::append_quote(out, release.name.as_bytes());
        }
        let mut object = Object::open(out);
        object.text("name", release.name.as_bytes());
        object.text("namespace", release.namespace.as_bytes());
        object.text("revision", release.version.to_string().as_bytes());
        object.text("updated", updated(release, flags).as_bytes());
        object.text("status", release.status.as_str().as_bytes());
        object.text("chart", chart_of(release).as_bytes());
        object.text("app_version", app_of(release).as_bytes());
        object.close();
    });
    out
}
