use super::*;

/// A line: depth (`*` is dynamic), context path (`-` is none), path, then the route and the tenant, or `none`.
const CASES: &str = include_str!("cases.txt");

#[test]
fn paths_lead_where_chartmuseum_leads_them() {
    for line in CASES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [depth, context, path, expected @ ..] = words.as_slice() else { panic!("{line}") };
        let depth = if *depth == "*" { Depth::Dynamic } else { Depth::Fixed(depth.parse().expect(line)) };
        let context_path = if *context == "-" { String::new() } else { (*context).to_owned() };
        let found = find(path, &Layout { context_path, depth });
        assert_eq!(found.map_or("none".to_owned(), |found| shown(&found)), expected.join(" "), "{line}");
    }
}

fn shown(found: &Found) -> String {
    let what = match &found.route {
        Route::Welcome => "welcome".to_owned(),
        Route::Info => "info".to_owned(),
        Route::Health => "health".to_owned(),
        Route::Metrics => "metrics".to_owned(),
        Route::Static(path) => format!("static={path}"),
        Route::Index => "index".to_owned(),
        Route::ArtifactHub => "artifacthub".to_owned(),
        Route::File(file) => format!("file={file}"),
        Route::Charts => "charts".to_owned(),
        Route::Chart(name) => format!("chart={name}"),
        Route::Version(v) => format!("version={}@{}", v.name, v.version),
        Route::Templates(v) => format!("templates={}@{}", v.name, v.version),
        Route::Values(v) => format!("values={}@{}", v.name, v.version),
        Route::Provenance => "prov".to_owned(),
        Route::Mirrors => "mirrors".to_owned(),
    };
    if found.tenant.is_empty() { what } else { format!("{what} {}", found.tenant) }
}
