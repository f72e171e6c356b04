//! From settings and kubeconfig files to a connection, with client-go's order of precedence and its error texts.
//!
//! Source: k8s.io/client-go tools/clientcmd (loader.go, client_config.go, validation.go), and `ConfigFlags` of cli-runtime.

use std::path::{Path, PathBuf};

use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};
use secrecy::SecretString;

use crate::{Config, Error};

/// What kubeconfig and settings come to.
pub(crate) struct Loaded {
    cluster: Cluster,
    user: AuthInfo,
    pub namespace: String,
    /// Nothing was said at all, so the service account of a Pod may be meant.
    implicit: bool,
}

/// Where client-go looks without any server; `KUBERNETES_MASTER` may say otherwise.
const DEFAULT_SERVER: &str = "http://localhost:8080";

/// Reads the files and puts the settings above them.
pub(crate) fn load(config: &Config) -> Result<Loaded, Error> {
    let files = read_files(config)?;
    let context_name =
        if config.context.is_empty() { files.current_context.clone() } else { Some(config.context.clone()) };
    let context = find_context(&files, context_name.as_deref().unwrap_or_default(), !config.context.is_empty())?;
    let cluster = find_cluster(&files, &context.cluster);
    let user = find_user(&files, context.user.as_deref().unwrap_or_default());
    let implicit = cluster.is_none() && config.api_server.is_empty();
    let explicit_namespace = Some(config.namespace.clone()).filter(|name| !name.is_empty());
    let cluster = with_cluster_settings(cluster.unwrap_or_default(), config);
    let user = with_user_settings(user, config);
    validate(&cluster, &context.cluster, &user, context.user.as_deref().unwrap_or_default())?;
    Ok(Loaded {
        cluster,
        user,
        namespace: explicit_namespace
            .or(context.namespace.filter(|name| !name.is_empty()))
            .or_else(|| implicit.then(service_account_namespace).flatten())
            .unwrap_or_else(|| "default".to_owned()),
        implicit,
    })
}

/// Returns kube's configuration of the connection.
pub(crate) async fn connection(loaded: &Loaded, config: &Config) -> Result<kube::Config, Error> {
    if loaded.implicit
        && config.token.is_empty()
        && let Some(connection) = inside_cluster()?
    {
        return finish(connection, config);
    }
    let cluster_name = "cluster".to_owned();
    let single = Kubeconfig {
        clusters: vec![NamedCluster {
            name: cluster_name.clone(),
            cluster: Some(loaded.cluster.clone()),
            ..Default::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: "user".to_owned(),
            auth_info: Some(loaded.user.clone()),
            ..Default::default()
        }],
        contexts: vec![NamedContext {
            name: "context".to_owned(),
            context: Some(Context { cluster: cluster_name, user: Some("user".to_owned()), ..Default::default() }),
            ..Default::default()
        }],
        current_context: Some("context".to_owned()),
        ..Default::default()
    };
    let connection = kube::Config::from_custom_kubeconfig(single, &KubeConfigOptions::default()).await;
    finish(connection.map_err(|error| Error::Config(error.to_string()))?, config)
}

fn finish(mut connection: kube::Config, config: &Config) -> Result<kube::Config, Error> {
    let agent = http::HeaderValue::from_str(&config.user_agent)
        .map_err(|_| Error::Config(format!("invalid user agent {:?}", config.user_agent)))?;
    connection.headers.push((http::header::USER_AGENT, agent));
    // Retries are ours: with the server's own waiting time, as client-go has them.
    connection.default_retry = false;
    // A watch or a slow admission webhook may be silent for long.
    connection.write_timeout = None;
    Ok(connection)
}

fn inside_cluster() -> Result<Option<kube::Config>, Error> {
    let possible = std::env::var_os("KUBERNETES_SERVICE_HOST").is_some_and(|host| !host.is_empty())
        && Path::new(SERVICE_ACCOUNT).join("token").is_file();
    if !possible {
        return Ok(None);
    }
    kube::Config::incluster_env().map(Some).map_err(|error| Error::Config(error.to_string()))
}

