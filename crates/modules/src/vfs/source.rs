//! What `import` and `execfile` see of the mounted file systems.
//!
//! A file system written in Python is asked by its own methods, as upstream does: `stat` says what a path leads to, and
//! whatever it raises means that nothing is there; `open(path, 'rb')` gives a stream, which is read by `readinto` and
//! closed before anything is made of the contents.

use super::mounts::{self, MountId, Place, locate_text};
use super::posix;
use super::system::{DIRECTORY, OpenMode};
use crate::arguments;
use crate::errno::{EIO, ENODEV, EPERM};
use crate::io::file;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Slot, Symbol, Tracer, TypeId, Value};
use wigwag_vm::run::platform::PathKind;
use wigwag_vm::run::source_files::{Answer, SourceFiles, kind_to_value};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Request, Step, Vm};

/// The two questions of the machine, asked of the mount table.
pub const SOURCE_FILES: SourceFiles = SourceFiles { kind, read };

fn kind(vm: &mut Vm, path: &str) -> Result<Answer<PathKind>, Raised> {
    let located = locate_text(vm, path);
    let Place::Mounted(mount) = located.place else { return Ok(Answer::Now(PathKind::Missing)) };
    if let Some(root) = mounts::system_root(vm, mount) {
        return Ok(Answer::Now(posix::path_kind(vm, &root.path_of_source(&located.path))));
    }
    let calls = Calls::new(vm, mount, "stat", &located.path, None)?;
    Ok(Answer::Later(Box::new(Kind { calls, called: false })))
}

fn read(vm: &mut Vm, path: &str) -> Result<Answer<Vec<u8>>, Raised> {
    let located = locate_text(vm, path);
    let mount = match located.place {
        Place::Mounted(mount) => mount,
        Place::Nowhere => return Err(vm.heap.raise_os(ENODEV)),
        Place::Table => return Err(vm.heap.raise_os(EPERM)),
    };
    if let Some(root) = mounts::system_root(vm, mount) {
        let path = root.path(&located.path);
        let mode = OpenMode { read: true, ..OpenMode::default() };
        let mut opened = posix::ask(vm, |system| system.open(&path, mode))?;
        let mut bytes = Vec::new();
        file::read_whole(vm, &mut *opened, &mut bytes)?;
        return Ok(Answer::Now(bytes));
    }
    let mode = vm.heap.intern_static("rb")?;
    let calls = Calls::new(vm, mount, "open", &located.path, Some(Value::from_symbol(mode)))?;
    Ok(Answer::Later(Box::new(Reading::new(calls))))
}

/// A method of a file system and what to call it with.
struct Calls {
    object: Value,
    name: Symbol,
    arguments: FewArguments,
}

impl Calls {
    fn new(
        vm: &mut Vm,
        mount: MountId,
        name: &'static str,
        path: &[u8],
        mode: Option<Value>,
    ) -> Result<Calls, Raised> {
        let object = mounts::object_of(vm, mount)?;
        let name = vm.heap.intern_static(name)?;
        let path = super::listing::name(&mut vm.heap, path, true)?;
        let arguments = [path, mode.unwrap_or(Value::NONE)];
        let count = 1 + usize::from(mode.is_some());
        Ok(Calls { object, name, arguments: FewArguments::new(&arguments[..count]) })
    }

    fn method(&self) -> Step {
        Step::Perform(Request::Attribute(self.object, self.name))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.object);
        tracer.values(self.arguments.as_slice());
    }
}

/// Asks `stat` what a path leads to.
struct Kind {
    calls: Calls,
    called: bool,
}

impl NativeFrame for Kind {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(method) if !self.called => {
                self.called = true;
                Ok(Step::Call(method, self.calls.arguments))
            }
            Input::Value(found) => {
                let mode = vm.heap.as_sequence(found).and_then(|numbers| numbers.first().copied());
                let kind = match mode.and_then(|mode| vm.heap.as_int(mode)) {
                    Some(mode) if mode & i64::from(DIRECTORY) != 0 => PathKind::Directory,
                    Some(_) => PathKind::File,
                    None => {
                        return Err(vm.heap.raise(TypeId::TypeError, "stat() must give a tuple of integers"));
                    }
                };
                Ok(Step::Return(kind_to_value(kind)))
            }
            Input::Raised(exception) if vm.heap.is_instance(exception, TypeId::Exception.handle()) => {
                Ok(Step::Return(kind_to_value(PathKind::Missing)))
            }
            Input::Raised(exception) => Err(Raised(exception)),
            _ => Ok(self.calls.method()),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.calls.trace(tracer);
    }

    fn catches(&self) -> bool {
        true
    }
}

/// `MP_STREAM_CLOSE`, as streams written in Python are asked.
const CLOSE: i32 = 4;
/// `MP_STREAM_GET_BUFFER_SIZE`
const GET_BUFFER_SIZE: i32 = 11;
/// How much is read at once: what the stream wishes, between these, or the last.
const BUFFER_SIZES: [usize; 3] = [21, 255, 53];

#[derive(Clone, Copy, PartialEq, Eq)]
enum ReadStage {
    Start,
    OpenMethod,
    Opened,
    SizeMethod,
    SizeKnown,
    ReadMethod,
    Read,
    CloseMethod,
    Closed,
}

/// Opens a file, reads all of it and closes it.
struct Reading {
    calls: Calls,
    stage: ReadStage,
    stream: Value,
    /// Where `readinto` puts what it reads.
    buffer: Value,
    contents: Vec<u8>,
    size: usize,
    /// What reading raised: raised again when the stream is closed.
    failure: Option<Value>,
}

