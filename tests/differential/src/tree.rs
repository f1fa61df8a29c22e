//! A generated program as a tree: every node knows the rule that made it, so that a shrinker can put something smaller
//! of the same kind in its place and the text stays a program.

use crate::grammar::RuleId;

/// What a rule was expanded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Of what kind it is: the index of the rule's group in the grammar.
    pub kind: usize,
    /// The rule; none where a variable was taken instead.
    pub rule: Option<RuleId>,
    /// Text and children in their order.
    pub parts: Vec<Part>,
}

/// A piece of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// One node.
    Child {
        /// The node.
        node: Node,
        /// It stands where only what holds together by itself may: before a `.`, after a `*`.
        tight: bool,
    },
    /// Nodes of which any may be left out, down to `least`.
    List {
        /// What stands between two of them.
        separator: &'static str,
        /// How many there must be.
        least: usize,
        /// The nodes.
        children: Vec<Node>,
    },
}

impl Node {
    /// A variable in the place of a rule.
    pub fn variable(kind: usize, name: &str) -> Node {
        Node { kind, rule: None, parts: vec![Part::Text(name.to_owned())] }
    }

    /// The program text. A child of several lines is indented like the line on which it starts.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, indent: usize) {
        for part in &self.parts {
            match part {
                Part::Text(piece) => write_indented(text, piece, indent),
                Part::Child { node, tight } => {
                    let begin = text.len();
                    node.write(text, indent_of_last_line(text));
                    if *tight && !holds_together(&text[begin..]) {
                        text.insert(begin, '(');
                        text.push(')');
                    }
                }
                Part::List { separator, children, .. } => {
                    let indent = indent_of_last_line(text);
                    for (index, child) in children.iter().enumerate() {
                        if index > 0 {
                            write_indented(text, separator, indent);
                        }
                        child.write(text, indent);
                    }
                }
            }
        }
    }

    /// Calls a function with this node and all beneath it, parents first.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Node)) {
        see(self);
        for child in self.children() {
            child.visit(see);
        }
    }

    /// The nodes right beneath this one.
    pub fn children(&self) -> impl Iterator<Item = &Node> {
        self.parts.iter().flat_map(|part| match part {
            Part::Text(_) => [].iter(),
            Part::Child { node, .. } => core::slice::from_ref(node).iter(),
            Part::List { children, .. } => children.iter(),
        })
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.parts.iter_mut().flat_map(|part| match part {
            Part::Text(_) => [].iter_mut(),
            Part::Child { node, .. } => core::slice::from_mut(node).iter_mut(),
            Part::List { children, .. } => children.iter_mut(),
        })
    }

    /// How many nodes there are.
    pub fn size(&self) -> usize {
        1 + self.children().map(Node::size).sum::<usize>()
    }
}

fn write_indented(text: &mut String, piece: &str, indent: usize) {
    for (index, line) in piece.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
            text.extend(core::iter::repeat_n(' ', indent));
        }
        text.push_str(line);
    }
}

fn indent_of_last_line(text: &str) -> usize {
    let line = text.rsplit('\n').next().unwrap_or_default();
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether an expression is one operand by its looks: no number, no sign before it, no space outside brackets and
/// quotes. Doubt costs a pair of parentheses.
fn holds_together(expression: &str) -> bool {
    if !expression
        .starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '"' | '(' | '[' | '{'))
    {
        return false;
    }
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for c in expression.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && !c.is_alphanumeric() && !matches!(c, '_' | '.') => return false,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str) -> Node {
        Node::variable(0, text)
    }

    #[test]
    fn a_child_of_several_lines_is_indented_like_its_first() {
        let block = Part::List { separator: "\n", least: 1, children: vec![leaf("a"), leaf("if b:\n    c")] };
        let node = Node { kind: 0, rule: None, parts: vec![Part::Text("while x:\n    ".to_owned()), block] };
        let child = Part::Child { node, tight: false };
        let outer = Node { kind: 0, rule: None, parts: vec![Part::Text("try:\n    ".to_owned()), child] };
        assert_eq!(outer.text(), "try:\n    while x:\n        a\n        if b:\n            c");
        assert_eq!(outer.size(), 4);
    }

    #[test]
    fn parentheses_hold_together_what_would_fall_apart() {
        for (text, whole) in [
            ("x", true),
            ("\"a b\"", true),
            ("f(a, b)[0].x", true),
            ("a + b", false),
            ("-a", false),
            ("5", false),
            ("a if b else c", false),
            ("[a for a in b]", true),
            ("'a'", false),
        ] {
            assert_eq!(holds_together(text), whole, "{text}");
        }
    }
}
