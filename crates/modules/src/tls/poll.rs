//! What a connection is ready for, which need not be what the socket under it is ready for: what has been decrypted is
//! there, whatever the socket says, and until the two know each other writing may need reading first.

use super::close::{self, CLOSE};
use super::context;
use super::failure::ProtocolError;
use super::operation::{Need, handshake_need};
use super::socket::{SslSocket, descriptor, transport_of};
use crate::arguments;
use crate::errno::{EINVAL, ENODEV};
use crate::net::pollable::{POLL, Watch};
use crate::net::system::{self, Events, INVALID, Polled, READ, WRITE};
use alloc::boxed::Box;
use wigwag_vm::heap::{Heap, Raised, Tracer, Value};
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

/// What to ask for, if this is a connection, for one who wants to know whether it is ready for `wanted`.
pub fn watch(heap: &Heap, value: Value, wanted: Events) -> Option<Watch> {
    let object = heap.as_native::<SslSocket>(value)?;
    let is_over = object.end().is_some();
    let Some(session) = object.session.as_deref().filter(|_| !is_over) else {
        // The next operation says what is wrong.
        return Some(Watch { now: wanted & (READ | WRITE), events: wanted });
    };
    let events = match handshake_need(session) {
        Need::Output => WRITE,
        Need::Input => READ,
        // The rest of a question has to be sent before there is an answer.
        _ if wanted & READ != 0 && !session.outgoing().is_empty() => wanted | WRITE,
        _ => wanted,
    };
    let has_input =
        !session.is_handshaking() && (!session.plaintext().is_empty() || session.has_ended() != Ok(false));
    Some(Watch { now: if has_input { wanted & READ } else { 0 }, events })
}

/// `ioctl(request, argument)`: asks what it is ready for, as upstream's does, or closes it.
pub fn ioctl(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (connection, request, argument) = (given.at(vm, 0), given.at(vm, 1), given.at(vm, 2));
    match arguments::integer(&mut vm.heap, request)? {
        CLOSE => close::finish(vm, connection, Value::tiny_int(0)),
        POLL => {
            let wanted = arguments::integer(&mut vm.heap, argument)? as Events;
            poll(vm, connection, wanted)
        }
        _ => Err(vm.heap.raise_os(EINVAL)),
    }
}

fn poll(vm: &mut Vm, connection: Value, wanted: Events) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<SslSocket>(connection) else {
        return Err(super::failure::Failure::from(ProtocolError::BAD_INPUT_DATA).raise(&mut vm.heap));
    };
    if object.end().is_some() {
        return Ok(Value::tiny_int(INVALID as i32).into());
    }
    let blocked_on = object.blocked_on;
    let both = wanted & (READ | WRITE);
    let (asked, instead) =
        if blocked_on != 0 && both != 0 { (wanted & !both | blocked_on, both) } else { (wanted, 0) };
    let has_input = object.session.as_deref().is_some_and(|session| !session.plaintext().is_empty());
    let now = if has_input { asked & READ } else { 0 };
    if now != 0 && asked == READ {
        return Ok(Value::tiny_int(now as i32).into());
    }
    let answer = Answer { now, blocked_on, instead };
    match descriptor(&vm.heap, connection) {
        Some(descriptor) => {
            let mut polled = [Polled { descriptor, wanted: asked, found: 0 }];
            let result = match system::network(vm) {
                Some(network) => network.poll(&mut polled),
                None => Err(ENODEV),
            };
            result.map_err(|errno| vm.heap.raise_os(errno))?;
            Ok(answer.with(polled[0].found).into())
        }
        None => {
            let carrier = transport_of(&vm.heap, connection);
            let method = context::method(vm, carrier, "ioctl")?;
            Ok(Outcome::Frame(Box::new(Asking { method, asked, answer, called: false })))
        }
    }
}

/// What is known of the answer before what carries the connection is asked.
#[derive(Clone, Copy)]
struct Answer {
    now: Events,
    blocked_on: Events,
    /// What the program asked for, where something else was asked in its place.
    instead: Events,
}

impl Answer {
    fn with(self, found: Events) -> Value {
        let goes_on = if found & self.blocked_on != 0 { self.instead } else { 0 };
        Value::tiny_int((self.now | found | goes_on) as i32)
    }
}

/// Asks an object that carries a connection.
struct Asking {
    method: Value,
    asked: Events,
    answer: Answer,
    called: bool,
}

impl NativeFrame for Asking {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (true, Input::Value(answer)) = (self.called, input) {
            let found = crate::net::pollable::answered(vm, answer)?;
            return Ok(Step::Return(self.answer.with(found)));
        }
        let arguments = [vm.heap.int(POLL)?, vm.heap.int(self.asked.into())?];
        self.called = true;
        Ok(Step::Call(self.method, FewArguments::new(&arguments)))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.method);
    }
}
