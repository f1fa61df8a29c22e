//! `socket`, as upstream's unix port has it, over the platform's [`network`](crate::net::system).
//!
//! | file | what |
//! |---|---|
//! | `object` | the type: its methods that never wait |
//! | `operation` | those that may: what is tried, and when it is over |
//! | `attempt` | the frame that tries again when the descriptor is ready |
//! | `resolve` | from names to addresses: `getaddrinfo` |
//! | `names` | addresses in text and in pieces |
//!
//! Beyond the unix port there are `recv_into`, `getsockname`, `getpeername`, `shutdown`, `with`, and addresses may be given
//! as tuples of host and port. As on boards, a timeout is always an `ETIMEDOUT`, and `makefile` gives the socket itself.

mod attempt;
mod names;
mod object;
mod operation;
mod resolve;

pub use object::{SocketObject, TYPE, Timeout, descriptor, has_input, read_ahead};
pub use resolve::{Query, Search};

use wigwag_vm::objects::function::{Member, full, plain};
use wigwag_vm::run::ModuleDef;

/// `socket`
pub static MODULE: ModuleDef = ModuleDef {
    name: "socket",
    members: &[
        Member::Extension("socket", &TYPE),
        full("getaddrinfo", 2, 6, resolve::get_addresses),
        plain("inet_pton", 2, 2, names::parse),
        plain("inet_ntop", 2, 2, names::format),
        plain("sockaddr", 1, 1, names::take_apart),
        Member::Int("AF_UNIX", 1),
        Member::Int("AF_INET", 2),
        Member::Int("AF_INET6", 10),
        Member::Int("SOCK_STREAM", names::STREAM),
        Member::Int("SOCK_DGRAM", names::DATAGRAM),
        Member::Int("SOCK_RAW", names::RAW),
        Member::Int("IPPROTO_IP", 0),
        Member::Int("IPPROTO_TCP", names::TCP),
        Member::Int("IPPROTO_UDP", names::UDP),
        Member::Int("MSG_PEEK", operation::PEEK as i64),
        Member::Int("MSG_DONTROUTE", 4),
        Member::Int("MSG_DONTWAIT", operation::DO_NOT_WAIT as i64),
        Member::Int("SOL_SOCKET", 1),
        Member::Int("SO_REUSEADDR", 2),
        Member::Int("SO_ERROR", 4),
        Member::Int("SO_BROADCAST", 6),
        Member::Int("SO_SNDBUF", 7),
        Member::Int("SO_RCVBUF", 8),
        Member::Int("SO_KEEPALIVE", 9),
        Member::Int("SO_LINGER", 13),
        Member::Int("TCP_NODELAY", 1),
        Member::Int("IP_ADD_MEMBERSHIP", 35),
        Member::Int("IP_DROP_MEMBERSHIP", 36),
    ],
};
