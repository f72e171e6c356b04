//! Stored records, decoded: Secrets and ConfigMaps that hold a release.

use std::io::Read;

use data_encoding::BASE64;
use flate2::Crc;
use flate2::read::GzDecoder;
use serde_json::Value;

use super::flat::{Lines, flatten};
use super::normal::Names;

/// Takes the release out of an object that holds one, and writes its lines below `release`.
pub fn take(object: &mut Value, names: &Names, lines: &mut Lines) {
    if object.pointer("/metadata/labels/owner").and_then(Value::as_str) != Some("helm") {
        return;
    }
    let is_secret = object["type"] == "helm.sh/release.v1";
    for label in ["createdAt", "modifiedAt"] {
        if let Some(time) = object.pointer_mut(&format!("/metadata/labels/{label}")) {
            *time = "TIME".into();
        }
    }
    let Some(data) = object.pointer_mut("/data/release") else { return };
    // A scenario may have damaged it; then it stays as it is.
    let Some(text) = data.as_str().and_then(|data| decode(data, is_secret)) else { return };
    let mut text = names.generalise(&text);
    let Ok(mut release) = serde_json::from_str::<Value>(&text) else { return };
    *data = Value::Null;
    for list in ["templates", "files"] {
        for file in release["chart"][list].as_array_mut().into_iter().flatten() {
            show_content(&mut file["data"], names, &mut text);
        }
    }
    flatten("release", &release, lines);
    lines.insert("release as text".into(), format!(" {} bytes, check sum {:08x}", text.len(), sum(&text)));
}

fn decode(data: &str, is_secret: bool) -> Option<String> {
    let mut bytes = data.as_bytes().to_vec();
    if is_secret {
        bytes = BASE64.decode(&bytes).ok()?;
    }
    let bytes = BASE64.decode(&bytes).ok()?;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
    Some(text)
}

/// What a file of the chart holds is easier to read as text, and the names of this run can be taken out of that; out of
/// `text`, the whole record, too.
fn show_content(data: &mut Value, names: &Names, text: &mut String) {
    let Some(encoded) = data.as_str() else { return };
    let bytes = BASE64.decode(encoded.as_bytes()).ok();
    if let Some(content) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        let content = names.generalise(&content);
        *text = text.replace(encoded, &BASE64.encode(content.as_bytes()));
        *data = content.into();
    }
}

/// Shows an order of keys or a way to escape that is not Helm's.
fn sum(text: &str) -> u32 {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}
