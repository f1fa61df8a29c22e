//! Constants that stay in registers while a loop runs.
//!
//! An operand is a register, so `while r != 1` would load its 1 before each test. What the operands in a loop need is
//! therefore loaded once, in front of the outermost loop, and kept with the values that statements keep. Only where
//! a constant is an *operand* does that save anything: arguments and items of displays have to stand in a row, and are
//! loaded there in any case.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::children::{first_iterable, push_children, push_comprehension};
use super::coder::Coder;
use super::constants::Constants;
use super::emit::ConstantKey;
use super::error::Failure;
use super::registers::Held;
use crate::syntax::tree::{BinaryOp, Comprehension, ExprId, ExprKind, StmtId, StmtKind, Tree};

/// The most constants that are kept.
const MOST: usize = 8;
/// How many registers must be left for what the statements in the loop keep.
const LEFT_FREE: u16 = 12;
/// How much more a use in a nested loop counts.
const NESTED: u32 = 8;

/// Goes over what a loop repeats, without recursion, and counts the constants among the operands.
struct Count<'t> {
    tree: &'t Tree,
    constants: &'t Constants,
    /// For each constant one expression that is it, and how much it is used.
    uses: BTreeMap<ConstantKey, (ExprId, u32)>,
    blocks: Vec<(&'t [StmtId], u32)>,
    expressions: Vec<ExprId>,
}

impl<'t> Count<'t> {
    fn new(tree: &'t Tree, constants: &'t Constants) -> Count<'t> {
        Count { tree, constants, uses: BTreeMap::new(), blocks: Vec::new(), expressions: Vec::new() }
    }

    /// The constants that are used most, those first.
    fn most_used(mut self) -> Vec<ExprId> {
        while let Some((block, weight)) = self.blocks.pop() {
            for statement in block {
                self.statement(*statement, weight);
                self.drain(weight);
            }
        }
        let mut uses: Vec<(ExprId, u32)> = self.uses.into_values().collect();
        uses.sort_by_key(|(id, uses)| (core::cmp::Reverse(*uses), id.0));
        uses.into_iter().take(MOST).map(|(id, _)| id).collect()
    }

    fn statement(&mut self, id: StmtId, weight: u32) {
        match &self.tree.stmt(id).kind {
            StmtKind::Expression(value) | StmtKind::Return(Some(value)) => self.expressions.push(*value),
            StmtKind::Assign(targets, value) => {
                let by_operand = |target: &ExprId| !matches!(self.tree.expr(*target).kind, ExprKind::Name(_));
                if targets.iter().any(by_operand) {
                    self.operand(*value, weight);
                }
                self.expressions.push(*value);
                self.expressions.extend(targets);
            }
            StmtKind::AugmentedAssign(target, op, value) => {
                self.right_operand(*op, *value, weight);
                self.expressions.extend([*target, *value]);
            }
            StmtKind::AnnotatedAssign(target, Some(value)) => self.expressions.extend([*target, *value]),
            StmtKind::Raise(value, cause) => self.expressions.extend(value.iter().chain(cause)),
            StmtKind::Delete(targets) => self.expressions.extend(targets),
            StmtKind::Assert(test, message) => {
                self.expressions.push(*test);
                self.expressions.extend(*message);
            }
            StmtKind::If { branches, otherwise } => {
                self.expressions.extend(branches.iter().map(|(test, _)| *test));
                self.blocks.extend(branches.iter().map(|(_, block)| (block.as_slice(), weight)));
                self.blocks.push((otherwise, weight));
            }
            StmtKind::While { test, body, otherwise } => {
                self.expressions.push(*test);
                self.drain(weight.saturating_mul(NESTED));
                self.blocks.extend([(body.as_slice(), weight.saturating_mul(NESTED)), (otherwise, weight)]);
            }
            StmtKind::For { target, iterable, body, otherwise, .. } => {
                self.expressions.extend([*target, *iterable]);
                self.blocks.extend([(body.as_slice(), weight.saturating_mul(NESTED)), (otherwise, weight)]);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.blocks.extend([(body.as_slice(), weight), (otherwise.as_slice(), weight)]);
                self.blocks.extend(handlers.iter().map(|clause| (clause.body.as_slice(), weight)));
                self.blocks.extend(finally.iter().map(|block| (block.as_slice(), weight)));
            }
            StmtKind::With { items, body, .. } => {
                for (manager, target) in items {
                    self.expressions.push(*manager);
                    self.expressions.extend(*target);
                }
                self.blocks.push((body, weight));
            }
            // What functions and classes do is no part of the loop, and names are no operands.
            StmtKind::Function(_)
            | StmtKind::Class(_)
            | StmtKind::AnnotatedAssign(_, None)
            | StmtKind::Return(None)
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => {}
        }
    }

    fn drain(&mut self, weight: u32) {
        while let Some(id) = self.expressions.pop() {
            if self.constants.is_constant(id) {
                continue;
            }
            let kind = &self.tree.expr(id).kind;
            match kind {
                ExprKind::Binary(op, left, right) => {
                    self.operand(*left, weight);
                    self.right_operand(*op, *right, weight);
                }
                ExprKind::Compare(first, links) => {
                    self.operand(*first, weight);
                    links.iter().for_each(|(_, operand)| self.operand(*operand, weight));
                }
                ExprKind::Subscript(_, index) => self.operand(*index, weight),
                ExprKind::Slice(lower, upper, step) => {
                    [lower, upper, step].into_iter().flatten().for_each(|part| self.operand(*part, weight));
                }
                ExprKind::Comprehension(comprehension) => {
                    self.expressions.push(first_iterable(comprehension));
                }
                _ => {}
            }
            push_children(kind, &mut self.expressions);
        }
    }

    /// The right operand of an operator: small integers are part of some instructions.
    fn right_operand(&mut self, op: BinaryOp, id: ExprId, weight: u32) {
        let is_sum = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
        let integer = self.constants.int(self.tree, id);
        if !is_sum || integer.is_none_or(|integer| i8::try_from(integer).is_err()) {
            self.operand(id, weight);
        }
    }

    fn operand(&mut self, id: ExprId, weight: u32) {
        if let Some(key) = self.constants.get(self.tree, id).as_ref().and_then(ConstantKey::of) {
            let uses = &mut self.uses.entry(key).or_insert((id, 0)).1;
            *uses = uses.saturating_add(weight);
        }
    }
}

