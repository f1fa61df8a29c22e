//! What an expression consists of, for passes that do not care how it is evaluated.

use alloc::vec;
use alloc::vec::Vec;

use crate::syntax::tree::{Argument, Clause, Comprehension, ExprId, ExprKind, FStringPart, Parameters, Tree};

/// For each expression whether there is a `:=` in it.
pub(super) fn find_walrus(tree: &Tree) -> Vec<bool> {
    if !tree.expressions.iter().any(|expr| matches!(expr.kind, ExprKind::Walrus(..))) {
        return Vec::new();
    }
    let mut found = vec![false; tree.expressions.len()];
    let mut children = Vec::new();
    for index in 0..tree.expressions.len() {
        let kind = &tree.expressions[index].kind;
        children.clear();
        push_children(kind, &mut children);
        if let ExprKind::Comprehension(comprehension) = kind {
            push_comprehension(comprehension, &mut children);
            children.push(first_iterable(comprehension));
        }
        found[index] = matches!(kind, ExprKind::Walrus(..))
            || children.iter().any(|child| found.get(child.0 as usize).copied().unwrap_or(false));
    }
    found
}

/// The iterable of the first clause, which is evaluated outside the comprehension.
pub(super) fn first_iterable(comprehension: &Comprehension) -> ExprId {
    match comprehension.clauses.first() {
        Some(Clause::For { iterable, .. }) => *iterable,
        _ => comprehension.element,
    }
}

/// What a comprehension evaluates inside, apart from targets.
pub(super) fn push_comprehension(comprehension: &Comprehension, into: &mut Vec<ExprId>) {
    into.push(comprehension.element);
    into.extend(comprehension.value);
    for (index, clause) in comprehension.clauses.iter().enumerate() {
        match clause {
            Clause::For { iterable, .. } if index > 0 => into.push(*iterable),
            Clause::For { .. } => {}
            Clause::If(condition) => into.push(*condition),
        }
    }
}

pub(super) fn push_parts(parts: &[FStringPart], into: &mut Vec<ExprId>) {
    let mut waiting = vec![parts];
    while let Some(parts) = waiting.pop() {
        for part in parts {
            if let FStringPart::Field { value, spec, .. } = part {
                into.push(*value);
                waiting.push(spec);
            }
        }
    }
}

pub(super) fn push_defaults(parameters: &Parameters, into: &mut Vec<ExprId>) {
    into.extend(parameters.positional.iter().chain(&parameters.keyword_only).filter_map(|it| it.default));
}

pub(super) fn push_arguments(arguments: &[Argument], into: &mut Vec<ExprId>) {
    into.extend(arguments.iter().map(|argument| match argument {
        Argument::Positional(value)
        | Argument::Star(value)
        | Argument::Keyword(_, value)
        | Argument::DoubleStar(value) => *value,
    }));
}

/// The operands that an expression evaluates in its own scope, but for a comprehension's.
pub(super) fn push_children(kind: &ExprKind, into: &mut Vec<ExprId>) {
    match kind {
        ExprKind::None
        | ExprKind::True
        | ExprKind::False
        | ExprKind::Ellipsis
        | ExprKind::Name(_)
        | ExprKind::Int(_)
        | ExprKind::BigInt(..)
        | ExprKind::Float(_)
        | ExprKind::Imaginary(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_)
        | ExprKind::Comprehension(_)
        | ExprKind::Yield(None) => {}
        ExprKind::FString(parts) => push_parts(parts, into),
        ExprKind::Tuple(items)
        | ExprKind::List(items)
        | ExprKind::Set(items)
        | ExprKind::And(items)
        | ExprKind::Or(items) => into.extend(items),
        ExprKind::Dict(items) => {
            for (key, value) in items {
                into.extend(*key);
                into.push(*value);
            }
        }
        ExprKind::Unary(_, operand)
        | ExprKind::Attribute(operand, _)
        | ExprKind::Starred(operand)
        | ExprKind::Yield(Some(operand))
        | ExprKind::YieldFrom(operand)
        | ExprKind::Await(operand)
        | ExprKind::Walrus(_, operand) => into.push(*operand),
        ExprKind::Binary(_, left, right) | ExprKind::Subscript(left, right) => into.extend([*left, *right]),
        ExprKind::Compare(first, links) => {
            into.push(*first);
            into.extend(links.iter().map(|(_, operand)| *operand));
        }
        ExprKind::IfElse { test, body, otherwise } => into.extend([*test, *body, *otherwise]),
        ExprKind::Lambda(parameters, _) => push_defaults(parameters, into),
        ExprKind::Call(function, arguments) => {
            into.push(*function);
            push_arguments(arguments, into);
        }
        ExprKind::Slice(lower, upper, step) => {
            into.extend([lower, upper, step].into_iter().copied().flatten())
        }
    }
}
