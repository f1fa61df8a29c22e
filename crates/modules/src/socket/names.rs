//! Addresses in text and in pieces.

use crate::arguments;
use crate::errno::EINVAL;
use crate::net::address::{self, Address};
use wigwag_vm::heap::{Heap, Raised, Value};

/// `SOCK_STREAM`
pub const STREAM: i64 = 1;
/// `SOCK_DGRAM`
pub const DATAGRAM: i64 = 2;
/// `SOCK_RAW`
pub const RAW: i64 = 3;
/// `IPPROTO_TCP`
pub const TCP: i64 = 6;
/// `IPPROTO_UDP`
pub const UDP: i64 = 17;

/// `inet_pton(family, text)`
pub fn parse(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let family = arguments::integer(heap, given[0])?;
    let text = arguments::text(heap, given[1])?;
    match address::parse_host(family as i32, &text) {
        Some(bytes) => heap.bytes(&bytes),
        None => Err(heap.raise_os(EINVAL)),
    }
}

/// `inet_ntop(family, bytes)`
pub fn format(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let family = arguments::integer(heap, given[0])?;
    let bytes = arguments::buffer(heap, given[1])?;
    match address::format_host(family as i32, &bytes) {
        Some(text) => heap.string(text),
        None => Err(heap.raise_os(EINVAL)),
    }
}

/// `sockaddr(address)`: family, host, port, and what else there is.
pub fn take_apart(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let bytes = arguments::buffer(heap, given[0])?;
    match Address::decode(&bytes) {
        Some(Address::V4 { ip, port }) => {
            let ip = heap.bytes(&ip)?;
            heap.tuple(&[Value::tiny_int(address::AF_INET), ip, Value::tiny_int(port.into())])
        }
        Some(Address::V6 { ip, port, flow, scope }) => {
            let ip = heap.bytes(&ip)?;
            let (flow, scope) = (heap.int(flow.into())?, heap.int(scope.into())?);
            let family = Value::tiny_int(address::AF_INET6);
            heap.tuple(&[family, ip, Value::tiny_int(port.into()), flow, scope])
        }
        _ => {
            let family = match bytes[..] {
                [low, high, ..] => u16::from_ne_bytes([low, high]),
                _ => return Err(heap.raise_os(EINVAL)),
            };
            let rest = heap.bytes(&bytes[2..])?;
            heap.tuple(&[Value::tiny_int(family.into()), rest])
        }
    }
}
