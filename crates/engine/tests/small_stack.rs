//! Chains of ten thousand calls run on a native stack of 256 KB, because the interpreter does not recurse: they end in a
//! result, or in a `RuntimeError` that the program can catch.

use std::cell::RefCell;
use std::rc::Rc;

use wigwag_engine::clocks::ClockSource;
use wigwag_engine::engine::{Config, Ending, Engine, Stepped};
use wigwag_modules::clock::Timekeeper;
use wigwag_modules::settings::Settings;
use wigwag_vm::run::Stream;
use wigwag_vm::run::platform::{PathKind, Platform};
use wigwag_vm::run::source::SourceMode;

const STACK_BYTES: usize = 256 * 1024;

/// Keeps what is written.
struct Recorder(Rc<RefCell<Vec<u8>>>);

impl Platform for Recorder {
    fn write(&mut self, _stream: Stream, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }

    fn path_kind(&mut self, _path: &str) -> PathKind {
        PathKind::Missing
    }

    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, i32> {
        Err(2)
    }
}

/// What a program writes when it runs on a small native stack.
fn output_of(source: &'static str) -> String {
    let run = move || {
        let written = Rc::new(RefCell::new(Vec::new()));
        let config = Config {
            heap_bytes: 64 << 20,
            clock: ClockSource::Virtual,
            ticks_period: Timekeeper::TICKS_64,
            until_us: None,
            board: None,
            settings: Settings::default(),
        };
        let mut engine = Engine::new(config, Box::new(Recorder(written.clone()))).expect("room to start");
        engine.start(source.as_bytes(), "test.py", SourceMode::Module).expect("it compiles");
        let ending = loop {
            if let Stepped::Ended(ending) = engine.step(1 << 20) {
                break ending;
            }
        };
        assert_eq!(ending, Ending::Finished);
        String::from_utf8(written.take()).expect("text")
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread");
    thread.join().expect("the thread ends without a panic")
}

#[test]
fn awaits_and_delegations_end_in_a_result() {
    let out = output_of(
        "
async def chain(n):
    return 1 + await chain(n - 1) if n else 0

def delegate(n):
    if n:
        return 1 + (yield from delegate(n - 1))
    yield 'bottom'
    return 0

try:
    chain(10000).send(None)
except StopIteration as done:
    print(done.value)
generator = delegate(10000)
print(next(generator))
try:
    next(generator)
except StopIteration as done:
    print(done.value)
",
    );
    assert_eq!(out, "10000\nbottom\n10000\n");
}

#[test]
fn calls_of_every_kind_end_in_an_error_that_can_be_caught() {
    let out = output_of(
        "
class Chain:
    def __init__(self, n):
        self.n = n

    @property
    def length(self):
        return Chain(self.n - 1).length + 1 if self.n else 0

    def __add__(self, other):
        return Chain(self.n - 1) + other if self.n else other

    def __getattr__(self, name):
        return getattr(Chain(self.n - 1), name) if self.n else name

    def __call__(self):
        return Chain(self.n - 1)() if self.n else 0

    def __iter__(self):
        return iter(Chain(self.n - 1)) if self.n else iter(())

    def __eq__(self, other):
        return Chain(self.n - 1) == other if self.n else True

    def __repr__(self):
        return repr(Chain(self.n - 1)) if self.n else 'end'

def attempt(name, act):
    try:
        act(Chain(10000))
        print(name, 'result')
    except RuntimeError as error:
        print(name, error)
    print(name, act(Chain(5)))

attempt('property', lambda c: c.length)
attempt('add', lambda c: c + 1)
attempt('getattr', lambda c: c.other)
attempt('call', lambda c: c())
attempt('iter', lambda c: list(c))
attempt('eq', lambda c: c == 1)
attempt('in', lambda c: c in [1])
attempt('repr', repr)
attempt('sorted', lambda c: sorted([c], key=lambda x: x.length) and 1)
",
    );
    let deep = "maximum recursion depth exceeded";
    let expected: String = [
        ("property", "5"),
        ("add", "1"),
        ("getattr", "other"),
        ("call", "0"),
        ("iter", "[]"),
        ("eq", "True"),
        ("in", "True"),
        ("repr", "end"),
        ("sorted", "1"),
    ]
    .iter()
    .map(|(name, result)| format!("{name} {deep}\n{name} {result}\n"))
    .collect();
    assert_eq!(out, expected);
}

#[test]
fn nested_containers_print_and_compare_or_say_that_they_are_too_deep() {
    let out = output_of(
        "
def nest(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner

print(len(repr(nest(100))), nest(100) == nest(100))
for act in (repr, lambda x: x == nest(10000), lambda x: x < nest(10000), str):
    try:
        act(nest(10000))
        print('result')
    except RuntimeError as error:
        print(error)
",
    );
    let deep = "maximum recursion depth exceeded\n";
    assert_eq!(out, format!("202 True\n{deep}{deep}{deep}{deep}"));
}
