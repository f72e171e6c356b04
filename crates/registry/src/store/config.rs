//! A file of credentials as docker has it, `{"auths":{"HOST":{"auth":"…"}}}`. What else stands in it stays.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use chart::os_error::reason;
use data_encoding::BASE64;
use gostd::json::{Field, Object, Shape, append_quote, compact, indent, members};
use gostd::{GoError, Value};

use crate::auth::Credential;
use crate::error::Error;
use crate::json;

/// More than this is no file of credentials.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

const INVALID: &str = "invalid config format";

/// Members of an object, each as it was written.
type Members = BTreeMap<Vec<u8>, Vec<u8>>;

const AUTH: Shape = Shape::Struct(
    &[
        Field { name: "auth", shape: Shape::String },
        Field { name: "identitytoken", shape: Shape::String },
        Field { name: "registrytoken", shape: Shape::String },
        Field { name: "username", shape: Shape::String },
        Field { name: "password", shape: Shape::String },
    ],
    "config.AuthConfig",
);

pub struct Config {
    path: PathBuf,
    content: Members,
    auths: Members,
    /// `credsStore`: the program that has all credentials.
    store: String,
    /// `credHelpers`: programs by server.
    helpers: BTreeMap<String, String>,
}

impl Config {
    /// Reads a file; one that is not there is empty.
    ///
    /// # Errors
    /// `failed to open config file at PATH: …`, `failed to decode config file PATH: invalid config format: …`.
    pub fn load(path: &Path) -> Result<Config, Error> {
        let text = match read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                let (name, reason) = (path.display(), reason(&error));
                // A folder can be opened.
                return Err(Error::new(match error.kind() {
                    std::io::ErrorKind::IsADirectory => {
                        format!("failed to decode config file {name}: {INVALID}: read {name}: {reason}")
                    }
                    _ => format!("failed to open config file at {name}: open {name}: {reason}"),
                }));
            }
        };
        let invalid = |what: &str, error: GoError| Error::new(format!("{what}: {INVALID}: {}", error.text));
        let content = match members(&text) {
            Err(error) if error.text == "EOF" => Members::new(),
            Err(error) => return Err(invalid(&format!("failed to decode config file {}", path.display()), error)),
            Ok(found) => owned(found),
        };
        let part = |name: &str| content.get(name.as_bytes()).map_or(b"null".as_slice(), Vec::as_slice);
        let store = gostd::json::decode_shaped(part("credsStore"), &Shape::String)
            .map_err(|error| invalid("failed to unmarshal creds store field", error))?;
        let helpers = gostd::json::decode_shaped(part("credHelpers"), &Shape::Map(&Shape::String, "map[string]string"))
            .map_err(|error| invalid("failed to unmarshal cred helpers field", error))?;
        let auths = members(part("auths")).map_err(|error| invalid("failed to unmarshal auths field", error))?;
        let (store, helpers, auths) = (plain(&store), texts(&helpers), owned(auths));
        Ok(Config { path: path.to_path_buf(), auths, store, helpers, content })
    }

    /// Reports whether the file names credentials or programs.
    pub fn says_anything(&self) -> bool {
        !self.store.is_empty() || !self.helpers.is_empty() || !self.auths.is_empty()
    }

    pub fn helper(&self, server: &str) -> Option<&str> {
        self.helpers.get(server).map(String::as_str).filter(|helper| !helper.is_empty())
    }

    pub fn store(&self) -> Option<&str> {
        Some(self.store.as_str()).filter(|store| !store.is_empty())
    }

    /// Returns the credential of a server, also where an old file names it with a scheme; an empty one if there is none.
    ///
    /// # Errors
    /// `failed to unmarshal auth field: …`, `failed to decode auth field: …`.
    pub fn get(&self, server: &str) -> Result<Credential, Error> {
        let named = |name: &&Vec<u8>| host_of(name) == server.as_bytes();
        let same = || self.auths.keys().find(named).and_then(|name| self.auths.get(name));
        let Some(text) = self.auths.get(server.as_bytes()).or_else(same) else { return Ok(Credential::default()) };
        let auth = gostd::json::decode_shaped(text, &AUTH)
            .map_err(|error| Error::new(format!("failed to unmarshal auth field: {INVALID}: {}", error.text)))?;
        let text = |name: &str| json::text(&auth, name);
        let (mut username, mut password) = (text("username"), text("password"));
        if !text("auth").is_empty() {
            (username, password) = decode_auth(&text("auth"))
                .map_err(|why| Error::new(format!("failed to decode auth field: {INVALID}: {why}")))?;
        }
        Ok(Credential { username, password, refresh_token: text("identitytoken"), access_token: text("registrytoken") })
    }

    /// Keeps a credential.
    pub fn put(&mut self, server: &str, credential: &Credential) -> Result<(), Error> {
        let mut text = Vec::new();
        let mut object = Object::open(&mut text);
        if !credential.username.is_empty() || !credential.password.is_empty() {
            let auth = format!("{}:{}", credential.username, credential.password);
            object.text("auth", BASE64.encode(auth.as_bytes()).as_bytes());
        }
        object.text_unless_empty("identitytoken", credential.refresh_token.as_bytes());
        object.text_unless_empty("registrytoken", credential.access_token.as_bytes());
        object.close();
        self.change(|config| drop(config.auths.insert(server.into(), text)))
    }

    /// Forgets a server; one that is not there changes nothing.
    pub fn delete(&mut self, server: &str) -> Result<(), Error> {
        match self.auths.contains_key(server.as_bytes()) {
            true => self.change(|config| drop(config.auths.remove(server.as_bytes()))),
            false => Ok(()),
        }
    }

    /// Names the program that has all credentials.
    pub fn set_store(&mut self, store: &str) -> Result<(), Error> {
        self.change(|config| store.clone_into(&mut config.store))
    }

    /// Changes the file as it is now: another process may have changed it since it was read.
    fn change(&mut self, change: impl FnOnce(&mut Config)) -> Result<(), Error> {
        let folder =
            self.path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")).to_path_buf();
        make_private(&folder).map_err(|error| {
            Error::new(format!("failed to make directory {}: {}", folder.display(), reason(&error)))
        })?;
        // Where folders cannot be locked, the last one wins, as with Helm, which locks nothing.
        let lock = File::open(&folder).and_then(|file| file.lock().map(|()| file));
        *self = Config::load(&self.path)?;
        change(self);
        let text = self.text();
        let saved = replace(&folder, &self.path, &text);
        drop(lock);
        saved.map_err(|error| Error::new(format!("failed to save config file: {}", reason(&error))))
    }

    /// The content of the file.
    fn text(&mut self) -> Vec<u8> {
        let mut store = Vec::new();
        append_quote(&mut store, self.store.as_bytes());
        match self.store.is_empty() {
            true => self.content.remove(b"credsStore".as_slice()),
            false => self.content.insert(b"credsStore".into(), store),
        };
        self.content.insert(b"auths".into(), object(&self.auths));
        indent(&object(&self.content), b"", b"\t")
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut text = Vec::new();
    File::open(path)?.take(FILE_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Puts a new file into the place of the old one, which is there until then. Only the owner may read it: temporary files
/// are made so.
fn replace(folder: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix("oras_credstore_temp_").tempfile_in(folder)?;
    file.write_all(text)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn owned(members: BTreeMap<Vec<u8>, &[u8]>) -> Members {
    members.into_iter().map(|(name, text)| (name, text.to_vec())).collect()
}

fn object(members: &Members) -> Vec<u8> {
    let mut text = vec![b'{'];
    for (at, (name, member)) in members.iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        append_quote(&mut text, name);
        text.push(b':');
        text.extend(html_escaped(&compact(member)));
    }
    text.push(b'}');
    text
}

/// As Go writes raw JSON again: what HTML could take for its own is escaped. Outside of strings JSON has none of it.
fn html_escaped(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    for byte in json {
        match byte {
            b'<' | b'>' | b'&' => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            byte => out.push(*byte),
        }
    }
    out
}

fn plain(value: &Value) -> String {
    value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let Some(map) = value.as_map() else { return BTreeMap::new() };
    map.borrow().iter().map(|(name, value)| (name.to_text().into_owned(), plain(value))).collect()
}

/// Returns the host of `https://host/…`.
fn host_of(address: &[u8]) -> &[u8] {
    let address = address.strip_prefix(b"http://").unwrap_or(address);
    let address = address.strip_prefix(b"https://").unwrap_or(address);
    address.split(|b| *b == b'/').next().unwrap_or_default()
}

fn decode_auth(text: &str) -> Result<(String, String), String> {
    // Go reads over line ends.
    let text: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let illegal = |error: data_encoding::DecodeError| format!("illegal base64 data at input byte {}", error.position);
    let bytes = BASE64.decode(&text).map_err(illegal)?;
    let decoded = String::from_utf8_lossy(&bytes);
    match decoded.split_once(':') {
        Some((username, password)) => Ok((username.to_owned(), password.to_owned())),
        None => Err(format!("auth '{decoded}' does not conform the base64(username:password) format")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> (tempfile::TempDir, Result<Config, Error>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.json");
        std::fs::write(&path, text).expect("a file");
        let config = Config::load(&path);
        (folder, config)
    }

    #[test]
    fn credentials_are_found_as_old_files_name_them() {
        let text = r#"{"auths": {"h:5000": {"auth": "dTpwOnc="}, "https://old/v1/": {"username": "a", "password": "b"},
            "t": {"identitytoken": "i"}, "bad": {"auth": "!"}, "worse": {"auth": "eA=="}, "list": []}}"#;
        let (_folder, config) = config(text);
        let config = config.expect("a file of credentials");
        let found = |server: &str| config.get(server).map(|c| [c.username, c.password, c.refresh_token].join("|"));
        let cases = [
            ("h:5000", Ok("u|p:w|")),
            ("old", Ok("a|b|")),
            ("t", Ok("||i")),
            ("none", Ok("||")),
            ("bad", Err("failed to decode auth field: invalid config format: illegal base64 data at input byte 0")),
            (
                "worse",
                Err(
                    "failed to decode auth field: invalid config format: auth 'x' does not conform the base64(username:password) format",
                ),
            ),
            (
                "list",
                Err(
                    "failed to unmarshal auth field: invalid config format: json: cannot unmarshal array into Go value of type config.AuthConfig",
                ),
            ),
        ];
        for (server, expected) in cases {
            assert_eq!(
                found(server).map_err(|e| e.text),
                expected.map(str::to_owned).map_err(str::to_owned),
                "{server}"
            );
        }
    }

    #[test]
    fn what_else_stands_in_the_file_stays() {
        let (folder, config) =
            config("{\"z\": {\"b\" : 1.0, \"a\": [ ]}, \"auths\": {\"b\": {\"x\":\"&\"}}, \"HttpHeaders\":{}}");
        let mut config = config.expect("a file of credentials");
        config.put("a", &Credential::of_user("u", "p")).expect("a file");
        let path = folder.path().join("config.json");
        let text = std::fs::read_to_string(&path).expect("a file");
        let expected = "{\n\t\"HttpHeaders\": {},\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t},\n\t\t\"b\": \
            {\n\t\t\t\"x\": \"\\u0026\"\n\t\t}\n\t},\n\t\"z\": {\n\t\t\"b\": 1.0,\n\t\t\"a\": []\n\t}\n}";
        assert_eq!(text, expected);
        assert!(Config::load(&path).is_ok_and(|mut config| config.delete("b").is_ok() && config.says_anything()));
    }

    #[test]
    fn logins_at_the_same_time_are_all_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("registry/config.json");
        let mut configs: Vec<Config> = (0..8).map(|_| Config::load(&path).expect("no file yet")).collect();
        std::thread::scope(|scope| {
            for (at, config) in configs.iter_mut().enumerate() {
                scope.spawn(move || config.put(&format!("host-{at}"), &Credential::of_user("u", "p")).expect("a file"));
            }
        });
        let config = Config::load(&path).expect("a file of credentials");
        assert_eq!(config.auths.len(), 8);
        let names: Vec<_> = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn what_is_no_file_of_credentials_is_told() {
        let cases = [
            ("", Ok(())),
            ("null", Ok(())),
            ("{\"auths\": null}", Ok(())),
            (
                "[]",
                Err(
                    "failed to decode config file PATH: invalid config format: json: cannot unmarshal array into Go value of type map[string]jsontext.Value",
                ),
            ),
            (
                "{\"auths\": 1}",
                Err(
                    "failed to unmarshal auths field: invalid config format: json: cannot unmarshal number into Go value of type map[string]jsontext.Value",
                ),
            ),
            (
                "{\"credsStore\": 1}",
                Err(
                    "failed to unmarshal creds store field: invalid config format: json: cannot unmarshal number into Go value of type string",
                ),
            ),
        ];
        for (text, expected) in cases {
            let (folder, config) = config(text);
            let path = folder.path().join("config.json").display().to_string();
            let found = config.map(drop).map_err(|e| e.text.replace(&path, "PATH"));
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }
}
