//! The template of `str.format`, cut into pieces from left to right. Linear, allocates nothing.
//!
//! Pieces come one by one, so that an error in a template appears where upstream's does: after the fields before it
//! have been looked up and written.

use alloc::format;

use crate::text::FormatError;

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands for itself.
    Literal(&'a str),
    /// Something to be replaced.
    Field(Field<'a>),
}

/// `{name!conversion:spec}`, where everything between the braces may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// What [`Numbering::resolve`] turns into an argument.
    pub name: Option<&'a str>,
    /// `r` or `s`.
    pub conversion: Option<char>,
    /// The text of the specification, never empty, itself a template.
    pub spec: Option<&'a str>,
}

impl Field<'_> {
    /// Whether the specification has to be formatted before it can be parsed.
    pub fn has_nested_fields(&self) -> bool {
        self.spec.is_some_and(|spec| spec.contains(['{', '}']))
    }
}

/// The pieces of a template. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Template<'a> {
    rest: &'a str,
}

impl<'a> Template<'a> {
    /// A template from its text.
    pub fn new(text: &'a str) -> Template<'a> {
        Template { rest: text }
    }

    /// The text before the first byte that stops the search, and what begins with that byte.
    fn split(text: &'a str, stops: &[char]) -> (&'a str, &'a str) {
        text.split_at(text.find(stops).unwrap_or(text.len()))
    }

    fn next_piece(&mut self) -> Result<Piece<'a>, FormatError> {
        let (literal, rest) = Template::split(self.rest, &['{', '}']);
        let doubled = rest.starts_with("{{") || rest.starts_with("}}");
        if doubled {
            let (literal, rest) = self.rest.split_at(literal.len() + 1);
            self.rest = rest.get(1..).unwrap_or_default();
            return Ok(Piece::Literal(literal));
        }
        if !literal.is_empty() {
            self.rest = rest;
            return Ok(Piece::Literal(literal));
        }
        match rest.strip_prefix('{') {
            Some(inside) => Ok(Piece::Field(self.field(inside)?)),
            None => Err(FormatError::Value("single '}' encountered in format string".into())),
        }
    }

    fn field(&mut self, inside: &'a str) -> Result<Field<'a>, FormatError> {
        let (name, mut rest) = Template::split(inside, &['}', '!', ':']);
        let mut field =
            Field { name: Some(name).filter(|name| !name.is_empty()), conversion: None, spec: None };
        if let Some(after) = rest.strip_prefix('!') {
            let mut characters = after.chars();
            match characters.next() {
                Some(conversion @ ('r' | 's')) => field.conversion = Some(conversion),
                Some(other) => {
                    return Err(FormatError::Value(format!("unknown conversion specifier {other}").into()));
                }
                None => {
                    return Err(FormatError::Value(
                        "end of format while looking for conversion specifier".into(),
                    ));
                }
            }
            rest = characters.as_str();
        }
        if let Some(after) = rest.strip_prefix(':') {
            let (spec, behind) = after.split_at(spec_length(after));
            field.spec = Some(spec).filter(|spec| !spec.is_empty());
            rest = behind;
        }
        match rest.strip_prefix('}') {
            Some(behind) => {
                self.rest = behind;
                Ok(field)
            }
            None if rest.is_empty() => Err(FormatError::Value("unmatched '{' in format".into())),
            None => Err(FormatError::Value("expected ':' after format specifier".into())),
        }
    }
}

/// Up to the brace that closes the field, over the fields nested in it.
fn spec_length(text: &str) -> usize {
    let mut open = 1usize;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return position;
        }
    }
    text.len()
}

impl<'a> Iterator for Template<'a> {
    type Item = Result<Piece<'a>, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let piece = self.next_piece();
        if piece.is_err() {
            self.rest = "";
        }
        Some(piece)
    }
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// The argument at a position that exists.
    Position(usize),
    /// The keyword argument with a name, which the caller looks up: `KeyError` if there is none. Where
    /// `has_path` is set, an attribute or index follows, and the caller answers [`attributes_not_supported`].
    Name {
        /// The name before the first `.` or `[`.
        name: &'a str,
        /// Whether something follows it.
        has_path: bool,
    },
}

/// What a field with an attribute or index comes to, after its argument has been found.
pub fn attributes_not_supported() -> FormatError {
    FormatError::NotImplemented("attributes not supported".into())
}

/// Whether the fields of a template number themselves. Nested specifications share the numbering of their template.
#[derive(Clone, Copy, Debug)]
pub struct Numbering {
    /// How many fields have numbered themselves, or `None` once one had a number of its own.
    automatic: Option<usize>,
}

impl Default for Numbering {
    fn default() -> Numbering {
        Numbering::new()
    }
}

