//! A server for one case: it serves the case's working folder on the loopback address. Over plain HTTP a few lines here do;
//! all else does the crate `peers`, which is run as a program, as the test bed is.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Serves until dropped.
pub struct Server {
    url: String,
    running: Running,
}

enum Running {
    Here {
        address: SocketAddr,
        stop: Arc<AtomicBool>,
    },
    /// It ends with its standard input.
    Program(Child),
}

impl Server {
    pub fn start(folder: &Path) -> Result<Server, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("cannot listen: {e}"))?;
        let address = listener.local_addr().map_err(|e| format!("cannot listen: {e}"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let (folder, flag) = (folder.to_path_buf(), stop.clone());
        std::thread::spawn(move || accept(&listener, &folder, &flag));
        Ok(Server { url: format!("http://{address}"), running: Running::Here { address, stop } })
    }

    /// Serves a folder in a way that `peers files` knows.
    pub fn start_as(folder: &Path, words: &[String]) -> Result<Server, String> {
        let failed = |e: std::io::Error| format!("cannot start a server of files: {e}");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        command.args(["run", "--quiet", "--package", "peers", "--bin", "peers", "--", "files"]).arg(folder).args(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or("the server of files has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        match line.trim_end() {
            "" => Err("the server of files did not start; see above".into()),
            url => Ok(Server { url: url.to_string(), running: Running::Program(child) }),
        }
    }

    /// The address without a final slash, what `$URL` stands for.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Here { address, stop } => {
                stop.store(true, Ordering::Relaxed);
                // Wakes the accepting thread, so that it sees the flag; if that fails there is nobody to wake.
                let _ = TcpStream::connect(*address);
            }
            Running::Program(child) => {
                drop(child.stdin.take());
                let _ = child.wait();
            }
        }
    }
}

fn accept(listener: &TcpListener, folder: &Path, stop: &AtomicBool) {
    for stream in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        // A client that goes away in the middle is its own problem.
        let _ = stream.and_then(|stream| answer(stream, folder));
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
    let path = PathBuf::from(path.split('?').next().unwrap_or_default());
    match std::fs::read(folder.join(path)) {
        Ok(body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            stream.write_all(&body)
        }
        Err(_) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}
