//! The product runs on a thread with a large, lazily committed stack; the targets must too.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock};

use crate::Target;

/// The product's stack size.
const STACK_BYTES: usize = 1 << 30;

/// One worker for all inputs: a new thread for each would cost more than most inputs do.
struct Worker {
    jobs: Sender<(Target, Vec<u8>)>,
    done: Receiver<()>,
}

static WORKER: OnceLock<Mutex<Worker>> = OnceLock::new();

/// Runs `target` on the worker's stack and waits for it. A panic there ends the process or, in a test, the call.
pub fn on_large_stack(target: Target, data: &[u8]) {
    let worker = WORKER.get_or_init(|| Mutex::new(start())).lock().expect("a target panicked before");
    worker.jobs.send((target, data.to_vec())).expect("the worker lives as long as the process");
    worker.done.recv().expect("the target panicked");
}

fn start() -> Worker {
    let (jobs, inbox) = channel::<(Target, Vec<u8>)>();
    let (outbox, done) = channel();
    let run = move || {
        for (target, data) in inbox {
            target(&data);
            if outbox.send(()).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread for the targets");
    Worker { jobs, done }
}
