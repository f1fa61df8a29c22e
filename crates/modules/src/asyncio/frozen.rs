//! The parts of asyncio that are [written in Python](crate::frozen).

use crate::frozen::{Part, look_up};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{Action, Arguments, Input, NativeFrame, Outcome, Step, Vm};

/// What `Loop.create_datagram_endpoint` calls.
const CREATE_DATAGRAM_ENDPOINT: &str = "_create_datagram_endpoint";

/// All of them.
pub static PARTS: [Part; 8] = [
    Part {
        home: super::ASYNCIO,
        module: "asyncio.condition",
        file: "asyncio/condition.py",
        source: include_str!("frozen/condition.py"),
        names: &["Condition"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.barrier",
        file: "asyncio/barrier.py",
        source: include_str!("frozen/barrier.py"),
        names: &["Barrier"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.taskgroups",
        file: "asyncio/taskgroups.py",
        source: include_str!("frozen/taskgroups.py"),
        names: &["TaskGroup"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.waiting",
        file: "asyncio/waiting.py",
        source: include_str!("frozen/waiting.py"),
        names: &["wait", "as_completed", "FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.runners",
        file: "asyncio/runners.py",
        source: include_str!("frozen/runners.py"),
        names: &["Runner"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.threads",
        file: "asyncio/threads.py",
        source: include_str!("frozen/threads.py"),
        names: &["to_thread"],
    },
    Part {
        home: super::ASYNCIO,
        module: "asyncio.connections",
        file: "asyncio/connections.py",
        source: include_str!("frozen/connections.py"),
        names: &["open_connection", "start_server", "Server"],
    },
    Part {
        home: super::ASYNCIO,
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
    match look_up(vm, &PARTS, CREATE_DATAGRAM_ENDPOINT)? {
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
