//! How a program is run, taken from a few bytes of the input.

/// What the settings are chosen from.
const HEAPS: [usize; 4] = [1 << 20, 256 << 10, 512 << 10, 320 << 10];
const FUELS: [u64; 4] = [1 << 20, 1000, 17, 1];
const BOARDS: [&str; 3] = ["pybv11", "none", "pybd"];

/// The bytes that settings take.
type Bytes = [u8; 4];

/// The settings at the front of some bytes, and what follows them; too few bytes are the usual settings.
pub fn take_settings(bytes: &[u8]) -> (Settings, &[u8]) {
    match bytes.split_first_chunk::<{ size_of::<Bytes>() }>() {
        Some((chosen, rest)) => (Settings::from_bytes(*chosen), rest),
        None => (Settings::from_bytes([0; 4]), &[]),
    }
}

/// How a program is run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bytes that the heap may hold.
    pub heap_bytes: usize,
    /// Fuel of a step.
    pub fuel: u64,
    /// The board's name.
    pub board: &'static str,
    /// Collect at every n-th safepoint; 0 is when needed.
    pub collect_every: u32,
    /// On a native stack of 256 KB.
    pub small_stack: bool,
    /// Which allocation fails, and whether all later ones do too.
    pub failure: Option<(u64, bool)>,
}

impl Settings {
    /// Any four bytes are settings; zeros are the usual ones.
    pub fn from_bytes([run, machine, failure, failure_scale]: Bytes) -> Settings {
        Settings {
            heap_bytes: HEAPS[usize::from(machine & 3)],
            board: BOARDS[usize::from(machine >> 2) % BOARDS.len()],
            small_stack: machine & 0x80 != 0,
            fuel: FUELS[usize::from(run & 3)],
            collect_every: match run >> 2 & 7 {
                7 => 1,
                6 => 5,
                _ => 0,
            },
            failure: match failure {
                0 => None,
                number => Some((u64::from(number >> 1) << (failure_scale & 7), number & 1 != 0)),
            },
        }
    }
}
