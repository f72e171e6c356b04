//! What Pods have written, and which Pods there are.

use std::io::Write;

use http_body_util::BodyExt;
use serde_json::Value;

use crate::resource::{collection, escape};
use crate::{Client, Error, Request};

/// A list of Pods is asked for in pieces of this size.
const PAGE: &str = "500";

/// Which Pods are meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodQuery {
    /// `job-name=x`
    pub label_selector: String,
    /// `metadata.name=x`
    pub field_selector: String,
}

/// Which part of a log is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogQuery {
    /// Only so many of the last lines.
    pub tail_lines: Option<u32>,
    /// The run before the last restart.
    pub previous: bool,
    /// Goes on until the container ends.
    pub follow: bool,
}

impl Client {
    /// Returns the Pods of a namespace.
    ///
    /// # Errors
    /// Those of [`Client::request`]. Source: `Client.GetPodList`, pkg/kube/client.go.
    pub fn pods(&self, namespace: &str, query: &PodQuery) -> Result<Vec<Value>, Error> {
        let mut pods = Vec::new();
        let mut next = String::new();
        loop {
            let mut request = Request::get(collection("", "v1", "pods", namespace)).query("limit", PAGE);
            for (name, value) in [
                ("labelSelector", &query.label_selector),
                ("fieldSelector", &query.field_selector),
                ("continue", &next),
            ] {
                if !value.is_empty() {
                    request = request.query(name, value.clone());
                }
            }
            let mut list = self.request(&request)?.json()?;
            if let Value::Array(items) = list["items"].take() {
                pods.extend(items);
            }
            next = list["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
            if next.is_empty() {
                return Ok(pods);
            }
        }
    }

    /// Copies the log of a container, piece by piece.
    ///
    /// # Errors
    /// Those of [`Client::request`]; a failure to write in words.
    pub fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        query: LogQuery,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let path = format!("{}/{}/log", collection("", "v1", "pods", namespace), escape(pod));
        let mut request = Request::get(path).accept("*/*").query("container", container);
        if let Some(lines) = query.tail_lines {
            request = request.query("tailLines", lines.to_string());
        }
        for (name, wanted) in [("previous", query.previous), ("follow", query.follow)] {
            if wanted {
                request = request.query(name, "true");
            }
        }
        self.block(async {
            let mut body = self.transport().await?.stream(&request).await?;
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| Error::Transport(format!("cannot read the log: {error}")))?;
                if let Ok(data) = frame.into_data() {
                    out.write_all(&data).map_err(|error| Error::Plain(format!("cannot write the log: {error}")))?;
                }
            }
            Ok(())
        })
    }

    /// Returns the events about an object, in the order of the server.
    ///
    /// # Errors
    /// Those of [`Client::request`].
    pub fn events(&self, namespace: &str, kind: &str, name: &str) -> Result<Vec<Value>, Error> {
        let selector = format!("involvedObject.kind={kind},involvedObject.name={name}");
        let request = Request::get(collection("", "v1", "events", namespace)).query("fieldSelector", selector);
        let mut list = self.request(&request)?.json()?;
        match list["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Ok(Vec::new()),
        }
    }
}
