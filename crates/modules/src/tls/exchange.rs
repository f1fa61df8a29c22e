//! The frame around an operation: it lets the session have what comes and sends what it wants to be sent, until the
//! operation is over.
//!
//! Over a socket nothing of Python runs; an operation that need not wait is done without a frame. Over an object its
//! methods are called, and as nobody knows when it would be ready, an operation that gets nothing gives what it has.
//!
//! ```text
//!   Looking ──▶ needs output ──▶ sent, or Sending (a call) ──▶ Looking
//!      │    ──▶ needs input ───▶ came, or Receiving (a call) ─▶ Looking
//!      │    ──▶ handshake just over, somebody looks at certificates ──▶ Showing (a call each) ──▶ Looking
//!      │    ──▶ cannot go on now: parked, or over with what there is
//!      └──▶ over ──▶ result
//!   a failure ──▶ what is to be sent is sent, or LastWords (a call) ──▶ raised
//! ```
//!
//! What always holds: only one at a time is in a call of an object; whoever has to wait for that tries again soon.

use super::context;
use super::failure::{Failure, ProtocolError};
use super::operation::{Done, Need, Operation, handshake_need};
use super::socket::{SslSocket, transport_of};
use super::transport::{self, Travel};
use crate::arguments;
use crate::clock;
use crate::errno::ETIMEDOUT;
use crate::net::interests;
use crate::net::pollable::ASK_EVERY_US;
use crate::net::system::{Events, READ, WRITE};
use crate::net::wait::Waiting;
use crate::socket::{self, SocketObject, Timeout};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use wigwag_vm::heap::{Heap, Raised, Tracer, Value};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Outcome, Step, Vm, Wait};

/// How much an object is asked for at once.
const PIECE: usize = 1 << 12;

#[derive(Clone, Copy)]
enum Stage {
    /// Whatever the operation needs is done next.
    Looking,
    /// The object's `write` was called.
    Sending,
    /// The object's `readinto` was called with this buffer.
    Receiving(Value),
    /// The program was shown the certificate with this number.
    Showing(usize),
    /// The object's `write` was called for the last time; then this is raised.
    LastWords(Failure),
}

struct Exchange {
    connection: Value,
    operation: Operation,
    /// What is given in the end; none for what the operation has come to.
    result: Option<Value>,
    done: Done,
    stage: Stage,
    /// The operation is over; what is left is to make its result.
    over: bool,
    /// What is to be sent could not be sent when that was last tried.
    send_blocked: bool,
    /// The object that carries the connection is this frame's for a call.
    holds: Option<Rc<Cell<bool>>>,
    until_us: Option<u64>,
    waiting: Option<(Events, Waiting)>,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.release();
    }
}

enum Advance {
    Result(Value),
    /// It can go on when the descriptor is ready for this, or, for nothing, soon.
    Wait(Events),
    /// A call of Python.
    Call(Step),
}

/// Does something with a connection; waits for it as long as what carries it may.
pub fn perform(vm: &mut Vm, connection: Value, operation: Operation) -> Result<Outcome, Raised> {
    run(vm, Exchange::new(connection, operation))
}

/// Does the handshake, then gives the connection.
pub fn shake_hands(vm: &mut Vm, connection: Value) -> Result<Outcome, Raised> {
    let mut exchange = Exchange::new(connection, Operation::Handshake);
    exchange.result = Some(connection);
    run(vm, exchange)
}

fn run(vm: &mut Vm, mut exchange: Exchange) -> Result<Outcome, Raised> {
    let transport = transport_of(&vm.heap, exchange.connection);
    let timeout = vm.heap.as_native::<SocketObject>(transport).map(|object| object.timeout);
    if let Some(Timeout::After(us)) = timeout {
        exchange.until_us = Some(clock::now_us(vm).saturating_add(us));
    }
    // Where Python may have to be called a frame is needed anyhow.
    if timeout.is_some() && !context::shows_certificates(&vm.heap, exchange.connection) {
        match exchange.advance(vm) {
            Ok(Advance::Result(value)) => return Ok(value.into()),
            Ok(Advance::Wait(_)) if exchange.must_not_wait(&vm.heap) => {
                return exchange.what_there_is(vm).map(Outcome::Value);
            }
            // What has come must not be lost: the frame goes on with it, after a collection.
            Ok(_) | Err(Raised::OUT_OF_MEMORY) => {}
            Err(raised) => return Err(raised),
        }
    }
    Ok(Outcome::Frame(Box::new(exchange)))
}

