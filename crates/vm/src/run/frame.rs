//! Frames and fibers: everything that a program in progress consists of. No native stack is involved, so a fiber can be
//! put down at any instruction.

use super::code::Code;
use super::native_frame::NativeFrame;
use crate::heap::{Budget, Handle, Raised, Symbol, Tracer, Value};
use crate::objects::generator::Spill;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What becomes of the result of a frame: told by whoever pushed it. "Below" is the frame beneath it.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Into this register of the frame below.
    Store(u8),
    /// Nowhere.
    Discard,
    /// It was `__init__` and must be None; the instance goes into the register.
    Instance(u8, Value),
    /// Its truth goes into the register, negated if the flag says so.
    Truth(u8, bool),
    /// If its truth is the flag, the frame below goes on at the word.
    Branch(bool, u32),
    /// It was one attempt at the operator of the instruction below; if NotImplemented, try the attempt of this number.
    Operator(u8),
    /// It is the next item of an iteration, for the register; when there is none, go on at the word.
    Next(u8, u32),
    /// It is the next item that the generator below delegates for: yield it; when there is none, the register gets the
    /// result.
    Delegate(u8),
    /// To the native frame below.
    Native,
    /// To the native frame below, which asked for the next item of an iterator: `StopIteration` is an end.
    NativeItem,
    /// A nested run of the dispatch loop ends.
    Exit,
    /// It is the attribute value of a failed look-up, wanted by `LoadMethod`: into the register, with no self.
    Method(u8),
}

/// A frame that runs instructions.
pub struct PythonFrame {
    /// Its code.
    pub code: Rc<Code>,
    /// Temporaries and locals that found no register.
    pub spill: Spill,
    /// The next word.
    pub pc: u32,
    /// Where its registers begin on the stack.
    pub base: u32,
    /// The namespace of its globals.
    pub globals: Handle,
    /// The generator that it belongs to.
    pub generator: Option<Handle>,
}

/// What kind of frame it is.
pub enum FrameKind {
    /// Runs instructions.
    Python(PythonFrame),
    /// A state machine in Rust; `None` while it is being stepped. The number is where the stack is free.
    Native(Option<Box<dyn NativeFrame>>, u32),
}

/// A frame.
pub struct Frame {
    /// What becomes of its result.
    pub action: Action,
    /// The rest.
    pub kind: FrameKind,
}

impl Frame {
    /// The first stack index above the frame.
    pub fn top(&self) -> usize {
        match &self.kind {
            FrameKind::Python(frame) => frame.base as usize + frame.code.registers as usize,
            FrameKind::Native(_, top) => *top as usize,
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Action::Instance(_, value) = self.action {
            tracer.value(value);
        }
        match &self.kind {
            FrameKind::Python(frame) => {
                if let Some(code) = frame.code.handle.get() {
                    tracer.handle(code);
                }
                tracer.handle(frame.globals);
                if let Some(generator) = frame.generator {
                    tracer.handle(generator);
                }
                if let Some(spill) = &frame.spill {
                    tracer.values(spill);
                }
            }
            FrameKind::Native(Some(native), _) => native.trace(tracer),
            FrameKind::Native(None, _) => {}
        }
    }
}

/// Why a fiber does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until a time, in microseconds of the engine's clock.
    Until(u64),
    /// Until somebody wakes it.
    Woken,
    /// Until a time, or until somebody wakes it.
    WokenOrUntil(u64),
    /// Until a value is handed over from an object ([`super::Vm::hand_over`]), first come, first served; or until a time.
    HandedOver {
        /// The object, which a frame of the fiber keeps alive.
        from: Handle,
        /// Whoever has the lowest came first: of [`super::fibers::Fibers::ticket`].
        ticket: u32,
        /// When it is given up, if ever.
        until_us: Option<u64>,
    },
    /// Until something happens outside of the machine ([`super::Vm::happened`]), or until a time.
    Outside {
        /// What the fiber is known by: of [`super::fibers::Fibers::ticket`].
        ticket: u32,
        /// When it is given up, if ever.
        until_us: Option<u64>,
    },
}

