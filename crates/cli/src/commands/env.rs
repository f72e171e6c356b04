//! `env`: the settings in force.

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::out;
use crate::settings::{Settings, cache_path, config_path, data_path};

pub static COMMAND: Command = Command {
    name: "env",
    short: "print the settings in force",
    long: "Prints the settings that the environment and the flags make, one a line; with a name, that one's value alone.",
    args: Args::AtMost(1),
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let variables = variables(&invocation.settings);
    let text = match invocation.flags.args.first() {
        Some(name) => {
            let found = variables.iter().find(|(variable, _)| variable == name);
            format!("{}\n", found.map(|(_, value)| value.as_str()).unwrap_or_default())
        }
        None => variables.iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect(),
    };
    out::write(text.as_bytes())
}

/// Follows `EnvVars` in Helm's `pkg/cli/environment.go`; sorted by name.
pub fn variables(settings: &Settings) -> Vec<(&'static str, String)> {
    let kube = &settings.kube;
    let mut variables = vec![
        ("HELM_BIN", std::env::args().next().unwrap_or_default()),
        ("HELM_BURST_LIMIT", settings.burst_limit.to_string()),
        ("HELM_CACHE_HOME", cache_path("")),
        ("HELM_CONFIG_HOME", config_path("")),
        ("HELM_CONTENT_CACHE", settings.content_cache.clone()),
        ("HELM_DATA_HOME", data_path("")),
        ("HELM_DEBUG", settings.debug.to_string()),
        ("HELM_KUBEAPISERVER", kube.api_server.clone()),
        ("HELM_KUBEASGROUPS", kube.as_groups.join(",")),
        ("HELM_KUBEASUSER", kube.as_user.clone()),
        ("HELM_KUBECAFILE", kube.ca_file.clone()),
        ("HELM_KUBECONTEXT", settings.kube_context.clone()),
        ("HELM_KUBEINSECURE_SKIP_TLS_VERIFY", kube.insecure_skip_tls_verify.to_string()),
        ("HELM_KUBETLS_SERVER_NAME", kube.tls_server_name.clone()),
        ("HELM_KUBETOKEN", kube.token.clone()),
        ("HELM_MAX_HISTORY", settings.max_history.to_string()),
        ("HELM_NAMESPACE", settings.namespace()),
        ("HELM_PLUGINS", settings.plugins_directory.clone()),
        ("HELM_QPS", format!("{:.2}", settings.qps)),
        ("HELM_REGISTRY_CONFIG", settings.registry_config.clone()),
        ("HELM_REPOSITORY_CACHE", settings.repository_cache.clone()),
        ("HELM_REPOSITORY_CONFIG", settings.repository_config.clone()),
    ];
    if !settings.kubeconfig.is_empty() {
        variables.push(("KUBECONFIG", settings.kubeconfig.clone()));
    }
    variables
}
