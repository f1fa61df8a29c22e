//! What modules show of the machine they run on: plain data that the engine fills in before the first program starts.

use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// How the machine presents itself to programs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sys.platform`: `linux`, `pyboard`.
    pub platform: String,
    /// `sys.implementation._machine`, and what `--version` and the REPL's first line show.
    pub machine: String,
    /// `sys.implementation._build`: the board's name, or the port's variant.
    pub build: String,
    /// `sys.version`
    pub version: String,
    /// `sys.implementation.version`: the MicroPython version whose behaviour is followed.
    pub implementation_version: (u8, u8, u8, String),
    /// `sys.executable`; none where a program cannot be named.
    pub executable: Option<String>,
    /// `sys.argv` at the start.
    pub arguments: Vec<String>,
    /// `sys.path` at the start.
    pub path: Vec<String>,
    /// On a microcontroller `time.time()` is an integer and counts from 2000; else a float from 1970.
    pub time_since_2000: bool,
    /// How wide the machine's words are, for `sys.maxsize`.
    pub word_bits: u32,
    /// What `random` starts from.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            platform: String::from("linux"),
            machine: String::from("linux [Wigwag] version"),
            build: String::from("standard"),
            version: String::from(concat!(
                "3.4.0; MicroPython v1.29.0 on Wigwag v",
                env!("CARGO_PKG_VERSION")
            )),
            implementation_version: (1, 29, 0, String::new()),
            executable: None,
            arguments: Vec::new(),
            path: alloc::vec![String::new()],
            time_since_2000: false,
            word_bits: 64,
            seed: 0x5EED,
        }
    }
}

impl Extension for Settings {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// The settings of a machine, the usual ones where it has none.
pub fn settings(vm: &mut Vm) -> Settings {
    vm.extension::<Settings>().cloned().unwrap_or_default()
}
