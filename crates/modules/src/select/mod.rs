//! `select`: `poll` objects, and `select` itself.
//!
//! | file | what |
//! |---|---|
//! | `poll` | the object: what is registered, in order |
//! | `polling` | the frame that asks and waits |
//!
//! Descriptors are the system's to watch. Objects with a method `ioctl` are asked one after another; while they are all
//! there is to wait for, again every millisecond.

mod poll;
mod polling;

pub use poll::Poll;
pub use polling::wait_until;

use crate::net::system::{ERROR, HANG_UP, READ, WRITE};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// `select`
pub static MODULE: ModuleDef = ModuleDef {
    name: "select",
    members: &[
        full("poll", 0, 0, poll::make),
        full("select", 3, 4, polling::select),
        Member::Int("POLLIN", READ as i64),
        Member::Int("POLLOUT", WRITE as i64),
        Member::Int("POLLERR", ERROR as i64),
        Member::Int("POLLHUP", HANG_UP as i64),
    ],
};
