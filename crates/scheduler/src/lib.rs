//! Who runs next, and when.
//!
//! A scheduler for cooperative tasks that is only a data structure: it never sleeps, never calls anybody, reads no clock
//! and allocates nothing. Its order of turns is exactly that of MicroPython's asyncio: by deadline, and among equal
//! deadlines first in, first out. What a task is, is the embedding program's business: a Python coroutine, a Rust future,
//! both in one line.
//!
//! # Two ways to use it
//!
//! **Drive it yourself.** Ask [`Scheduler::next`] whose turn it is, run that task in your own way, say with
//! [`Scheduler::finish`] how it went; when it says [`Next::Idle`], wait in your own way. Nothing is borrowed while the task
//! runs.
//!
//! ```
//! use wigwag_scheduler::{Next, Owner, Scheduler, Slot, Step};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut slots = [Slot::VACANT; 8];
//! let mut scheduler = Scheduler::new(&mut slots[..]);
//! for word in [7, 8] {
//!     let node = scheduler.spawn(Owner::Caller(word))?;
//!     scheduler.push(node, 150_000)?; // microseconds
//! }
//! assert_eq!(scheduler.next(0), Next::Idle { until: Some(150_000) });
//! let mut turns = Vec::new();
//! while let Next::Run(turn) = scheduler.next(150_000) {
//!     turns.push(turn.owner);
//!     scheduler.finish(turn.node, Step::Done);
//! }
//! assert_eq!(turns, [Owner::Caller(7), Owner::Caller(8)]);
//! # Ok(())
//! # }
//! ```
//!
//! **Let it run Rust futures.** [`Loop`] and [`Handle`] (feature `alloc`) are asyncio's verbs for Rust: `create_task`,
//! `sleep_ms`, `run_until_complete`, `run_forever`, `stop`; a [`JoinHandle`] gives a task's result and cancels it. Without
//! `alloc`, [`Core::run_pinned`] runs futures that the caller pins, in memory that the caller sets aside. Both are made of
//! the same [`Core`], which a program that has tasks of its own can drive itself ([`Core::next`], [`Core::poll`]): that is
//! how Python's tasks and Rust's share one line.
//!
//! ```
//! use wigwag_scheduler::{Alarm, Core, Entry, Inbox, NoHooks, Slot, VirtualClock, WakeCell, cells};
//! use std::pin::pin;
//!
//! static INBOX: Inbox = Inbox::new();
//! static CELLS: [WakeCell; 2] = cells!(&INBOX; 0, 1);
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (mut slots, mut entries) = ([Slot::VACANT; 4], [Entry::VACANT; 2]);
//! let asyncio =
//!     Core::fixed(&mut slots, &mut entries, &mut [], &INBOX, &CELLS, VirtualClock::new(), NoHooks)?;
//! let left = pin!(asyncio.sleep_ms(150));
//! let right = pin!(asyncio.sleep_ms(300));
//! asyncio.run_pinned(&mut [left, right])?;
//! # Ok(())
//! # }
//! ```
//!
//! **What asyncio has, for Rust.** With either:
//!
//! | | |
//! |---|---|
//! | [`gather`], [`select`], [`Core::timeout_ms`] | several futures in one task; not longer than that |
//! | [`Core::every_ms`] | ticks that do not drift; late ones come in a [burst, delayed, or not at all](Late) |
//! | [`sync`] | [`Event`](sync::Event), [`Lock`](sync::Lock), [`Queue`](sync::Queue), [`Semaphore`](sync::Semaphore): first come, first served |
//! | [`Flag`] | set from interrupts and other threads |
//! | [`JoinHandle`], [`Scope`] (`alloc`) | a task's result; cancelling one task, or all that belong together |
//!
//! Each says under *Cancellation* what becomes of it when it is given up. Nothing is lost: what was handed to a wait
//! that is dropped goes to the next in line.
//!
//! | feature | what it adds |
//! |---|---|
//! | `alloc` (default) | storage that grows (`Vec` as a [`Space`]); [`Loop`], [`Handle`], [`JoinHandle`] with boxed futures |
//! | `std` | a thread-local says whose turn it is: wakes within a loop's own turns need no atomic operation |
//! | `embedded-hal-async` | [`Handle`] and `&`[`Core`] as the `DelayNs` that drivers ask for |
//!
//! # How it is built
//!
//! A task stands in line through a *node*: a slot of 40 bytes in one shared row ([`Nodes`]), named by index and generation
//! ([`NodeId`]). A [`Queue`] is 16 bytes and holds only its ends; the run queue is one, and so are the waiters of an event,
//! of a lock, of another task.
//!
//! ```text
//!            alloc                 push                     pop, remove
//!   vacant ─────────► at large ─────────────► queued ─────────────────────► at large ─► …
//!     ▲                   │      │                              ▲
//!     └───────────────────┘      │  due by now: line (FIFO)     │  O(1)
//!             free               └─ due later:  heap (pairing) ─┘  O(log n)
//!
//!   whose turn it is = the smaller (key, sequence) of line head and heap root
//! ```
//!
//! Keys are microseconds in a `u64` that never wraps. Python's are given already truncated to milliseconds; Rust's are
//! not.
//!
//! A Rust task also has a *wake cell*, which its wakers point to. Waking takes two compare-and-swaps from any thread or
//! interrupt, and cells are recycled and never freed, so a waker may be kept for ever:
//!
//! | field of a cell | its loop | a waker, anywhere |
//! |---|---|---|
//! | `state`: count of wakes | reads it before and after each poll | adds one |
//! | `state`: PARKED | sets it, if nobody woke the task during the poll | clears it; whoever did pushes the cell |
//! | `next`: the chain of the woken | takes and reverses the whole chain | writes it before the push |
//! | `armed`: parked, or on the way back | sets it when parking, clears it when the cell comes back | never |
//! | `listed`: woken in a turn of the loop itself | and only there, with `std` | never |
//! | `index`, `inbox` | fixed | fixed |
//!
//! The rules that make this sound, by name, are in `src/waker.rs`, with all the `unsafe` there is in this crate. That file is
//! tested under Miri and, every interleaving, under loom.
//!
//! Time is told, not read: [`Clock`] is needed only by what runs by itself. [`VirtualClock`] jumps from deadline to
//! deadline. [`Hooks`] see every turn begin and end and cost nothing when they are [`NoHooks`].
//!
//! # What it does not do
//!
//! No priorities, and no protection from a task that never yields. Targets without compare-and-swap (ARMv6-M) cannot use
//! it. A handle belongs to one thread; only wakers travel.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

