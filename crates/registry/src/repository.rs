//! One repository of a registry: what is asked and sent, and which answers are right (`registry/remote/repository.go` of
//! oras-go).

use gostd::url::Url;

use crate::auth::Authorizer;
use crate::auth::scope::{self, Access};
use crate::digest::Digest;
use crate::error::{Error, Kind};
use crate::failure;
use crate::http::{Answer, Method, Request, resolve, same_host, url_text};
use crate::manifest::{Descriptor, media};
use crate::media_type;
use crate::query;
use crate::quote;
use crate::reference::Reference;

/// Manifests and lists of tags are no larger than this in Helm either.
pub const METADATA_BYTES: u64 = 4 * 1024 * 1024;
/// Layers are held in memory; a chart has at most 100 MiB unpacked.
pub const LAYER_BYTES: u64 = 256 * 1024 * 1024;

const DIGEST_HEADER: &str = "docker-content-digest";

/// A repository, and what for it is asked.
pub struct Repository<'a> {
    pub authorizer: &'a Authorizer,
    pub scheme: &'static str,
    pub place: Reference,
    /// Of the tokens that requests will need.
    pub access: Access,
}

impl Repository<'_> {
    /// Sends a request for a path below the repository.
    fn send(&self, request: &Request<'_>, access: Access) -> Result<Answer, Error> {
        let own = |access| scope::of_repository(&self.place.repository, access);
        self.authorizer.send(request, &[own(self.access), own(access)])
    }

    pub fn url(&self, path: &str) -> Result<Url, Error> {
        let text = format!("{}://{}/v2/{}/{path}", self.scheme, self.place.host(), self.place.repository);
        Ok(Url::parse(text.as_bytes())?)
    }

    /// Sends a `GET` that only reads.
    pub fn get(&self, url: Url) -> Result<Answer, Error> {
        self.send(&Request::new(Method::Get, url), Access::Pull)
    }

    /// Asks which content a tag or digest stands for (`manifestStore.Resolve`).
    ///
    /// # Errors
    /// `REFERENCE: not found`, what the registry says, an answer that leaves the content open.
    pub fn resolve(&self, reference: &Reference) -> Result<Descriptor, Error> {
        let answer = self.manifest_answer(Method::Head, reference)?;
        manifest_descriptor(&answer, reference)
    }

    fn manifest_answer(&self, method: Method, reference: &Reference) -> Result<Answer, Error> {
        let url = self.url(&format!("manifests/{}", reference.reference))?;
        let answer = self.send(&Request::new(method, url).accept(&media::MANIFESTS.join(", ")), Access::Pull)?;
        match answer.status.as_u16() {
            200 => Ok(answer),
            404 => Err(Error::not_found(reference)),
            _ => Err(failure::of(answer)),
        }
    }

    /// Fetches the manifest that a tag or digest stands for (`manifestStore.FetchReference`). Its content is not checked.
    ///
    /// # Errors
    /// As [`Repository::resolve`].
    pub fn fetch_reference(&self, reference: &Reference) -> Result<(Descriptor, Vec<u8>), Error> {
        if reference.reference.is_empty() {
            return Err(Error::new("invalid reference"));
        }
        let answer = self.manifest_answer(Method::Get, reference)?;
        if answer.length().is_none() {
            let descriptor = self.resolve(reference)?;
            return Ok((descriptor, read(answer, METADATA_BYTES)?));
        }
        if !answer.header(DIGEST_HEADER).is_empty() {
            let descriptor = manifest_descriptor(&answer, reference)?;
            let limit = u64::try_from(descriptor.size).unwrap_or_default();
            if limit > METADATA_BYTES {
                let text = format!("content size {limit} exceeds push size limit {METADATA_BYTES}: size exceeds limit");
                return Err(Error::limit(text));
            }
            return Ok((descriptor, read(answer, METADATA_BYTES)?));
        }
        let (place, media_type) = (answer.place(), answer.header("content-type").to_owned());
        let body = answer.read(METADATA_BYTES);
        if let Some(broken) = body.broken {
            let text =
                format!("failed to calculate digest on response body; {place}: failed to read response body: {broken}");
            return Err(Error::new(text));
        }
        let said = Said { place, media_type, length: Some(body.bytes.len() as u64), digest: String::new() };
        let descriptor = described(&said, reference, Some(&body.bytes))?;
        Ok((descriptor, body.bytes))
    }

    /// Fetches what a descriptor names, and checks it.
    ///
    /// # Errors
    /// Those of the step `Fetch`; what was read is another content.
    pub fn fetch(&self, wanted: &Descriptor) -> Result<Answer, Error> {
        let digest = Digest::parse(&wanted.digest)?;
        let kind = if wanted.is_manifest() { "manifests" } else { "blobs" };
        let mut request = Request::new(Method::Get, self.url(&format!("{kind}/{digest}"))?);
        if wanted.is_manifest() {
            request = request.accept(&wanted.media_type);
        }
        let answer = self.send(&request, Access::Pull)?;
        match answer.status.as_u16() {
            200 => {}
            404 => return Err(Error::not_found(&digest)),
            _ => return Err(failure::of(answer)),
        }
        if wanted.is_manifest() {
            let found = media_type::parse(answer.header("content-type"))
                .map_err(|error| answer.error(format_args!("invalid response Content-Type: {error}")))?;
            if found != wanted.media_type {
                let (found, wanted) = (quote(&found), quote(&wanted.media_type));
                return Err(answer.error(format_args!("mismatch response Content-Type {found}: expect {wanted}")));
            }
        }
        if answer.length().is_some_and(|length| i64::try_from(length) != Ok(wanted.size)) {
            return Err(answer.error("mismatch Content-Length"));
        }
        check_digest_header(&answer, &digest)?;
        Ok(answer)
    }

    /// Reports whether the registry has a content.
    ///
    /// # Errors
    /// What the registry says, unless that it is not there.
    pub fn has(&self, content: &Descriptor) -> Result<bool, Error> {
        let reference = self.place.at(&content.digest);
        if content.is_manifest() {
            return match self.resolve(&reference) {
                Ok(_) => Ok(true),
                Err(error) if error.kind == Kind::NotFound => Ok(false),
                Err(error) => Err(error),
            };
        }
        let url = self.url(&format!("blobs/{}", content.digest))?;
        let answer = self.send(&Request::new(Method::Head, url), Access::Pull)?;
        match answer.status.as_u16() {
            200 if answer.length().is_none() => Err(answer.error("unknown response Content-Length")),
            200 => check_digest_header(&answer, &Digest::parse(&content.digest)?).map(|()| true),
            404 => Ok(false),
            _ => Err(failure::of(answer)),
        }
    }

    /// Uploads a blob: `POST`, then `PUT` to where the answer says.
    ///
    /// # Errors
    /// What the registry says; a place that is not its own.
    pub fn push_blob(&self, descriptor: &Descriptor, content: &[u8]) -> Result<(), Error> {
        let mut start = Request::new(Method::Post, self.url("blobs/uploads/")?);
        start.body = Some(&[]);
        let answer = self.send(&start, Access::PullAndPush)?;
        if answer.status != 202 {
            return Err(failure::of(answer));
        }
        let mut url = upload_url(&start.url, &answer)?;
        let mut pairs = query::parse(&url.raw_query);
        query::set(&mut pairs, "digest", &descriptor.digest);
        url.raw_query = query::encode(&pairs);
        let mut request = Request::new(Method::Put, url).body("application/octet-stream", content);
        request.once = true;
        request.authorization.clone_from(&answer.authorization);
        // Read to its end, the answer leaves its connection to the upload.
        read(answer, METADATA_BYTES)?;
        let answer = self.send(&request, Access::PullAndPush)?;
        if answer.status == 201 { Ok(()) } else { Err(failure::of(answer)) }
    }

    /// Uploads a manifest under a tag or its digest.
    ///
    /// # Errors
    /// What the registry says; that it made something else of it.
    pub fn push_manifest(&self, descriptor: &Descriptor, content: &[u8], reference: &str) -> Result<(), Error> {
        let url = self.url(&format!("manifests/{reference}"))?;
        let request = Request::new(Method::Put, url).body(&descriptor.media_type, content);
        let answer = self.send(&request, Access::PullAndPush)?;
        if answer.status != 201 {
            return Err(failure::of(answer));
        }
        check_digest_header(&answer, &Digest::parse(&descriptor.digest)?)
    }
}

