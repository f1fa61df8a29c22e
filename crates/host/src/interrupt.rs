//! Ctrl-C: a flag for the running program, a call for the waiting one.
//!
//! The first SIGINT sets a flag, which the engine looks at in its slow path, and wakes the
//! [`Waiter`]. If a second comes while the flag is still set, then nobody handles
//! interrupts (the program is stuck where the engine never looks), and the process dies as if it had
//! never asked for the signal: a shell shows status 130 and stops its own loop, too.
//!
//! ```text
//!            SIGINT                    SIGINT
//!   calm ─────────────▶ pending ──────────────────▶ the process is gone
//!    ▲                     │
//!    └──────── take ───────┘
//! ```
//!
//! Only the flag is touched in signal context, and one byte written to the waiter's pipe.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;

use crate::wait::Waiter;

/// Ctrl-C, from when this is made until the process ends.
#[derive(Clone, Debug)]
pub struct Interrupt {
    pending: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes SIGINT over; it will end the waits of `waiter`.
    ///
    /// Made once for a process: the handlers of a second one would stand beside those of the first.
    ///
    /// # Errors
    /// When the system refuses to install a handler.
    pub fn install(waiter: &Waiter) -> io::Result<Self> {
        let pending = Arc::new(AtomicBool::new(false));
        // The order matters: the first must not yet see what the second sets.
        signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(&pending))?;
        signal_hook::flag::register(SIGINT, Arc::clone(&pending))?;
        signal_hook::low_level::pipe::register_raw(SIGINT, waiter.waker().descriptor()?)?;
        Ok(Interrupt { pending })
    }

    /// Whether an interrupt waits to be handled.
    pub fn is_pending(&self) -> bool {
        self.pending.load(Ordering::SeqCst)
    }

    /// Takes the interrupt, if there is one: from now on, a further one is a first one again.
    pub fn take(&self) -> bool {
        self.pending.swap(false, Ordering::SeqCst)
    }

    /// The flag itself, for whoever wants to look at it often.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.pending)
    }
}