impl<'t> Coder<'_, 't> {
    /// Loads what the operands in a loop need, unless it stands in another loop, which has done so. Gives how many
    /// constants there were before.
    pub fn keep_constants(&mut self, test: Option<ExprId>, body: &'t [StmtId]) -> Result<usize, Failure> {
        let mut count = Count::new(self.tree, self.session.constants);
        if self.kept.is_empty() {
            count.expressions.extend(test);
            count.drain(1);
            count.blocks.push((body, 1));
        }
        self.keep(count.most_used())
    }

    /// The same for a comprehension.
    pub fn keep_constants_of(&mut self, comprehension: &'t Comprehension) -> Result<usize, Failure> {
        let mut count = Count::new(self.tree, self.session.constants);
        let mut repeated = vec![];
        push_comprehension(comprehension, &mut repeated);
        count.expressions = repeated;
        count.drain(1);
        self.keep(count.most_used())
    }

    fn keep(&mut self, constants: Vec<ExprId>) -> Result<usize, Failure> {
        let before = self.kept.len();
        for id in constants {
            if self.registers.next + LEFT_FREE > self.registers.held_limit {
                break;
            }
            let Some(constant) = self.session.constants.get(self.tree, id) else { continue };
            if let Some(key) = ConstantKey::of(&constant)
                && let Held::Register(register) = self.registers.hold()?
            {
                self.load(register, constant)?;
                self.kept.push((key, register));
            }
        }
        Ok(before)
    }

    /// The register where a constant is kept.
    pub fn kept_constant(&self, id: ExprId) -> Option<u8> {
        if self.kept.is_empty() {
            return None;
        }
        let key = ConstantKey::of(&self.session.constants.get(self.tree, id)?)?;
        self.kept.iter().find(|(kept, _)| *kept == key).map(|(_, register)| *register)
    }
}
