//! Where credentials are kept: Helm's file, else docker's, or programs that these name (`registry/remote/credentials` of
//! oras-go).

mod config;
mod helper;

use std::path::{Path, PathBuf};

use crate::auth::{Credential, Credentials};
use crate::error::Error;
use crate::reference::{DOCKER, DOCKER_HOST};
use config::Config;
use helper::Helper;

/// What docker's own registry is called in files of credentials.
const DOCKER_SERVER: &str = "https://index.docker.io/v1/";

/// One file, with the programs that it names.
struct Store {
    config: Config,
    /// The program of this system, for a file that says nothing yet.
    detected: Option<String>,
}

impl Store {
    fn open(path: &Path) -> Result<Store, Error> {
        let config = Config::load(path)?;
        let detected = if config.says_anything() { None } else { helper::of_system() };
        Ok(Store { config, detected })
    }

    /// The program that has the credentials of a server, if one does.
    fn helper(&self, server: &str) -> Option<Helper> {
        let named = self.config.helper(server).or_else(|| self.config.store());
        named.or(self.detected.as_deref()).map(Helper::new)
    }

    fn get(&self, server: &str) -> Result<Credential, Error> {
        match self.helper(server) {
            Some(helper) => helper.get(server),
            None => self.config.get(server),
        }
    }

    fn put(&mut self, server: &str, credential: &Credential) -> Result<(), Error> {
        match self.helper(server) {
            Some(helper) => helper.put(server, credential)?,
            // The file has both in one text.
            None if credential.username.contains(':') => {
                return Err(Error::new("bad credential format: colons(:) are not allowed in username"));
            }
            None => self.config.put(server, credential)?,
        }
        match self.detected.take() {
            Some(detected) => {
                self.config.set_store(&detected).map_err(|error| error.within("failed to set credsStore"))
            }
            None => Ok(()),
        }
    }

    fn delete(&mut self, server: &str) -> Result<(), Error> {
        match self.helper(server) {
            Some(helper) => helper.delete(server),
            None => self.config.delete(server),
        }
    }
}

/// Helm's credentials with those of docker behind them.
pub struct Stores {
    own: Store,
    docker: Option<Store>,
}

impl Stores {
    /// Opens Helm's file, and docker's if there is one that can be read.
    ///
    /// # Errors
    /// `failed to decode config file PATH: invalid config format: …`.
    pub fn open(own: &Path, docker: Option<&Path>) -> Result<Stores, Error> {
        Ok(Stores { own: Store::open(own)?, docker: docker.and_then(|path| Store::open(path).ok()) })
    }

    /// Keeps the credential of a registry.
    ///
    /// # Errors
    /// What the file or the program has against it.
    pub fn put(&mut self, registry: &str, credential: &Credential) -> Result<(), Error> {
        self.own.put(server(registry), credential)
    }

    /// Forgets the credential of a registry.
    ///
    /// # Errors
    /// `failed to delete the credential for REGISTRY: …`.
    pub fn delete(&mut self, registry: &str) -> Result<(), Error> {
        let server = server(registry);
        self.own
            .delete(server)
            .map_err(|error| error.within(format_args!("failed to delete the credential for {server}")))
    }
}

impl Credentials for Stores {
    fn credential(&self, host: &str) -> Result<Credential, Error> {
        let server = if host == DOCKER_HOST { DOCKER_SERVER } else { host };
        if server.is_empty() {
            return Ok(Credential::default());
        }
        let own = self.own.get(server)?;
        match &self.docker {
            Some(docker) if own.is_empty() => docker.get(server),
            _ => Ok(own),
        }
    }
}

fn server(registry: &str) -> &str {
    if registry == DOCKER || registry == DOCKER_HOST { DOCKER_SERVER } else { registry }
}

/// Returns the path of docker's file: `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`.
pub fn docker_config() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| Some(set("HOME")?.join(".docker")))?;
    Some(folder.join("config.json"))
}
