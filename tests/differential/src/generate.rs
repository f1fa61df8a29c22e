//! Random programs from a grammar: the same seed and the same grammar make the same program.

use crate::grammar::{Grammar, Piece, Repeat, RuleId};
use crate::random::Random;
use crate::tree::{Node, Part};

/// A name and the kind that it can be used as.
type Variable = (String, usize);

/// Where an expansion has become too large, only the shallowest rules are chosen.
const MOST_NODES: usize = 150;

/// Makes trees; all names that one generator makes are different.
pub struct Generator<'a> {
    grammar: &'a Grammar,
    random: Random,
    names: usize,
    nodes: usize,
    deepest: usize,
}

impl<'a> Generator<'a> {
    /// A generator that the seed decides.
    pub fn new(grammar: &'a Grammar, seed: u64) -> Generator<'a> {
        Generator { grammar, random: Random::new(seed), names: 0, nodes: 0, deepest: 0 }
    }

    /// A tree of the kind.
    pub fn tree(&mut self, kind: usize) -> Node {
        self.nodes = 0;
        self.deepest = 3 + self.random.below(6);
        self.expand(kind, &[], 0).0
    }

    /// The randomness, for choices that are not the grammar's.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// A tree, and the variables that it gives to the rest of its block.
    fn expand(&mut self, kind: usize, scope: &[Variable], depth: usize) -> (Node, Vec<Variable>) {
        self.nodes += 1;
        let fitting: Vec<&Variable> = scope.iter().filter(|(_, of)| *of == kind).collect();
        if !fitting.is_empty() && self.random.once_in(2) {
            let (name, _) = fitting[self.random.below(fitting.len())];
            return (Node::variable(kind, name), Vec::new());
        }
        let grammar = self.grammar;
        let rule = RuleId { kind, rule: self.choose(kind, depth) };
        let number = self.names;
        self.names += 1;
        let own = |name: &str| format!("{name}{number}");
        let mut given = Vec::new();
        let mut parts = Vec::new();
        for piece in &grammar.rule(rule).pieces {
            match piece {
                Piece::Text(text) => parts.push(Part::Text(text.clone())),
                Piece::Name { name, gives } => {
                    let name = own(name);
                    if let Some(kind) = gives {
                        given.push((name.clone(), *kind));
                    }
                    parts.push(Part::Text(name));
                }
                Piece::Hole { kind, repeat, sees, tight } => {
                    let mut inside = scope.to_vec();
                    inside.extend(sees.iter().map(|(name, kind)| (own(name), *kind)));
                    parts.push(match repeat {
                        Repeat::Once => {
                            Part::Child { node: self.expand(*kind, &inside, depth + 1).0, tight: *tight }
                        }
                        Repeat::Lines => self.list(*kind, "\n", 1, inside, depth + 1),
                        Repeat::Commas => self.list(*kind, ", ", 0, inside, depth + 1),
                    });
                }
            }
        }
        (Node { kind, rule: Some(rule), parts }, given)
    }

    /// Several nodes, each of which sees what those before it gave.
    fn list(
        &mut self,
        kind: usize,
        separator: &'static str,
        least: usize,
        mut scope: Vec<Variable>,
        depth: usize,
    ) -> Part {
        // A list may be empty, which is what ends it where it has become too deep.
        let more = if self.is_full(depth) { 0 } else { self.random.below(4) };
        let count = least + more;
        let mut children = Vec::new();
        for _ in 0..count {
            let (child, given) = self.expand(kind, &scope, depth);
            scope.extend(given);
            children.push(child);
        }
        Part::List { separator, least, children }
    }

    /// Whether only what is shallowest is wanted from here on.
    fn is_full(&self, depth: usize) -> bool {
        depth >= self.deepest || self.nodes > MOST_NODES
    }

    fn choose(&mut self, kind: usize, depth: usize) -> usize {
        let kind = &self.grammar.kinds[kind];
        let shallow = self.is_full(depth);
        let weight = |rule: &crate::grammar::Rule| match shallow && rule.height > kind.height {
            true => 0,
            false => rule.weight,
        };
        let mut left = self.random.below(kind.rules.iter().map(weight).sum());
        for (index, rule) in kind.rules.iter().enumerate() {
            match left.checked_sub(weight(rule)) {
                Some(less) => left = less,
                None => return index,
            }
        }
        0
    }
}

/// The smallest tree of a kind: the first of its shallowest rules, all the way down. None if it needs names.
pub fn smallest(grammar: &Grammar, kind: usize) -> Option<Node> {
    let of_kind = &grammar.kinds[kind];
    let rule = of_kind.rules.iter().position(|rule| rule.height == of_kind.height)?;
    let mut parts = Vec::new();
    for piece in &of_kind.rules[rule].pieces {
        parts.push(match piece {
            Piece::Text(text) => Part::Text(text.clone()),
            Piece::Name { .. } => return None,
            Piece::Hole { kind, repeat: Repeat::Once, tight, .. } => {
                Part::Child { node: smallest(grammar, *kind)?, tight: *tight }
            }
            Piece::Hole { kind, repeat: Repeat::Lines, .. } => {
                Part::List { separator: "\n", least: 1, children: vec![smallest(grammar, *kind)?] }
            }
            Piece::Hole { repeat: Repeat::Commas, .. } => {
                Part::List { separator: ", ", least: 0, children: Vec::new() }
            }
        });
    }
    Some(Node { kind, rule: Some(RuleId { kind, rule }), parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let grammar = Grammar::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
        let item = grammar.kind("item").unwrap();
        let make = |seed| {
            let mut generator = Generator::new(&grammar, seed);
            (0..50).map(|_| generator.tree(item).text()).collect::<Vec<_>>()
        };
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }

    #[test]
    fn names_of_two_expansions_differ_and_are_seen_where_the_rule_says() {
        let text =
            "== top\n- <sum>, <sum>\n== sum\n- [<n $i:n> for $i in y]\n== n\n- <nothing>\n== nothing\n- 0\n";
        let grammar = Grammar::parse(&[("test", text)]).unwrap_or_else(|mistake| panic!("{mistake}"));
        let texts: Vec<String> = (0..50).map(|seed| Generator::new(&grammar, seed).tree(0).text()).collect();
        let has = |wanted: &str| texts.iter().any(|text| text == wanted);
        assert!(has("[i1 for i1 in y], [i2 for i2 in y]"), "{texts:?}");
        assert!(has("[0 for i1 in y], [0 for i4 in y]"), "{texts:?}");
    }
}
