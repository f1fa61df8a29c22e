//! What lies between programs and the world outside that they wait for: descriptors, sockets, addresses.
//!
//! | file | what |
//! |---|---|
//! | `system` | what a platform with a network implements |
//! | `interests` | who waits for which descriptor: the engine asks, its driver answers |
//! | `wait` | a wait for descriptors as natives hold it: over when it is dropped |
//! | `address` | addresses, in Rust and in the layout that programs see |
//! | `pollable` | what kind of thing a program waits for: a descriptor, or an object to be asked |

pub mod address;
pub mod interests;
pub mod pollable;
pub mod system;
pub mod wait;
