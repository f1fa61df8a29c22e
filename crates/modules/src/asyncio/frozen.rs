//! The parts of asyncio that are written in Python: compiled when one of their names is first looked up.
//!
//! They are what nobody does in a tight loop, and what is clearer so. Each is a module of its own below `asyncio`, whose
//! names stand in [`PARTS`].

use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Slot, Symbol, Tracer, Value};
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::source::SourceMode;
use wigwag_vm::run::{Action, Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// A part.
struct Part {
    /// The module's name.
    module: &'static str,
    /// The file, as tracebacks show it.
    file: &'static str,
    source: &'static str,
    /// What `asyncio` has of it.
    names: &'static [&'static str],
}

/// What `Loop.create_datagram_endpoint` calls.
const CREATE_DATAGRAM_ENDPOINT: &str = "_create_datagram_endpoint";

static PARTS: [Part; 8] = [
    Part {
        module: "asyncio.condition",
        file: "asyncio/condition.py",
        source: include_str!("frozen/condition.py"),
        names: &["Condition"],
    },
    Part {
        module: "asyncio.barrier",
        file: "asyncio/barrier.py",
        source: include_str!("frozen/barrier.py"),
        names: &["Barrier"],
    },
    Part {
        module: "asyncio.taskgroups",
        file: "asyncio/taskgroups.py",
        source: include_str!("frozen/taskgroups.py"),
        names: &["TaskGroup"],
    },
    Part {
        module: "asyncio.waiting",
        file: "asyncio/waiting.py",
        source: include_str!("frozen/waiting.py"),
        names: &["wait", "as_completed", "FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"],
    },
    Part {
        module: "asyncio.runners",
        file: "asyncio/runners.py",
        source: include_str!("frozen/runners.py"),
        names: &["Runner"],
    },
    Part {
        module: "asyncio.threads",
        file: "asyncio/threads.py",
        source: include_str!("frozen/threads.py"),
        names: &["to_thread"],
    },
    Part {
        module: "asyncio.connections",
        file: "asyncio/connections.py",
        source: include_str!("frozen/connections.py"),
        names: &["open_connection", "start_server", "Server"],
    },
    Part {
        module: "asyncio.datagrams",
        file: "asyncio/datagrams.py",
        source: include_str!("frozen/datagrams.py"),
        names: &[
            "BaseProtocol",
            "DatagramProtocol",
            "BaseTransport",
            "DatagramTransport",
            CREATE_DATAGRAM_ENDPOINT,
        ],
    },
];

/// Whether a file of a traceback is one of these.
pub fn is_frozen(file: &str) -> bool {
    PARTS.iter().any(|part| part.file == file)
}

/// A name that one of the parts has, if one has it.
pub fn look_up(vm: &mut Vm, name: &str) -> Result<Option<Outcome>, Raised> {
    let Some(part) = PARTS.iter().find(|part| part.names.contains(&name)) else { return Ok(None) };
    let name = vm.heap.intern(name)?;
    if let Some(&Slot::Module(namespace)) =
        vm.loaded_module(part.module).and_then(|module| vm.heap.slot_of(module))
        && let Some(value) = vm.namespace_get(namespace, name)
    {
        return Ok(Some(value.into()));
    }
    let code = vm.compile(part.source.as_bytes(), part.file, SourceMode::Module)?;
    let (module, namespace) = vm.new_module(part.module)?;
    let body = vm.function_of(code, namespace)?;
    let frame = Load { part, name, module, namespace, body, started: false };
    Ok(Some(Outcome::Frame(Box::new(frame))))
}

/// Runs a part and gives one of its names.
struct Load {
    part: &'static Part,
    name: Symbol,
    module: Value,
    namespace: Handle,
    body: Value,
    started: bool,
}

impl Load {
    /// From now on `asyncio` has the names itself.
    fn publish(&self, vm: &mut Vm) -> Result<(), Raised> {
        let Some(&Slot::Module(asyncio)) =
            vm.loaded_module(super::ASYNCIO).and_then(|module| vm.heap.slot_of(module))
        else {
            return Ok(());
        };
        for name in self.part.names {
            let name = vm.heap.intern_static(name)?;
            if let Some(value) = vm.namespace_get(self.namespace, name) {
                vm.namespace_set(asyncio, name, value)?;
            }
        }
        Ok(())
    }
}

impl NativeFrame for Load {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Raised(exception) => {
                // The next attempt begins anew.
                if let Some(name) = vm.heap.symbols.find(self.part.module) {
                    vm.namespace_delete(vm.modules, name);
                }
                Err(Raised(exception))
            }
            _ if !self.started => {
                self.started = true;
                Ok(Step::Call(self.body, FewArguments::new(&[])))
            }
            _ => {
                self.publish(vm)?;
                Ok(Step::Return(vm.namespace_get(self.namespace, self.name).unwrap_or(Value::NONE)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.module, self.body]);
        tracer.handle(self.namespace);
    }

    fn catches(&self) -> bool {
        true
    }
}

/// `Loop.create_datagram_endpoint(protocol_factory, local_addr=None, remote_addr=None, *, …)`
pub fn create_datagram_endpoint(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let names = [
        "protocol_factory",
        "local_addr",
        "remote_addr",
        "*family",
        "*proto",
        "*flags",
        "*reuse_port",
        "*allow_broadcast",
        "*sock",
    ];
    let arguments = given.bind(vm, 0, names)?.map(|argument| argument.unwrap_or(Value::NONE)).to_vec();
    match look_up(vm, CREATE_DATAGRAM_ENDPOINT)? {
        Some(Outcome::Value(function)) => Ok(Outcome::CallMany(function, arguments, Value::NONE)),
        Some(Outcome::Frame(load)) => {
            Ok(Outcome::Frame(Box::new(CallLoaded { load: Some(load), arguments, called: false })))
        }
        _ => Ok(Value::NONE.into()),
    }
}

/// Loads a function and calls it.
struct CallLoaded {
    load: Option<Box<dyn NativeFrame>>,
    arguments: Vec<Value>,
    called: bool,
}

impl NativeFrame for CallLoaded {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        if let Some(load) = self.load.take() {
            vm.push_native(load, Action::Native)?;
            return Ok(Step::Pushed);
        }
        match input {
            Input::Value(function) if !self.called => {
                self.called = true;
                Ok(Step::CallMany(function, self.arguments.clone(), Value::NONE))
            }
            Input::Value(value) => Ok(Step::Return(value)),
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.arguments);
        if let Some(load) = &self.load {
            load.trace(tracer);
        }
    }
}