const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn service_account_namespace() -> Option<String> {
    let name = std::fs::read_to_string(Path::new(SERVICE_ACCOUNT).join("namespace")).ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// `ClientConfigLoadingRules.Load`.
fn read_files(config: &Config) -> Result<Kubeconfig, Error> {
    let mut merged = Kubeconfig::default();
    let mut failures = Vec::new();
    for path in paths(config)? {
        if !path.exists() {
            continue;
        }
        match Kubeconfig::read_from(&path) {
            Ok(next) => merge(&mut merged, next),
            Err(error) => {
                let text = yaml_error(&path).unwrap_or_else(|| error.to_string());
                failures.push(Error::Config(format!("error loading config file \"{}\": {text}", path.display())));
            }
        }
    }
    match Error::aggregate(failures) {
        Some(error) => Err(error),
        None => Ok(merged),
    }
}

/// What is wrong with the file as YAML, in go-yaml's words.
fn yaml_error(path: &Path) -> Option<String> {
    let error = goyaml::from_yaml(&std::fs::read(path).ok()?).err()?;
    Some(error.text.trim_start_matches("error converting YAML to JSON: ").to_owned())
}

fn paths(config: &Config) -> Result<Vec<PathBuf>, Error> {
    if let Some(path) = config.kubeconfig.as_ref().filter(|path| !path.as_os_str().is_empty()) {
        if !path.exists() {
            return Err(Error::Config(format!("stat {}: no such file or directory", path.display())));
        }
        return Ok(vec![path.clone()]);
    }
    if let Some(list) = &config.kubeconfig_list {
        return Ok(std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect());
    }
    Ok(config.home.iter().map(|home| home.join(".kube/config")).collect())
}

/// Adds what an earlier file has not named. An empty `current-context` says nothing.
fn merge(merged: &mut Kubeconfig, next: Kubeconfig) {
    for cluster in next.clusters {
        if !merged.clusters.iter().any(|known| known.name == cluster.name) {
            merged.clusters.push(cluster);
        }
    }
    for user in next.auth_infos {
        if !merged.auth_infos.iter().any(|known| known.name == user.name) {
            merged.auth_infos.push(user);
        }
    }
    for context in next.contexts {
        if !merged.contexts.iter().any(|known| known.name == context.name) {
            merged.contexts.push(context);
        }
    }
    if merged.current_context.as_deref().unwrap_or_default().is_empty() {
        merged.current_context = next.current_context;
    }
}

fn find_context(files: &Kubeconfig, name: &str, required: bool) -> Result<Context, Error> {
    let found = files.contexts.iter().find(|context| context.name == name).and_then(|context| context.context.clone());
    match found {
        Some(context) => Ok(context),
        None if required => Err(Error::Config(format!("context {name:?} does not exist"))),
        None if name.is_empty() => Ok(Context::default()),
        None => {
            Err(Error::Config(format!("invalid configuration: context was not found for specified context: {name}")))
        }
    }
}

/// A name that is not there is no error: only flags, which Helm has not, would make it one.
fn find_cluster(files: &Kubeconfig, name: &str) -> Option<Cluster> {
    files.clusters.iter().find(|cluster| cluster.name == name).and_then(|named| named.cluster.clone())
}

fn find_user(files: &Kubeconfig, name: &str) -> AuthInfo {
    let found = files.auth_infos.iter().find(|user| user.name == name).and_then(|named| named.auth_info.clone());
    found.unwrap_or_default()
}

/// `ConfirmUsable`: files that are named can be read, and nobody asks to check and not to check at once.
fn validate(cluster: &Cluster, cluster_name: &str, user: &AuthInfo, user_name: &str) -> Result<(), Error> {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let files = [
        ("certificate-authority", &cluster.certificate_authority, cluster_name),
        ("client-cert", &user.client_certificate, user_name),
        ("client-key", &user.client_key, user_name),
    ];
    let mut errors = Vec::new();
    for (what, path, name) in files {
        if let Some(path) = path.as_ref().filter(|path| !path.is_empty())
            && let Err(error) = std::fs::File::open(path)
        {
            let why = go_text(&error);
            errors.push(Error::Config(format!("unable to read {what} {path} for {name} due to open {path}: {why}")));
        }
    }
    if let Some(error) = Error::aggregate(errors) {
        return Err(Error::Config(format!("invalid configuration: {error}")));
    }
    let checks = given(&cluster.certificate_authority) || given(&cluster.certificate_authority_data);
    if cluster.insecure_skip_tls_verify == Some(true) && checks {
        return Err(Error::Config(
            "specifying a root certificates file with the insecure flag is not allowed".to_owned(),
        ));
    }
    Ok(())
}

/// What Go says of a file that cannot be opened.
fn go_text(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// `getCluster`: the flags above the file, the default server below it.
fn with_cluster_settings(mut cluster: Cluster, config: &Config) -> Cluster {
    if !config.api_server.is_empty() {
        cluster.server = Some(config.api_server.clone());
    }
    let server = cluster.server.filter(|server| !server.is_empty()).unwrap_or_else(default_server);
    cluster.server = Some(with_scheme(server, config));
    if config.insecure || !config.ca_file.is_empty() {
        cluster.insecure_skip_tls_verify = Some(config.insecure);
        cluster.certificate_authority = Some(config.ca_file.clone()).filter(|file| !file.is_empty());
        cluster.certificate_authority_data = None;
    }
    if !config.tls_server_name.is_empty() || !config.api_server.is_empty() {
        cluster.tls_server_name = Some(config.tls_server_name.clone()).filter(|name| !name.is_empty());
    }
    cluster
}

fn default_server() -> String {
    let master = std::env::var("KUBERNETES_MASTER").unwrap_or_default();
    if master.is_empty() { DEFAULT_SERVER.to_owned() } else { master }
}

/// A server without a scheme is asked by TLS where a setting of TLS was given.
fn with_scheme(server: String, config: &Config) -> String {
    match server.contains("://") {
        true => server,
        false if config.insecure || !config.ca_file.is_empty() => format!("https://{server}"),
        false => format!("http://{server}"),
    }
}

/// `getAuthInfo`.
fn with_user_settings(mut user: AuthInfo, config: &Config) -> AuthInfo {
    if !config.token.is_empty() {
        user.token = Some(SecretString::from(config.token.clone()));
        user.token_file = None;
        // A token on the command line is what is meant, whatever the file says of plugins.
        user.exec = None;
        user.auth_provider = None;
    }
    if !config.as_user.is_empty() {
        user.impersonate = Some(config.as_user.clone());
    }
    if !config.as_groups.is_empty() {
        user.impersonate_groups = Some(config.as_groups.clone());
    }
    if !config.as_uid.is_empty() {
        user.impersonate_uid = Some(config.as_uid.clone());
    }
    user
}
