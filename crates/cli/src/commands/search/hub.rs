//! `search hub`: looks for charts in the Artifact Hub, or another server with its interface (`internal/monocular`).

use std::time::Duration;

use chart::log::Log;
use fetch::{Client, Compression, Request};
use gostd::json::{self, Field, Object, Shape, append_list};
use gostd::url::{Url, query_escape};
use gostd::{GoError, Value, path};

use super::RESULTS;
use super::repo::column_width;
use crate::command::{Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};

static FLAGS: &[Flag] = &[
    Flag::new("endpoint", Kind::String, "\"https://hub.helm.sh\"", "server to ask for charts"),
    Flag::bool("list-repo-url", "show the URLs of chart repositories too"),
];

pub static COMMAND: Command = Command {
    name: "hub",
    operands: "[KEYWORD]",
    short: "search for charts in the Artifact Hub or your own hub instance",
    long: "Asks the Artifact Hub for charts; a quoted keyword may have its query options.",
    flags: &[FLAGS, RESULTS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

const ENDPOINT: &str = "https://hub.helm.sh";
const SEARCH_PATH: &str = "api/chartsvc/v1/charts/search";

/// A longer answer is none.
const ANSWER_BYTES: u64 = 64 << 20;

/// Helm waits without end.
const TIMEOUT: Duration = Duration::from_secs(600);

/// What is shown of a chart.
#[derive(Default)]
struct Found {
    url: String,
    version: String,
    app_version: String,
    description: String,
    repository_url: String,
    repository_name: String,
}

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let endpoint = flags.last("endpoint").unwrap_or(ENDPOINT);
    let quoted = String::from_utf8_lossy(&gostd::strconv::quote(endpoint.as_bytes())).into_owned();
    let url = check(endpoint)
        .map_err(|error| Failure::new(format!("unable to create connection to {quoted}: {}", error.text)))?;
    let found = search(url, endpoint, &flags.args.join(" ")).map_err(|error| {
        Stderr.debug("search failed", &[("error", &error.text)]);
        Failure::new(format!("unable to perform search against {quoted}"))
    })?;
    if found.is_empty() && flags.bool("fail-on-no-result") {
        return Err("no results found".into());
    }
    match Format::of(invocation) {
        Format::Table if found.is_empty() => out::finish(b"No results found\n"),
        Format::Table => out::finish(table(&found, flags).as_bytes()),
        Format::Json => out::finish(&output::json(as_json(&found))),
        Format::Yaml => out::finish(&output::yaml(&as_json(&found))?),
    }
}

fn check(endpoint: &str) -> Result<Url, GoError> {
    let url = Url::parse(endpoint.as_bytes())?;
    if url.hostname().is_empty() { Err(GoError::new("no hostname provided")) } else { Ok(url) }
}

fn search(mut url: Url, endpoint: &str, term: &str) -> Result<Vec<Found>, GoError> {
    url.path = path::join(&[&url.path, SEARCH_PATH.as_bytes()]);
    url.raw_query = [b"q=", &*query_escape(term.as_bytes())].concat();
    let url = String::from_utf8_lossy(&url.text()).into_owned();
    let mut body = Vec::new();
    Client::new(Compression::Gzip)
        .download(&Request::new(&url, TIMEOUT, ANSWER_BYTES), &mut body)
        .map_err(|failure| GoError::new(failure.text(&url, ANSWER_BYTES)))?;
    // What does not fit is left out, as Helm does not look at the error.
    let (answer, _) = json::decode_partial(&body, &ANSWER);
    let data = answer.as_map().and_then(|map| map.get(b"data")).unwrap_or(Value::Nil);
    let items = data.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
    Ok(items.iter().map(|item| found(item, endpoint)).collect())
}

const NAMED: Shape = Shape::Struct(
    &[Field { name: "name", shape: Shape::String }, Field { name: "url", shape: Shape::String }],
    "monocular.Repo",
);

const VERSION: Shape = Shape::Struct(
    &[Field { name: "version", shape: Shape::String }, Field { name: "app_version", shape: Shape::String }],
    "monocular.ChartVersion",
);

const LATEST: Shape = Shape::Struct(&[Field { name: "data", shape: VERSION }], "monocular.LatestChartVersion");

const RESULT: Shape = Shape::Struct(
    &[
        Field { name: "id", shape: Shape::String },
        Field {
            name: "artifactHub",
            shape: Shape::Struct(&[Field { name: "packageUrl", shape: Shape::String }], "monocular.ArtifactHub"),
        },
        Field {
            name: "attributes",
            shape: Shape::Struct(
                &[Field { name: "repo", shape: NAMED }, Field { name: "description", shape: Shape::String }],
                "monocular.Chart",
            ),
        },
        Field {
            name: "relationships",
            shape: Shape::Struct(&[Field { name: "latestChartVersion", shape: LATEST }], "monocular.Relationships"),
        },
    ],
    "monocular.SearchResult",
);

const ANSWER: Shape = Shape::Struct(
    &[Field { name: "data", shape: Shape::List(&RESULT, "[]monocular.SearchResult") }],
    "monocular.searchResponse",
);

fn found(item: &Value, endpoint: &str) -> Found {
    let text = |path: &[&str]| {
        let value = path.iter().try_fold(item.clone(), |value, name| value.as_map()?.get(name.as_bytes()));
        value.and_then(|value| value.as_str().map(|s| s.to_text().into_owned())).unwrap_or_default()
    };
    let package = text(&["artifactHub", "packageUrl"]);
    let latest = ["relationships", "latestChartVersion", "data"];
    Found {
        url: if package.is_empty() { format!("{endpoint}/charts/{}", text(&["id"])) } else { package },
        version: text(&[latest[0], latest[1], latest[2], "version"]),
        app_version: text(&[latest[0], latest[1], latest[2], "app_version"]),
        description: text(&["attributes", "description"]),
        repository_url: text(&["attributes", "repo", "url"]),
        repository_name: text(&["attributes", "repo", "name"]),
    }
}

fn table(found: &[Found], flags: &Parsed) -> String {
    let with_repository = flags.bool("list-repo-url");
    let mut table = Table::at_most(column_width(flags));
    let mut row = |cells: [&str; 5]| {
        table.row(cells.into_iter().take(if with_repository { 5 } else { 4 }));
    };
    row(["URL", "CHART VERSION", "APP VERSION", "DESCRIPTION", "REPO URL"]);
    for each in found {
        row([&each.url, &each.version, &each.app_version, &each.description, &each.repository_url]);
    }
    table.text()
}

fn as_json(found: &[Found]) -> Vec<u8> {
    let mut out = Vec::new();
    append_list(&mut out, found, |out, found| {
        let mut object = Object::open(out);
        object.text("url", found.url.as_bytes());
        object.text("version", found.version.as_bytes());
        object.text("app_version", found.app_version.as_bytes());
        object.text("description", found.description.as_bytes());
        let mut repository = Object::open(object.name("repository"));
        repository.text("url", found.repository_url.as_bytes());
        repository.text("name", found.repository_name.as_bytes());
        repository.close();
        object.close();
    });
    out
}
