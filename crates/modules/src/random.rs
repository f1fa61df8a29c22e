//! `random`: the generator that MicroPython has, Yasmarang, so that the same seed gives the same numbers.

use crate::arguments;
use crate::clock::now_us;
use crate::settings::Settings;
use alloc::boxed::Box;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::{Arguments, Extension, Input, ModuleDef, NativeFrame, Outcome, Request, Step, Vm};

/// `random`
pub static MODULE: ModuleDef = ModuleDef {
    name: "random",
    members: &[
        full("seed", 0, 1, seed),
        full("getrandbits", 1, 1, random_bits),
        full("randrange", 1, 3, random_range),
        full("randint", 2, 2, random_int),
        full("choice", 1, 1, choice),
        full("random", 0, 0, |vm, _| {
            let fraction = generator(vm, Generator::fraction);
            Ok(vm.heap.float(fraction)?.into())
        }),
        full("uniform", 2, 2, uniform),
    ],
};

/// Ilya Levin's Yasmarang, which is in the public domain.
#[derive(Clone, Debug)]
pub struct Generator {
    pad: u32,
    n: u32,
    d: u32,
    dat: u8,
}

impl Extension for Generator {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

impl Generator {
    /// A generator that begins where this seed puts it.
    pub fn new(seed: u32) -> Generator {
        Generator { pad: seed, n: 69, d: 233, dat: 0 }
    }

    /// The next 32 bits.
    pub fn next_bits(&mut self) -> u32 {
        let step = self.d.wrapping_mul(self.n).wrapping_add(u32::from(self.dat));
        self.pad = self.pad.wrapping_add(step).rotate_left(3);
        self.n = self.pad | 2;
        self.d ^= self.pad.rotate_right(1);
        self.dat ^= self.pad as u8 ^ (self.d >> 8) as u8 ^ 1;
        self.pad ^ (self.d << 5) ^ (self.pad >> 18) ^ (u32::from(self.dat) << 1)
    }

    /// A number below another, which is not 0: the first that fits of those with as many bits.
    fn below(&mut self, bound: u64) -> u64 {
        let mask = u64::MAX >> bound.leading_zeros();
        loop {
            let mut bits = u64::from(self.next_bits());
            if mask > u64::from(u32::MAX) {
                bits |= u64::from(self.next_bits()) << 32;
            }
            if bits & mask < bound {
                return bits & mask;
            }
        }
    }

    /// A float from 0 to below 1, with every bit of its fraction random.
    fn fraction(&mut self) -> f64 {
        let bits = u64::from(self.next_bits()) << 32;
        let bits = (bits | u64::from(self.next_bits())) & ((1 << 52) - 1);
        f64::from_bits(1023 << 52 | bits) - 1.0
    }
}

/// Does something with the machine's generator.
fn generator<T>(vm: &mut Vm, use_it: impl FnOnce(&mut Generator) -> T) -> T {
    match vm.extension::<Generator>() {
        Some(generator) => use_it(generator),
        None => use_it(&mut Generator::new(0)),
    }
}

/// A range that is empty.
fn empty(vm: &mut Vm) -> Raised {
    vm.heap.raise_bare(TypeId::ValueError)
}

fn seed(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let seed = match given.get(vm, 0).filter(|value| !value.is_none()) {
        // The engine chooses what is random about it: under a virtual clock, nothing.
        None => {
            let now = now_us(vm);
            vm.extension::<Settings>().map_or(0, |settings| settings.seed).wrapping_add(now)
        }
        Some(value) => match vm.heap.as_integer(value) {
            Some(integer) => integer.low_word() as u64,
            None => arguments::integer(&mut vm.heap, value)? as u64,
        },
    };
    generator(vm, |generator| *generator = Generator::new(seed as u32));
    Ok(Value::NONE.into())
}

fn random_bits(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let count = given.at(vm, 0);
    match arguments::integer(&mut vm.heap, count)? {
        0 => Ok(Value::tiny_int(0).into()),
        count @ 1..=32 => {
            let bits = generator(vm, Generator::next_bits) & (u32::MAX >> (32 - count));
            let bits = i64::from(bits);
            Ok(vm.heap.int(bits)?.into())
        }
        _ => Err(vm.heap.raise(TypeId::ValueError, "bits must be 32 or less")),
    }
}

/// `start + step * random`, where there are `count` possibilities.
fn pick(vm: &mut Vm, start: i64, step: i64, count: i128) -> Result<Outcome, Raised> {
    let Ok(count @ 1..) = u64::try_from(count) else { return Err(empty(vm)) };
    let number = generator(vm, |generator| generator.below(count));
    let result = start.wrapping_add(step.wrapping_mul(number as i64));
    Ok(vm.heap.int(result)?.into())
}

fn random_range(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mut bounds = [0, 0, 1];
    for (bound, value) in bounds.iter_mut().zip(given.to_vec(vm)) {
        *bound = arguments::integer(&mut vm.heap, value)?;
    }
    let [start, stop, step] = if given.count == 1 { [0, bounds[0], 1] } else { bounds };
    let distance = i128::from(stop) - i128::from(start);
    let count = match step {
        0 => 0,
        1.. => (distance + i128::from(step) - 1).div_euclid(i128::from(step)),
        _ => (distance + i128::from(step) + 1) / i128::from(step),
    };
    // A distance that points away from the step leaves nothing to choose from.
    let count = if (distance > 0) == (step > 0) { count } else { 0 };
    pick(vm, start, step, count)
}

fn random_int(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (first, last) = (given.at(vm, 0), given.at(vm, 1));
    let first = arguments::integer(&mut vm.heap, first)?;
    let last = arguments::integer(&mut vm.heap, last)?;
    pick(vm, first, 1, i128::from(last) - i128::from(first) + 1)
}

fn uniform(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (first, last) = (given.at(vm, 0), given.at(vm, 1));
    let first = arguments::float(&mut vm.heap, first)?;
    let last = arguments::float(&mut vm.heap, last)?;
    let fraction = generator(vm, Generator::fraction);
    Ok(vm.heap.float(first + (last - first) * fraction)?.into())
}

fn choice(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    Ok(Outcome::Frame(Box::new(Choice { sequence: given.at(vm, 0), chosen: false })))
}

/// Asks for the length of a sequence, then for one of its items.
struct Choice {
    sequence: Value,
    chosen: bool,
}

impl NativeFrame for Choice {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Start => Ok(Step::Perform(Request::Length(self.sequence))),
            Input::Value(length) if !self.chosen => {
                let length = arguments::integer(&mut vm.heap, length)?;
                let Ok(length @ 1..) = u64::try_from(length) else {
                    return Err(vm.heap.raise_bare(TypeId::IndexError));
                };
                self.chosen = true;
                let number = generator(vm, |generator| generator.below(length)) as i64;
                let index = vm.heap.int(number)?;
                Ok(Step::Perform(Request::Item(self.sequence, index)))
            }
            Input::Value(item) => Ok(Step::Return(item)),
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_numbers_as_upstream() {
        let mut generator = Generator::new(1);
        let bytes = [(); 5].map(|()| generator.next_bits() & 0xFF);
        assert_eq!(bytes, [68, 242, 94, 92, 159]);
    }

    #[test]
    fn below_a_bound() {
        let mut generator = Generator::new(7);
        for bound in [1, 2, 3, 1000, u64::from(u32::MAX) + 1, u64::MAX] {
            for _ in 0..100 {
                assert!(generator.below(bound) < bound);
            }
        }
    }
}