impl Numbering {
    /// No field has been seen.
    pub const fn new() -> Numbering {
        Numbering { automatic: Some(0) }
    }

    /// The argument that a field with this name stands for, of `positional` ones.
    pub fn resolve<'a>(
        &mut self,
        name: Option<&'a str>,
        positional: usize,
    ) -> Result<Argument<'a>, FormatError> {
        let out_of_range = || FormatError::Index("tuple index out of range".into());
        let Some(name) = name else {
            let Some(position) = self.automatic else {
                return Err(FormatError::Value(
                    "can't switch from manual field specification to automatic field numbering".into(),
                ));
            };
            if position >= positional {
                return Err(out_of_range());
            }
            self.automatic = Some(position + 1);
            return Ok(Argument::Position(position));
        };
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            let (name, path) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
            return Ok(Argument::Name { name, has_path: !path.is_empty() });
        }
        if self.automatic.is_some_and(|count| count > 0) {
            return Err(FormatError::Value(
                "can't switch from automatic field numbering to manual field specification".into(),
            ));
        }
        let (digits, path) = name.split_at(digits);
        // Digits that overflow are no valid position either.
        let position = digits.parse().unwrap_or(usize::MAX);
        if position >= positional {
            return Err(out_of_range());
        }
        self.automatic = None;
        if path.is_empty() { Ok(Argument::Position(position)) } else { Err(attributes_not_supported()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    /// Writes the pieces of a template in one line.
    fn show(text: &str) -> String {
        let mut shown = String::new();
        for piece in Template::new(text) {
            shown.push_str(&match piece {
                Ok(Piece::Literal(literal)) => format!("<{literal}>"),
                Ok(Piece::Field(field)) => format!(
                    "[{} {} {}]",
                    field.name.unwrap_or("-"),
                    field.conversion.unwrap_or('-'),
                    field.spec.unwrap_or("-")
                ),
                Err(FormatError::Value(message)) => format!("!{message}"),
                Err(other) => format!("{other:?}"),
            });
        }
        shown
    }

    #[test]
    fn pieces() {
        let cases = [
            ("", ""),
            ("abc", "<abc>"),
            ("a{{b}}c", "<a{><b}><c>"),
            ("{{{}}}", "<{>[- - -]<}>"),
            ("{}é{0}", "[- - -]<é>[0 - -]"),
            ("{a.b[c]!r:>{w}.{p}}x", "[a.b[c] r >{w}.{p}]<x>"),
            ("{:}", "[- - -]"),
            ("{!s:}", "[- s -]"),
            ("{:{}{{}}}", "[- - {}{{}}]"),
            ("{:!r}", "[- - !r]"),
            ("}", "!single '}' encountered in format string"),
            ("a}b", "<a>!single '}' encountered in format string"),
            ("{", "!unmatched '{' in format"),
            ("{a", "!unmatched '{' in format"),
            ("{:{}", "!unmatched '{' in format"),
            ("{!r", "!unmatched '{' in format"),
            ("{!", "!end of format while looking for conversion specifier"),
            ("{!é}", "!unknown conversion specifier é"),
            ("{!}", "!unknown conversion specifier }"),
            ("{!rx}", "!expected ':' after format specifier"),
        ];
        for (text, expected) in cases {
            assert_eq!(show(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers() {
        let switch_to_manual = "can't switch from automatic field numbering to manual field specification";
        let switch_to_automatic = "can't switch from manual field specification to automatic field numbering";
        type Case = (&'static [Option<&'static str>], Result<Argument<'static>, FormatError>);
        let cases: [Case; 13] = [
            (&[None], Ok(Argument::Position(0))),
            (&[None, None], Ok(Argument::Position(1))),
            (&[None, None, None], Err(FormatError::Index("tuple index out of range".into()))),
            (&[Some("1")], Ok(Argument::Position(1))),
            (&[Some("1"), Some("0")], Ok(Argument::Position(0))),
            (&[Some("2")], Err(FormatError::Index("tuple index out of range".into()))),
            (&[Some("99999999999999999999999")], Err(FormatError::Index("tuple index out of range".into()))),
            (&[None, Some("0")], Err(FormatError::Value(switch_to_manual.into()))),
            (&[Some("0"), None], Err(FormatError::Value(switch_to_automatic.into()))),
            (&[None, Some("a")], Ok(Argument::Name { name: "a", has_path: false })),
            (&[Some("a.b")], Ok(Argument::Name { name: "a", has_path: true })),
            (&[Some("0.b")], Err(attributes_not_supported())),
            (&[Some("a"), None], Ok(Argument::Position(0))),
        ];
        for (names, expected) in cases {
            let mut numbering = Numbering::new();
            let last = names.iter().map(|name| numbering.resolve(*name, 2)).last();
            assert_eq!(last, Some(expected), "{names:?}");
        }
    }
}
