//! The index as JSON: ten times as fast to read for Helm, which takes either.

use gostd::json::append_quote;

use crate::charts::entry_time;
use crate::error::Error;
use crate::store::Store;
use crate::text::Text;
use crate::{ChartVersion, Page};

/// Charts that are read at a time.
const CHARTS: u64 = 100;

/// Writes the index of a tenant.
pub async fn index(store: &Store, tenant: &str, id: i64, changed_at: i64) -> Result<Text, Error> {
    // In ChartMuseum's order.
    let mut head = b"{\"apiVersion\":\"v1\",\"generated\":".to_vec();
    append_quote(&mut head, entry_time(changed_at).as_bytes());
    head.extend_from_slice(b",\"entries\":{");
    let mut pieces = vec![head.into()];
    let mut offset = 0;
    loop {
        let charts = match id {
            0 => Vec::new(),
            _ => store.charts(tenant, Page { offset, limit: Some(CHARTS) }).await?,
        };
        let mut piece = Vec::new();
        for chart in &charts {
            if offset > 0 {
                piece.push(b',');
            }
            offset += 1;
            append_quote(&mut piece, chart.name.as_bytes());
            piece.push(b':');
            append_versions(&mut piece, &chart.versions, |version| store.url(tenant, &version.file));
        }
        pieces.push(piece.into());
        if charts.len() < CHARTS as usize {
            break;
        }
    }
    let context = &store.inner.index_settings.context_path;
    let mut foot = b"},\"serverInfo\":{".to_vec();
    if !context.is_empty() {
        foot.extend_from_slice(b"\"contextPath\":");
        append_quote(&mut foot, context.as_bytes());
    }
    foot.extend_from_slice(b"}}");
    pieces.push(foot.into());
    Ok(pieces.into_iter().collect())
}

fn append_versions(out: &mut Vec<u8>, versions: &[ChartVersion], url: impl Fn(&ChartVersion) -> String) {
    out.push(b'[');
    for (at, version) in versions.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(version.to_json(&url(version)).as_bytes());
    }
    out.push(b']');
}

impl Store {
    /// Returns the URL of a file as indexes have it: relative, unless the server has another one.
    pub fn url(&self, tenant: &str, file: &str) -> String {
        let base = self.inner.index_settings.chart_url.trim_end_matches('/');
        match (base, tenant) {
            ("", _) => format!("charts/{file}"),
            (base, "") => format!("{base}/charts/{file}"),
            (base, tenant) => format!("{base}/{tenant}/charts/{file}"),
        }
    }
}