impl Exchange {
    fn new(connection: Value, operation: Operation) -> Exchange {
        Exchange {
            connection,
            operation,
            result: None,
            done: Done::default(),
            stage: Stage::Looking,
            over: false,
            send_blocked: false,
            holds: None,
            until_us: None,
            waiting: None,
        }
    }

    fn object<'a>(&self, heap: &'a mut Heap) -> Option<&'a mut SslSocket> {
        heap.as_native_mut::<SslSocket>(self.connection)
    }

    fn transport(&self, heap: &Heap) -> Value {
        transport_of(heap, self.connection)
    }

    /// Goes on until it is over, has to wait, or has to call Python.
    fn advance(&mut self, vm: &mut Vm) -> Result<Advance, Raised> {
        let mut has_asked = false;
        loop {
            if self.over {
                return self.result(vm).map(Advance::Result);
            }
            let need = match self.need(vm) {
                Ok(need) => need,
                Err(failure) => return self.fail(vm, failure),
            };
            let need = match need {
                Some(need) => need,
                None => match self.established(vm)? {
                    Some(call) => return Ok(call),
                    None => continue,
                },
            };
            let travelled = match need {
                Need::Nothing => {
                    self.over = true;
                    continue;
                }
                Need::Memory => return Err(Raised::OUT_OF_MEMORY),
                Need::Output => {
                    has_asked = self.is_over_socket(&vm.heap) && self.is_handshaking(&vm.heap);
                    self.send(vm)?
                }
                // The other side's part of a handshake takes a while: to look at once would be in vain, nearly always.
                Need::Input if has_asked => Some(self.receiving_blocked(vm)),
                Need::Input => self.receive(vm)?,
            };
            if let Some(advance) = travelled {
                return Ok(advance);
            }
        }
    }

    /// What is needed next; none when the handshake has just been done.
    fn need(&mut self, vm: &mut Vm) -> Result<Option<Need>, Failure> {
        let Some(object) = self.object(&mut vm.heap) else { return Ok(Some(Need::Nothing)) };
        if let Some(failure) = object.end() {
            return Err(failure);
        }
        object.blocked_on = 0;
        let (is_established, mut in_flight) = (object.is_established, object.in_flight);
        let Some(mut session) = object.session.take() else { return Ok(Some(Need::Nothing)) };
        let need = match handshake_need(&*session) {
            Need::Nothing if !is_established => Ok(None),
            Need::Nothing => self
                .operation
                .proceed(&vm.heap, &mut *session, &mut in_flight, &mut self.done)
                .map(|need| Some(self.before_input(need, !session.outgoing().is_empty()))),
            need => Ok(Some(need)),
        };
        if let Some(object) = self.object(&mut vm.heap) {
            object.session = Some(session);
            object.in_flight = in_flight;
        }
        need
    }

    /// Before one waits for an answer, the question is sent; but what cannot be sent keeps nobody from reading.
    fn before_input(&self, need: Need, has_output: bool) -> Need {
        match need {
            Need::Input if has_output && !self.send_blocked => Need::Output,
            need => need,
        }
    }

    /// The handshake has been done. Certificates are shown, if there is a call to make for that.
    fn established(&mut self, vm: &mut Vm) -> Result<Option<Advance>, Raised> {
        if self.is_busy(vm) {
            return Ok(Some(Advance::Wait(0)));
        }
        if let Some(call) = self.show(vm, usize::MAX)? {
            return Ok(Some(call));
        }
        self.was_shown(vm);
        Ok(None)
    }

    /// Shows the program the certificate before this one: the other side's own comes last.
    fn show(&mut self, vm: &mut Vm, before: usize) -> Result<Option<Advance>, Raised> {
        let Some(handler) = context::certificate_handler(&vm.heap, self.connection) else { return Ok(None) };
        let certificates = self
            .object(&mut vm.heap)
            .and_then(|object| object.session.as_deref().map(|session| session.peer_certificates()))
            .unwrap_or_default();
        let Some(number) = before.min(certificates.len()).checked_sub(1) else {
            self.release();
            return Ok(None);
        };
        let certificate = context::view_of_bytes(&mut vm.heap, &certificates[number])?;
        let depth = vm.heap.size(number)?;
        self.hold(vm);
        self.stage = Stage::Showing(number);
        Ok(Some(Advance::Call(Step::Call(handler, FewArguments::new(&[certificate, depth])))))
    }

    fn send(&mut self, vm: &mut Vm) -> Result<Option<Advance>, Raised> {
        if self.is_over_socket(&vm.heap) {
            return match transport::send(&mut vm.heap, self.connection) {
                Ok(Travel::Done) => Ok(None),
                Ok(Travel::Blocked) => Ok(self.sending_blocked(vm)),
                Err(failure) => self.fail(vm, failure).map(Some),
            };
        }
        self.call_write(vm, Stage::Sending).map(Some)
    }

    /// What is to be sent cannot be sent now.
    fn sending_blocked(&mut self, vm: &mut Vm) -> Option<Advance> {
        self.send_blocked = true;
        if self.operation.is_reading() && !self.is_handshaking(&vm.heap) {
            return None;
        }
        if let Some(object) = self.object(&mut vm.heap) {
            object.blocked_on = if self.operation.is_reading() { WRITE } else { 0 };
        }
        Some(Advance::Wait(WRITE))
    }

    fn receive(&mut self, vm: &mut Vm) -> Result<Option<Advance>, Raised> {
        if self.is_over_socket(&vm.heap) {
            return match transport::receive(&mut vm.heap, self.connection) {
                Ok(Travel::Done) => Ok(None),
                Ok(Travel::Blocked) => Ok(Some(self.receiving_blocked(vm))),
                Err(failure) => self.fail(vm, failure).map(Some),
            };
        }
        self.call_read(vm).map(Some)
    }

    /// Nothing has come.
    fn receiving_blocked(&mut self, vm: &mut Vm) -> Advance {
        let also = if self.send_blocked { WRITE } else { 0 };
        self.send_blocked = false;
        let is_reading = self.operation.is_reading();
        if let Some(object) = self.object(&mut vm.heap) {
            object.blocked_on = if is_reading { 0 } else { READ };
        }
        Advance::Wait(READ | also)
    }

    fn is_handshaking(&self, heap: &Heap) -> bool {
        heap.as_native::<SslSocket>(self.connection).is_some_and(|object| !object.is_established)
    }

    fn is_over_socket(&self, heap: &Heap) -> bool {
        heap.as_native::<SocketObject>(self.transport(heap)).is_some()
    }

    fn hold(&mut self, vm: &mut Vm) {
        if self.holds.is_none()
            && let Some(object) = self.object(&mut vm.heap)
        {
            let busy = Rc::clone(&object.busy);
            busy.set(true);
            self.holds = Some(busy);
        }
    }

    fn release(&mut self) {
        if let Some(busy) = self.holds.take() {
            busy.set(false);
        }
    }

    /// Whether another frame is in a call of the object.
    fn is_busy(&self, vm: &mut Vm) -> bool {
        self.holds.is_none() && self.object(&mut vm.heap).is_some_and(|object| object.busy.get())
    }

    fn call_write(&mut self, vm: &mut Vm, stage: Stage) -> Result<Advance, Raised> {
        if self.is_busy(vm) {
            return Ok(Advance::Wait(0));
        }
        let outgoing = match self.object(&mut vm.heap).and_then(|object| object.session.as_deref()) {
            Some(session) => wigwag_vm::heap::try_copy(session.outgoing())?,
            None => Vec::new(),
        };
        let bytes = vm.heap.bytes_from(outgoing)?;
        let transport = self.transport(&vm.heap);
        let method = context::method(vm, transport, "write")?;
        self.hold(vm);
        self.stage = stage;
        Ok(Advance::Call(Step::Call(method, FewArguments::new(&[bytes]))))
    }

    fn call_read(&mut self, vm: &mut Vm) -> Result<Advance, Raised> {
        if self.is_busy(vm) {
            return Ok(Advance::Wait(0));
        }
        let mut room = Vec::new();
        room.try_reserve_exact(PIECE).map_err(|_| Raised::OUT_OF_MEMORY)?;
        room.resize(PIECE, 0);
        let buffer = vm.heap.bytearray(room)?;
        let transport = self.transport(&vm.heap);
        let method = context::method(vm, transport, "readinto")?;
        self.hold(vm);
        self.stage = Stage::Receiving(buffer);
        Ok(Advance::Call(Step::Call(method, FewArguments::new(&[buffer]))))
    }

    /// A call has come back.
    fn called(&mut self, vm: &mut Vm, answer: Value) -> Result<Option<Advance>, Raised> {
        let stage = core::mem::replace(&mut self.stage, Stage::Looking);
        if !matches!(stage, Stage::Showing(_)) {
            self.release();
        }
        let count = vm.heap.as_int(answer).and_then(|count| usize::try_from(count).ok());
        match stage {
            Stage::Looking => Ok(None),
            Stage::LastWords(failure) => Err(failure.raise(&mut vm.heap)),
            Stage::Sending => {
                let Some(count) = count else { return Ok(self.sending_blocked(vm)) };
                if let Some(session) =
                    self.object(&mut vm.heap).and_then(|object| object.session.as_deref_mut())
                {
                    session.sent(count);
                }
                Ok(None)
            }
            Stage::Receiving(buffer) => {
                let Some(count) = count else { return Ok(Some(self.receiving_blocked(vm))) };
                match self.feed(vm, buffer, count) {
                    Ok(_) => Ok(None),
                    Err(failure) => self.fail(vm, failure).map(Some),
                }
            }
            Stage::Showing(number) => match vm.heap.as_int(answer) {
                Some(0) => match self.show(vm, number) {
                    Ok(Some(call)) => Ok(Some(call)),
                    Ok(None) => {
                        self.was_shown(vm);
                        Ok(None)
                    }
                    Err(raised) => {
                        // The same answer comes once more.
                        self.stage = stage;
                        Err(raised)
                    }
                },
                verdict => {
                    self.release();
                    let number = verdict.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1);
                    self.fail(vm, Failure::Refused(number)).map(Some)
                }
            },
        }
    }

    /// The handshake has been done, and no certificate was refused.
    fn was_shown(&mut self, vm: &mut Vm) {
        if let Some(object) = self.object(&mut vm.heap) {
            object.is_established = true;
        }
        // Others may wait for what the handshake needed, and not for what they need now.
        if let Some(descriptor) = super::descriptor(&vm.heap, self.connection) {
            interests::report(vm, descriptor, READ | WRITE);
        }
    }

    /// Gives the session what an object has put into a buffer.
    fn feed(&mut self, vm: &mut Vm, buffer: Value, count: usize) -> Result<Travel, Failure> {
        let Some(mut session) = self.object(&mut vm.heap).and_then(|object| object.session.take()) else {
            return Err(ProtocolError::BAD_INPUT_DATA.into());
        };
        let bytes = vm.heap.as_buffer(buffer).unwrap_or(&[]);
        let result = transport::take(&mut *session, Ok(&bytes[..count.min(bytes.len())]));
        if let Some(object) = self.object(&mut vm.heap) {
            object.session = Some(session);
        }
        result
    }

    /// The connection has failed: it will not be used again. What the session has to say to the other side is said, if
    /// that goes at once.
    fn fail(&mut self, vm: &mut Vm, failure: Failure) -> Result<Advance, Raised> {
        let has_words = match self.object(&mut vm.heap) {
            Some(object) if object.failure.is_none() && object.session.is_some() => {
                object.failure = Some(failure);
                if let (Failure::Refused(_), Some(session)) = (failure, object.session.as_deref_mut()) {
                    // The protocol has found nothing wrong: for the other side it is a goodbye.
                    session.close();
                }
                object.session.as_deref().is_some_and(|session| !session.outgoing().is_empty())
            }
            _ => false,
        };
        if has_words && !matches!(failure, Failure::System(_)) {
            if !self.is_over_socket(&vm.heap) {
                return self.call_write(vm, Stage::LastWords(failure));
            }
            // Whether they arrive or not, it has failed.
            let _ = transport::send(&mut vm.heap, self.connection);
        }
        Err(failure.raise(&mut vm.heap))
    }

    fn result(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        if let Some(result) = self.result {
            return Ok(result);
        }
        let heap = &mut vm.heap;
        match self.operation {
            Operation::Handshake => Ok(Value::NONE),
            Operation::Read { .. } | Operation::ReadLine { .. } | Operation::Receive { .. } => {
                heap.bytes(&self.done.bytes)
            }
            Operation::ReadInto { buffer, .. } | Operation::ReceiveInto { buffer, .. } => {
                let place = arguments::writable(heap, buffer)?;
                let count = self.done.bytes.len().min(place.len());
                place[..count].copy_from_slice(&self.done.bytes[..count]);
                heap.size(count)
            }
            Operation::Write { .. } => heap.size(self.done.count),
        }
    }

    /// Whether it gives what it has when it would have to wait. The handshake alone waits always, as upstream's does.
    fn must_not_wait(&self, heap: &Heap) -> bool {
        let transport = heap.as_native::<SocketObject>(self.transport(heap));
        let may_wait = transport.is_some_and(|object| object.timeout != Timeout::Never);
        !may_wait && !matches!(self.operation, Operation::Handshake)
    }

    fn what_there_is(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        match self.done.count > 0 || !self.done.bytes.is_empty() {
            true => {
                self.over = true;
                self.result(vm)
            }
            false => Ok(Value::NONE),
        }
    }

    fn wait(&mut self, vm: &mut Vm, events: Events) -> Result<Wait, Raised> {
        let now = clock::now_us(vm);
        if self.until_us.is_some_and(|until| now >= until) {
            return Err(vm.heap.raise_os(ETIMEDOUT));
        }
        let descriptor = socket::descriptor(&vm.heap, self.transport(&vm.heap));
        let Some(descriptor) = descriptor.filter(|_| events != 0) else {
            let (_, waiting) =
                self.waiting.insert((0, Waiting::new(vm, Some(now.saturating_add(ASK_EVERY_US)))));
            return Ok(waiting.park());
        };
        match &mut self.waiting {
            Some((watched, waiting)) if *watched == events => Ok(waiting.park()),
            _ => {
                let mut waiting = Waiting::new(vm, self.until_us);
                waiting.watch(descriptor, events);
                let (_, waiting) = self.waiting.insert((events, waiting));
                Ok(waiting.park())
            }
        }
    }
}

impl NativeFrame for Exchange {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Stage::LastWords(failure) = self.stage {
            self.release();
            return Err(failure.raise(&mut vm.heap));
        }
        let called = match input {
            Input::Value(answer) => self.called(vm, answer)?,
            _ => None,
        };
        let advance = match called {
            Some(advance) => advance,
            None => self.advance(vm)?,
        };
        match advance {
            Advance::Result(value) => Ok(Step::Return(value)),
            Advance::Call(call) => Ok(call),
            Advance::Wait(events) if events != 0 && self.must_not_wait(&vm.heap) => {
                self.what_there_is(vm).map(Step::Return)
            }
            Advance::Wait(events) => Ok(Step::Park(self.wait(vm, events)?)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.connection);
        self.operation.trace(tracer);
        if let Stage::Receiving(buffer) = self.stage {
            tracer.value(buffer);
        }
    }

    fn catches(&self) -> bool {
        matches!(self.stage, Stage::LastWords(_))
    }
}
