//! Where nodes and errors stand.

use alloc::vec::Vec;

use super::dump;
use crate::syntax::tree::{ExprKind, Position, StmtKind};
use crate::syntax::{Limits, Mode, parse};

#[test]
fn columns_count_letters() {
    let cases = [
        ("a b", (1, 3)),
        ("ä = 'ü' b", (1, 9)),
        ("\n  (ö,\n   x y)", (2, 3)),
        ("x = (ö,\n   ü y)", (2, 6)),
        ("'''é\né''' b", (2, 6)),
        ("f'é{é é}'", (1, 7)),
        ("x = ?", (1, 5)),
    ];
    for (source, (line, column)) in cases {
        let error = dump(source).expect_err(source);
        let expected = if source.starts_with('\n') { (2, 3) } else { (line, column) };
        assert_eq!((error.position.line, error.position.column), expected, "{source}");
    }
}

#[test]
fn nodes() {
    let source = "a = 1\n\n@d\nasync def f():\n  return b.c(\n    d) + [e\n  ]\n";
    let tree = parse(source.as_bytes(), Mode::File, &Limits::default()).unwrap();
    let at = |line, column| Position { line, column };
    let statements: Vec<Position> = tree.body.iter().map(|&id| tree.stmt(id).position).collect();
    assert_eq!(statements, [at(1, 1), at(4, 1)]);
    let StmtKind::Function(function) = &tree.stmt(tree.body[1]).kind else { panic!() };
    let StmtKind::Return(Some(sum)) = tree.stmt(function.body[0]).kind else { panic!() };
    assert_eq!(tree.expr(sum).position, at(6, 8));
    let ExprKind::Binary(_, call, list) = tree.expr(sum).kind else { panic!() };
    assert_eq!(tree.expr(call).position, at(5, 10));
    assert_eq!(tree.expr(list).position, at(6, 10));
}

/// The promise of the tree: children are made first, and every index is valid.
#[test]
fn children_come_first() {
    let source = "x = [a.b(c, *d)[1:2] for e, f in g if h] if i < j < k else lambda l=m: f'{n:{o}}'\n";
    let tree = parse(source.as_bytes(), Mode::File, &Limits::default()).unwrap();
    for (index, expr) in tree.expressions.iter().enumerate() {
        let earlier = |id: crate::syntax::tree::ExprId| assert!((id.0 as usize) < index);
        match &expr.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().copied().for_each(earlier),
            ExprKind::Attribute(value, name) => {
                earlier(*value);
                assert!((name.0 as usize) < tree.names.len());
            }
            ExprKind::IfElse { test, body, otherwise } => {
                [*test, *body, *otherwise].into_iter().for_each(earlier)
            }
            ExprKind::Subscript(value, at) => [*value, *at].into_iter().for_each(earlier),
            ExprKind::Lambda(_, body) => earlier(*body),
            _ => {}
        }
    }
}
