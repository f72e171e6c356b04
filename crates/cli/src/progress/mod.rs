//! Shows on a terminal how a wait goes: how many objects are ready, which are not, how long it has been, and its limit.
//!
//! Nothing is shown where stderr is no terminal: there it has Helm's bytes.

mod frame;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cluster::{Progress, Resource};
use frame::{Item, Size, Waiting};

/// The clock goes on once a second.
const TICK: Duration = Duration::from_secs(1);

/// What is over sooner is not shown at all.
const FIRST: Duration = Duration::from_millis(300);

/// The display of one wait, taken away when dropped.
pub struct Display {
    shared: Arc<Shared>,
    painter: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    waiting: Waiting,
    started: Instant,
    /// How many lines stand on the terminal.
    lines: usize,
    over: bool,
}

/// The display that is on now, for output that comes from elsewhere.
static CURRENT: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

/// Returns `Deployment/shop/web`.
pub fn name_of(resource: &Resource) -> String {
    match resource.namespaced {
        true => format!("{}/{}/{}", resource.kind, resource.namespace, resource.name),
        false => format!("{}/{}", resource.kind, resource.name),
    }
}

/// Writes something beside the display: it makes room, and comes back with its next change.
pub fn beside(write: impl FnOnce()) {
    match lock(&CURRENT).clone() {
        Some(shared) => {
            let mut state = lock(&shared.state);
            state.clear();
            write();
        }
        None => write(),
    }
}

impl Display {
    /// Begins to show a wait for `what`; nothing where stderr is no terminal, or one that cannot move its cursor, or is
    /// used for debugging.
    pub fn begin(what: &'static str, limit: Option<Duration>) -> Option<Display> {
        let dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
        if !std::io::stderr().is_terminal() || dumb || crate::log::is_debug() {
            return None;
        }
        let waiting = Waiting { what, limit, items: BTreeMap::new(), ready: 0, total: 0 };
        let state = State { waiting, started: Instant::now(), lines: 0, over: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), ended: Condvar::new() });
        *lock(&CURRENT) = Some(Arc::clone(&shared));
        let painter = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name("progress".to_string()).spawn(move || shared.paint()).ok()
        };
        Some(Display { shared, painter })
    }

    /// Takes a change. It is shown within a second: a terminal is not flooded.
    pub fn tell(&self, progress: &Progress<'_>) {
        let mut state = lock(&self.shared.state);
        state.waiting.ready = progress.ready;
        state.waiting.total = progress.total;
        let name = name_of(progress.resource);
        if progress.done {
            state.waiting.items.remove(&name);
            return;
        }
        let reading = progress.reading;
        let item = Item { status: reading.status.to_string(), message: reading.message.clone() };
        state.waiting.items.insert(name, item);
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        lock(&self.shared.state).over = true;
        self.shared.ended.notify_all();
        if let Some(painter) = self.painter.take() {
            // It ends at once; a panic in it has nothing to do with the wait.
            let _ = painter.join();
        }
        *lock(&CURRENT) = None;
    }
}

impl Shared {
    /// Shows the state again and again until the wait is over, and takes it away then.
    fn paint(&self) {
        let mut state = lock(&self.state);
        let mut pause = FIRST;
        while !state.over {
            let waited = self.ended.wait_timeout_while(state, pause, |state| !state.over);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !state.over && state.waiting.total > 0 {
                state.show();
            }
            pause = TICK;
        }
        state.clear();
    }
}

impl State {
    fn show(&mut self) {
        let lines = frame::lines(&self.waiting, self.started.elapsed(), Size::of_terminal());
        let mut text = self.back();
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        self.lines = lines.len();
        write(&text);
    }

    fn clear(&mut self) {
        let text = self.back();
        self.lines = 0;
        write(&text);
    }

    /// What takes the cursor back over what was shown, and wipes it.
    fn back(&self) -> String {
        match self.lines {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\r\x1b[J"),
        }
    }
}

fn write(text: &str) {
    if !text.is_empty() {
        // There is nowhere left to say that stderr is closed.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A thread that panicked with the lock leaves nothing that could not be shown.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
