//! From rows to blocks: all of a tenant's, or those that changed.

use std::sync::Arc;

use bytes::Bytes;
use gostd::Value;
use gostd::value::Entries;

use crate::charts::{chart_head, entry_time};
use crate::config::IndexSettings;
use crate::error::Error;
use crate::rows::{Arg, PAGE_BYTES, are_full};
use crate::store::Store;

use super::State;
use super::blocks::{Blocks, Builder, Edits};
use super::key::Key;

/// Rows that are read at a time at most: about a kilobyte each.
const PAGE: i64 = 500;
/// The same of rows that changed.
const CHANGED: i64 = 4096;

/// Returns what stands behind the entries.
pub fn foot(settings: &IndexSettings, changed_at: i64) -> Vec<u8> {
    let mut server = Entries::new();
    if !settings.context_path.is_empty() {
        server.insert("contextPath".into(), settings.context_path.as_str().into());
    }
    let generated = entry_time(changed_at);
    let foot = [("generated".into(), generated.as_str().into()), ("serverInfo".into(), Value::map(server))];
    let mut text = goyaml::to_yaml(&Value::map(Entries::from(foot))).unwrap_or_default();
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

impl Store {
    /// Returns what stands behind the entries of an index that was made at a time, in milliseconds since 1970.
    pub fn index_foot(&self, made_at: i64) -> Vec<u8> {
        foot(&self.inner.index_settings, made_at)
    }

    /// Reads all versions of a tenant, as they are or newer than `state`.
    pub(super) async fn all_blocks(&self, tenant: &str, state: State) -> Result<Blocks, Error> {
        let mut builder = Builder::default();
        let mut chart: Vec<(Key, Bytes)> = Vec::new();
        let (mut name, mut after): (Arc<str>, (String, String)) = (Arc::from(""), Default::default());
        loop {
            let sql = "SELECT name, version, entry FROM versions WHERE tenant = $1 AND (name, version) > ($2, $3) \
                ORDER BY name, version LIMIT $4";
            let args = [state.tenant.into(), (&after.0).into(), (&after.1).into(), Arg::Int(PAGE)];
            let rows = self.inner.rows.some_rows(sql, &args, PAGE_BYTES).await?;
            let last = !are_full(&rows, PAGE, PAGE_BYTES);
            for mut row in rows {
                after = (row.text()?, row.text()?);
                if *name != *after.0 {
                    flush(&mut builder, &name, &mut chart)?;
                    name = after.0.as_str().into();
                }
                chart.push((Key::version(&name, &after.1), self.addressed(tenant, row.text()?)));
            }
            if last {
                flush(&mut builder, &name, &mut chart)?;
                break;
            }
        }
        // Pages were read one after the other: what changed meanwhile is read again.
        self.changed_blocks(tenant, &builder.build(), state).await
    }

    /// Reads the versions that changed since `state` was.
    pub(super) async fn changed_blocks(&self, tenant: &str, blocks: &Blocks, state: State) -> Result<Blocks, Error> {
        let mut edits = Edits::new();
        let args = [state.tenant.into(), Arg::Int(state.changes)];
        let sql = "SELECT name, version FROM removals WHERE tenant = $1 AND changed > $2";
        for mut row in self.inner.rows.rows(sql, &args).await? {
            let name = row.text()?.as_str().into();
            edits.insert(Key::version(&name, &row.text()?), None);
        }
        let mut blocks = if edits.is_empty() { blocks.clone() } else { blocks.edited(edits) };
        // Read behind the removals: what was removed and came back since is here.
        let (mut after, mut name, mut version) = (state.changes + 1, String::new(), String::new());
        loop {
            let sql = "SELECT changed, name, version, entry FROM versions WHERE tenant = $1 AND \
                (changed, name, version) > ($2, $3, $4) ORDER BY changed, name, version LIMIT $5";
            let args = [state.tenant.into(), Arg::Int(after), (&name).into(), (&version).into(), Arg::Int(CHANGED)];
            let rows = self.inner.rows.some_rows(sql, &args, PAGE_BYTES).await?;
            // Not until there are none: while many upload, there are always some.
            let last = !are_full(&rows, CHANGED, PAGE_BYTES);
            let mut edits = Edits::new();
            for mut row in rows {
                (after, name, version) = (row.int()?, row.text()?, row.text()?);
                let name: Arc<str> = name.as_str().into();
                edits.insert(Key::version(&name, &version), Some(self.addressed(tenant, row.text()?)));
                edits.insert(Key::head(&name), Some(chart_head(&name)?.into()));
            }
            if !edits.is_empty() {
                blocks = blocks.edited(edits);
            }
            if last {
                return Ok(blocks);
            }
        }
    }

    /// The text of an entry, its URL as this server has it.
    pub(crate) fn addressed(&self, tenant: &str, entry: String) -> Bytes {
        const URLS: &str = "\n    urls:\n    - ";
        let base = &self.inner.index_settings.chart_url;
        if base.is_empty() {
            return entry.into();
        }
        // Texts of the chart are indented further, or are in front.
        let Some(start) = entry.rfind(URLS).map(|at| at + URLS.len()) else { return entry.into() };
        let (before, url) = entry.split_at(start);
        let quote = if url.starts_with(['"', '\'']) { 1 } else { 0 };
        let (quote, url) = url.split_at(quote);
        let base = base.trim_end_matches('/');
        let slash = if tenant.is_empty() { "" } else { "/" };
        format!("{before}{quote}{base}{slash}{tenant}/{url}").into()
    }
}

/// Adds a chart with its versions, which came in the order of their texts.
fn flush(builder: &mut Builder, name: &Arc<str>, chart: &mut Vec<(Key, Bytes)>) -> Result<(), Error> {
    if chart.is_empty() {
        return Ok(());
    }
    chart.sort_by(|(own, _), (other, _)| own.cmp(other));
    builder.push(Key::head(name), chart_head(name)?.into());
    chart.drain(..).for_each(|(key, text)| builder.push(key, text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_tells_plugins_where_the_api_is() {
        let text = |settings| String::from_utf8(foot(&settings, 0)).unwrap_or_default();
        let bare = IndexSettings::default();
        assert_eq!(text(bare), "generated: \"1970-01-01T00:00:00Z\"\nserverInfo: {}\n");
        let below = IndexSettings { chart_url: String::new(), context_path: "/x".to_owned() };
        assert_eq!(text(below), "generated: \"1970-01-01T00:00:00Z\"\nserverInfo:\n  contextPath: /x\n");
    }
}
