//! SIGTERM and SIGHUP, for a process that has something to put back before it dies: a terminal in raw mode, a file.
//!
//! Until it [prepares](Termination::prepare), the signals end the process as ever. From then on the first one sets a
//! flag and ends the waits of the [`Waiter`]; whoever sees the flag cleans up and lets the process
//! [die](Termination::die) of the signal after all. A second one does not wait for that.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::low_level;

use crate::terminal;
use crate::wait::Waiter;

/// What the flag holds while no signal came.
const NONE: usize = 0;

/// The signals that end a process, from when this is made until it does end.
#[derive(Clone, Debug)]
pub struct Termination {
    signal: Arc<AtomicUsize>,
    /// The next signal ends the process at once.
    immediate: Arc<AtomicBool>,
}

impl Termination {
    /// Takes the signals over; they will end the waits of `waiter`. Made once for a process.
    ///
    /// # Errors
    /// When the system refuses to install a handler.
    pub fn install(waiter: &Waiter) -> io::Result<Self> {
        let termination = Termination {
            signal: Arc::new(AtomicUsize::new(NONE)),
            immediate: Arc::new(AtomicBool::new(true)),
        };
        for signal in [SIGTERM, SIGHUP] {
            // The order matters: the first must not yet see what the second sets.
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&termination.immediate))?;
            signal_hook::flag::register(signal, Arc::clone(&termination.immediate))?;
            signal_hook::flag::register_usize(signal, Arc::clone(&termination.signal), signal as usize)?;
            low_level::pipe::register_raw(signal, waiter.waker().descriptor()?)?;
        }
        Ok(termination)
    }

    /// From now on somebody looks at [`is_pending`](Self::is_pending), or no longer.
    pub fn prepare(&self, prepared: bool) {
        self.immediate.store(!prepared, Ordering::SeqCst);
    }

    /// Whether the process is to end.
    pub fn is_pending(&self) -> bool {
        self.signal.load(Ordering::SeqCst) != NONE
    }

    /// Ends the process by the signal that came, all terminals restored; returns if none did.
    pub fn die(&self) {
        if self.is_pending() {
            terminal::restore();
            // It fails for signals that cannot be caught, and these were.
            let _ = low_level::emulate_default_handler(self.signal.load(Ordering::SeqCst) as i32);
        }
    }
}
