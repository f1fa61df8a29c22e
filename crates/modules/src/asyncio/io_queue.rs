//! Tasks that wait for streams: `asyncio.core._io_queue`.
//!
//! A stream is a descriptor, which the engine has watched ([`interests`](crate::net::interests)), or an object with a
//! method `ioctl`, which the loop asks ten times in a millisecond, and before it parks; while nothing else is to be done,
//! every millisecond. One whose type is ours says itself when it is worth asking. Those who wait to read a stream and those who wait to write it
//! have nothing to do with each other.
//!
//! What always holds: a task that waits here has the `IOQueue` as its `data`; when it is woken or cancelled, nothing of its
//! wait is left.
//!
//! # Cancellation
//! The stream forgets the task; whoever waits in the other direction goes on waiting.

use super::io_queue_outside;
use super::state::{Core, Shared, current, key_for_now, push_run, shared};
use super::task::Task;
use crate::arguments;
use crate::net::interests::{self, Wakes};
use crate::net::pollable::{self, Pollable};
use crate::net::system::{Events, READ, WRITE};
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// For what a task waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Until the stream can be read.
    Read,
    /// Until it can be written.
    Write,
}

impl Direction {
    fn events(self) -> Events {
        match self {
            Direction::Read => READ,
            Direction::Write => WRITE,
        }
    }
}

/// Those who wait for one stream in one direction.
#[derive(Default)]
pub struct Line {
    /// First come, first.
    pub tasks: Vec<Value>,
    /// Of the interest in its descriptor.
    token: Option<u32>,
}

/// A stream that tasks wait for.
pub struct Stream {
    /// What the program named.
    pub object: Value,
    /// How it is asked.
    pub kind: Pollable,
    /// Those who wait to read it, and to write it.
    pub lines: [Line; 2],
}

impl Stream {
    fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.tasks.is_empty())
    }

    /// What it is waited for.
    pub fn wanted(&self) -> Events {
        let wanted = |direction: Direction| {
            if self.lines[direction as usize].tasks.is_empty() { 0 } else { direction.events() }
        };
        wanted(Direction::Read) | wanted(Direction::Write)
    }
}

/// A stream's key: no two living objects have the same.
pub type Key = usize;

/// All streams that tasks wait for.
pub struct Streams {
    streams: BTreeMap<Key, Stream>,
    /// Whom each interest is for, by its token.
    tokens: Vec<Option<(Key, Direction)>>,
    /// Where each task waits.
    places: BTreeMap<usize, (Key, Direction)>,
    /// How many streams are objects written in Python.
    in_python: usize,
    /// How many are objects, in Python or not.
    objects: usize,
    interests: Option<interests::Shared>,
    /// The `IOQueue` that stands for all this, or None.
    queue: Value,
}

impl Streams {
    /// No streams.
    pub fn new() -> Streams {
        Streams {
            streams: BTreeMap::new(),
            tokens: Vec::new(),
            places: BTreeMap::new(),
            in_python: 0,
            objects: 0,
            interests: None,
            queue: Value::NONE,
        }
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = &Stream> {
        self.streams.values()
    }

    /// Whether any has to be asked.
    #[inline]
    pub fn has_objects(&self) -> bool {
        self.objects > 0
    }

    /// Whether any has to be asked again and again.
    pub fn has_python_objects(&self) -> bool {
        self.in_python > 0
    }

    /// Whether any descriptor was found ready.
    #[inline]
    pub fn has_ready(&self) -> bool {
        self.interests.as_ref().is_some_and(|interests| interests.borrow().has_ready())
    }

    /// Shows the collector the streams and who waits for them.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.queue);
        for stream in self.streams.values() {
            tracer.value(stream.object);
            stream.lines.iter().for_each(|line| tracer.values(&line.tasks));
        }
    }

    /// Forgets all: for a new loop.
    pub fn clear(&mut self) {
        let keys: Vec<Key> = self.streams.keys().copied().collect();
        for key in keys {
            for direction in [Direction::Read, Direction::Write] {
                self.take_line(key, direction);
            }
        }
    }

    /// Takes everybody who waits for a stream in a direction.
    fn take_line(&mut self, key: Key, direction: Direction) -> Vec<Value> {
        let Some(stream) = self.streams.get_mut(&key) else { return Vec::new() };
        let Line { tasks, token } = core::mem::take(&mut stream.lines[direction as usize]);
        for task in &tasks {
            self.places.remove(&address(*task));
        }
        self.end_line(key, token);
        tasks
    }

