//! Linux for the engine: clocks, waiting, Ctrl-C, files, the terminal and the strip of LEDs on it.
//!
//! The engine is stepped and never touches the system; all of that happens here, for a driver that owns
//! time. A driver's loop, in short: step the engine, [flush and refresh the output](output), and when
//! the engine is idle, [wait] until the [clock] reaches its deadline, a descriptor is ready,
//! or somebody [interrupts](interrupt).
//!
//! | module | what it gives |
//! |---|---|
//! | [`clock`] | microseconds since the start, at real or scaled pace, and the time of day |
//! | [`wait`] | sleeping until a deadline, a descriptor or a waker |
//! | [`descriptors`] | descriptors by their numbers, for who waits for them |
//! | [`watch`] | all that a program waits for, few or many |
//! | [`net`] | sockets and names, for the program |
//! | [`tls`] | encrypted connections, for the program |
//! | [`interrupt`] | Ctrl-C as a flag, and as a wake-up |
//! | [`termination`] | SIGTERM and SIGHUP, for who has to clean up first |
//! | [`terminal`] | whether there is one, how wide, raw mode, colours |
//! | [`led_strip`] | one line of text that shows a board's LEDs |
//! | [`output`] | the program's output and the strip, sharing one terminal |
//! | [`files`] | sources and their errors, looking modules up, writing all of it |
//! | [`flash`] | a board's flash in a file |
//! | [`system`] | files, directories, environment and commands, for the program |
//! | [`zone`] | the time zone that the program is in |

#![forbid(unsafe_code)]

mod calls;
pub mod clock;
pub mod descriptors;
mod epoll;
pub mod files;
pub mod flash;
pub mod interrupt;
pub mod led_strip;
mod names;
pub mod net;
pub mod output;
pub mod system;
pub mod terminal;
pub mod termination;
pub mod tls;
pub mod wait;
pub mod watch;
pub mod zone;
