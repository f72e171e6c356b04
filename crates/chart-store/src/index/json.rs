//! The index as JSON: ten times as fast to read for Helm, which takes either.

use bytes::Bytes;
use gostd::json::append_quote;

use crate::Page;
use crate::charts::entry_time;
use crate::error::Error;
use crate::names;
use crate::store::Store;
use crate::text::Text;

use super::catalogue::Catalogue;

impl Store {
    /// Returns the index of a tenant as JSON, in ChartMuseum's order.
    pub async fn index_json(&self, tenant: &str) -> Result<Text, Error> {
        let catalogue = self.latest::<Catalogue>(tenant).await?;
        let mut head = b"{\"apiVersion\":\"v1\",\"generated\":".to_vec();
        append_quote(&mut head, entry_time(catalogue.changed_at()).as_bytes());
        head.extend_from_slice(b",\"entries\":{");
        let context = &self.inner.index_settings.context_path;
        let mut foot = b"},\"serverInfo\":{".to_vec();
        if !context.is_empty() {
            foot.extend_from_slice(b"\"contextPath\":");
            append_quote(&mut foot, context.as_bytes());
        }
        foot.extend_from_slice(b"}}");
        let entries = catalogue.members(Page::default());
        Ok([Bytes::from(head)].into_iter().chain(entries).chain([Bytes::from(foot)]).collect())
    }

    /// Returns the URL of a file as indexes have it: relative, unless the server has another one.
    pub fn url(&self, tenant: &str, file: &str) -> String {
        let file = names::in_url(file);
        let base = self.inner.index_settings.chart_url.trim_end_matches('/');
        match (base, tenant) {
            ("", _) => format!("charts/{file}"),
            (base, "") => format!("{base}/charts/{file}"),
            (base, tenant) => format!("{base}/{tenant}/charts/{file}"),
        }
    }
}
