//! Watches the objects of one kind in one namespace: what is there first, then every change, across interruptions.
//!
//! Source: client-go tools/cache/reflector.go (watch lists with list and watch as fallback), and `watchErrorHandler` of
//! cli-utils pkg/kstatus/watcher/object_status_reporter.go.

use std::collections::HashSet;
use std::time::Duration;

use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio::time::sleep;

use crate::answer::api_error;
use crate::{Client, Error, Method, Request};

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    /// Path of the collection.
    pub path: String,
    /// `metadata.name=x`, …; may be empty.
    pub field_selector: String,
    /// Where it may not be read, nobody is told: it only serves explanations.
    pub optional: bool,
}

/// What a watch tells; the number is that of the scope.
#[derive(Debug)]
pub(super) enum Told {
    Changed(usize, Value),
    Gone(usize, Value),
    /// All that is there has been told: the names, as `namespace/name`.
    Complete(usize, HashSet<String>),
    /// Nothing more will come.
    Failed(Error),
}

/// One object of a watch may have this size; etcd allows 1.5 MiB.
const LINE_LIMIT_BYTES: usize = 64 << 20;

const FIRST_PAUSE: Duration = Duration::from_millis(800);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What ends one round of a watch.
enum End {
    /// The server closed the stream: go on from the version.
    Resume(String),
    /// Start anew.
    Restart,
    /// Nobody listens any more, or there is nothing to watch.
    Stop,
}

