//! Which locals certainly hold a value at the point that is being compiled.
//!
//! A local may be read without a check only where every path that leads there has assigned it. The compiler walks a
//! function once, so the answer is kept as a set of registers that moves along with it: an assignment adds, a jump
//! hands its copy to the label, a label keeps what all its jumps have in common. Two places are entered before all
//! the ways into them are known, the top of a loop and an exception handler; they start from what held before,
//! without the locals that the function deletes anywhere ([`super::coder::Coder::deletable`]). Deleting is the only
//! way to lose a value, so that is safe, and it needs no second pass.
//!
//! Only registers are tracked; a spilled local is checked each time.

/// A set of registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bound([u64; 4]);

impl Bound {
    /// What holds where nothing can get to: everything, which is neutral when paths meet.
    pub const UNREACHABLE: Bound = Bound([u64::MAX; 4]);

    pub fn contains(self, register: u8) -> bool {
        self.0[usize::from(register >> 6)] >> (register & 63) & 1 != 0
    }

    pub fn insert(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] |= 1 << (register & 63);
    }

    pub fn remove(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] &= !(1 << (register & 63));
    }

    /// What holds on both paths.
    pub fn both(self, other: Bound) -> Bound {
        Bound([0, 1, 2, 3].map(|word| self.0[word] & other.0[word]))
    }

    /// What holds on either.
    pub fn either(self, other: Bound) -> Bound {
        Bound([0, 1, 2, 3].map(|word| self.0[word] | other.0[word]))
    }

    pub fn without(self, other: Bound) -> Bound {
        Bound([0, 1, 2, 3].map(|word| self.0[word] & !other.0[word]))
    }
}
