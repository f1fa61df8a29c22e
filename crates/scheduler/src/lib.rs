#![doc = "placeholder"]
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
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
#[cfg(feature = "alloc")]
mod event_loop;
mod futures;
mod hooks;
#[cfg(feature = "alloc")]
mod join;
mod node;
mod pairing;
mod queue;
mod scheduler;
mod space;
mod waker;

pub use clock::{Clock, VirtualClock, Waited};
#[cfg(feature = "alloc")]
pub use event_loop::{CreateError, Handle, Loop};
#[cfg(feature = "alloc")]
pub use futures::Growing;
pub use futures::{
    Alarm, Bodies, CancelSelf, Core, Entry, Fixed, InboxInUse, Parts, Pinned, Polled, RunError, Sleep, TaskId,
};
pub use hooks::{Event, Hooks, NoHooks};
#[cfg(feature = "alloc")]
pub use join::{JoinError, JoinHandle};
pub use node::{NodeId, Nodes, Owner, Slot};
pub use queue::{Iter, PushError, Queue, Waiting};
pub use scheduler::{Mark, Next, Scheduler, Step, Turn};
pub use space::{NoRoom, Space};
pub use waker::{Doorbell, Inbox, WakeCell};
