//! A client of registries: how it is made, and who it says it is (`Client` of Helm's `pkg/registry/client.go`).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fetch::{Compression, TlsOptions};

use crate::auth::scope::Access;
use crate::auth::{Authorizer, Credential, Credentials, Grant};
use crate::error::{Error, Kind};
use crate::failure;
use crate::http::{Method, Request, Retries, Trace, Transport};
use crate::quote;
use crate::reference::{DOCKER, DOCKER_HOST, Reference, check_registry, without_scheme};
use crate::repository::Repository;
use crate::resolve::{self, Resolved, Tags};
use crate::store::Stores;
use crate::tags;

/// What Helm says where a tag has an underscore.
pub(crate) const UNDERSCORES: &str = "
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.";

/// How a client is made.
pub struct Options {
    /// Helm's file of credentials, `$HELM_CONFIG_HOME/registry/config.json`.
    pub config: PathBuf,
    /// Docker's, see [`crate::docker_config`].
    pub docker_config: Option<PathBuf>,
    /// A user and a password for every registry, instead of those files.
    pub basic: Option<(String, String)>,
    pub tls: TlsOptions,
    pub plain_http: bool,
    pub retries: Retries,
    /// Is told of requests and answers.
    pub trace: Option<Trace>,
}

impl Options {
    pub fn new(config: PathBuf) -> Self {
        Options {
            config,
            docker_config: crate::docker_config(),
            basic: None,
            tls: TlsOptions::default(),
            plain_http: false,
            retries: Retries::HELM,
            trace: None,
        }
    }
}

/// A client; it keeps connections and tokens from one call to the next.
pub struct Client {
    authorizer: Authorizer,
    stores: Arc<Mutex<Stores>>,
    plain_http: bool,
}

impl Client {
    /// Opens the files of credentials.
    ///
    /// # Errors
    /// `failed to decode config file …`; `can't create TLS config for client: …`.
    pub fn new(options: Options) -> Result<Client, Error> {
        let stores = Stores::open(&options.config, options.docker_config.as_deref())
            .map_err(|error| Error { kind: Kind::Credentials, ..error })?;
        let stores = Arc::new(Mutex::new(stores));
        let agent = fetch::transport(&options.tls, Compression::None)
            .map_err(|error| Error::from(error).within("can't create TLS config for client"))?;
        let transport = Transport::new(agent, options.retries, options.trace);
        let credentials: Box<dyn Credentials> = match options.basic {
            Some((user, password)) if !user.is_empty() && !password.is_empty() => {
                Box::new(Everywhere(Credential::of_user(&user, &password)))
            }
            _ => Box::new(Shared(Arc::clone(&stores))),
        };
        Ok(Client { authorizer: Authorizer::new(transport, credentials), stores, plain_http: options.plain_http })
    }

    /// Checks a user and a password with a registry, and keeps them.
    ///
    /// # Errors
    /// `authenticating to "HOST": …`, what the place where credentials are kept has against it.
    pub fn login(&mut self, host: &str, username: &str, password: &str) -> Result<(), Error> {
        check_registry(host)?;
        let credential = Credential::of_user(username, password);
        let known_as = if host == DOCKER { DOCKER_HOST } else { host };
        self.authorizer.set_credentials(Box::new(Only { host: known_as.to_owned(), credential: credential.clone() }));
        self.authorizer.set_grant(Grant::OAuth2);
        let first = self.ping(host);
        self.authorizer.set_grant(Grant::Distribution);
        if first.is_err() {
            self.ping(host).map_err(|error| error.within(format_args!("authenticating to {}", quote(host))))?;
        }
        self.stores.lock().unwrap_or_else(PoisonError::into_inner).put(host, &credential)
    }

    fn ping(&self, host: &str) -> Result<(), Error> {
        let host = if host == DOCKER { DOCKER_HOST } else { host };
        let url = gostd::url::Url::parse(format!("{}://{host}/v2/", self.scheme()).as_bytes())?;
        let answer = self.authorizer.send(&Request::new(Method::Get, url), &[])?;
        match answer.status.as_u16() {
            200 => Ok(()),
            404 => Err(Error { text: "not found".to_owned(), kind: Kind::NotFound }),
            _ => Err(failure::of(answer)),
        }
    }

    /// Forgets the credential of a registry.
    ///
    /// # Errors
    /// `failed to delete the credential for HOST: …`.
    pub fn logout(&self, host: &str) -> Result<(), Error> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner).delete(host)
    }

    /// Lists the tags that are versions, the newest first, with `+` for `_`.
    ///
    /// # Errors
    /// What is wrong with the reference; what the registry says.
    pub fn tags(&self, reference: &str) -> Result<Vec<String>, Error> {
        Ok(tags::versions(&self.all_tags(reference)?))
    }

    /// Lists all tags, in the registry's order.
    ///
    /// # Errors
    /// As [`Client::tags`].
    pub fn all_tags(&self, reference: &str) -> Result<Vec<String>, Error> {
        let place = Reference::parse(without_scheme(reference))?;
        tags::all(&self.repository(place, Access::Pull))
    }

    /// Chooses the version of a chart, as [`resolve::chart`].
    ///
    /// # Errors
    /// As there, and those of [`Client::tags`].
    pub fn resolve(&self, reference: &str, version: &str) -> Result<Resolved, Error> {
        resolve::chart(reference, version, self)
    }

    pub(crate) fn repository(&self, place: Reference, access: Access) -> Repository<'_> {
        Repository { authorizer: &self.authorizer, scheme: self.scheme(), place, access }
    }

    pub(crate) fn authorizer(&self) -> &Authorizer {
        &self.authorizer
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.plain_http { "http" } else { "https" }
    }
}

impl Tags for Client {
    fn versions(&self, reference: &str) -> Result<Vec<String>, Error> {
        self.tags(reference)
    }

    fn digest(&self, place: &Reference) -> Result<String, Error> {
        Ok(self.repository(place.clone(), Access::Pull).resolve(place)?.digest)
    }
}

/// The credentials of files and programs.
struct Shared(Arc<Mutex<Stores>>);

impl Credentials for Shared {
    fn credential(&self, host: &str) -> Result<Credential, Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).credential(host)
    }
}

/// One credential for every registry.
struct Everywhere(Credential);

impl Credentials for Everywhere {
    fn credential(&self, _: &str) -> Result<Credential, Error> {
        Ok(self.0.clone())
    }
}

/// A credential for one registry.
struct Only {
    host: String,
    credential: Credential,
}

impl Credentials for Only {
    fn credential(&self, host: &str) -> Result<Credential, Error> {
        Ok(if host == self.host { self.credential.clone() } else { Credential::default() })
    }
}