/// Tells everything about a scope until nobody listens.
pub(super) async fn watch(client: Client, number: usize, scope: Scope, told: Sender<Told>) {
    let mut pause = FIRST_PAUSE;
    let mut version = String::new();
    let watching = Watching { client, number, scope, told };
    loop {
        let round = match version.is_empty() {
            true => watching.begin().await,
            false => watching.resume(&version).await,
        };
        match round {
            Ok(End::Resume(next)) => {
                version = next;
                pause = FIRST_PAUSE;
            }
            Ok(End::Restart) => version.clear(),
            Ok(End::Stop) => return,
            Err(error) => {
                if watching.give_up(error).await {
                    return;
                }
                version.clear();
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

struct Watching {
    client: Client,
    number: usize,
    scope: Scope,
    told: Sender<Told>,
}

impl Watching {
    fn request(&self) -> Request {
        let request = Request::get(self.scope.path.clone());
        match self.scope.field_selector.is_empty() {
            true => request,
            false => request.query("fieldSelector", self.scope.field_selector.clone()),
        }
    }

    /// One request for all that is there and all that comes; a server that knows none is asked in the old way.
    async fn begin(&self) -> Result<End, Error> {
        let request = self
            .request()
            .query("allowWatchBookmarks", "true")
            .query("resourceVersionMatch", "NotOlderThan")
            .query("sendInitialEvents", "true")
            .query("watch", "true");
        match self.client.transport().await?.stream(&request).await {
            Ok(body) => self.follow(body, Some(HashSet::new())).await,
            Err(Error::Api(_)) => self.list().await,
            Err(error) => Err(error),
        }
    }

    async fn list(&self) -> Result<End, Error> {
        let list = self.client.send(&self.request()).await?.json()?;
        let version = list["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned();
        let (item_version, kind) = (list["apiVersion"].clone(), list["kind"].as_str().unwrap_or_default());
        let kind = Value::String(kind.trim_end_matches("List").to_owned());
        let mut names = HashSet::new();
        for item in list["items"].as_array().into_iter().flatten() {
            let mut item = item.clone();
            // Items of lists do not say what they are.
            if let Some(fields) = item.as_object_mut() {
                fields.entry("apiVersion").or_insert_with(|| item_version.clone());
                fields.entry("kind").or_insert_with(|| kind.clone());
            }
            names.insert(full_name(&item));
            if self.tell(Told::Changed(self.number, item)).await {
                return Ok(End::Stop);
            }
        }
        match self.tell(Told::Complete(self.number, names)).await {
            true => Ok(End::Stop),
            false => Ok(End::Resume(version)),
        }
    }

    async fn resume(&self, version: &str) -> Result<End, Error> {
        let request = self
            .request()
            .query("allowWatchBookmarks", "true")
            .query("resourceVersion", version)
            .query("watch", "true");
        match self.client.transport().await?.stream(&request).await {
            Ok(body) => self.follow(body, None).await,
            Err(error) if expired(&error) => Ok(End::Restart),
            Err(error) => Err(error),
        }
    }

    /// Reads a stream to its end. `first` gathers the names until all that is there has come.
    async fn follow(&self, mut body: Body, mut first: Option<HashSet<String>>) -> Result<End, Error> {
        let mut version = String::new();
        let mut buffer: Vec<u8> = Vec::new();
        while let Some(frame) = body.frame().await {
            // A stream that breaks off is one that ended.
            let Ok(frame) = frame else { break };
            let Ok(data) = frame.into_data() else { continue };
            buffer.extend_from_slice(&data);
            let mut start = 0;
            while let Some(end) = buffer.get(start..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
                let line = buffer.get(start..start + end).unwrap_or_default();
                start += end + 1;
                match self.event(line, &mut first, &mut version).await? {
                    None => {}
                    Some(end) => return Ok(end),
                }
            }
            buffer.drain(..start);
            if buffer.len() > LINE_LIMIT_BYTES {
                return Err(Error::plain("an object of a watch is too large"));
            }
        }
        Ok(if version.is_empty() { End::Restart } else { End::Resume(version) })
    }

    async fn event(
        &self,
        line: &[u8],
        first: &mut Option<HashSet<String>>,
        version: &mut String,
    ) -> Result<Option<End>, Error> {
        let Ok(mut event) = serde_json::from_slice::<Value>(line) else { return Ok(None) };
        let object = event["object"].take();
        let kind = event["type"].as_str().unwrap_or_default();
        if kind != "ERROR" {
            object["metadata"]["resourceVersion"].as_str().unwrap_or_default().clone_into(version);
        }
        let stopped = match kind {
            "ADDED" | "MODIFIED" => {
                if let Some(names) = first {
                    names.insert(full_name(&object));
                }
                self.tell(Told::Changed(self.number, object)).await
            }
            "DELETED" => self.tell(Told::Gone(self.number, object)).await,
            "BOOKMARK" if object["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true" => {
                let names = first.take().unwrap_or_default();
                self.tell(Told::Complete(self.number, names)).await
            }
            "ERROR" => {
                let error = Error::Api(api_error(Method::Get, "", 500, object.to_string().as_bytes()));
                return if expired(&error) { Ok(Some(End::Restart)) } else { Err(error) };
            }
            _ => false,
        };
        Ok(stopped.then_some(End::Stop))
    }

    /// Says whether nobody listens.
    async fn tell(&self, told: Told) -> bool {
        self.told.send(told).await.is_err()
    }

    /// Says whether an error is the end of this watch.
    async fn give_up(&self, error: Error) -> bool {
        let Some(answer) = error.api() else {
            return error.is_cancelled();
        };
        if self.scope.optional && !answer.is_conflict() && answer.code < 500 {
            return true;
        }
        if answer.is_forbidden() {
            let error = Error::context("failed to list *unstructured.Unstructured", error);
            self.tell(Told::Failed(error)).await;
            return true;
        }
        answer.is_not_found()
    }
}

fn expired(error: &Error) -> bool {
    error.api().is_some_and(|answer| answer.code == 410 || matches!(answer.reason.as_str(), "Expired" | "Gone"))
}

/// `namespace/name`.
pub(super) fn full_name(object: &Value) -> String {
    let metadata = &object["metadata"];
    format!("{}/{}", metadata["namespace"].as_str().unwrap_or_default(), metadata["name"].as_str().unwrap_or_default())
}
