//! From what was given to settings that make sense together.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use gostd::{strconv, time};

use super::given::Given;
use super::table;
use super::wrong::Wrong;
use super::{
    Auth, Bearer, Depth, Forms, Limits, Listen, LogSettings, Manner, Mirroring, Overwrite, Settings, Shown, Tls, Way,
    Writes, storage,
};
use crate::linting::When;

/// Levels of tenants; a path has no more names than this.
pub const DEPTH_LIMIT: usize = 16;

pub fn settings(manner: Manner, given: &Given) -> Result<Settings, Wrong> {
    let auth = auth(given)?;
    let listen = listen(manner, given)?;
    let writes = writes(manner, given, &auth, &listen)?;
    let context_path = context_path(given);
    let chart_url = given.text("chart-url").or_else(|| given.text("url")).unwrap_or_default();
    let chart_url = chart_url.strip_suffix('/').unwrap_or(chart_url);
    let mut kept = storage::kept(manner, given)?;
    kept.store.index = chart_store::IndexSettings {
        chart_url: if chart_url.is_empty() { String::new() } else { format!("{chart_url}{context_path}") },
        context_path: context_path.clone(),
    };
    Ok(Settings {
        manner,
        depth: depth(given)?,
        kept,
        auth,
        writes,
        limits: Limits {
            upload_bytes: at_least_one(given, "max-upload-size")?,
            objects: count(given, "max-storage-objects")?,
            versions: count(given, "per-chart-limit")?,
        },
        forms: Forms {
            chart: text_or_default(given, "chart-post-form-field-name"),
            prov: text_or_default(given, "prov-post-form-field-name"),
        },
        shown: Shown {
            json_index: bool(given, "json-index"),
            print_index: bool(given, "gen-index"),
            export: given.text("export").map(PathBuf::from),
            artifact_hub: pairs(given, "artifact-hub-repo-id"),
            web_folder: given.text("web-template-path").map(PathBuf::from),
            cors_origin: given.text("cors-alloworigin").map(str::to_owned),
            metrics: metrics(manner, given),
            metrics_free: bool(given, "enable-metrics"),
        },
        log: LogSettings {
            debug: bool(given, "debug"),
            json: bool(given, "log-json"),
            health: bool(given, "log-health"),
            latency_integer: bool(given, "log-latency-integer"),
        },
        mirroring: Mirroring {
            urls: mirrors(given)?,
            interval: duration(given, "mirror-interval").unwrap_or(Duration::from_secs(300)),
            index_bytes: at_least_one(given, "mirror-index-limit")?,
            archives: bool(given, "mirror-archives"),
        },
        lint: lint(given)?,
        context_path,
        listen,
    })
}

fn listen(manner: Manner, given: &Given) -> Result<Listen, Wrong> {
    let default_host = if manner == Manner::Museum { "0.0.0.0" } else { "127.0.0.1" };
    let mut host = given.text("listen-host").unwrap_or(default_host).to_owned();
    let mut port = number(given, "port")?;
    if let Some(address) = given.text("address") {
        let Some((left, right)) = address.rsplit_once(':') else {
            return Err(Wrong::new(format!("--address {address:?} is not HOST:PORT")));
        };
        port = right.parse().map_err(|_| Wrong::new(format!("--address {address:?} is not HOST:PORT")))?;
        host = if left.is_empty() { "0.0.0.0".to_owned() } else { left.to_owned() };
    }
    let port = u16::try_from(port).map_err(|_| Wrong::new(format!("there is no port {port}")))?;
    Ok(Listen {
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port,
        tls: tls(given)?,
        connections: usize::try_from(at_least_one(given, "max-connections")?).unwrap_or(usize::MAX),
        read_timeout: Duration::from_secs(at_least_one(given, "read-timeout")?),
        write_timeout: Duration::from_secs(at_least_one(given, "write-timeout")?),
        stop_timeout: Duration::from_secs(at_least_one(given, "stop-timeout")?),
    })
}

fn tls(given: &Given) -> Result<Option<Tls>, Wrong> {
    let path = |flag| given.text(flag).map(PathBuf::from);
    match (path("tls-cert"), path("tls-key"), path("tls-ca-cert")) {
        (Some(certificate), Some(key), client_authority) => Ok(Some(Tls { certificate, key, client_authority })),
        (None, None, None) => Ok(None),
        // ChartMuseum would serve without TLS here, in clear text.
        _ => Err(Wrong::new("TLS needs --tls-cert and --tls-key together")),
    }
}

