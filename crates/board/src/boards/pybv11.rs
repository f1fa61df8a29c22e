//! The pyboard v1.1, which most tutorials are written for.

use super::{Board, FLASH_BLOCK, Flash, Led, PinName, Switch, Timers, cpu};

/// Four LEDs, of which the last two can be dimmed; one switch; two rows of pins, X and Y.
pub static PYBV11: Board = Board {
    name: "pybv11",
    platform: "pyboard",
    machine: "PYBv1.1 with STM32F405RG",
    leds: &[
        Led { colour: "red", pin: cpu("A13"), dimmable: false },
        Led { colour: "green", pin: cpu("A14"), dimmable: false },
        Led { colour: "yellow", pin: cpu("A15"), dimmable: true },
        Led { colour: "blue", pin: cpu("B4"), dimmable: true },
    ],
    leds_inverted: false,
    switch: Switch { pin: cpu("B3") },
    timers: Timers { first: 1, last: 14 },
    ticks_bits: 30,
    frequencies_hz: [168_000_000, 168_000_000, 42_000_000, 84_000_000],
    unique_id: *b"wigwag-pyb11",
    flash: Flash { bytes: 112 << 10, erase_size: FLASH_BLOCK },
    pins: PINS,
};

/// Board names in the order of the board's connectors, then the pins that are used on the board itself. A pin that has no
/// board name has an empty one.
#[rustfmt::skip]
static PINS: &[PinName] = &[
    PinName::new("X1", "A0"), PinName::new("X2", "A1"), PinName::new("X3", "A2"), PinName::new("X4", "A3"),
    PinName::new("X5", "A4"), PinName::new("X6", "A5"), PinName::new("X7", "A6"), PinName::new("X8", "A7"),
    PinName::new("X9", "B6"), PinName::new("X10", "B7"), PinName::new("X11", "C4"), PinName::new("X12", "C5"),
    PinName::new("X17", "B3"), PinName::new("X18", "C13"), PinName::new("X19", "C0"), PinName::new("X20", "C1"),
    PinName::new("X21", "C2"), PinName::new("X22", "C3"), PinName::new("Y1", "C6"), PinName::new("Y2", "C7"),
    PinName::new("Y3", "B8"), PinName::new("Y4", "B9"), PinName::new("Y5", "B12"), PinName::new("Y6", "B13"),
    PinName::new("Y7", "B14"), PinName::new("Y8", "B15"), PinName::new("Y9", "B10"), PinName::new("Y10", "B11"),
    PinName::new("Y11", "B0"), PinName::new("Y12", "B1"), PinName::new("SW", "B3"), PinName::new("LED_RED", "A13"),
    PinName::new("LED_GREEN", "A14"), PinName::new("LED_YELLOW", "A15"), PinName::new("LED_BLUE", "B4"),
    PinName::new("MMA_INT", "B2"), PinName::new("MMA_AVDD", "B5"), PinName::new("SD_D0", "C8"),
    PinName::new("SD_D1", "C9"), PinName::new("SD_D2", "C10"), PinName::new("SD_D3", "C11"),
    PinName::new("SD_CMD", "D2"), PinName::new("SD_CK", "C12"), PinName::new("SD", "A8"),
    PinName::new("SD_SW", "A8"), PinName::new("USB_VBUS", "A9"), PinName::new("USB_ID", "A10"),
    PinName::new("USB_DM", "A11"), PinName::new("USB_DP", "A12"),
];
