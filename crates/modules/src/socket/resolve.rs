//! From names to addresses: `getaddrinfo`, and addresses that are given as a tuple of host and port.
//!
//! Whoever asks for a name that others know parks its fiber until the answer is there; a task that does so in the way of
//! `asyncio` leaves the loop to the others ([`Search`]). What must always hold: an answer is kept until its values are made, so
//! that nobody is asked twice because memory ran out.

use super::names::{DATAGRAM, RAW, STREAM, TCP, UDP};
use super::object::Purpose;
use crate::arguments;
use crate::errno::{EINVAL, ENODEV};
use crate::net::address::Address;
use crate::net::system::{self, Addresses, Answer, Lookup, Question, READ};
use crate::net::wait::Waiting;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// Unknown name or service, as `getaddrinfo` numbers it.
const NO_NAME: i32 = -2;
/// This kind of socket does not exist for the service.
const NO_SERVICE: i32 = -8;

/// Kinds of sockets with the protocol that each one has; in the order of `getaddrinfo`.
const KINDS: [(i64, i64); 3] = [(STREAM, TCP), (DATAGRAM, UDP), (RAW, 0)];

fn failed(vm: &mut Vm, error: i32) -> Raised {
    vm.heap.raise_fmt(TypeId::OsError, format_args!("[addrinfo error {error}]"))
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

/// The search for the addresses of a host.
pub struct Search {
    lookup: Option<Box<dyn Lookup>>,
    found: Addresses,
}

impl Search {
    /// Begins it.
    pub fn begin(vm: &mut Vm, host: &str, port: u16, family: i32) -> Result<Search, Raised> {
        match system::network(vm).map(|network| network.resolve(&Question { host, port, family })) {
            Some(Answer::Now(found)) => Ok(Search { lookup: None, found }),
            Some(Answer::Later(lookup)) => Ok(Search { lookup: Some(lookup), found: Err(NO_NAME) }),
            None => Err(vm.heap.raise_os(ENODEV)),
        }
    }

    /// What to wait for before the answer is there, if it is not.
    pub fn pending(&mut self) -> Option<i32> {
        let lookup = self.lookup.as_mut()?;
        match lookup.take() {
            Some(found) => {
                self.found = found;
                self.lookup = None;
                None
            }
            None => Some(lookup.descriptor()),
        }
    }

    /// The answer.
    fn addresses(&self, vm: &mut Vm) -> Result<&[Address], Raised> {
        match &self.found {
            Ok(addresses) if addresses.is_empty() => Err(failed(vm, NO_NAME)),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(failed(vm, *error)),
        }
    }
}

/// What `getaddrinfo` is asked.
pub struct Query {
    host: String,
    port: u16,
    family: i32,
    kind: i64,
    protocol: i64,
}

impl Query {
    /// From the arguments that are given for host, port, family, type and protocol.
    pub fn new(vm: &mut Vm, given: [Option<Value>; 5]) -> Result<Query, Raised> {
        let [host, port, family, kind, protocol] = given;
        let host = arguments::text(&mut vm.heap, host.unwrap_or(Value::NONE))?;
        let port = port_of(vm, port.unwrap_or(Value::NONE))?;
        let mut number = |hint: Option<Value>| match hint {
            Some(value) => arguments::integer(&mut vm.heap, value),
            None => Ok(0),
        };
        let family = number(family)? as i32;
        Ok(Query { host, port, family, kind: number(kind)?, protocol: number(protocol)? })
    }

    /// Begins to look for the addresses.
    pub fn search(&self, vm: &mut Vm) -> Result<Search, Raised> {
        Search::begin(vm, &self.host, self.port, self.family)
    }

    /// The list that `getaddrinfo` gives when the search is over.
    pub fn list(&self, vm: &mut Vm, search: &Search) -> Result<Value, Raised> {
        let list = vm.heap.list(&[])?;
        for address in search.addresses(vm)? {
            for (kind, protocol) in KINDS {
                let fits = (self.kind == 0 || self.kind == kind)
                    && (self.protocol == 0 || self.protocol == protocol || protocol == 0);
                if !fits {
                    continue;
                }
                let encoded = vm.heap.bytearray(address.encode())?;
                let numbers = [address.family().into(), kind, protocol];
                let [family, kind, protocol] = numbers.map(|number: i64| Value::tiny_int(number as i32));
                let entry = vm.heap.tuple(&[family, kind, protocol, Value::NONE, encoded])?;
                vm.heap.list_push(list, entry)?;
            }
        }
        Ok(list)
    }
}

/// What is to be done with an answer.
enum Then {
    List(Query),
    Use(Purpose),
}

impl Then {
    fn conclude(&self, vm: &mut Vm, search: &Search) -> Result<Outcome, Raised> {
        match self {
            Then::List(query) => Ok(query.list(vm, search)?.into()),
            Then::Use(purpose) => {
                let address = search.addresses(vm)?.first().cloned();
                purpose.fulfil(vm, address.unwrap_or(Address::None))
            }
        }
    }
}

/// The frame of whoever waits for an answer.
struct Resolving {
    search: Search,
    then: Then,
    waiting: Option<Waiting>,
}

impl NativeFrame for Resolving {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Some(descriptor) = self.search.pending() {
            let waiting = self.waiting.get_or_insert_with(|| {
                let mut waiting = Waiting::new(vm, None);
                waiting.watch(descriptor, READ);
                waiting
            });
            return Ok(Step::Park(waiting.park()));
        }
        self.waiting = None;
        match (input, self.then.conclude(vm, &self.search)?) {
            (_, Outcome::Frame(frame)) => Ok(Step::Become(frame)),
            (_, Outcome::Value(value)) => Ok(Step::Return(value)),
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Then::Use(purpose) = &self.then {
            purpose.trace(tracer);
        }
    }
}

/// Waits for the answer, if it has to, and does something with it.
fn when_found(vm: &mut Vm, mut search: Search, then: Then) -> Result<Outcome, Raised> {
    if search.pending().is_none() {
        return then.conclude(vm, &search);
    }
    Ok(Outcome::Frame(Box::new(Resolving { search, then, waiting: None })))
}

/// `getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`
pub fn get_addresses(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let query = Query::new(vm, [0, 1, 2, 3, 4].map(|number| given.get(vm, number)))?;
    let search = query.search(vm)?;
    when_found(vm, search, Then::List(query))
}

/// Does something with an address as programs give it: bytes in the system's layout, or a tuple of host and port.
pub fn with_address(vm: &mut Vm, value: Value, purpose: Purpose) -> Result<Outcome, Raised> {
    if let Some(&[host, port, ..]) = vm.heap.as_tuple(value) {
        let host = match arguments::text(&mut vm.heap, host)? {
            host if host.is_empty() => String::from("0.0.0.0"),
            host => host,
        };
        let port = port_of(vm, port)?;
        let search = Search::begin(vm, &host, port, 0)?;
        return when_found(vm, search, Then::Use(purpose));
    }
    let bytes: Vec<u8> = arguments::buffer(&mut vm.heap, value)?;
    match Address::decode(&bytes) {
        Some(address) => purpose.fulfil(vm, address),
        None => Err(vm.heap.raise_os(EINVAL)),
    }
}
