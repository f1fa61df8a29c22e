//! TLS on loopback: both ends here, and each end against Python's own, when there is one. Certificates are made for
//! each run. Where two processes meet, the server says its port when it listens; nothing waits for time to pass.
//!
//! | file | what |
//! |---|---|
//! | `certificates` | an authority and what it has signed, good and bad |
//! | `process` | running scripts, alone or against a server |
//! | `streams` | data: echoes, tiny pieces, much of it, both ways at once |
//! | `refusals` | certificates and clients that are refused |
//! | `handshakes` | those that fail, are slow, or are given up |
//! | `with_python` | the other side is Python's own |

mod certificates;
mod handshakes;
mod process;
mod refusals;
mod streams;
mod with_python;
