//! `version`: the version of Helm that this binary is.

use gostd::{Object, Value};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::out;

/// Scripts compare these: they are those of the Helm we are equal to.
pub const HELM_VERSION: &str = "v4.3.1";
const GIT_COMMIT: &str = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff";
const GO_VERSION: &str = "go1.27.2";
const KUBE_CLIENT_VERSION: &str = "v1.37";

pub static COMMAND: Command = Command {
    name: "version",
    short: "print the version",
    long: "Prints the version of Helm that this binary equals.\n\n--template takes the fields Version, GitCommit, GitTreeState, GoVersion and KubeClientVersion.",
    args: Args::None,
    flags: &[&[
        Flag::bool("short", "print the version number only"),
        Flag::string("template", "Go template for the output"),
    ]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let template = invocation.flags.string("template");
    if !template.is_empty() {
        return out::write(&templated(template)?);
    }
    if invocation.flags.bool("short") {
        return out::write(format!("{HELM_VERSION}+g{}\n", &GIT_COMMIT[..7]).as_bytes());
    }
    out::write(
        format!(
            "version.BuildInfo{{Version:\"{HELM_VERSION}\", GitCommit:\"{GIT_COMMIT}\", GitTreeState:\"clean\", \
             GoVersion:\"{GO_VERSION}\", KubeClientVersion:\"{KUBE_CLIENT_VERSION}\"}}\n"
        )
        .as_bytes(),
    )
}

fn templated(template: &str) -> Result<Vec<u8>, Failure> {
    let mut set = gotemplate::Set::new(&[]);
    set.parse("_", template)?;
    Ok(set.execute("_", &Value::object(BuildInfo), Vec::new())?)
}

struct BuildInfo;

impl Object for BuildInfo {
    fn go_type(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|(field, ..)| *field == name).map(|(_, _, value)| value)
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![
            ("Version", "version", Value::str(HELM_VERSION)),
            ("GitCommit", "git_commit", Value::str(GIT_COMMIT)),
            ("GitTreeState", "git_tree_state", Value::str("clean")),
            ("GoVersion", "go_version", Value::str(GO_VERSION)),
            ("KubeClientVersion", "kube_client_version", Value::str(KUBE_CLIENT_VERSION)),
        ]
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
