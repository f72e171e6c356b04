//! Which cluster is meant and as whom: what the `--kube-*` flags and `HELM_KUBE*` variables say. Reads no files.

use std::ffi::OsString;
use std::path::PathBuf;

/// The settings of a connection. Empty texts mean "not given".
///
/// Source: `EnvSettings`, pkg/cli/environment.go.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `--kubeconfig`: one file that must exist.
    pub kubeconfig: Option<PathBuf>,
    /// `KUBECONFIG`: files that are merged, the first that names something wins; missing ones are skipped.
    pub kubeconfig_list: Option<OsString>,
    /// Where `.kube/config` is looked for.
    pub home: Option<PathBuf>,
    pub context: String,
    pub token: String,
    pub as_user: String,
    pub as_groups: Vec<String>,
    pub as_uid: String,
    pub api_server: String,
    pub ca_file: String,
    pub insecure: bool,
    pub tls_server_name: String,
    /// `--namespace` or `HELM_NAMESPACE`.
    pub namespace: String,
    /// Requests at once above `qps`.
    pub burst: u32,
    /// Requests a second; 0 does not limit (Helm then means 5, which only slows it down).
    pub qps: f32,
    /// What the server sees as the client; before the `/` it names the manager of objects written without one.
    pub user_agent: String,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            kubeconfig: None,
            kubeconfig_list: None,
            home: None,
            context: String::new(),
            token: String::new(),
            as_user: String::new(),
            as_groups: Vec::new(),
            as_uid: String::new(),
            api_server: String::new(),
            ca_file: String::new(),
            insecure: false,
            tls_server_name: String::new(),
            namespace: String::new(),
            burst: 100,
            qps: 0.0,
            user_agent: "Helm/4.3.1".to_owned(),
        }
    }
}

impl Config {
    /// Reads the variables of the environment, as `cli.New` does; what cannot be read as a number or a boolean is not
    /// given.
    pub fn from_env() -> Self {
        Config::from_variables(&|name| std::env::var_os(name))
    }

    /// Reads variables by a function, for tests.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
        let standard = Config::default();
        Config {
            kubeconfig_list: variable("KUBECONFIG").filter(|value| !value.is_empty()),
            home: variable("HOME").map(PathBuf::from),
            context: text("HELM_KUBECONTEXT"),
            token: text("HELM_KUBETOKEN"),
            as_user: text("HELM_KUBEASUSER"),
            as_groups: separated(&text("HELM_KUBEASGROUPS")),
            api_server: text("HELM_KUBEAPISERVER"),
            ca_file: text("HELM_KUBECAFILE"),
            insecure: truth(&text("HELM_KUBEINSECURE_SKIP_TLS_VERIFY")),
            tls_server_name: text("HELM_KUBETLS_SERVER_NAME"),
            namespace: text("HELM_NAMESPACE"),
            burst: text("HELM_BURST_LIMIT").parse().unwrap_or(standard.burst),
            qps: text("HELM_QPS").parse().unwrap_or(standard.qps),
            ..standard
        }
    }
}

/// `envCSV`.
fn separated(list: &str) -> Vec<String> {
    let list = list.trim_matches([',', ' ']);
    if list.is_empty() { Vec::new() } else { list.split(',').map(str::to_owned).collect() }
}

/// `strconv.ParseBool`, with false for what is none.
fn truth(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_become_settings() {
        let given = |name: &str| -> Option<OsString> {
            let value = match name {
                "HELM_KUBEASGROUPS" => ", a,b ,",
                "HELM_KUBEINSECURE_SKIP_TLS_VERIFY" => "T",
                "HELM_BURST_LIMIT" => "many",
                "HELM_QPS" => "2.5",
                "HELM_KUBETLS_SERVER_NAME" => "name",
                _ => return None,
            };
            Some(value.into())
        };
        let config = Config::from_variables(&given);
        assert_eq!(config.as_groups, ["a", "b"]);
        assert!(config.insecure);
        assert_eq!((config.burst, config.qps), (100, 2.5));
        assert_eq!(config.tls_server_name, "name");
    }
}
