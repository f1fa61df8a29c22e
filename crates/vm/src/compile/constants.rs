//! Which expressions are constants: literals, arithmetic of them, tuples of them, and names declared with `const()`.
//!
//! One pass over the arena of expressions decides it for all of them, without recursion, because operands come before
//! operations there. As upstream does it, `X = const(…)` anywhere in a file makes every later `X` in the file stand
//! for the value, whatever its scope; and where the name begins with an underscore nothing is stored at all.
//!
//! Folding is bounded: integers are computed in 128 bits, and what does not fit is left to the running program. So
//! are the operations on floats that the core library cannot do.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::children::push_children;
use super::draft::Constant;
use super::error::{Failure, syntax};
use crate::objects::function::Member;
use crate::run::ModuleDef;
use crate::syntax::tree::{Argument, BinaryOp, ExprId, ExprKind, NameId, StmtKind, Tree, UnaryOp};

/// What is known about an expression before the program runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    /// Nothing.
    No,
    /// A constant, but one that is computed by the running program.
    Later,
    /// It is a literal.
    Literal,
    /// An integer.
    Int(i64),
    /// An integer of more than 64 bits, by its number.
    Wide(u32),
    /// A float.
    Float(f64),
    /// `True` or `False`, computed.
    Bool(bool),
    /// A tuple of constants.
    Tuple,
    /// The same as another expression.
    Same(ExprId),
}

/// What is known about all expressions of a tree.
#[derive(Debug, Default)]
pub(super) struct Constants {
    known: Vec<Known>,
    wide: Vec<i128>,
    /// Values in `name = const(value)`: the call and the argument.
    declared: BTreeMap<u32, ExprId>,
}

enum Number {
    Int(i128),
    Float(f64),
}