    /// Nobody is left in a line, perhaps in none of a stream's.
    fn end_line(&mut self, key: Key, token: Option<u32>) {
        if let Some(token) = token {
            if let Some(place) = self.tokens.get_mut(token as usize) {
                *place = None;
            }
            if let Some(interests) = &self.interests {
                interests.borrow_mut().remove(token);
            }
        }
        if self.streams.get(&key).is_some_and(Stream::is_empty)
            && let Some(stream) = self.streams.remove(&key)
        {
            self.objects -= usize::from(!matches!(stream.kind, Pollable::Descriptor(_)));
            self.in_python -= usize::from(stream.kind == Pollable::Python);
        }
    }

    /// A task is no longer interested.
    fn forget(&mut self, task: Value) {
        let Some((key, direction)) = self.places.remove(&address(task)) else { return };
        let Some(stream) = self.streams.get_mut(&key) else { return };
        let line = &mut stream.lines[direction as usize];
        line.tasks.retain(|&waiting| waiting != task);
        if line.tasks.is_empty() {
            let token = line.token.take();
            self.end_line(key, token);
        }
    }

    /// Whether somebody waits for a stream in a direction.
    fn is_taken(&self, key: Key, direction: Direction) -> bool {
        self.streams.get(&key).is_some_and(|stream| !stream.lines[direction as usize].tasks.is_empty())
    }

    /// Puts a task into a line; `events` are what the descriptor is watched for.
    fn add(
        &mut self,
        key: Key,
        object: Value,
        kind: Pollable,
        direction: Direction,
        events: Events,
        task: Value,
    ) {
        if !self.streams.contains_key(&key) {
            self.objects += usize::from(!matches!(kind, Pollable::Descriptor(_)));
            self.in_python += usize::from(kind == Pollable::Python);
        }
        let stream =
            self.streams.entry(key).or_insert_with(|| Stream { object, kind, lines: Default::default() });
        let line = &mut stream.lines[direction as usize];
        line.tasks.push(task);
        if let (Pollable::Descriptor(descriptor), None, Some(interests)) =
            (stream.kind, line.token, &self.interests)
        {
            let token = interests.borrow_mut().add(descriptor, events, Wakes::Loop);
            line.token = Some(token);
            let place = token as usize;
            if place >= self.tokens.len() {
                self.tokens.resize(place + 1, None);
            }
            self.tokens[place] = Some((key, direction));
        }
        self.places.insert(address(task), (key, direction));
    }
}

fn address(value: Value) -> usize {
    value.as_handle().map_or(usize::MAX, Handle::index)
}

/// The key of a stream: where it lies, or below all those its number.
pub fn key_of(heap: &Heap, object: Value) -> Key {
    match heap.as_int(object) {
        Some(number) => usize::MAX - number as usize,
        None => address(object),
    }
}

/// Puts the current task into the line of a stream. `alone`: it is an error if somebody is there already.
pub fn enqueue(vm: &mut Vm, object: Value, direction: Direction, alone: bool) -> Result<(), Raised> {
    let shared = shared(vm)?;
    let task = current(vm, &shared)?;
    let kind = Pollable::of(vm, object)?;
    let queue = queue_object(vm, &shared)?;
    let key = key_of(&vm.heap, object);
    if alone && shared.borrow().streams.is_taken(key, direction) {
        let message = match direction {
            Direction::Read => "another task is reading from this stream",
            Direction::Write => "another task is writing to this stream",
        };
        return Err(vm.heap.raise(TypeId::RuntimeError, message));
    }
    let watch = pollable::watch(vm, object, direction.events());
    if watch.now != 0 {
        let key = key_for_now(vm, &shared);
        return push_run(&mut vm.heap, &mut shared.borrow_mut(), task, key);
    }
    let list = interests::shared(vm);
    {
        let core = &mut *shared.borrow_mut();
        core.streams.interests.get_or_insert(list);
        core.streams.forget(task);
        core.streams.add(key, object, kind, direction, watch.events, task);
    }
    if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
        task.data = queue;
    }
    Ok(())
}

/// Makes everybody due who waits for a stream in a direction.
pub fn wake(vm: &mut Vm, shared: &Shared, key: Key, direction: Direction) -> Result<(), Raised> {
    let now = key_for_now(vm, shared);
    let core: &mut Core = &mut shared.borrow_mut();
    for task in core.streams.take_line(key, direction) {
        // One that is in a queue already was put there by the program.
        if push_run(&mut vm.heap, core, task, now) == Err(Raised::OUT_OF_MEMORY) {
            return Err(Raised::OUT_OF_MEMORY);
        }
    }
    Ok(())
}

