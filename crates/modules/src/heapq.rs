//! `heapq`: a list kept as a heap. Follows upstream's `heapq` page.
//!
//! Comparing items may run Python, so the three functions are one frame: it moves an item to where it belongs, and asks
//! `<` on the way. The item is held beside the list meanwhile, as upstream does; whatever a comparison does to the list,
//! places are looked up anew.

use alloc::boxed::Box;
use core::cmp::Ordering;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::compare::order_plain;
use wigwag_vm::run::{Arguments, Input, ModuleDef, NativeFrame, Outcome, Request, Step, Vm};
use wigwag_vm::syntax::tree::CompareOp;

/// `heapq`
pub static MODULE: ModuleDef = ModuleDef {
    name: "heapq",
    members: &[full("heappush", 2, 2, push), full("heappop", 1, 1, pop), full("heapify", 1, 1, heapify)],
};

/// Comparisons made in one step.
const STRIDE: usize = 1000;

/// Where the item that is being moved is going.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To the leaves, whatever it is, pulling the smaller child up.
    Down,
    /// From there towards where it started, past larger ones.
    Up,
}

/// What is to be done to the list before the item is moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    /// The item is to be appended.
    Push,
    /// The item, which is the last, is to be taken off, and takes the place of the first.
    Pop,
    /// Nothing, or nothing any more.
    Going,
}

struct Sift {
    task: Task,
    list: Value,
    item: Value,
    /// Where the item started, and where it is.
    start: usize,
    place: usize,
    direction: Direction,
    /// How many items `heapify` has still to move.
    left: usize,
    result: Value,
    asked: bool,
}

/// A heap's items.
fn items(vm: &Vm, list: Value) -> &[Value] {
    vm.heap.as_list(list).unwrap_or(&[])
}

fn check(vm: &mut Vm, given: Arguments) -> Result<Value, Raised> {
    let list = given.at(vm, 0);
    let list = vm.heap.native_part(list);
    match vm.heap.as_list(list) {
        Some(_) => Ok(list),
        None => Err(vm.type_error("heap must be a list")),
    }
}

/// `heappush(heap, item)`
fn push(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let list = check(vm, given)?;
    let item = given.at(vm, 1);
    Sift::new(list, item, Task::Push).begin(vm)
}

/// `heappop(heap)`
fn pop(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let list = check(vm, given)?;
    let &[.., item] = items(vm, list) else {
        return Err(vm.heap.raise(TypeId::IndexError, "empty heap"));
    };
    Sift::new(list, item, Task::Pop).begin(vm)
}

/// `heapify(heap)`
fn heapify(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let list = check(vm, given)?;
    let Some(start) = (items(vm, list).len() / 2).checked_sub(1) else { return Ok(Value::NONE.into()) };
    let item = items(vm, list)[start];
    Sift { start, place: start, left: start, ..Sift::new(list, item, Task::Going) }.begin(vm)
}

/// What became of a comparison.
enum Less {
    Known(bool),
    Ask(Step),
}

impl Sift {
    fn new(list: Value, item: Value, task: Task) -> Sift {
        let (direction, result) = (Direction::Down, Value::NONE);
        Sift { task, list, item, start: 0, place: 0, direction, left: 0, result, asked: false }
    }

    /// Does its task.
    fn prepare(&mut self, vm: &mut Vm) -> Result<(), Raised> {
        match self.task {
            Task::Push => {
                vm.heap.list_push(self.list, self.item)?;
                self.place = items(vm, self.list).len().saturating_sub(1);
                self.direction = Direction::Up;
            }
            Task::Pop => {
                if let Some(items) = vm.heap.as_list_mut(self.list) {
                    self.result = items.first().copied().unwrap_or(Value::NONE);
                    items.pop();
                }
            }
            Task::Going => {}
        }
        self.task = Task::Going;
        Ok(())
    }

    /// Does all at once where the items need no Python: a heap of numbers needs no frame.
    fn begin(mut self, vm: &mut Vm) -> Result<Outcome, Raised> {
        let first = items(vm, self.list).first().copied().unwrap_or(self.item);
        if order_plain(&vm.heap, self.item, first).is_none() {
            return Ok(Outcome::Frame(Box::new(self)));
        }
        match self.advance(vm, None)? {
            Step::Return(result) => Ok(result.into()),
            // Asked again by the frame, which has changed nothing since.
            _ => {
                self.asked = false;
                Ok(Outcome::Frame(Box::new(self)))
            }
        }
    }

    fn less(&mut self, vm: &Vm, answer: &mut Option<bool>, a: Value, b: Value) -> Less {
        if let Some(answer) = answer.take() {
            return Less::Known(answer);
        }
        match order_plain(&vm.heap, a, b) {
            Some(order) => Less::Known(order == Some(Ordering::Less)),
            None => {
                self.asked = true;
                Less::Ask(Step::Perform(Request::Compare(CompareOp::Less, a, b)))
            }
        }
    }

    fn put(&self, vm: &mut Vm, place: usize, item: Value) {
        if let Some(place) = vm.heap.as_list_mut(self.list).and_then(|items| items.get_mut(place)) {
            *place = item;
        }
    }

    /// Moves the item on; `answer` is that to the comparison that was asked for.
    fn advance(&mut self, vm: &mut Vm, mut answer: Option<bool>) -> Result<Step, Raised> {
        self.prepare(vm)?;
        for _ in 0..STRIDE {
            let items = items(vm, self.list);
            if self.direction == Direction::Down {
                let child = 2 * self.place + 1;
                let Some(&left) = items.get(child) else {
                    self.direction = Direction::Up;
                    continue;
                };
                let mut smaller = (child, left);
                if let Some(&right) = items.get(child + 1) {
                    match self.less(vm, &mut answer, left, right) {
                        Less::Known(true) => {}
                        Less::Known(false) => smaller = (child + 1, right),
                        Less::Ask(step) => return Ok(step),
                    }
                }
                self.put(vm, self.place, smaller.1);
                self.place = smaller.0;
                continue;
            }
            if self.place > self.start {
                let above = (self.place - 1) / 2;
                if let Some(&parent) = items.get(above) {
                    match self.less(vm, &mut answer, self.item, parent) {
                        Less::Known(false) => {}
                        Less::Known(true) => {
                            self.put(vm, self.place, parent);
                            self.place = above;
                            continue;
                        }
                        Less::Ask(step) => return Ok(step),
                    }
                }
            }
            self.put(vm, self.place, self.item);
            let Some(start) = self.left.checked_sub(1) else { return Ok(Step::Return(self.result)) };
            self.left = start;
            self.start = start;
            self.place = start;
            self.direction = Direction::Down;
            self.item = self::items(vm, self.list).get(start).copied().unwrap_or(Value::NONE);
        }
        Ok(Step::Again)
    }
}

impl NativeFrame for Sift {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let answer = match input {
            Input::Value(answer) if core::mem::take(&mut self.asked) => {
                Some(vm.truth_plain(answer).unwrap_or(true))
            }
            _ => None,
        };
        self.advance(vm, answer)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.list, self.item, self.result]);
    }
}