impl Constants {
    /// Goes over a tree.
    pub fn new(tree: &Tree, modules: &[&'static ModuleDef]) -> Result<Constants, Failure> {
        let mut constants =
            Constants { known: vec![Known::No; tree.expressions.len()], ..Default::default() };
        let declarations = declarations(tree);
        let mut numbers = module_numbers(tree, &declarations, modules);
        let mut names: BTreeMap<NameId, ExprId> = BTreeMap::new();
        for index in 0..tree.expressions.len() {
            let id = ExprId(index as u32);
            let known = match &tree.expr(id).kind {
                ExprKind::Name(name) => names.get(name).map_or(Known::No, |value| Known::Same(*value)),
                ExprKind::Attribute(..) => numbers.remove(&id.0).unwrap_or(Known::No),
                _ => constants.compute(tree, id),
            };
            constants.known[index] = known;
            if let Some((target, name)) = declarations.get(&id.0)
                && constants.known[target.0 as usize] == Known::No
            {
                let value = match &tree.expr(id).kind {
                    ExprKind::Call(_, arguments) => match arguments.as_slice() {
                        [Argument::Positional(value)] => Some(*value),
                        _ => None,
                    },
                    _ => None,
                };
                match value.map(|value| (value, constants.known[value.0 as usize])) {
                    Some((_, Known::Later)) => {}
                    Some((value, known)) if known != Known::No => {
                        names.insert(*name, constants.original(value));
                        constants.declared.insert(id.0, value);
                    }
                    _ => return Err(syntax("not a constant", tree.expr(id).position)),
                }
            }
        }
        Ok(constants)
    }

    /// Whether an expression is a constant that can be loaded.
    pub fn is_constant(&self, id: ExprId) -> bool {
        !matches!(self.known[id.0 as usize], Known::No | Known::Later)
    }

    /// If this is the call in `name = const(value)`, the value.
    pub fn declared(&self, call: ExprId) -> Option<ExprId> {
        self.declared.get(&call.0).copied()
    }

    /// The constant that an expression is.
    pub fn get(&self, tree: &Tree, id: ExprId) -> Option<Constant> {
        Some(match self.known[id.0 as usize] {
            Known::No | Known::Later => return None,
            Known::Same(other) => return self.get(tree, other),
            Known::Int(number) => Constant::Int(number),
            Known::Wide(number) => Constant::BigInt(self.wide.get(number as usize)?.to_string().into(), 10),
            Known::Float(number) => Constant::Float(number),
            Known::Bool(true) => Constant::True,
            Known::Bool(false) => Constant::False,
            Known::Tuple => match &tree.expr(id).kind {
                ExprKind::Tuple(items) => {
                    Constant::Tuple(items.iter().map(|item| self.get(tree, *item)).collect::<Option<_>>()?)
                }
                _ => return None,
            },
            Known::Literal => match &tree.expr(id).kind {
                ExprKind::None => Constant::None,
                ExprKind::True => Constant::True,
                ExprKind::False => Constant::False,
                ExprKind::Ellipsis => Constant::Ellipsis,
                ExprKind::Int(number) => Constant::Int(*number),
                ExprKind::BigInt(digits, radix) => Constant::BigInt(digits.clone(), *radix),
                ExprKind::Float(number) => Constant::Float(*number),
                ExprKind::Imaginary(factor) => Constant::Imaginary(*factor),
                ExprKind::Str(text) => Constant::Str(text.clone()),
                ExprKind::Bytes(bytes) => Constant::Bytes(bytes.clone()),
                _ => return None,
            },
        })
    }

    /// The value of an integer constant.
    pub fn int(&self, tree: &Tree, id: ExprId) -> Option<i64> {
        match self.known[id.0 as usize] {
            Known::Int(number) => Some(number),
            Known::Same(other) => self.int(tree, other),
            Known::Literal => match tree.expr(id).kind {
                ExprKind::Int(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression is a constant by which upstream decides conditions: `True`, `False` or an integer.
    pub fn truth(&self, tree: &Tree, id: ExprId) -> Option<bool> {
        match self.known[id.0 as usize] {
            Known::Bool(truth) => Some(truth),
            Known::Same(other) => self.truth(tree, other),
            Known::Literal => match tree.expr(id).kind {
                ExprKind::True => Some(true),
                ExprKind::False => Some(false),
                ExprKind::Int(number) => Some(number != 0),
                _ => None,
            },
            Known::Int(number) => Some(number != 0),
            _ => None,
        }
    }

    fn number(&self, tree: &Tree, id: ExprId) -> Option<Number> {
        match self.known[id.0 as usize] {
            Known::Int(number) => Some(Number::Int(number.into())),
            Known::Wide(number) => Some(Number::Int(*self.wide.get(number as usize)?)),
            Known::Float(number) => Some(Number::Float(number)),
            Known::Same(other) => self.number(tree, other),
            Known::Literal => match &tree.expr(id).kind {
                ExprKind::Int(number) => Some(Number::Int((*number).into())),
                ExprKind::BigInt(digits, radix) => i128::from_str_radix(digits, *radix).ok().map(Number::Int),
                ExprKind::Float(number) => Some(Number::Float(*number)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is a number, even one that cannot be computed here.
    fn is_numeric(&self, tree: &Tree, id: ExprId) -> bool {
        match self.known[id.0 as usize] {
            Known::Int(_) | Known::Wide(_) | Known::Float(_) | Known::Later => true,
            Known::Same(other) => self.is_numeric(tree, other),
            Known::Literal => {
                matches!(tree.expr(id).kind, ExprKind::Int(_) | ExprKind::BigInt(..) | ExprKind::Float(_))
            }
            _ => false,
        }
    }

    fn integer(&mut self, number: i128) -> Known {
        match i64::try_from(number) {
            Ok(number) => Known::Int(number),
            Err(_) => {
                self.wide.push(number);
                Known::Wide(self.wide.len() as u32 - 1)
            }
        }
    }

    fn compute(&mut self, tree: &Tree, id: ExprId) -> Known {
        match &tree.expr(id).kind {
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(..)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_) => Known::Literal,
            ExprKind::Tuple(items) if items.iter().all(|item| self.is_constant(*item)) => Known::Tuple,
            ExprKind::Unary(UnaryOp::Not, operand) => match self.truth(tree, *operand) {
                Some(truth) => Known::Bool(!truth),
                None => Known::No,
            },
            ExprKind::Unary(op, operand) => self.unary(tree, *op, *operand),
            ExprKind::Binary(op, left, right) => self.binary(tree, *op, *left, *right),
            ExprKind::And(items) => self.logical(tree, items, false),
            ExprKind::Or(items) => self.logical(tree, items, true),
            _ => Known::No,
        }
    }

    /// `and`, `or`: constant when the first operand that decides, or the last, is one and all before it are.
    fn logical(&self, tree: &Tree, items: &[ExprId], stops_at: bool) -> Known {
        for (index, item) in items.iter().enumerate() {
            if index + 1 == items.len() && self.is_constant(*item) {
                return Known::Same(self.original(*item));
            }
            match self.truth(tree, *item) {
                Some(truth) if truth == stops_at => return Known::Same(self.original(*item)),
                Some(_) => {}
                None => return Known::No,
            }
        }
        Known::No
    }

    fn original(&self, id: ExprId) -> ExprId {
        match self.known[id.0 as usize] {
            Known::Same(other) => other,
            _ => id,
        }
    }

    fn unary(&mut self, tree: &Tree, op: UnaryOp, operand: ExprId) -> Known {
        let computed = match (op, self.number(tree, operand)) {
            (UnaryOp::Negate, Some(Number::Int(number))) => number.checked_neg(),
            (UnaryOp::Positive, Some(Number::Int(number))) => Some(number),
            (UnaryOp::Invert, Some(Number::Int(number))) => Some(!number),
            (UnaryOp::Negate, Some(Number::Float(number))) => return Known::Float(-number),
            (UnaryOp::Positive, Some(Number::Float(number))) => return Known::Float(number),
            (UnaryOp::Invert, Some(Number::Float(_))) => return Known::No,
            _ => None,
        };
        match computed {
            Some(number) => self.integer(number),
            None if self.is_numeric(tree, operand) => Known::Later,
            None => Known::No,
        }
    }

    fn binary(&mut self, tree: &Tree, op: BinaryOp, left: ExprId, right: ExprId) -> Known {
        match (self.number(tree, left), self.number(tree, right)) {
            (Some(Number::Int(left)), Some(Number::Int(right))) => self.integers(op, left, right),
            (Some(left), Some(right)) => {
                let float = |number| match number {
                    Number::Int(number) => number as f64,
                    Number::Float(number) => number,
                };
                floats(op, float(left), float(right))
            }
            _ if self.is_numeric(tree, left) && self.is_numeric(tree, right) => match op {
                BinaryOp::MatrixMultiply => Known::No,
                _ => Known::Later,
            },
            _ => Known::No,
        }
    }

    fn integers(&mut self, op: BinaryOp, left: i128, right: i128) -> Known {
        let computed = match op {
            BinaryOp::Or => Some(left | right),
            BinaryOp::Xor => Some(left ^ right),
            BinaryOp::And => Some(left & right),
            BinaryOp::LeftShift if right < 0 => return Known::No,
            BinaryOp::LeftShift => match u32::try_from(right) {
                _ if left == 0 => Some(0),
                Ok(count) if count < 127 => {
                    let shifted = left << count;
                    (shifted >> count == left).then_some(shifted)
                }
                _ => None,
            },
            BinaryOp::RightShift if right < 0 => return Known::No,
            BinaryOp::RightShift => Some(left >> right.min(127)),
            BinaryOp::Add => left.checked_add(right),
            BinaryOp::Subtract => left.checked_sub(right),
            BinaryOp::Multiply => left.checked_mul(right),
            BinaryOp::MatrixMultiply => return Known::No,
            BinaryOp::FloorDivide | BinaryOp::Modulo | BinaryOp::TrueDivide if right == 0 => {
                return Known::No;
            }
            BinaryOp::FloorDivide => left.checked_div_euclid(right).map(|_| {
                let quotient = left / right;
                if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
            }),
            BinaryOp::Modulo => left.checked_rem(right).map(|remainder| {
                if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
            }),
            BinaryOp::TrueDivide => return exact(left, right).map_or(Known::Later, Known::Float),
            BinaryOp::Power if right < 0 => return if left == 0 { Known::No } else { Known::Later },
            BinaryOp::Power => u32::try_from(right).ok().and_then(|exponent| left.checked_pow(exponent)),
        };
        computed.map_or(Known::Later, |number| self.integer(number))
    }
}

/// The quotient of integers that floats hold exactly.
fn exact(left: i128, right: i128) -> Option<f64> {
    let limit = 1 << 53;
    (left.abs() <= limit && right.abs() <= limit).then(|| left as f64 / right as f64)
}

fn floats(op: BinaryOp, left: f64, right: f64) -> Known {
    match op {
        BinaryOp::Add => Known::Float(left + right),
        BinaryOp::Subtract => Known::Float(left - right),
        BinaryOp::Multiply => Known::Float(left * right),
        BinaryOp::TrueDivide if right != 0.0 => Known::Float(left / right),
        BinaryOp::FloorDivide | BinaryOp::Modulo if right != 0.0 => Known::Later,
        BinaryOp::Power if left != 0.0 || right >= 0.0 => Known::Later,
        _ => Known::No,
    }
}

/// What `module.name` within the argument of a `const(…)` is, where a built-in module has a number of that name.
fn module_numbers(
    tree: &Tree,
    declarations: &BTreeMap<u32, (ExprId, NameId)>,
    modules: &[&'static ModuleDef],
) -> BTreeMap<u32, Known> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<ExprId> = Vec::new();
    for &call in declarations.keys() {
        if let ExprKind::Call(_, arguments) = &tree.expr(ExprId(call)).kind
            && let [Argument::Positional(value)] = arguments.as_slice()
        {
            waiting.push(*value);
        }
    }
    while let Some(id) = waiting.pop() {
        let kind = &tree.expr(id).kind;
        if let ExprKind::Attribute(object, name) = kind
            && let ExprKind::Name(module) = tree.expr(*object).kind
            && let Some(number) = module_number(modules, tree.name(module), tree.name(*name))
        {
            found.insert(id.0, number);
        }
        push_children(kind, &mut waiting);
    }
    found
}

fn module_number(modules: &[&'static ModuleDef], module: &str, name: &str) -> Option<Known> {
    let module = modules.iter().find(|known| known.name == module)?;
    module.members.iter().find_map(|member| match *member {
        Member::Int(known, number) if known == name => Some(Known::Int(number)),
        Member::Float(known, number) if known == name => Some(Known::Float(number)),
        _ => None,
    })
}

/// The calls in `name = const(…)`, with the target.
fn declarations(tree: &Tree) -> BTreeMap<u32, (ExprId, NameId)> {
    let mut found = BTreeMap::new();
    for statement in &tree.statements {
        let (target, value) = match &statement.kind {
            StmtKind::Assign(targets, value) => match targets.as_slice() {
                [target] => (*target, *value),
                _ => continue,
            },
            StmtKind::AnnotatedAssign(target, Some(value)) => (*target, *value),
            _ => continue,
        };
        if let ExprKind::Name(name) = tree.expr(target).kind
            && let ExprKind::Call(function, _) = tree.expr(value).kind
            && let ExprKind::Name(function) = tree.expr(function).kind
            && tree.name(function) == "const"
        {
            found.insert(value.0, (target, name));
        }
    }
    found
}
