//! `tls` and `ssl`: encrypted connections over sockets, and over whatever else has `readinto`, `write` and `ioctl`.
//!
//! The protocol itself is the platform's ([`system`]); here is what programs have of it.
//!
//! | file | what |
//! |---|---|
//! | `system` | what a platform with TLS implements |
//! | `context` | `SSLContext`: what is set for connections |
//! | `socket` | `SSLSocket`: a connection |
//! | `operation` | what may have to wait: how far it gets |
//! | `exchange` | the frame that lets it get further |
//! | `transport` | sending and receiving over a socket |
//! | `poll` | what a connection is ready for |
//! | `close` | its end |
//! | `failure` | what goes wrong, and upstream's words for it |
//!
//! `tls` is all of that; `ssl` is written in Python over it, as upstream's is, and compiled when one of its names is first
//! looked up.

mod close;
mod context;
mod exchange;
pub mod failure;
mod operation;
mod poll;
mod socket;
pub mod system;
mod transport;

pub use poll::watch;
pub use socket::descriptor;

use crate::frozen::{self, Part};
use wigwag_vm::heap::{Heap, Value};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// `tls`
pub static MODULE: ModuleDef = ModuleDef {
    name: "tls",
    members: &[
        Member::Extension("SSLContext", &context::TYPE),
        Member::Int("PROTOCOL_TLS_CLIENT", context::CLIENT),
        Member::Int("PROTOCOL_TLS_SERVER", context::SERVER),
        Member::Int("CERT_NONE", context::CERT_NONE),
        Member::Int("CERT_OPTIONAL", context::CERT_OPTIONAL),
        Member::Int("CERT_REQUIRED", context::CERT_REQUIRED),
    ],
};

/// `ssl`
pub static SSL_MODULE: ModuleDef = ModuleDef {
    name: "ssl",
    members: &[
        Member::Int("PROTOCOL_TLS_CLIENT", context::CLIENT),
        Member::Int("PROTOCOL_TLS_SERVER", context::SERVER),
        Member::Int("CERT_NONE", context::CERT_NONE),
        Member::Int("CERT_OPTIONAL", context::CERT_OPTIONAL),
        Member::Int("CERT_REQUIRED", context::CERT_REQUIRED),
        full("__getattr__", 1, 1, |vm, given| frozen::attribute(vm, &PARTS, given)),
    ],
};

static PARTS: [Part; 1] = [Part {
    home: "ssl",
    module: "ssl.contexts",
    file: "ssl/contexts.py",
    source: include_str!("frozen/contexts.py"),
    names: &["SSLContext", "SSLError", "wrap_socket"],
}];

/// Whether a value is a connection over something that has no descriptor.
pub fn is_over_object(heap: &Heap, value: Value) -> bool {
    heap.as_native::<socket::SslSocket>(value).is_some() && descriptor(heap, value).is_none()
}
