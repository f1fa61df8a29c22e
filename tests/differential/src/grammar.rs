//! The grammar: rules in text files, one group of them for each kind of thing.
//!
//! ```text
//! == ints : list                          a kind, and the Python type that it has, if one
//! - [<int,>]                              a rule; `<int,>` is any number of them with commas between
//! -4 sorted(<ints>)                       chosen four times as often
//! - [<int $i:int> for $i in <ints>]       `$i` is a name that nothing else has; in that hole it can be an int
//!
//! == statement
//! - $x:int = <int>                        from here to the end of the block `$x` can be an int
//! - for $i in <ints>:
//!       <statement* $i:int>               one or more, each on lines of its own
//! ```
//!
//! A rule of several lines goes on with lines indented by two. `#` in the first column opens a comment. What a rule has
//! to say about coverage is read from its text: `<str>.find(` and, where `$x:str` is given, `$x.find(` call `str.find`.

use core::fmt;

/// Every file of the grammar.
const FILES: &[(&str, &str)] = &[
    ("numbers", include_str!("../grammar/numbers.txt")),
    ("text", include_str!("../grammar/text.txt")),
    ("formatting", include_str!("../grammar/formatting.txt")),
    ("bytes", include_str!("../grammar/bytes.txt")),
    ("containers", include_str!("../grammar/containers.txt")),
    ("statements", include_str!("../grammar/statements.txt")),
    ("functions", include_str!("../grammar/functions.txt")),
    ("classes", include_str!("../grammar/classes.txt")),
    ("generators", include_str!("../grammar/generators.txt")),
    ("exceptions", include_str!("../grammar/exceptions.txt")),
];

/// A rule by its kind and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The index of the kind.
    pub kind: usize,
    /// The index of the rule in it.
    pub rule: usize,
}

/// All kinds.
#[derive(Debug)]
pub struct Grammar {
    /// In the order of their first rules.
    pub kinds: Vec<Kind>,
}

/// Things that can stand for each other.
#[derive(Debug)]
pub struct Kind {
    /// What holes call it.
    pub name: String,
    /// The Python type of its expressions, for those whose methods are counted.
    pub python_type: Option<String>,
    /// The ways to make one.
    pub rules: Vec<Rule>,
    /// How deep the shallowest tree of this kind is.
    pub height: usize,
}

/// One way to make something.
#[derive(Debug)]
pub struct Rule {
    /// As it stands in the file.
    pub source: String,
    /// How often it is chosen beside others.
    pub weight: usize,
    /// What it is made of.
    pub pieces: Vec<Piece>,
    /// How deep the shallowest tree of this rule is.
    pub height: usize,
}

/// What a rule is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// A name of its own in each expansion, and the kind that it can be used as afterwards.
    Name {
        /// What the rule calls it.
        name: String,
        /// The kind it is given to the rest of the block as.
        gives: Option<usize>,
    },
    /// Something to be generated.
    Hole {
        /// Of which kind.
        kind: usize,
        /// Once or often.
        repeat: Repeat,
        /// Names of the rule that can be used inside.
        sees: Vec<(String, usize)>,
        /// What stands around it binds tightly.
        tight: bool,
    },
}

/// How often a hole is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Once.
    Once,
    /// Once or more, each on its own lines.
    Lines,
    /// Any number of times, with commas.
    Commas,
}

/// What is wrong in a grammar, and where.
#[derive(Debug)]
pub struct Mistake(String);

