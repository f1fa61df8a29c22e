//! `_thread`: threads as fibers of the machine, which take turns, and locks between them.
//!
//! Turns end after a fixed number of calls and back-edges, or when a thread waits, so under the virtual clock every run
//! of a program switches at the same places. Globals, modules and the event loop belong to all threads; what is a
//! thread's own is its stack, and how often it has locked the heap. Ctrl-C and callbacks go to the main program.
//!
//! A lock that is released while somebody waits for it is handed over to whoever has waited longest, and is never free
//! in between: so a thread that takes it again and again cannot keep others out.

use crate::arguments;
use crate::clock::now_us;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::dict_type;
use wigwag_vm::objects::function::{Member, TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Extension, Input, ModuleDef, NativeFrame, Outcome, Step, Stream, Vm, Wait};

/// `_thread`
pub static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    members: &[
        Member::Extension("LockType", &LOCK_TYPE),
        full("get_ident", 0, 0, get_ident),
        full("stack_size", 0, 1, stack_size),
        full("start_new_thread", 2, 3, start_new_thread),
        full("exit", 0, 0, |vm, _| Err(vm.heap.raise_bare(TypeId::SystemExit))),
        plain("allocate_lock", 0, 0, allocate_lock),
    ],
};

/// What `stack_size()` was given last. Threads here have no stack of their own to be as large: it grows with the calls.
#[derive(Default)]
pub struct StackSize(i64);

impl Extension for StackSize {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// What programs know the thread with this number by; not zero for the main program either.
fn ident(vm: &mut Vm, number: u32) -> Result<Outcome, Raised> {
    Ok(vm.heap.int(i64::from(number) + 1)?.into())
}

fn get_ident(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let number = vm.fiber.thread;
    ident(vm, number)
}

/// `stack_size([size])`: what was set before; without an argument it is set to 0, the usual.
fn stack_size(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let size = match given.get(vm, 0) {
        Some(size) => arguments::integer(&mut vm.heap, size)?,
        None => 0,
    };
    let before = match vm.extension::<StackSize>() {
        Some(state) => core::mem::replace(&mut state.0, size),
        None => 0,
    };
    Ok(vm.heap.int(before)?.into())
}

/// `start_new_thread(function, arguments, keywords={})`
fn start_new_thread(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (function, arguments) = (given.at(vm, 0), given.at(vm, 1));
    let arguments = arguments::sequence(&mut vm.heap, arguments)?;
    let keywords = match given.get(vm, 2) {
        None => Value::NONE,
        Some(keywords) if vm.heap.as_dict(keywords).is_some() => dict_type::copy_of(&mut vm.heap, keywords)?,
        Some(_) => return Err(vm.type_error("expecting a dict for keyword args")),
    };
    let number = vm.start_thread(Box::new(Thread { function, arguments, keywords }))?;
    ident(vm, number)
}

/// The outermost frame of a thread: calls its function, and tells of an exception that nobody caught.
struct Thread {
    function: Value,
    arguments: Vec<Value>,
    keywords: Value,
}

impl NativeFrame for Thread {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Start => {
                let arguments = core::mem::take(&mut self.arguments);
                Ok(Step::CallMany(self.function, arguments, self.keywords))
            }
            Input::Raised(exception) => self.failed(vm, exception),
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.function, self.keywords]);
        tracer.values(&self.arguments);
    }

    fn catches(&self) -> bool {
        true
    }
}

impl Thread {
    fn failed(&self, vm: &mut Vm, exception: Value) -> Result<Step, Raised> {
        if vm.heap.is_instance(exception, TypeId::SystemExit.handle()) {
            return Ok(Step::Return(Value::NONE));
        }
        if vm.heap.is_instance(exception, TypeId::KeyboardInterrupt.handle()) {
            // Ctrl-C is meant for the program as a whole.
            return Err(Raised(exception));
        }
        let depth = vm.roots.len();
        vm.roots.extend_from_slice(&[self.function, exception]);
        let function = vm.repr(self.function);
        let traceback = vm.format_exception(exception);
        vm.roots.truncate(depth);
        vm.write(Stream::Error, "Unhandled exception in thread started by ");
        vm.write(Stream::Error, function.as_deref().unwrap_or("a function"));
        vm.write(Stream::Error, "\n");
        vm.write(Stream::Error, &traceback);
        Ok(Step::Return(Value::NONE))
    }
}

