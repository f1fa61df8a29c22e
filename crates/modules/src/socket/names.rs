//! Names and addresses: `getaddrinfo`, and addresses in text.

use crate::arguments;
use crate::errno::{EINVAL, ENODEV};
use crate::net::address::{self, Address};
use crate::net::system::{self, Question};
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::run::{Arguments, Outcome, Vm};

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

/// Unknown name or service, as `getaddrinfo` numbers it.
const NO_NAME: i32 = -2;
/// This kind of socket does not exist for the service.
const NO_SERVICE: i32 = -8;

/// Kinds of sockets with the protocol that each one has; in the order of `getaddrinfo`.
const KINDS: [(i64, i64); 3] = [(STREAM, TCP), (DATAGRAM, UDP), (RAW, 0)];

fn failed(vm: &mut Vm, error: i32) -> Raised {
    vm.heap.raise_fmt(TypeId::OsError, format_args!("[addrinfo error {error}]"))
}

fn resolve(vm: &mut Vm, question: &Question<'_>) -> Result<Vec<Address>, Raised> {
    let found = match system::network(vm) {
        Some(network) => network.resolve(question),
        None => return Err(vm.heap.raise_os(ENODEV)),
    };
    match found {
        Ok(addresses) if addresses.is_empty() => Err(failed(vm, NO_NAME)),
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(failed(vm, error)),
    }
}

/// A port: a number, or one in text. Names of services are not known.
fn port_of(vm: &mut Vm, value: Value) -> Result<u16, Raised> {
    if let Some(number) = vm.heap.as_int(value) {
        return Ok(number as u16);
    }
    match arguments::text(&mut vm.heap, value)?.parse() {
        Ok(port) => Ok(port),
        Err(_) => Err(failed(vm, NO_SERVICE)),
    }
}

/// `getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`
pub fn get_addresses(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (host, port) = (given.at(vm, 0), given.at(vm, 1));
    let host = arguments::text(&mut vm.heap, host)?;
    let port = port_of(vm, port)?;
    let mut hints = [0; 3];
    for (number, hint) in hints.iter_mut().enumerate() {
        if let Some(value) = given.get(vm, 2 + number) {
            *hint = arguments::integer(&mut vm.heap, value)?;
        }
    }
    let [family, kind, protocol] = hints;
    let addresses = resolve(vm, &Question { host: &host, port, family: family as i32 })?;
    let list = vm.heap.list(&[])?;
    for address in addresses {
        for (its_kind, its_protocol) in KINDS {
            let fits = (kind == 0 || kind == its_kind)
                && (protocol == 0 || protocol == its_protocol || its_protocol == 0);
            if !fits {
                continue;
            }
            let encoded = vm.heap.bytearray(address.encode())?;
            let numbers = [address.family().into(), its_kind, its_protocol];
            let [family, kind, protocol] = numbers.map(|number: i64| Value::tiny_int(number as i32));
            let entry = vm.heap.tuple(&[family, kind, protocol, Value::NONE, encoded])?;
            vm.heap.list_push(list, entry)?;
        }
    }
    Ok(list.into())
}

/// An address as programs give it: bytes in the system's layout, or a tuple of host and port.
pub fn address_of(vm: &mut Vm, value: Value) -> Result<Address, Raised> {
    if let Some(&[host, port, ..]) = vm.heap.as_tuple(value) {
        let host = match arguments::text(&mut vm.heap, host)? {
            host if host.is_empty() => String::from("0.0.0.0"),
            host => host,
        };
        let port = port_of(vm, port)?;
        let found = resolve(vm, &Question { host: &host, port, family: 0 })?;
        return Ok(found.into_iter().next().unwrap_or(Address::None));
    }
    let bytes = arguments::buffer(&mut vm.heap, value)?;
    Address::decode(&bytes).ok_or_else(|| vm.heap.raise_os(EINVAL))
}

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
