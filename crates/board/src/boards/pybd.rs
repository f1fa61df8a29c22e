//! The pyboard D-series, model SF2W.

use super::{Board, Led, PinName, Switch, Timers, cpu};

/// Three LEDs, none of which can be dimmed; one switch; rows of pins X, Y and W.
pub static PYBD: Board = Board {
    name: "pybd",
    platform: "pyboard",
    machine: "PYBD-SF2W with STM32F722IEK",
    leds: &[
        Led { colour: "red", pin: cpu("F3"), dimmable: false },
        Led { colour: "green", pin: cpu("F4"), dimmable: false },
        Led { colour: "blue", pin: cpu("F5"), dimmable: false },
    ],
    leds_inverted: true,
    switch: Switch { pin: cpu("A13") },
    timers: Timers { first: 1, last: 14 },
    ticks_bits: 30,
    frequencies_hz: [120_000_000, 120_000_000, 30_000_000, 60_000_000],
    unique_id: *b"wigwag-pybd2",
    pins: PINS,
};

/// Board names in the order of the board's connectors, then the pins that are used on the board itself. A pin that has no
/// board name has an empty one.
#[rustfmt::skip]
static PINS: &[PinName] = &[
    PinName::new("W3", "E3"), PinName::new("W5", "A11"), PinName::new("W5B", "I0"), PinName::new("W6", "A5"),
    PinName::new("W7", "A4"), PinName::new("W7B", "G7"), PinName::new("W8", "B11"), PinName::new("W9", "A12"),
    PinName::new("W9B", "I1"), PinName::new("W10", "A6"), PinName::new("W11", "A3"), PinName::new("W12", "B10"),
    PinName::new("W14", "A7"), PinName::new("W15", "A2"), PinName::new("W16", "A15"), PinName::new("W17", "A1"),
    PinName::new("W18", "D3"), PinName::new("W19", "A0"), PinName::new("W20", "D0"), PinName::new("W21", "C14"),
    PinName::new("W22", "E12"), PinName::new("W22B", "F6"), PinName::new("W22C", "F7"), PinName::new("W22D", "F10"),
    PinName::new("W23", "E1"), PinName::new("W24", "C1"), PinName::new("W25", "E0"), PinName::new("W26", "C13"),
    PinName::new("W27", "A8"), PinName::new("W27B", "C6"), PinName::new("W28", "E6"), PinName::new("W29", "B3"),
    PinName::new("W30", "E5"), PinName::new("W32", "E4"), PinName::new("W33", "H2"), PinName::new("W34", "H3"),
    PinName::new("W43", "B0"), PinName::new("W43B", "C0"), PinName::new("W43C", "F9"), PinName::new("W43D", "F11"),
    PinName::new("W45", "B12"), PinName::new("W45B", "E14"), PinName::new("W45C", "H8"), PinName::new("W46", "B5"),
    PinName::new("W47", "C5"), PinName::new("W47B", "F14"), PinName::new("W49", "B13"), PinName::new("W50", "B4"),
    PinName::new("W51", "C4"), PinName::new("W51B", "F15"), PinName::new("W52", "A10"), PinName::new("W53", "C2"),
    PinName::new("W53B", "F8"), PinName::new("W54", "A9"), PinName::new("W55", "B9"), PinName::new("W56", "A14"),
    PinName::new("W57", "C3"), PinName::new("W57B", "F13"), PinName::new("W58", "G11"), PinName::new("W59", "B8"),
    PinName::new("W60", "G12"), PinName::new("W61", "B7"), PinName::new("W62", "D7"), PinName::new("W63", "B1"),
    PinName::new("W63B", "D9"), PinName::new("W64", "D6"), PinName::new("W65", "D8"), PinName::new("W66", "G9"),
    PinName::new("W67", "A13"), PinName::new("W68", "G10"), PinName::new("W70", "B14"), PinName::new("W71", "E15"),
    PinName::new("W72", "B15"), PinName::new("W73", "H6"), PinName::new("W74", "H7"), PinName::new("X1", "A0"),
    PinName::new("X2", "A1"), PinName::new("X3", "A2"), PinName::new("X4", "A3"), PinName::new("X5", "A4"),
    PinName::new("X5B", "G7"), PinName::new("X6", "A5"), PinName::new("X7", "A6"), PinName::new("X8", "A7"),
    PinName::new("X9", "B8"), PinName::new("X10", "B9"), PinName::new("X11", "C4"), PinName::new("X11B", "F15"),
    PinName::new("X12", "C5"), PinName::new("X12B", "F14"), PinName::new("Y1", "A9"), PinName::new("Y2", "A10"),
    PinName::new("Y3", "B4"), PinName::new("Y4", "B5"), PinName::new("Y5", "B12"), PinName::new("Y5B", "E14"),
    PinName::new("Y5C", "H8"), PinName::new("Y6", "B13"), PinName::new("Y7", "C2"), PinName::new("Y7B", "F8"),
    PinName::new("Y8", "C3"), PinName::new("Y8B", "F13"), PinName::new("Y9", "B10"), PinName::new("Y10", "B11"),
    PinName::new("Y11", "B0"), PinName::new("Y11B", "C0"), PinName::new("Y11C", "F9"), PinName::new("Y11D", "F11"),
    PinName::new("Y12", "B1"), PinName::new("Y12B", "D9"), PinName::new("EN_3V3", "F2"),
    PinName::new("PULL_SCL", "F1"), PinName::new("PULL_SDA", "H5"), PinName::new("LED_RED", "F3"),
    PinName::new("LED_GREEN", "F4"), PinName::new("LED_BLUE", "F5"), PinName::new("USR", "A13"),
    PinName::new("USB_DM", "A11"), PinName::new("USB_DP", "A12"), PinName::new("USB_HS_DM", "B14"),
    PinName::new("USB_HS_DP", "B15"), PinName::new("", "E13"), PinName::new("", "E11"), PinName::new("", "E7"),
    PinName::new("", "E8"), PinName::new("", "E9"), PinName::new("", "E10"), PinName::new("", "B6"),
    PinName::new("", "B2"), PinName::new("", "D11"), PinName::new("", "D12"), PinName::new("", "E2"),
    PinName::new("", "D13"), PinName::new("SD_SW", "A14"), PinName::new("", "D4"), PinName::new("", "I8"),
    PinName::new("", "I9"), PinName::new("", "I11"), PinName::new("", "I7"), PinName::new("", "C8"),
    PinName::new("", "C9"), PinName::new("", "C10"), PinName::new("", "C11"), PinName::new("", "D2"),
    PinName::new("", "C12"), PinName::new("", "C7"), PinName::new("", "G14"), PinName::new("", "G13"),
    PinName::new("", "G8"), PinName::new("", "G15"), PinName::new("", "I5"), PinName::new("", "I4"),
    PinName::new("", "I10"), PinName::new("", "I6"), PinName::new("", "D10"), PinName::new("", "D5"),
    PinName::new("", "D1"), PinName::new("", "D14"), PinName::new("", "D15"), PinName::new("", "F0"),
    PinName::new("", "F12"), PinName::new("", "G0"), PinName::new("", "G1"), PinName::new("", "G2"),
    PinName::new("", "G3"), PinName::new("", "G4"), PinName::new("", "G5"), PinName::new("", "G6"),
    PinName::new("", "H4"), PinName::new("", "H9"), PinName::new("", "H10"), PinName::new("", "H11"),
    PinName::new("", "H12"), PinName::new("", "H13"), PinName::new("", "H14"), PinName::new("", "H15"),
    PinName::new("", "I2"), PinName::new("", "I3"),
];