/// A lock.
pub struct Lock {
    class: Handle,
    locked: bool,
    /// The ticket of whoever it was handed over to and has not run since.
    heir: Option<u32>,
}

impl NativeObject for Lock {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Lock>()
    }
}

static LOCK_TYPE: TypeDef = TypeDef {
    members: &[
        full("acquire", 1, 3, acquire),
        full("release", 1, 1, release_method),
        plain("locked", 1, 1, |heap, given| {
            Ok(Value::from_bool(heap.as_native::<Lock>(given[0]).is_some_and(|lock| lock.locked)))
        }),
        full("__enter__", 1, 3, acquire),
        full("__exit__", 4, 4, release_method),
    ],
    ..TypeDef::named("lock")
};

fn allocate_lock(heap: &mut Heap, _: &[Value]) -> Result<Value, Raised> {
    let class = heap.class_for(&LOCK_TYPE)?;
    arguments::object(heap, Lock { class, locked: false, heir: None })
}

/// The lock that a method was called on.
fn lock_of(heap: &mut Heap, lock: Value) -> Result<&mut Lock, Raised> {
    if heap.as_native::<Lock>(lock).is_none() {
        return Err(heap.raise(TypeId::TypeError, "lock expected"));
    }
    heap.as_native_mut(lock).ok_or(Raised::OUT_OF_MEMORY)
}

/// `acquire(waitflag=1, timeout=-1)`: whether the lock is the caller's now. The timeout is in seconds; a negative one is
/// none.
fn acquire(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let lock = given.at(vm, 0);
    let waits = match given.get(vm, 1) {
        Some(flag) => arguments::integer(&mut vm.heap, flag)? != 0,
        None => true,
    };
    let until_us = match given.get(vm, 2) {
        Some(timeout) => deadline_us(vm, timeout)?,
        None => None,
    };
    let object = lock_of(&mut vm.heap, lock)?;
    if !object.locked {
        object.locked = true;
        return Ok(Value::TRUE.into());
    }
    if !waits {
        return Ok(Value::FALSE.into());
    }
    Ok(Outcome::Frame(Box::new(Acquire { lock, ticket: 0, until_us })))
}

fn deadline_us(vm: &mut Vm, timeout: Value) -> Result<Option<u64>, Raised> {
    let seconds = arguments::float(&mut vm.heap, timeout)?;
    if seconds.is_nan() || seconds < 0.0 {
        return Ok(None);
    }
    // Beyond the range of u64 the conversion saturates: such a time never comes.
    Ok(Some(now_us(vm).saturating_add(libm::round(seconds * 1_000_000.0) as u64)))
}

/// A wait for a lock.
struct Acquire {
    lock: Value,
    ticket: u32,
    until_us: Option<u64>,
}

impl NativeFrame for Acquire {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let lock = lock_of(&mut vm.heap, self.lock)?;
        match input {
            Input::Start => {
                let Some(from) = self.lock.as_handle() else { return Ok(Step::Return(Value::FALSE)) };
                self.ticket = vm.fibers.ticket();
                Ok(Step::Park(Wait::HandedOver { from, ticket: self.ticket, until_us: self.until_us }))
            }
            Input::Value(handed_over) => {
                lock.heir = None;
                Ok(Step::Return(handed_over))
            }
            Input::Raised(exception) => {
                // It may have been handed over in the moment before: then it is for the next one.
                if lock.heir == Some(self.ticket) {
                    release(vm, self.lock)?;
                }
                Err(Raised(exception))
            }
            // The time is over.
            _ => Ok(Step::Return(Value::FALSE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.lock);
    }

    fn catches(&self) -> bool {
        true
    }
}

/// Frees a lock, or hands it over.
fn release(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
    if !lock_of(&mut vm.heap, lock)?.locked {
        return Err(vm.heap.raise_bare(TypeId::RuntimeError));
    }
    let heir = lock.as_handle().and_then(|handle| vm.hand_over(handle, Value::TRUE));
    let lock = lock_of(&mut vm.heap, lock)?;
    lock.locked = heir.is_some();
    lock.heir = heir;
    Ok(())
}

fn release_method(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let lock = given.at(vm, 0);
    release(vm, lock)?;
    Ok(Value::NONE.into())
}