fn auth(given: &Given) -> Result<Auth, Wrong> {
    let anonymous_get = bool(given, "auth-anonymous-get");
    let way = if bool(given, "bearer-auth") {
        let need = |flag: &str, what: &str| {
            given.text(flag).map(str::to_owned).ok_or_else(|| Wrong::new(format!("Missing {what}: --{flag}")))
        };
        Way::Bearer(Bearer {
            realm: need("auth-realm", "Auth Realm")?,
            service: need("auth-service", "Auth Service")?,
            key: need("auth-cert-path", "Auth Server Public Cert Path")?.into(),
            actions_path: given.text("auth-actions-search-path").map(str::to_owned),
        })
    } else {
        match (given.text("basic-auth-user"), given.text("basic-auth-pass")) {
            (Some(user), Some(password)) => Way::Basic { user: user.to_owned(), password: password.to_owned() },
            (None, None) => Way::Open,
            // ChartMuseum would be open to everybody here.
            _ => return Err(Wrong::new("authentication needs --basic-auth-user and --basic-auth-pass together")),
        }
    };
    Ok(Auth { way, anonymous_get })
}

fn writes(manner: Manner, given: &Given, auth: &Auth, listen: &Listen) -> Result<Writes, Wrong> {
    let asked = bool(given, "anonymous-writes");
    let unknown = listen.tls.as_ref().is_none_or(|tls| tls.client_authority.is_none());
    // Nobody can tell who a client is.
    let closed = matches!(auth.way, Way::Open) && unknown;
    if asked && closed && manner == Manner::Serve && !is_loopback(&listen.host) {
        return Err(Wrong::new(format!(
            "--anonymous-writes would let the whole network upload and delete on {}: configure authentication, or listen on 127.0.0.1",
            listen.host
        )));
    }
    let overwrite = match (bool(given, "allow-overwrite"), bool(given, "disable-force-overwrite")) {
        (true, _) => Overwrite::Always,
        (false, false) => Overwrite::Forced,
        (false, true) => Overwrite::Never,
    };
    Ok(Writes {
        api: !bool(given, "disable-api"),
        open: manner == Manner::Museum || asked || !closed,
        delete: !bool(given, "disable-delete"),
        overwrite,
    })
}

/// Reports whether a host is this machine for itself.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn context_path(given: &Given) -> String {
    let path = given.text("context-path").unwrap_or_default();
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn depth(given: &Given) -> Result<Depth, Wrong> {
    if bool(given, "depth-dynamic") {
        return Ok(Depth::Dynamic);
    }
    match usize::try_from(number(given, "depth")?) {
        Ok(depth) if depth <= DEPTH_LIMIT => Ok(Depth::Fixed(depth)),
        _ => Err(Wrong::new(format!("--depth is 0 to {DEPTH_LIMIT}"))),
    }
}

fn metrics(manner: Manner, given: &Given) -> bool {
    bool(given, "enable-metrics") || (manner == Manner::Serve && !bool(given, "disable-metrics"))
}

fn lint(given: &Given) -> Result<When, Wrong> {
    match text_or_default(given, "lint-uploads").as_str() {
        "off" => Ok(When::Asked),
        "warn" => Ok(When::Warn),
        "error" => Ok(When::Error),
        other => Err(Wrong::new(format!("--lint-uploads {other:?} is not off, warn or error"))),
    }
}

fn mirrors(given: &Given) -> Result<BTreeMap<String, String>, Wrong> {
    let mut mirrors = BTreeMap::new();
    for value in given.all("mirror") {
        let (tenant, url) = match value.split_once('=') {
            Some((tenant, url)) if !tenant.contains("://") => (tenant, url),
            _ => ("", value.as_str()),
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Wrong::new(format!("--mirror {value:?} is not URL or TENANT=URL")));
        }
        mirrors.insert(tenant.to_owned(), url.trim_end_matches('/').to_owned());
    }
    Ok(mirrors)
}

fn pairs(given: &Given, flag: &str) -> BTreeMap<String, String> {
    let split = |value: &String| match value.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (String::new(), value.clone()),
    };
    given.all(flag).iter().map(split).collect()
}

pub fn bool(given: &Given, flag: &str) -> bool {
    let text = text_or_default(given, flag);
    strconv::parse_bool(text.as_bytes()).unwrap_or(false)
}

pub fn duration(given: &Given, flag: &str) -> Option<Duration> {
    let parsed = time::parse_duration(text_or_default(given, flag).as_bytes()).ok()?;
    u64::try_from(parsed.0).ok().map(Duration::from_nanos)
}

fn text_or_default(given: &Given, flag: &str) -> String {
    let default = table::find(flag).map_or("", |setting| setting.default);
    given.text(flag).unwrap_or(default).to_owned()
}

fn number(given: &Given, flag: &str) -> Result<i64, Wrong> {
    let text = text_or_default(given, flag);
    if text.is_empty() {
        return Ok(0);
    }
    strconv::parse_int(text.as_bytes(), 0, 64).map_err(|error| Wrong::new(format!("--{flag}: {}", error.text)))
}

/// A number of things, where 0 and less mean any number.
fn count(given: &Given, flag: &str) -> Result<u64, Wrong> {
    Ok(u64::try_from(number(given, flag)?).unwrap_or(0))
}

fn at_least_one(given: &Given, flag: &str) -> Result<u64, Wrong> {
    match u64::try_from(number(given, flag)?) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Wrong::new(format!("--{flag} is 1 or more"))),
    }
}