impl Wait {
    /// When it ends by itself, if ever.
    pub fn deadline_us(self) -> Option<u64> {
        match self {
            Wait::Until(until) | Wait::WokenOrUntil(until) => Some(until),
            Wait::Woken => None,
            Wait::HandedOver { until_us, .. } | Wait::Outside { until_us, .. } => until_us,
        }
    }

    /// Whether a call to wake ends it.
    pub fn heeds_call(self) -> bool {
        matches!(self, Wait::Woken | Wait::WokenOrUntil(_))
    }
}

/// What a native frame is told when it is stepped.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// For the first time.
    Start,
    /// What it called returned this, or what it resumed yielded this.
    Value(Value),
    /// What it asked for an item has none; what it resumed has ended. The value that came with the end.
    Stop(Value),
    /// What it called raised this, and it said that it catches.
    Raised(Value),
    /// It had parked its fiber, and the wait is over.
    Unparked,
}

/// A stack of frames with their registers. The main program is one, each thread is one, a scheduled callback borrows one.
#[derive(Default)]
pub struct Fiber {
    /// The registers of all frames; windows of callees overlap their callers'.
    pub stack: Vec<Value>,
    /// The frames.
    pub frames: Vec<Frame>,
    /// What the native frame on top gets when it is stepped next.
    pub input: Option<Input>,
    /// Why it does not run.
    pub wait: Option<Wait>,
    /// An exception to be raised as soon as it runs again: at once where a native frame is on top, else at the next call
    /// or back-edge.
    pub pending: Option<Raised>,
    /// How many nested runs of the dispatch loop are under way on it.
    pub nested: u32,
    /// The stack is taken up to here at least: arguments of a native that is running.
    pub reserved: usize,
    /// The number of its thread; 0 for the main program and the callbacks that run in its place.
    pub thread: u32,
    /// How often it has locked the heap; for the fiber in the machine the heap itself knows better.
    pub heap_locks: u32,
}

impl Fiber {
    /// A fiber with nothing on it.
    pub fn new() -> Fiber {
        Fiber::default()
    }

    /// Empties it, to be used for something else. What it has allocated stays.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.input = None;
        self.wait = None;
        self.pending = None;
        self.nested = 0;
        self.reserved = 0;
        self.heap_locks = 0;
    }

    /// Drops the frame on top where it lies; `pop` would move it first.
    #[inline(always)]
    pub(super) fn drop_top(&mut self) {
        self.frames.truncate(self.frames.len().saturating_sub(1));
    }

    /// Gives back what its stacks were charged.
    pub fn release(self, budget: &mut Budget) {
        budget.release(self.bytes());
    }

    /// Makes it raise an exception as soon as it runs again, whatever it waits for.
    pub fn interrupt(&mut self, raised: Raised) {
        self.wait = None;
        self.input = None;
        self.pending = Some(raised);
    }

    /// The innermost line of Python on it: the symbol of the file, and the number.
    pub fn line(&self) -> Option<(Symbol, u32)> {
        self.frames.iter().rev().find_map(|frame| match &frame.kind {
            FrameKind::Python(frame) => Some((frame.code.file, frame.code.line_at(frame.pc))),
            FrameKind::Native(..) => None,
        })
    }

    /// Bytes of its stack and its frames.
    pub fn bytes(&self) -> usize {
        self.stack.capacity() * size_of::<Value>() + self.frames.capacity() * size_of::<Frame>()
    }

    /// The first free index of the stack.
    pub fn top(&self) -> usize {
        self.frames.last().map_or(0, Frame::top).max(self.reserved)
    }

    /// Shows the collector everything on it.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        for frame in &self.frames {
            frame.trace(tracer);
        }
        let top = self.top().min(self.stack.len());
        tracer.values(&self.stack[..top]);
        match self.input {
            Some(Input::Value(value) | Input::Stop(value) | Input::Raised(value)) => tracer.value(value),
            Some(Input::Start | Input::Unparked) | None => {}
        }
        if let Some(Raised(value)) = self.pending {
            tracer.value(value);
        }
    }
}
