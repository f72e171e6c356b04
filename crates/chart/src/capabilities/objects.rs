//! `.Capabilities` and what is in it, as templates see them.

use std::any::Any;
use std::rc::Rc;

use gostd::value::{List, Method};
use gostd::{GoError, Object, Type, Value};

use super::{Capabilities, KubeVersion};

impl Object for Capabilities {
    fn go_type(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(Value::object(self.kube_version.clone())),
            "APIVersions" => Some(Value::object(VersionSet(self.api_versions.clone()))),
            "HelmVersion" => Some(Value::object(BuildInfo)),
            _ => None,
        }
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        ["KubeVersion", "APIVersions", "HelmVersion"]
            .into_iter()
            .filter_map(|name| Some((name, name, self.field(name)?)))
            .collect()
    }

    fn methods(&self) -> &'static [Method] {
        &[Method {
            name: "Copy",
            params: &[],
            variadic: false,
            call: |this, _| Ok(Value::object(receiver::<Capabilities>(this)?.clone())),
        }]
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for KubeVersion {
    fn go_type(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(self.version.as_str().into()),
            "Major" => Some(self.major.as_str().into()),
            "Minor" => Some(self.minor.as_str().into()),
            _ => None,
        }
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![
            ("Version", "Version", self.version.as_str().into()),
            // Not exported: JSON leaves it out, but `%v` prints it.
            ("normalizedVersion", "-", self.normalized.as_str().into()),
            ("Major", "Major", self.major.as_str().into()),
            ("Minor", "Minor", self.minor.as_str().into()),
        ]
    }

    fn methods(&self) -> &'static [Method] {
        &[
            Method {
                name: "GitVersion",
                params: &[],
                variadic: false,
                call: |this, _| Ok(receiver::<KubeVersion>(this)?.version.as_str().into()),
            },
            Method {
                name: "String",
                params: &[],
                variadic: false,
                call: |this, _| Ok(receiver::<KubeVersion>(this)?.normalized.as_str().into()),
            },
        ]
    }

    /// In Go only the pointer has `String`: templates print that, functions see the struct.
    fn pointer_display(&self) -> Option<String> {
        Some(self.normalized.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Capabilities.APIVersions`.
struct VersionSet(Vec<String>);

impl Object for VersionSet {
    fn go_type(&self) -> &'static str {
        "common.VersionSet"
    }

    fn methods(&self) -> &'static [Method] {
        &[Method {
            name: "Has",
            params: &[Type::String],
            variadic: false,
            call: |this, args| {
                let wanted = args.first().and_then(Value::as_str).map(|text| text.as_bytes()).unwrap_or_default();
                Ok(receiver::<VersionSet>(this)?.0.iter().any(|version| version.as_bytes() == wanted).into())
            },
        }]
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::List(List::strings(self.0.iter().map(String::as_str))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Capabilities.HelmVersion`: the Helm that we are the same as.
struct BuildInfo;

/// Field names in Go, in JSON, and the values of the real Helm 4.3.1.
const BUILD_INFO: [(&str, &str, &str); 5] = [
    ("Version", "version", "v4.3.1"),
    ("GitCommit", "git_commit", "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"),
    ("GitTreeState", "git_tree_state", "clean"),
    ("GoVersion", "go_version", "go1.27.2"),
    ("KubeClientVersion", "kube_client_version", "v1.37"),
];

impl Object for BuildInfo {
    fn go_type(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        BUILD_INFO.iter().find(|(field, ..)| *field == name).map(|(.., value)| (*value).into())
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        BUILD_INFO.iter().map(|(name, json, value)| (*name, *json, (*value).into())).collect()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn receiver<T: 'static>(object: &Rc<dyn Object>) -> Result<&T, GoError> {
    object.as_any().downcast_ref().ok_or_else(|| GoError::new("method of another type"))
}