fn read(answer: Answer, limit_bytes: u64) -> Result<Vec<u8>, Error> {
    let body = answer.read(limit_bytes);
    match body.broken {
        Some(broken) => Err(Error::new(format!("read failed: {broken}"))),
        None => Ok(body.bytes),
    }
}

/// What an answer says of a manifest.
struct Said {
    place: String,
    media_type: String,
    length: Option<u64>,
    digest: String,
}

fn manifest_descriptor(answer: &Answer, reference: &Reference) -> Result<Descriptor, Error> {
    let said = Said {
        place: answer.place(),
        media_type: answer.header("content-type").to_owned(),
        length: answer.length(),
        digest: answer.header(DIGEST_HEADER).to_owned(),
    };
    described(&said, reference, None)
}

/// Finds out which content an answer stands for (`generateDescriptor`): by the header, by the reference, else by the
/// content itself.
fn described(said: &Said, reference: &Reference, content: Option<&[u8]>) -> Result<Descriptor, Error> {
    let wrong = |text: String| Error::new(format!("{}: {text}", said.place));
    let media_type = media_type::parse(&said.media_type)
        .map_err(|error| wrong(format!("invalid response `Content-Type` header; {error}")))?;
    let length = said.length.ok_or_else(|| wrong("unknown response Content-Length".to_owned()))?;
    let header = match said.digest.as_str() {
        "" => None,
        text => Some(Digest::parse(text).map_err(|error| {
            wrong(format!("invalid response header value: `Docker-Content-Digest: {text}`; {error}"))
        })?),
    };
    let asked = reference.digest();
    let missing = || Error::new("HTTP HEAD request missing required header \"Docker-Content-Digest\"");
    let digest = match (header, content) {
        (Some(header), _) => header,
        (None, Some(content)) => Digest::of(content),
        (None, None) => asked.clone().ok_or_else(missing)?,
    };
    if let Some(asked) = asked.filter(|asked| *asked != digest) {
        return Err(wrong(mismatch(&digest, &asked)));
    }
    let size = i64::try_from(length).unwrap_or(i64::MAX);
    Ok(Descriptor { media_type, digest: digest.to_string(), size })
}

