//! Boards as data: one file a board, and what such a file says.
//!
//! A board is a table that the compiler checks, so a microcontroller parses nothing at its start. A new one is a new file
//! and a row in [`BOARDS`].
//!
//! What always holds (and the tests go through all boards for it): every name of a pin is unique on its board, every pin
//! that an LED or the switch is on is in the table, and the pin names of the processor are a port letter and a number
//! below 16.

mod pybd;
mod pybv11;

use core::fmt;

/// Every board, the default first.
pub static BOARDS: &[&Board] = &[&pybv11::PYBV11, &pybd::PYBD];

/// The names of all boards, the default first.
pub const NAMES: &[&str] = &["pybv11", "pybd"];

/// The board with this name.
pub fn find(name: &str) -> Option<&'static Board> {
    BOARDS.iter().copied().find(|board| board.name == name)
}

/// What a board is.
#[derive(Debug)]
pub struct Board {
    /// What one calls it: `--board pybv11`.
    pub name: &'static str,
    /// `sys.platform`
    pub platform: &'static str,
    /// `os.uname().machine`, and the second half of the banner.
    pub machine: &'static str,
    /// The LEDs; `pyb.LED(1)` is the first.
    pub leds: &'static [Led],
    /// The LEDs light when their pins are low.
    pub leds_inverted: bool,
    /// The switch that programs may read.
    pub switch: Switch,
    /// The hardware timers it has.
    pub timers: Timers,
    /// Counters of milliseconds and microseconds wrap at two to the power of this.
    pub ticks_bits: u32,
    /// `machine.freq()`: processor, memory, slow and fast peripherals.
    pub frequencies_hz: [u32; 4],
    /// `machine.unique_id()`
    pub unique_id: [u8; 12],
    /// The flash for files.
    pub flash: Flash,
    /// The names of all pins.
    pub pins: &'static [PinName],
}

/// A light.
#[derive(Debug)]
pub struct Led {
    /// Its colour, in lower case.
    pub colour: &'static str,
    /// The pin that drives it.
    pub pin: Pin,
    /// Whether a timer can dim it; else every intensity above 0 is full.
    pub dimmable: bool,
}

/// A button between a pin and ground: pressed is low.
#[derive(Debug)]
pub struct Switch {
    /// The pin, pulled up by the processor.
    pub pin: Pin,
}

/// A range of timers, by number.
#[derive(Debug)]
pub struct Timers {
    /// The first.
    pub first: u8,
    /// The last.
    pub last: u8,
}

/// The flash that a board has for files.
#[derive(Debug)]
pub struct Flash {
    /// How many bytes.
    pub bytes: u32,
    /// How many are erased at once.
    pub erase_size: u32,
}

/// Bytes of a block of flash in the simple block protocol, on every board.
pub const FLASH_BLOCK: u32 = 512;

/// A name of a pin. A pin may have several; the first is the one that events show.
#[derive(Debug)]
pub struct PinName {
    /// Its name on the board, as in `Pin.board.X1`; empty if it has none.
    pub board: &'static str,
    /// Its name on the processor, as in `Pin.cpu.A0`.
    pub cpu: &'static str,
    /// Its number.
    pub pin: Pin,
}

impl PinName {
    /// A row of a board's table.
    const fn new(board: &'static str, cpu_name: &'static str) -> PinName {
        PinName { board, cpu: cpu_name, pin: cpu(cpu_name) }
    }
}

/// A pin of the processor: a port of sixteen, and a number in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin(u8);

impl Pin {
    /// A pin by port (0 is A) and number.
    pub const fn new(port: u8, number: u8) -> Pin {
        Pin((port & 0xF) << 4 | number & 0xF)
    }

    /// The port, 0 for A.
    pub const fn port(self) -> u8 {
        self.0 >> 4
    }

    /// The number in the port.
    pub const fn number(self) -> u8 {
        self.0 & 0xF
    }

    /// A number for tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", char::from(b'A' + self.port()), self.number())
    }
}

