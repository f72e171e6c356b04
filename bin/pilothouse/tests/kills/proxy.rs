//! Stands between the program and the API server, and kills the program at a write.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};

/// When the program dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// The server does not see the write.
    Before,
    /// The server has answered, the program does not see it.
    After,
}

/// What is to happen at which write; the first is 1.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub write: usize,
    pub moment: Moment,
}

#[derive(Default)]
struct State {
    writes: Vec<String>,
    fault: Option<Fault>,
    victim: Option<u32>,
    killed: bool,
}

/// A way to the API server that counts writes.
pub struct Proxy {
    pub port: u16,
    state: Arc<(Mutex<State>, Condvar)>,
    upstream: Child,
}

impl Proxy {
    /// Starts one in front of kubectl's, which knows how to talk to the server.
    pub fn start(kubeconfig: &str) -> Proxy {
        let mut upstream = Command::new(testbed::kubectl().expect("kubectl"))
            .args(["proxy", "--port=0", "--kubeconfig", kubeconfig])
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubectl starts");
        let mut line = String::new();
        BufReader::new(upstream.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let own = listener.local_addr().expect("an address").port();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                // A connection that breaks is what this is about.
                std::thread::spawn(move || drop(serve(stream, port, &shared)));
            }
        });
        Proxy { port: own, state, upstream }
    }

    /// Prepares for the next process.
    pub fn expect(&self, fault: Option<Fault>) {
        *self.state.0.lock().expect("a lock") = State { fault, ..State::default() };
    }

    /// Tells whom to kill.
    pub fn watch(&self, process: u32) {
        self.state.0.lock().expect("a lock").victim = Some(process);
        self.state.1.notify_all();
    }

    /// Returns the writes since the last call of `expect`, and whether one was the end of the process.
    pub fn seen(&self) -> (Vec<String>, bool) {
        let state = self.state.0.lock().expect("a lock");
        (state.writes.clone(), state.killed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.upstream.kill().expect("it ends");
        self.upstream.wait().expect("it ends");
    }
}

/// Passes one request on; there is a connection for each.
fn serve(client: TcpStream, port: u16, state: &(Mutex<State>, Condvar)) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut length, mut line) = (String::new(), 0, String::new());
    while reader.read_line(&mut line)? > 2 {
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
        if !lower.starts_with("connection:") {
            head += &line;
        }
        line.clear();
    }
    if head.is_empty() {
        return Ok(());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let due = count(state, head.lines().next().unwrap_or_default());
    if due == Some(Moment::Before) {
        return kill(state);
    }
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    server.write_all(&body)?;
    if due == Some(Moment::After) {
        server.read_exact(&mut [0])?;
        return kill(state);
    }
    let mut client = client;
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// Counts a write; returns when the process is to die at it.
fn count(state: &(Mutex<State>, Condvar), request: &str) -> Option<Moment> {
    let asks = ["/selfsubject", "dryRun=", "GET ", "HEAD "].iter().any(|word| request.contains(word));
    if asks {
        return None;
    }
    let mut state = state.0.lock().expect("a lock");
    state.writes.push(request.to_owned());
    let number = state.writes.len();
    state.fault.filter(|fault| fault.write == number).map(|fault| fault.moment)
}

fn kill(state: &(Mutex<State>, Condvar)) -> std::io::Result<()> {
    let mut state =
        state.1.wait_while(state.0.lock().expect("a lock"), |state| state.victim.is_none()).expect("a lock");
    let victim = state.victim.unwrap_or_default().to_string();
    let killed = Command::new("kill").args(["-9", &victim]).status()?;
    state.killed = killed.success();
    Ok(())
}