/// Makes a constructor `const`, except under the model checker, whose atomics cannot be made at compile time.
macro_rules! const_unless_loom {
    ($(#[$attribute:meta])* pub fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        $(#[$attribute])*
        #[cfg(not(loom))]
        pub const fn $name($($argument: $type),*) -> $result $body

        $(#[$attribute])*
        #[cfg(loom)]
        pub fn $name($($argument: $type),*) -> $result $body
    };
}

#[cfg(feature = "alloc")]
mod boxed;
mod clock;
mod combine;
#[cfg(feature = "embedded-hal-async")]
mod delay;
#[cfg(feature = "alloc")]
mod event_loop;
mod every;
mod flag;
mod futures;
mod hooks;
#[cfg(feature = "alloc")]
mod join;
mod node;
mod pairing;
mod queue;
mod scheduler;
#[cfg(feature = "alloc")]
mod scope;
mod space;
pub mod sync;
mod timeout;
mod waker;

pub use clock::{Clock, VirtualClock, Waited};
pub use combine::{Either, Either3, Either4, Gather, GatherRow, Row, Select, SelectRow, gather, select};
#[cfg(feature = "alloc")]
pub use event_loop::{CreateError, Handle, Loop};
pub use every::{Every, Late};
pub use flag::{AlreadyAwaited, Flag, FlagWait};
#[cfg(feature = "alloc")]
pub use futures::Growing;
pub use futures::{
    Alarm, Bodies, CancelSelf, Core, Entry, Fixed, InboxInUse, Kept, Parts, Pinned, Polled, RunError, Sleep,
    TaskId,
};
pub use hooks::{Event, Hooks, NoHooks};
#[cfg(feature = "alloc")]
pub use join::{JoinError, JoinHandle};
pub use node::{NodeId, Nodes, Owner, Slot};
pub use queue::{Iter, PushError, Queue, Waiting};
pub use scheduler::{Mark, Next, Scheduler, Step, Turn};
#[cfg(feature = "alloc")]
pub use scope::{Scope, Scoped};
pub use space::{NoRoom, Space};
pub use timeout::{TimedOut, Timeout};
pub use waker::{Doorbell, Inbox, WakeCell};
