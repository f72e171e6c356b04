//! One Kubernetes cluster: who we are there, what it serves, and what is done to its objects. Knows nothing of charts and
//! releases.
//!
//! Everything is synchronous: requests run on the client's own runtime, on the thread that waits for them. Objects are
//! `serde_json::Value`.

// Only its feature is needed: kube is built for one version of the API.
use k8s_openapi as _;

mod answer;
mod apply;
mod body;
mod build;
mod cancel;
mod client;
mod config;
mod connect;
mod definitions;
mod discovery;
mod error;
mod kubeconfig;
mod logs;
mod lookup;
mod mapping;
mod metadata;
mod migrate;
mod patch;
mod perform;
mod preview;
mod rehearse;
mod related;
mod remove;
mod removed;
mod request;
mod resource;
mod rights;
mod signals;
mod transport;
mod update;
mod wait;

pub use apply::Apply;
pub use body::Answer;
pub use build::Validation;
pub use cancel::Cancel;
pub use client::Client;
pub use config::Config;
pub use discovery::{Capabilities, Version};
pub use error::{ApiError, Error};
pub use logs::{LogQuery, PodQuery};
pub use rehearse::{Outcome, Rehearsed};
pub use related::Form;
pub use remove::{Deletion, Propagation};
pub use removed::Removed;
pub use request::{METADATA_ONLY, Method, Request, Response};
pub use resource::Resource;
pub use rights::Right;
pub use signals::on_interrupt;
pub use update::{Changes, Failed, Update};
pub use wait::{
    ConditionLine, ContainerState, Diagnosis, EventLine, Observer, Patience, PodState, Progress, Reading, Status,
    Strategy, Unready, Wait,
};
