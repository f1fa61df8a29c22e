//! The smallest tree that still shows what a tree shows.
//!
//! A step leaves out elements of a list, puts a descendant in a node's place (as it is, or in a rule that makes
//! it one of the node's kind), or puts the smallest tree of the kind there. Each step that is kept makes the tree smaller, so shrinking ends; what is left over cannot be made
//! smaller by any single step (unless the attempts ran out).

use crate::generate::smallest;
use crate::grammar::{Grammar, Piece, Repeat, RuleId};
use crate::tree::{Node, Part};

/// After so many attempts what has been reached is good enough.
const MOST_ATTEMPTS: usize = 3000;

/// Makes a tree smaller while `shows` is true of it.
pub fn shrink(grammar: &Grammar, mut tree: Node, mut shows: impl FnMut(&Node) -> bool) -> Node {
    let mut attempts = 0;
    let mut place = 0;
    while place < tree.size() && attempts < MOST_ATTEMPTS {
        let mut smaller = None;
        for candidate in replacements(grammar, &tree, place) {
            attempts += 1;
            if shows(&candidate) {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            // Something earlier may be possible now.
            Some(candidate) => (tree, place) = (candidate, 0),
            None => place += 1,
        }
    }
    tree
}

/// The trees that one step at a node makes, those that cut off most first. Nodes are counted parents first.
fn replacements(grammar: &Grammar, tree: &Node, place: usize) -> Vec<Node> {
    let Some(node) = at(tree, place) else { return Vec::new() };
    let mut instead = Vec::new();
    if let Some(smallest) = smallest(grammar, node.kind)
        && is_smaller(&smallest, node)
    {
        instead.push(smallest);
    }
    let wrappers = wrappers(grammar, node.kind);
    let mut descendants = Vec::new();
    node.visit(&mut |below| {
        if below.kind == node.kind {
            descendants.push(below.clone());
        } else if let Some(wrapped) = wrappers.iter().find_map(|wrapper| wrapper.around(below)) {
            descendants.push(wrapped);
        }
    });
    descendants.retain(|below| is_smaller(below, node));
    descendants.sort_by_key(Node::size);
    instead.extend(descendants);
    instead.extend(with_less_in_lists(node));
    instead
        .into_iter()
        .map(|replacement| {
            let mut changed = tree.clone();
            put(&mut changed, place, &mut Some(replacement));
            changed
        })
        .collect()
}

/// A rule with a single hole and no names: with it a node of another kind can stand where one of the rule's kind does, as
/// in `show(<int>)`.
struct Wrapper {
    rule: RuleId,
    hole: usize,
    before: String,
    after: String,
}

impl Wrapper {
    fn around(&self, node: &Node) -> Option<Node> {
        let text = |text: &String| Part::Text(text.clone());
        (node.kind == self.hole).then(|| Node {
            kind: self.rule.kind,
            rule: Some(self.rule),
            parts: vec![
                text(&self.before),
                Part::Child { node: node.clone(), tight: false },
                text(&self.after),
            ],
        })
    }
}

/// The shortest way around each other kind.
fn wrappers(grammar: &Grammar, kind: usize) -> Vec<Wrapper> {
    let mut found: Vec<Wrapper> = Vec::new();
    let mut rules: Vec<usize> = (0..grammar.kinds[kind].rules.len()).collect();
    rules.sort_by_key(|rule| grammar.kinds[kind].rules[*rule].source.len());
    for rule in rules {
        let id = RuleId { kind, rule };
        let (before, hole, after) = match &grammar.rule(id).pieces[..] {
            [Piece::Hole { kind: hole, repeat: Repeat::Once | Repeat::Lines, .. }] => ("", *hole, ""),
            [
                Piece::Text(before),
                Piece::Hole { kind: hole, repeat: Repeat::Once, .. },
                Piece::Text(after),
            ] => (before.as_str(), *hole, after.as_str()),
            _ => continue,
        };
        if hole != kind && found.iter().all(|wrapper| wrapper.hole != hole) {
            found.push(Wrapper { rule: id, hole, before: before.to_owned(), after: after.to_owned() });
        }
    }
    found
}

/// Fewer nodes, or as many and a shorter text.
fn is_smaller(new: &Node, old: &Node) -> bool {
    (new.size(), new.text().len()) < (old.size(), old.text().len())
}

/// A node with one of its lists halved, or short of one element.
fn with_less_in_lists(node: &Node) -> Vec<Node> {
    let mut found = Vec::new();
    for (index, part) in node.parts.iter().enumerate() {
        let Part::List { separator, least, children } = part else { continue };
        let half = children.len() / 2;
        let mut kept = vec![children[half..].to_vec(), children[..half].to_vec()];
        kept.extend((0..children.len()).map(|left_out| {
            let mut children = children.clone();
            children.remove(left_out);
            children
        }));
        for children in kept.into_iter().filter(|kept| kept.len() >= *least && kept.len() < children.len()) {
            let mut changed = node.clone();
            changed.parts[index] = Part::List { separator, least: *least, children };
            found.push(changed);
        }
    }
    found
}

/// The node of that number.
fn at(tree: &Node, place: usize) -> Option<&Node> {
    let mut number = 0;
    let mut found = None;
    tree.visit(&mut |node| {
        if number == place {
            found = Some(node);
        }
        number += 1;
    });
    found
}

/// Puts a node in the place of the one of that number; gives the numbers that are left.
fn put(tree: &mut Node, place: usize, replacement: &mut Option<Node>) -> usize {
    if place == 0 {
        if let Some(node) = replacement.take() {
            *tree = node;
        }
        return 0;
    }
    let mut left = place - 1;
    for child in tree.children_mut() {
        let size = child.size();
        if left < size {
            put(child, left, replacement);
            return 0;
        }
        left -= size;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Generator;

    #[test]
    fn a_planted_difference_is_all_that_is_left() {
        let grammar = Grammar::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
        let item = grammar.kind("item").unwrap();
        let planted = ".rpartition(";
        let large = (0..)
            .map(|seed| Generator::new(&grammar, seed).tree(item))
            .find(|tree| tree.size() > 60 && tree.text().contains(planted));
        let small = shrink(&grammar, large.unwrap(), |tree| tree.text().contains(planted));
        assert!(small.text().contains(planted));
        assert!(small.size() <= 6, "{}", small.text());
    }

    #[test]
    fn lists_lose_what_does_not_matter() {
        let grammar = Grammar::parse(&[("test", "== l\n- [<n,>]\n== n\n- 1\n- 2\n- 7\n")]);
        let grammar = grammar.unwrap_or_else(|mistake| panic!("{mistake}"));
        let tree = (0..)
            .map(|seed| Generator::new(&grammar, seed).tree(0))
            .find(|tree| tree.text().matches('7').count() > 1);
        let small = shrink(&grammar, tree.unwrap(), |tree| tree.text().contains('7'));
        assert_eq!(small.text(), "[7]");
    }
}
