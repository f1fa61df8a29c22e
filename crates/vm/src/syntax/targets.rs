//! What may be assigned to, and what may be deleted.
//!
//! Upstream reports both from its compiler, so a wrong target is put aside, not returned.

use alloc::vec::Vec;

use super::error::Failure;
use super::parser::Parser;
use super::tree::{ExprId, ExprKind};

impl Parser<'_> {
    /// Refuses what cannot be a target of `=`, `for`, `with` or a comprehension.
    pub fn check_target(&mut self, target: ExprId) {
        // Most targets are names: they need no list.
        if let ExprKind::Name(_) = self.tree.expr(target).kind {
            return;
        }
        let mut waiting = Vec::from([target]);
        while let Some(id) = waiting.pop() {
            let expr = self.tree.expr(id);
            match &expr.kind {
                ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Subscript(..) => {}
                // Upstream lets nothing be assigned to `()`, though to `[]`.
                ExprKind::Tuple(items) if items.is_empty() => {
                    return self.refuse("can't assign to expression", expr.position);
                }
                ExprKind::Tuple(items) | ExprKind::List(items) => {
                    let starred = |id: &&ExprId| matches!(self.tree.expr(**id).kind, ExprKind::Starred(_));
                    if let Some(&second) = items.iter().filter(starred).nth(1) {
                        return self.refuse("multiple *x in assignment", self.position_of(second));
                    }
                    // Last first, so that the leftmost wrong one is met first.
                    waiting.extend(items.iter().rev().map(|&id| match self.tree.expr(id).kind {
                        ExprKind::Starred(inner) => inner,
                        _ => id,
                    }));
                }
                _ => return self.refuse("can't assign to expression", expr.position),
            }
        }
    }

    /// Refuses what cannot be a target of `+=` and its kin.
    pub fn check_augmented_target(&mut self, target: ExprId) {
        let expr = self.tree.expr(target);
        if !matches!(expr.kind, ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Subscript(..)) {
            self.refuse("can't assign to expression", expr.position);
        }
    }

    /// The names, attributes and subscripts that deleting these deletes: tuples are taken apart.
    pub fn deleted(&mut self, targets: Vec<ExprId>) -> Result<Vec<ExprId>, Failure> {
        let mut flat = Vec::new();
        let mut waiting = targets;
        waiting.reverse();
        while let Some(id) = waiting.pop() {
            let expr = self.tree.expr(id);
            match &expr.kind {
                ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Subscript(..) => {
                    self.push(&mut flat, id)?
                }
                ExprKind::Tuple(items) if !items.is_empty() => waiting.extend(items.iter().rev()),
                _ => {
                    self.refuse("can't delete expression", expr.position);
                    break;
                }
            }
        }
        Ok(flat)
    }
}