/// The pin with this name on the processor. Only for tables: a wrong name does not compile.
const fn cpu(name: &str) -> Pin {
    let bytes = name.as_bytes();
    assert!(bytes.len() == 2 || bytes.len() == 3, "a pin is a letter and a number");
    assert!(bytes[0] >= b'A' && bytes[0] <= b'P', "ports are A to P");
    let mut number = 0;
    let mut place = 1;
    while place < bytes.len() {
        assert!(bytes[place].is_ascii_digit(), "a pin is a letter and a number");
        number = number * 10 + (bytes[place] - b'0');
        place += 1;
    }
    assert!(number < 16, "a port has sixteen pins");
    Pin::new(bytes[0] - b'A', number)
}

impl Board {
    /// The pin with a name: the board's names come before the processor's.
    pub fn pin(&self, name: &str) -> Option<Pin> {
        self.board_pin(name).or_else(|| self.cpu_pin(name))
    }

    /// The pin with this name on the board.
    pub fn board_pin(&self, name: &str) -> Option<Pin> {
        if name.is_empty() {
            return None;
        }
        self.pins.iter().find(|row| row.board == name).map(|row| row.pin)
    }

    /// The pin with this name on the processor.
    pub fn cpu_pin(&self, name: &str) -> Option<Pin> {
        self.pins.iter().find(|row| row.cpu == name).map(|row| row.pin)
    }

    /// The processor's name of a pin.
    pub fn cpu_name(&self, pin: Pin) -> &'static str {
        self.pins.iter().find(|row| row.pin == pin).map_or("", |row| row.cpu)
    }

    /// The name that events show: the board's first name of the pin, or the processor's.
    pub fn shown_name(&self, pin: Pin) -> &'static str {
        match self.pins.iter().find(|row| row.pin == pin) {
            Some(row) if !row.board.is_empty() => row.board,
            Some(row) => row.cpu,
            None => "",
        }
    }

    /// All names of a pin on the board.
    pub fn board_names(&self, pin: Pin) -> impl Iterator<Item = &'static str> + '_ {
        self.pins.iter().filter(move |row| row.pin == pin && !row.board.is_empty()).map(|row| row.board)
    }

    /// The number of the LED (from 1) that a pin drives.
    pub fn led_on(&self, pin: Pin) -> Option<usize> {
        self.leds.iter().position(|led| led.pin == pin).map(|place| place + 1)
    }

    /// At what power of two the counters of milliseconds and microseconds wrap.
    pub fn ticks_period(&self) -> u64 {
        1 << self.ticks_bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_are_found_by_name() {
        assert!(BOARDS.iter().map(|board| board.name).eq(NAMES.iter().copied()));
        for &name in NAMES {
            assert_eq!(find(name).map(|board| board.name), Some(name));
        }
        assert!(find("none").is_none());
    }

    #[test]
    fn names_of_pins_are_unique_and_known() {
        for board in BOARDS {
            for (place, row) in board.pins.iter().enumerate() {
                assert!(row.pin == cpu(row.cpu));
                let again = board.pins[place + 1..].iter().any(|other| other.board == row.board);
                assert!(row.board.is_empty() || !again, "{}: {} twice", board.name, row.board);
            }
            for led in board.leds {
                assert!(!board.cpu_name(led.pin).is_empty());
            }
            assert!(!board.cpu_name(board.switch.pin).is_empty());
        }
    }

    #[test]
    fn the_lights_of_a_pyboard() {
        let colours = |name| {
            find(name)
                .map_or(alloc::vec::Vec::new(), |board| board.leds.iter().map(|led| led.colour).collect())
        };
        assert_eq!(colours("pybv11"), ["red", "green", "yellow", "blue"]);
        assert_eq!(colours("pybd"), ["red", "green", "blue"]);
    }

    #[test]
    fn a_pin_has_names_on_the_board_and_on_the_processor() {
        let board = &pybv11::PYBV11;
        assert_eq!(board.pin("X17"), Some(cpu("B3")));
        assert_eq!(board.pin("B3"), Some(cpu("B3")));
        assert_eq!(board.pin(""), None);
        assert_eq!(board.pin("X13"), None);
        assert!(board.board_names(cpu("B3")).eq(["X17", "SW"]));
        assert_eq!(board.shown_name(cpu("B3")), "X17");
        assert_eq!(board.led_on(cpu("A15")), Some(3));
    }
}