impl Reading {
    fn new(calls: Calls) -> Reading {
        Reading {
            calls,
            stage: ReadStage::Start,
            stream: Value::NONE,
            buffer: Value::NONE,
            contents: Vec::new(),
            size: BUFFER_SIZES[2],
            failure: None,
        }
    }

    /// Whether the stream is written in Python: it has `ioctl`; others have `close`.
    fn is_python(&self, vm: &Vm) -> bool {
        matches!(vm.heap.slot_of(self.stream), Some(Slot::Instance(_)))
    }

    fn attribute(&mut self, vm: &mut Vm, name: &'static str, stage: ReadStage) -> Result<Step, Raised> {
        let name = vm.heap.intern_static(name)?;
        self.stage = stage;
        Ok(Step::Perform(Request::Attribute(self.stream, name)))
    }

    fn close(&mut self, vm: &mut Vm) -> Result<Step, Raised> {
        let name = if self.is_python(vm) { "ioctl" } else { "close" };
        self.attribute(vm, name, ReadStage::CloseMethod)
    }

    fn finish(&self, vm: &mut Vm) -> Result<Step, Raised> {
        match self.failure {
            Some(exception) => Err(Raised(exception)),
            None => Ok(Step::Return(vm.heap.bytes(&self.contents)?)),
        }
    }

    /// Takes what `readinto` has put into the buffer: as many bytes as it says; a negative number is an error's.
    fn take(&mut self, vm: &mut Vm, count: Value) -> Result<Step, Raised> {
        let length = vm.heap.as_buffer(self.buffer).map_or(0, <[u8]>::len);
        let said = if count.is_none() { 0 } else { arguments::integer(&mut vm.heap, count)? };
        let count = match usize::try_from(said) {
            Ok(0) => return self.close(vm),
            Ok(count) if count <= length => count,
            wrong => {
                let errno =
                    if wrong.is_ok() { EIO } else { i32::try_from(said.wrapping_neg()).unwrap_or(EIO) };
                return Err(vm.heap.raise_os(errno));
            }
        };
        if self.contents.len() + count > vm.heap.max_length() {
            return Err(Raised::OUT_OF_MEMORY);
        }
        self.contents.try_reserve(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
        let name = vm.heap.intern_static("readinto")?;
        // From here on nothing fails, so nothing is taken twice.
        self.contents.extend_from_slice(&vm.heap.as_buffer(self.buffer).unwrap_or(&[])[..count]);
        self.stage = ReadStage::ReadMethod;
        Ok(Step::Perform(Request::Attribute(self.stream, name)))
    }
}

impl NativeFrame for Reading {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.stage, input) {
            (ReadStage::Start | ReadStage::OpenMethod | ReadStage::Opened, Input::Raised(exception)) => {
                Err(Raised(exception))
            }
            (ReadStage::SizeMethod | ReadStage::ReadMethod, Input::Raised(_)) => {
                Err(vm.heap.raise(TypeId::OsError, "stream operation not supported"))
            }
            (ReadStage::CloseMethod | ReadStage::Closed, Input::Raised(exception)) => {
                Err(Raised(self.failure.unwrap_or(exception)))
            }
            (_, Input::Raised(exception)) => {
                self.failure = Some(exception);
                self.close(vm)
            }
            (ReadStage::OpenMethod, Input::Value(method)) => {
                self.stage = ReadStage::Opened;
                Ok(Step::Call(method, self.calls.arguments))
            }
            (ReadStage::Opened, Input::Value(stream)) => {
                self.stream = stream;
                if self.is_python(vm) {
                    self.attribute(vm, "ioctl", ReadStage::SizeMethod)
                } else {
                    self.attribute(vm, "readinto", ReadStage::ReadMethod)
                }
            }
            (ReadStage::SizeMethod, Input::Value(method)) => {
                self.stage = ReadStage::SizeKnown;
                let arguments = [GET_BUFFER_SIZE, 0].map(Value::tiny_int);
                Ok(Step::Call(method, FewArguments::new(&arguments)))
            }
            (ReadStage::SizeKnown, Input::Value(size)) => {
                let [smallest, largest, usual] = BUFFER_SIZES;
                self.size = match vm.heap.as_int(size) {
                    Some(wish) if wish > 0 => {
                        usize::try_from(wish).unwrap_or(largest).clamp(smallest, largest)
                    }
                    _ => usual,
                };
                self.attribute(vm, "readinto", ReadStage::ReadMethod)
            }
            (ReadStage::ReadMethod, Input::Value(method)) => {
                self.buffer = vm.heap.bytearray(alloc::vec![0; self.size])?;
                self.stage = ReadStage::Read;
                Ok(Step::Call(method, FewArguments::new(&[self.buffer])))
            }
            (ReadStage::Read, Input::Value(count)) => self.take(vm, count),
            (ReadStage::CloseMethod, Input::Value(method)) => {
                let arguments = [CLOSE, 0].map(Value::tiny_int);
                let count = if self.is_python(vm) { 2 } else { 0 };
                self.stage = ReadStage::Closed;
                Ok(Step::Call(method, FewArguments::new(&arguments[..count])))
            }
            (ReadStage::Closed, _) => self.finish(vm),
            _ => {
                self.stage = ReadStage::OpenMethod;
                Ok(self.calls.method())
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.calls.trace(tracer);
        tracer.value(self.stream);
        tracer.value(self.buffer);
        if let Some(exception) = self.failure {
            tracer.value(exception);
        }
    }

    fn catches(&self) -> bool {
        true
    }
}
