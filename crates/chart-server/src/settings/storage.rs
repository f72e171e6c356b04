//! Where blobs and rows are kept: from flags to the configuration of the store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chart_store::{BlobPlace, Config, IndexSettings, RowPlace};

use super::build::{bool, duration};
use super::given::Given;
use super::wrong::Wrong;
use super::{Import, Kept, Manner};

pub fn kept(manner: Manner, given: &Given) -> Result<Kept, Wrong> {
    let museum_folder = given.text("storage-local-rootdir").or_else(|| given.text("repo-path"));
    let storage = given.text("storage").map(str::to_lowercase);
    match (storage.as_deref(), museum_folder) {
        (Some("local"), None) => Err(missing(&["storage-local-rootdir"])),
        (Some("local"), Some(folder)) => in_museum_folder(given, Path::new(folder)),
        (None, Some(folder)) if manner == Manner::Serve => in_museum_folder(given, Path::new(folder)),
        (None, _) if manner == Manner::Museum => Err(missing(&["storage"])),
        (None, _) => in_own_folder(given),
        (Some("amazon"), _) => amazon(given),
        (Some("google"), _) => {
            bucket(given, "gs", ["storage-google-bucket", "storage-google-prefix"], Vec::new())
        }
        (Some("microsoft"), _) => {
            bucket(given, "az", ["storage-microsoft-container", "storage-microsoft-prefix"], Vec::new())
        }
        (Some(other), _) => Err(Wrong::new(format!("Unsupported storage backend:  {other}"))),
    }
}

fn missing(flags: &[&str]) -> Wrong {
    let flags: Vec<_> = flags.iter().map(|flag| format!("--{flag}")).collect();
    Wrong::new(format!("Missing required flags(s): {}", flags.join(", ")))
}

fn in_own_folder(given: &Given) -> Result<Kept, Wrong> {
    match (given.text("data"), given.operands.as_slice()) {
        (Some(folder), []) => at(given, Path::new(folder), None),
        // Archives may lie there already.
        (None, [folder]) => in_museum_folder(given, Path::new(folder)),
        (None, []) => at(given, &data_folder()?, None),
        _ => Err(Wrong::new("one folder, please: --data FOLDER, or FOLDER alone")),
    }
}

/// Charts of ChartMuseum stay where they are; what is new lies beside them.
fn in_museum_folder(given: &Given, folder: &Path) -> Result<Kept, Wrong> {
    at(given, folder, Some(import(given)))
}

fn at(given: &Given, folder: &Path, import: Option<Import>) -> Result<Kept, Wrong> {
    let folder = absolute(folder)?;
    Ok(Kept {
        shown: folder.display().to_string(),
        store: Config { folder, blobs: BlobPlace::Folder, rows: rows(given)?, index: IndexSettings::default() },
        import,
    })
}

fn amazon(given: &Given) -> Result<Kept, Wrong> {
    let mut options = Vec::new();
    let endpoint = given.text("storage-amazon-endpoint");
    // ChartMuseum takes us-east-1 for other services too.
    let region = given.text("storage-amazon-region").or(endpoint.map(|_| "us-east-1"));
    if given.text("storage-amazon-bucket").is_none() || region.is_none() {
        return Err(missing(&["storage-amazon-bucket", "storage-amazon-region"]));
    }
    if let Some(region) = region {
        options.push(("aws_region".to_owned(), region.to_owned()));
    }
    if let Some(endpoint) = endpoint {
        options.push(("aws_endpoint".to_owned(), endpoint.to_owned()));
        if endpoint.starts_with("http://") {
            options.push(("aws_allow_http".to_owned(), "true".to_owned()));
        }
    }
    let virtual_hosted = !bool(given, "storage-amazon-force-path-style");
    options.push(("aws_virtual_hosted_style_request".to_owned(), virtual_hosted.to_string()));
    if let Some(encryption) = given.text("storage-amazon-sse") {
        options.push(("aws_server_side_encryption".to_owned(), encryption.to_owned()));
    }
    bucket(given, "s3", ["storage-amazon-bucket", "storage-amazon-prefix"], options)
}

fn bucket(given: &Given, scheme: &str, flags: [&str; 2], options: Vec<(String, String)>) -> Result<Kept, Wrong> {
    let [bucket, prefix] = flags;
    let name = given.text(bucket).ok_or_else(|| missing(&[bucket]))?;
    let prefix = given.text(prefix).unwrap_or_default().trim_matches('/');
    let address = if prefix.is_empty() { format!("{scheme}://{name}") } else { format!("{scheme}://{name}/{prefix}") };
    let folder = match given.text("data") {
        Some(folder) => PathBuf::from(folder),
        None => data_folder()?,
    };
    Ok(Kept {
        shown: address.clone(),
        store: Config {
            folder: absolute(&folder)?,
            blobs: BlobPlace::Bucket { url: address, options },
            rows: rows(given)?,
            index: IndexSettings::default(),
        },
        import: Some(import(given)),
    })
}

fn import(given: &Given) -> Import {
    match duration(given, "cache-interval") {
        Some(interval) if interval > Duration::ZERO => Import::Every(interval),
        _ => Import::Once,
    }
}

fn rows(given: &Given) -> Result<RowPlace, Wrong> {
    match given.text("rows") {
        None => Ok(RowPlace::File),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(RowPlace::Postgres(url.to_owned())),
        // The text may hold a password.
        Some(_) => Err(Wrong::new("--rows is postgres://USER:PASSWORD@HOST/DATABASE")),
    }
}

/// The folder for data of the user's programs (XDG base directories).
fn data_folder() -> Result<PathBuf, Wrong> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    data.map(|data| data.join("pilothouse/charts")).ok_or_else(|| Wrong::new("$HOME is not set: name a folder with --data"))
}

fn absolute(folder: &Path) -> Result<PathBuf, Wrong> {
    std::path::absolute(folder).map_err(|error| Wrong::because(format!("no such folder: {}", folder.display()), error))
}