impl Mistake {
    /// A mistake with its place in the text.
    pub fn new(text: String) -> Mistake {
        Mistake(text)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Grammar {
    /// The grammar of this tester.
    ///
    /// # Errors
    /// Where it is wrong.
    pub fn built_in() -> Result<Grammar, Mistake> {
        Grammar::parse(FILES)
    }

    /// A grammar from texts with their names.
    ///
    /// # Errors
    /// Where it is wrong.
    pub fn parse(files: &[(&str, &str)]) -> Result<Grammar, Mistake> {
        let mut sources: Vec<(String, Option<String>, Vec<Source>)> = Vec::new();
        let mut current = None;
        for (file, text) in files {
            for (index, line) in text.lines().enumerate() {
                let mistake = |what: &str| Mistake(format!("{file}:{}: {what}: {line}", index + 1));
                if line.starts_with('#') || line.trim().is_empty() {
                    continue;
                }
                if let Some(header) = line.strip_prefix("== ") {
                    let (name, python_type) = match header.split_once(" : ") {
                        Some((name, python_type)) => (name, Some(python_type.trim().to_owned())),
                        None => (header, None),
                    };
                    let name = name.trim();
                    let known = sources.iter().position(|(known, ..)| known == name);
                    current = Some(known.unwrap_or_else(|| {
                        sources.push((name.to_owned(), python_type, Vec::new()));
                        sources.len() - 1
                    }));
                    continue;
                }
                let rules = match current {
                    Some(kind) => &mut sources[kind].2,
                    None => return Err(mistake("a rule before any kind")),
                };
                if let Some(more) = line.strip_prefix("  ") {
                    let source = rules.last_mut().ok_or_else(|| mistake("nothing to go on with"))?;
                    source.text.push('\n');
                    source.text.push_str(more);
                } else if let Some((weight, rule)) =
                    line.strip_prefix('-').and_then(|rest| rest.split_once(' '))
                {
                    let weight = if weight.is_empty() {
                        1
                    } else {
                        weight.parse().map_err(|_| mistake("no weight"))?
                    };
                    rules.push(Source { weight, text: rule.to_owned() });
                } else {
                    return Err(mistake("neither a kind nor a rule"));
                }
            }
        }
        let names: Vec<String> = sources.iter().map(|(name, ..)| name.clone()).collect();
        let mut kinds = Vec::new();
        for (name, python_type, rules) in sources {
            let rules =
                rules.into_iter().map(|source| source.parse(&names)).collect::<Result<Vec<_>, _>>()?;
            kinds.push(Kind { name, python_type, rules, height: usize::MAX });
        }
        let mut grammar = Grammar { kinds };
        grammar.measure()?;
        Ok(grammar)
    }

    /// The kind of a name.
    pub fn kind(&self, name: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.name == name)
    }

    /// A rule by its place.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.kinds[id.kind].rules[id.rule]
    }

    /// The methods and attributes that a rule uses, as pairs of a type's name and theirs.
    pub fn methods_used(&self, id: RuleId) -> Vec<(String, String)> {
        let pieces = &self.rule(id).pieces;
        let given = |wanted: &str| {
            pieces.iter().find_map(|piece| match piece {
                Piece::Name { name, gives } if name == wanted => *gives,
                _ => None,
            })
        };
        let mut found = Vec::new();
        for pair in pieces.windows(2) {
            let kind = match &pair[0] {
                Piece::Hole { kind, repeat: Repeat::Once, .. } => Some(*kind),
                Piece::Name { name, .. } => given(name),
                _ => None,
            };
            let python_type = kind.and_then(|kind| self.kinds[kind].python_type.clone());
            if let (Some(python_type), Piece::Text(text)) = (python_type, &pair[1])
                && let Some(method) = text.strip_prefix('.').map(word)
            {
                found.push((python_type, method.to_owned()));
            }
        }
        found
    }

    /// Heights of all kinds and rules: the least numbers that agree with each other.
    fn measure(&mut self) -> Result<(), Mistake> {
        loop {
            let heights: Vec<usize> = self.kinds.iter().map(|kind| kind.height).collect();
            for kind in &mut self.kinds {
                for rule in &mut kind.rules {
                    rule.height = rule.pieces.iter().map(|piece| piece.height(&heights)).max().unwrap_or(0);
                }
                kind.height = kind.rules.iter().map(|rule| rule.height).min().unwrap_or(usize::MAX);
            }
            if self.kinds.iter().map(|kind| kind.height).eq(heights) {
                break;
            }
        }
        match self.kinds.iter().find(|kind| kind.height == usize::MAX) {
            Some(kind) => Err(Mistake(format!("the kind {} has no end", kind.name))),
            None => Ok(()),
        }
    }
}

impl Piece {
    fn height(&self, heights: &[usize]) -> usize {
        match self {
            Piece::Hole { kind, repeat: Repeat::Once | Repeat::Lines, .. } => {
                heights[*kind].saturating_add(1)
            }
            _ => 0,
        }
    }
}

/// A rule that is not read yet.
struct Source {
    weight: usize,
    text: String,
}

