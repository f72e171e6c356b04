//! Getters that users installed as plugins (Helm's `pkg/getter/plugingetter.go`).

use chart::log::Log;
use fetch::{Response, Sink};
use gostd::GoError;
use gostd::strconv::quote;
use gostd::url::Url;
use plugin::{Plugin, Wanted};
use repo::Origin;

use crate::getters::given;
use crate::options::Options;

/// A plugin that gets things of some schemes.
pub struct PluginGetter {
    plugin: Plugin,
    /// Helm's settings, as plugins see them.
    variables: Vec<(String, String)>,
}

impl PluginGetter {
    /// Returns the getters among plugins.
    pub fn all(plugins: Vec<Plugin>, variables: &[(String, String)]) -> Vec<Self> {
        let getters = plugins.into_iter().filter(|plugin| plugin.metadata.kind == "getter/v1");
        getters.map(|plugin| PluginGetter { plugin, variables: variables.to_vec() }).collect()
    }

    pub fn has(&self, scheme: &str) -> bool {
        self.plugin.metadata.protocols.iter().any(|protocol| protocol == scheme)
    }

    /// Returns what the plugin gives for a URL.
    ///
    /// # Errors
    /// `plugin "x" failed to invoke: …`; Helm prints the plugin's structure in place of its name.
    pub fn get(&self, url: &str, scheme: &str, options: &Options, log: &mut dyn Log) -> Result<Vec<u8>, GoError> {
        let wanted = Wanted {
            url,
            protocol: scheme,
            username: &options.username,
            password: &options.password,
            pass_credentials_all: options.pass_credentials_all,
            certificates: [&options.tls.cert_file, &options.tls.key_file, &options.tls.ca_file],
            variables: &self.variables,
        };
        plugin::get(&self.plugin, &wanted, log).map_err(|error| {
            let name = String::from_utf8_lossy(&quote(self.plugin.metadata.name.as_bytes())).into_owned();
            GoError::wrap(format!("plugin {name} failed to invoke: {}", error.text), error)
        })
    }

    /// Sends the index that the plugin gives for a repository to a sink.
    ///
    /// # Errors
    /// As [`PluginGetter::get`].
    pub fn index(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError> {
        let scheme = Url::parse(origin.url.as_bytes())?.scheme;
        let options = Options::of_repository(origin.repository);
        given(&self.get(origin.url, &String::from_utf8_lossy(&scheme), &options, log)?, sink)
    }
}
