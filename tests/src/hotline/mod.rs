//! A hotline of our own on loopback: it enforces login, order, lifetimes and codes as the CyberTipline describes them
//! (fact sheet §1), and misbehaves on demand.
//!
//! It must never leave this machine, and shares no code with the client it tests.

mod http;
mod rules;
mod trouble;
mod xml;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

pub use rules::{Report, Seen, State};
pub use trouble::{Trouble, What};

/// The login that it takes.
pub const USER: &str = "lab";
/// Its password, found nowhere else.
pub const PASSWORD: &str = "correct-hotline-battery";

/// A running hotline; it ends with its handle.
pub struct Hotline {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    closing: Arc<AtomicBool>,
    door: Option<JoinHandle<()>>,
}

impl Hotline {
    /// Opens on a free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let closing = Arc::new(AtomicBool::new(false));
        let (held, shut) = (state.clone(), closing.clone());
        let door = thread::spawn(move || {
            for stream in listener.incoming() {
                if shut.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), state) = (stream, held.clone()) else { continue };
                // A guest who is kept waiting keeps nobody else waiting.
                thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Self { address, state, closing, door: Some(door) }
    }

    /// Base address, as an operator configures it.
    pub fn base(&self) -> String {
        format!("http://{}/ispws", self.address)
    }

    /// Everything it holds and has seen.
    pub fn state(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }

    /// Forgets all of it.
    pub fn reset(&self) {
        *self.state() = State::default();
    }

    /// Names the process that may be killed.
    pub fn guest(&self, pid: u32) {
        self.state().guest = Some(pid);
    }

    /// Misbehaves once, when its turn comes.
    pub fn trouble(&self, trouble: Trouble) {
        self.state().troubles.push(trouble);
    }
}

impl Drop for Hotline {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the door, which looks and leaves.
        let _ = TcpStream::connect(self.address);
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection, one request.
fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let Some(request) = http::read(&mut stream)? else { return Ok(()) };
    let trouble = held(state).begin(&request);
    let what = trouble.map(|trouble| trouble.what);
    let kill = || {
        // The test names the guest as soon as it has started it.
        let pid = loop {
            match held(state).guest.and_then(|pid| Pid::from_raw(pid.cast_signed())) {
                Some(pid) => break pid,
                None => thread::yield_now(),
            }
        };
        kill_process(pid, Signal::KILL).unwrap();
    };
    match &what {
        Some(What::Unheard) => return stream.shutdown(Shutdown::Both),
        Some(What::Silence) => return wait_for_the_guest_to_leave(&mut stream),
        Some(What::KillBefore) => {
            kill();
            return Ok(());
        }
        _ => {}
    }
    let mut answer = held(state).answer(&request, what.as_ref());
    match &what {
        Some(What::LostAnswer) => return stream.shutdown(Shutdown::Both),
        Some(What::SilenceAfter) => return wait_for_the_guest_to_leave(&mut stream),
        Some(What::KillAfter) => {
            kill();
            return Ok(());
        }
        Some(What::Huge) => answer.body = vec![b' '; 6 << 20],
        _ => {}
    }
    let head = answer.head();
    match &what {
        Some(What::HalfAnswer) => {
            stream.write_all(&head)?;
            stream.write_all(&answer.body[..answer.body.len() / 2])?;
            stream.shutdown(Shutdown::Both)
        }
        Some(What::KillHalfway) => {
            stream.write_all(&head)?;
            stream.write_all(&answer.body[..answer.body.len() / 2])?;
            stream.flush()?;
            kill();
            Ok(())
        }
        Some(What::Drip) => {
            for byte in head.iter().chain(&answer.body) {
                stream.write_all(&[*byte])?;
                thread::park_timeout(Duration::from_millis(50));
            }
            Ok(())
        }
        _ => {
            stream.write_all(&head)?;
            stream.write_all(&answer.body)?;
            stream.flush()?;
            if matches!(what, Some(What::KillDelivered)) {
                kill();
            }
            stream.shutdown(Shutdown::Write)
        }
    }
}

fn wait_for_the_guest_to_leave(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut nothing = [0; 64];
    while stream.read(&mut nothing)? > 0 {}
    Ok(())
}
