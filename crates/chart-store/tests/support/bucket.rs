//! An S3 server (versitygw) on a folder, and a way to it that fails as often as it is told. Both end with their values.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chart_store::BlobPlace;
use testbed::until;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub struct Server {
    child: Child,
    port: u16,
    pub folder: tempfile::TempDir,
}

/// The server, which `go install github.com/versity/versitygw/cmd/versitygw@v1.8.0` makes.
fn program() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let go = std::env::var_os("HOME").map(|home| PathBuf::from(home).join("go/bin"));
    let folders = cache.map(|cache| cache.join("pilothouse/peers")).into_iter().chain(go);
    let path =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    folders.chain(path).map(|folder| folder.join("versitygw")).find(|program| program.is_file())
}

impl Server {
    /// Starts a server with the bucket `charts`; `None`, and told so, where it is not installed.
    pub fn start() -> Option<Server> {
        let Some(program) = program() else {
            eprintln!("SKIPPED: there is no S3 server (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("charts")).expect("a bucket");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let mut command = Command::new(program);
        command.env("ROOT_ACCESS_KEY", "user").env("ROOT_SECRET_KEY", "password");
        command.args(["--port", &format!("127.0.0.1:{port}"), "posix"]).arg(folder.path());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("versitygw starts");
        let server = Server { child, port, folder };
        let answers = || Ok(TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(()));
        until("the S3 server", Duration::from_secs(30), answers).expect("a server");
        Some(server)
    }

    /// Where a store finds its contents, straight or by another port.
    pub fn place(&self, by: Option<u16>) -> BlobPlace {
        let endpoint = format!("http://127.0.0.1:{}", by.unwrap_or(self.port));
        let options = [
            ("aws_endpoint", endpoint.as_str()),
            ("aws_access_key_id", "user"),
            ("aws_secret_access_key", "password"),
            ("aws_region", "us-east-1"),
            ("aws_allow_http", "true"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        BlobPlace::Bucket { url: "s3://charts/some/prefix".to_owned(), options }
    }

    /// Starts a way to the server on which every so many requests get an error instead of an answer.
    pub async fn faulty(&self, every: u64) -> (u16, Arc<AtomicU64>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (requests, server) = (Arc::new(AtomicU64::new(0)), self.port);
        let count = requests.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, every, count.clone()));
            }
        });
        (port, requests)
    }
}

/// Passes one request on, or fails it.
async fn pass(mut client: tokio::net::TcpStream, server: u16, every: u64, count: Arc<AtomicU64>) -> Option<()> {
    let request = request(&mut client).await?;
    if count.fetch_add(1, Ordering::SeqCst) % every == every - 1 {
        let answer = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(answer).await.ok();
    }
    let mut server = tokio::net::TcpStream::connect(("127.0.0.1", server)).await.ok()?;
    server.write_all(&request).await.ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await.ok()?;
    client.write_all(&answer).await.ok()
}

/// Reads a request with its body, and asks the server to close the connection behind its answer.
async fn request(client: &mut tokio::net::TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut buffer = [0; 8192];
        let read = client.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let header = |name: &str| {
        text.lines().filter_map(|line| line.split_once(':')).find(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    let length: usize = header("content-length").and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default();
    let mut body = vec![0; (head + length).saturating_sub(bytes.len())];
    client.read_exact(&mut body).await.ok()?;
    bytes.extend_from_slice(&body);
    let start = text.find("\r\n")? + 2;
    let mut closing = bytes[..start].to_vec();
    closing.extend_from_slice(b"Connection: close\r\n");
    closing.extend_from_slice(&bytes[start..]);
    Some(closing)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