impl Source {
    fn parse(self, kinds: &[String]) -> Result<Rule, Mistake> {
        let wrong = |what: &str| Mistake(format!("{what} in the rule: {}", self.text));
        let kind_of = |name: &str| {
            kinds
                .iter()
                .position(|kind| kind == name)
                .ok_or_else(|| wrong(&format!("there is no kind {name}")))
        };
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = self.text.as_str();
        while let Some(next) = rest.chars().next() {
            if next == '<'
                && let Some((inside, after)) = hole(rest)
            {
                let mut words = inside.split(' ');
                let head = words.next().unwrap_or_default();
                let (kind, repeat) = match (head.strip_suffix('*'), head.strip_suffix(',')) {
                    (Some(kind), _) => (kind, Repeat::Lines),
                    (_, Some(kind)) => (kind, Repeat::Commas),
                    _ => (head, Repeat::Once),
                };
                let mut sees = Vec::new();
                for word in words {
                    let (name, kind) = word
                        .strip_prefix('$')
                        .and_then(|word| word.split_once(':'))
                        .ok_or_else(|| wrong("a hole sees $name:kind"))?;
                    sees.push((name.to_owned(), kind_of(kind)?));
                }
                let tight = binds_tightly(&text, after);
                flush(&mut text, &mut pieces);
                pieces.push(Piece::Hole { kind: kind_of(kind)?, repeat, sees, tight });
                rest = after;
            } else if next == '$' {
                let name = word(&rest[1..]);
                let mut after = &rest[1 + name.len()..];
                let mut gives = None;
                if let Some(kind) = after.strip_prefix(':').map(word)
                    && !kind.is_empty()
                {
                    gives = Some(kind_of(kind)?);
                    after = &after[1 + kind.len()..];
                }
                flush(&mut text, &mut pieces);
                pieces.push(Piece::Name { name: name.to_owned(), gives });
                rest = after;
            } else {
                text.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        flush(&mut text, &mut pieces);
        Ok(Rule { source: self.text, weight: self.weight, pieces, height: usize::MAX })
    }
}

fn flush(text: &mut String, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Text(core::mem::take(text)));
    }
}

/// What stands in the hole that a text begins with, and what comes after it.
fn hole(text: &str) -> Option<(&str, &str)> {
    let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
    let is_hole = inside.starts_with(|first: char| first.is_ascii_lowercase())
        && inside.chars().all(|c| is_word(c) || matches!(c, ' ' | '$' | ':' | '*' | ','));
    is_hole.then_some((inside, after))
}

/// Whether text around a hole takes only what holds together: an attribute, a subscript or a call after it, a star
/// before it, or a place in a comprehension.
fn binds_tightly(before: &str, after: &str) -> bool {
    after.starts_with(['.', '[', '('])
        || [" in ", " if ", "*", "await "].iter().any(|end| before.ends_with(end))
}

/// The word that a text begins with; it may be empty.
pub fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        let grammar = Grammar::built_in().unwrap_or_else(|mistake| panic!("{mistake}"));
        assert!(grammar.kind("item").is_some());
    }

    #[test]
    fn rules_are_read_with_names_holes_and_weights() {
        let text = "== n : int\n- 0\n-3 [<n $i:n> for $i in <s>]\n== s : str\n- ''\n- $x:s = <s>\n  $x.find(<s>.upper())\n";
        let grammar = Grammar::parse(&[("test", text)]).unwrap_or_else(|mistake| panic!("{mistake}"));
        let rule = &grammar.kinds[0].rules[1];
        assert_eq!((rule.weight, rule.height), (3, 1));
        assert_eq!(
            rule.pieces[1],
            Piece::Hole { kind: 0, repeat: Repeat::Once, sees: vec![("i".to_owned(), 0)], tight: false }
        );
        assert_eq!(rule.pieces[3], Piece::Name { name: "i".to_owned(), gives: None });
        let called = grammar.methods_used(RuleId { kind: 1, rule: 1 });
        let called: Vec<&str> = called.iter().map(|(_, method)| method.as_str()).collect();
        assert_eq!(called, ["find", "upper"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, what) in [
            ("- 1\n", "before any kind"),
            ("== a\n- <b>\n", "no kind b"),
            ("== a\n- <a>\n", "no end"),
            ("== a\nx\n", "neither"),
            ("== a\n- <a x>\n", "$name:kind"),
        ] {
            let mistake = Grammar::parse(&[("test", text)]).map(|_| ()).unwrap_err().to_string();
            assert!(mistake.contains(what), "{mistake}");
        }
    }
}
