//! What the environment and the global flags say (Helm's `pkg/cli/environment.go`).

use std::path::PathBuf;

use crate::flags::Parsed;
use crate::kubeconfig;

/// The settings that every command shares.
pub struct Settings {
    pub debug: bool,
    pub color_mode: String,
    pub namespace_flag: String,
    pub kubeconfig: String,
    pub kube_context: String,
    pub registry_config: String,
    pub repository_config: String,
    pub repository_cache: String,
    pub content_cache: String,
    pub plugins_directory: String,
    pub max_history: i64,
    pub burst_limit: i64,
    pub qps: f32,
    pub kube: Kube,
}

/// How to reach the cluster.
pub struct Kube {
    pub api_server: String,
    pub as_groups: Vec<String>,
    pub as_user: String,
    pub ca_file: String,
    pub insecure_skip_tls_verify: bool,
    pub tls_server_name: String,
    pub token: String,
}

impl Settings {
    /// Reads the environment, then lets flags win.
    pub fn new(flags: &Parsed) -> Self {
        let text = |flag: &str, variable: &str, default: &dyn Fn() -> String| {
            flags.last(flag).map_or_else(|| std::env::var(variable).unwrap_or_else(|_| default()), str::to_string)
        };
        let none = &String::new;
        Settings {
            debug: flags.last("debug").map_or_else(|| env_bool("HELM_DEBUG"), |_| flags.bool("debug")),
            color_mode: flags.last_of(&["color", "colour"]).map_or_else(color_mode, str::to_string),
            namespace_flag: text("namespace", "HELM_NAMESPACE", none),
            kubeconfig: flags.string("kubeconfig").to_string(),
            kube_context: text("kube-context", "HELM_KUBECONTEXT", none),
            registry_config: text("registry-config", "HELM_REGISTRY_CONFIG", &|| config_path("registry/config.json")),
            repository_config: text("repository-config", "HELM_REPOSITORY_CONFIG", &|| {
                config_path("repositories.yaml")
            }),
            repository_cache: text("repository-cache", "HELM_REPOSITORY_CACHE", &|| cache_path("repository")),
            content_cache: text("content-cache", "HELM_CONTENT_CACHE", &|| cache_path("content")),
            plugins_directory: plugins_directory(),
            max_history: env_int("HELM_MAX_HISTORY", 10),
            burst_limit: int(flags, "burst-limit").unwrap_or_else(|| env_int("HELM_BURST_LIMIT", 100)),
            qps: qps(flags),
            kube: Kube::new(flags),
        }
    }

    /// Returns the namespace to work in: flag, environment, kubeconfig, `default`.
    pub fn namespace(&self) -> String {
        if !self.namespace_flag.is_empty() {
            return self.namespace_flag.clone();
        }
        kubeconfig::namespace(&self.kubeconfig, &self.kube_context).unwrap_or_else(|| "default".to_string())
    }

    /// # Errors
    /// Helm's text for a colour mode that does not exist.
    pub fn check_color(&self) -> Result<(), String> {
        match self.color_mode.as_str() {
            "never" | "auto" | "always" => Ok(()),
            other => {
                let quoted = String::from_utf8_lossy(&gostd::strconv::quote(other.as_bytes())).into_owned();
                Err(format!("invalid color mode {quoted}: must be one of: never, auto, always"))
            }
        }
    }
}

impl Kube {
    fn new(flags: &Parsed) -> Self {
        let text = |flag: &str, variable: &str| {
            flags.last(flag).map_or_else(|| std::env::var(variable).unwrap_or_default(), str::to_string)
        };
        let insecure = "kube-insecure-skip-tls-verify";
        Kube {
            api_server: text("kube-apiserver", "HELM_KUBEAPISERVER"),
            as_groups: groups(flags),
            as_user: text("kube-as-user", "HELM_KUBEASUSER"),
            ca_file: text("kube-ca-file", "HELM_KUBECAFILE"),
            insecure_skip_tls_verify: match flags.last(insecure) {
                Some(_) => flags.bool(insecure),
                None => env_bool("HELM_KUBEINSECURE_SKIP_TLS_VERIFY"),
            },
            tls_server_name: text("kube-tls-server-name", "HELM_KUBETLS_SERVER_NAME"),
            token: text("kube-token", "HELM_KUBETOKEN"),
        }
    }
}

pub fn cache_path(name: &str) -> String {
    home_path("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache", name)
}

pub fn config_path(name: &str) -> String {
    home_path("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config", name)
}

/// The folder of plugins, or a list of such folders.
pub fn plugins_directory() -> String {
    std::env::var("HELM_PLUGINS").unwrap_or_else(|_| data_path("plugins"))
}

pub fn data_path(name: &str) -> String {
    home_path("HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share", name)
}

/// Follows Helm's `pkg/helmpath/lazypath.go`: the variable of Helm, then that of XDG, then below the home folder.
fn home_path(helm: &str, xdg: &str, below_home: &str, name: &str) -> String {
    let set = |variable: &str| std::env::var(variable).ok().filter(|v| !v.is_empty());
    let base = match (set(helm), set(xdg)) {
        (Some(base), _) => PathBuf::from(base),
        (None, Some(base)) => PathBuf::from(base).join("helm"),
        (None, None) => PathBuf::from(std::env::var("HOME").unwrap_or_default()).join(below_home).join("helm"),
    };
    let path = if name.is_empty() { base } else { base.join(name) };
    String::from_utf8_lossy(&gostd::path::clean(path.to_string_lossy().as_bytes())).into_owned()
}

fn color_mode() -> String {
    if std::env::var("NO_COLOR").is_ok_and(|v| !v.is_empty()) {
        return "never".to_string();
    }
    match std::env::var("HELM_COLOR").map(|v| v.to_lowercase()) {
        Ok(mode) if matches!(mode.as_str(), "never" | "auto" | "always") => mode,
        _ => "auto".to_string(),
    }
}

fn env_bool(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|v| gostd::strconv::parse_bool(v.as_bytes()).unwrap_or(false))
}

fn env_int(variable: &str, default: i64) -> i64 {
    std::env::var(variable).ok().and_then(|v| gostd::strconv::atoi(v.as_bytes()).ok()).unwrap_or(default)
}

/// Helm parses its global flags twice, and the second time adds to a list.
fn groups(flags: &Parsed) -> Vec<String> {
    if flags.is_set("kube-as-group") {
        [flags.array("kube-as-group"), flags.array("kube-as-group")].concat()
    } else {
        env_groups()
    }
}

fn env_groups() -> Vec<String> {
    let value = std::env::var("HELM_KUBEASGROUPS").unwrap_or_default();
    let trimmed = value.trim_matches([',', ' ']);
    if trimmed.is_empty() { Vec::new() } else { trimmed.split(',').map(str::to_string).collect() }
}

fn int(flags: &Parsed, name: &str) -> Option<i64> {
    flags.last(name).and_then(|v| gostd::strconv::parse_int(v.as_bytes(), 0, 64).ok())
}

fn qps(flags: &Parsed) -> f32 {
    let text = flags.last("qps").map(str::to_string).or_else(|| std::env::var("HELM_QPS").ok());
    text.and_then(|v| gostd::strconv::parse_float(v.as_bytes(), 32).ok()).unwrap_or(0.0) as f32
}