fn mismatch(found: &Digest, wanted: &Digest) -> String {
    let (found, wanted) = (quote(found.as_str()), quote(wanted.as_str()));
    format!("invalid response; digest mismatch in Docker-Content-Digest: received {found} when expecting {wanted}")
}

/// Checks the digest that an answer names, if it does (`verifyContentDigest`).
fn check_digest_header(answer: &Answer, wanted: &Digest) -> Result<(), Error> {
    let text = answer.header(DIGEST_HEADER);
    if text.is_empty() {
        return Ok(());
    }
    let found = Digest::parse(text)
        .map_err(|_| answer.error(format_args!("invalid response header: `Docker-Content-Digest: {text}`")))?;
    if found == *wanted { Ok(()) } else { Err(answer.error(mismatch(&found, wanted))) }
}

/// Returns where a blob goes. It must be the same host: what is sent there has credentials.
fn upload_url(asked: &Url, answer: &Answer) -> Result<Url, Error> {
    let location = answer.header("location");
    if location.is_empty() {
        return Err(Error::new("http: no Location header in response"));
    }
    let mut url = resolve(&answer.url, location)?;
    if asked.port() == b"443" && url.port().is_empty() && url.hostname() == asked.hostname() {
        url.host = asked.host.clone();
    }
    let host = quote(&String::from_utf8_lossy(&url.host));
    if !same_host(&url, asked) {
        let registry = quote(&String::from_utf8_lossy(&asked.host));
        let text = format!("blob upload Location {host} is on a different host than the registry {registry}");
        return Err(Error::new(text));
    }
    if asked.scheme == b"https" && url.scheme != b"https" {
        return Err(Error::new(format!("blob upload Location {host} downgrades scheme from https")));
    }
    if url.scheme != b"https" && url.scheme != b"http" {
        return Err(Error::new(format!("blob upload Location {} is no URL of HTTP", quote(&url_text(&url)))));
    }
    Ok(url)
}