/// Makes those due whose descriptors have become ready: behind all that is due.
pub fn take_ready(vm: &mut Vm, shared: &Shared) -> Result<(), Raised> {
    let Some(list) = shared.borrow().streams.interests.clone() else { return Ok(()) };
    let ready = list.borrow_mut().take_ready();
    for token in ready {
        let place = shared.borrow().streams.tokens.get(token as usize).copied().flatten();
        if let Some((key, direction)) = place {
            wake(vm, shared, key, direction)?;
        }
    }
    Ok(())
}

/// Asks every stream that is an object what it is ready for.
pub struct AskAll {
    shared: Shared,
    keys: Vec<Key>,
    /// The one that has been asked.
    asked: Option<Key>,
}

impl AskAll {
    /// All that are waited for now.
    pub fn new(shared: &Shared) -> AskAll {
        let streams = &shared.borrow().streams;
        let objects = streams.streams.iter().rev();
        let keys = objects.filter(|(_, stream)| !matches!(stream.kind, Pollable::Descriptor(_)));
        AskAll { shared: Rc::clone(shared), keys: keys.map(|(&key, _)| key).collect(), asked: None }
    }

    fn ask_next(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        while let Some(&key) = self.keys.last() {
            let stream = {
                let core = self.shared.borrow();
                core.streams.streams.get(&key).map(|stream| (stream.object, stream.wanted()))
            };
            if let Some((object, wanted)) = stream {
                let question = pollable::ask(vm, object, wanted)?;
                self.keys.pop();
                self.asked = Some(key);
                return Ok(question);
            }
            self.keys.pop();
        }
        Ok(Step::Return(Value::NONE))
    }
}

impl NativeFrame for AskAll {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let (Some(key), Input::Value(answer)) = (self.asked, input) {
            let found = pollable::answered(vm, answer)?;
            if found & !WRITE != 0 {
                wake(vm, &self.shared, key, Direction::Read)?;
            }
            if found & !READ != 0 {
                wake(vm, &self.shared, key, Direction::Write)?;
            }
            self.asked = None;
        }
        self.ask_next(vm)
    }

    fn trace(&self, _tracer: &mut Tracer<'_>) {
        // The streams are shown by the core, where they stand.
    }
}

/// What programs have as `_io_queue`: it stands for the streams of the loop.
pub struct IoQueue {
    class: Handle,
    /// Whose streams.
    pub shared: Shared,
}

impl NativeObject for IoQueue {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<IoQueue>()
    }
}

impl IoQueue {
    /// The streams forget a task.
    pub fn let_go(heap: &mut Heap, queue: Value, task: Value) {
        if let Some(queue) = heap.as_native::<IoQueue>(queue) {
            let shared = Rc::clone(&queue.shared);
            shared.borrow_mut().streams.forget(task);
        }
    }
}

/// The object that stands for the streams.
pub fn queue_object(vm: &mut Vm, shared: &Shared) -> Result<Value, Raised> {
    let known = shared.borrow().streams.queue;
    if !known.is_none() {
        return Ok(known);
    }
    let class = vm.heap.class_for(&TYPE)?;
    let made = arguments::object(&mut vm.heap, IoQueue { class, shared: Rc::clone(shared) })?;
    shared.borrow_mut().streams.queue = made;
    Ok(made)
}

fn make(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    Ok(queue_object(vm, &shared)?.into())
}

fn queue_read(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 1);
    enqueue(vm, object, Direction::Read, true)?;
    Ok(Value::NONE.into())
}

fn queue_write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let object = given.at(vm, 1);
    enqueue(vm, object, Direction::Write, true)?;
    Ok(Value::NONE.into())
}

fn remove(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    IoQueue::let_go(heap, given[0], given[1]);
    Ok(Value::NONE)
}

/// `IOQueue`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("queue_read", 2, 2, queue_read),
        full("queue_write", 2, 2, queue_write),
        plain("remove", 2, 2, remove),
        full("wait_io_event", 2, 2, io_queue_outside::wait_for_event),
        getter("map", io_queue_outside::map),
        getter("poller", io_queue_outside::poller),
    ],
    construct: constructor("IOQueue", 0, 0, make),
    ..TypeDef::named("IOQueue")
};
