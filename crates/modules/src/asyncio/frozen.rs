//! The parts of asyncio that are [written in Python](crate::frozen).

use crate::frozen::Part;

/// All of them.
pub static PARTS: [Part; 7] = [
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
];

/// Whether a file of a traceback is one of these.
pub fn is_frozen(file: &str) -> bool {
    PARTS.iter().any(|part| part.file == file)
}
