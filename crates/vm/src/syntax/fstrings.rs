//! String literals side by side, and the fields of f-strings among them.
//!
//! A run of literals is one value: `"a" f"{b}" 'c'`. While a field's expression is read, the run waits on the stack
//! of what is open; a field in a format spec waits in [`StringRun::open`] of the same run.
//!
//! As upstream has it, `f"{x=}"` formats like `str`, not like `repr`, and `!a` does not exist.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use super::entries::Entry;
use super::error::{Failure, MALFORMED_FSTRING, SyntaxError};
use super::expressions::Step;
use super::parser::Parser;
use super::strings::{Style, append_bytes, append_str};
use super::token::{StringPrefix, Token, TokenKind};
use super::tree::{ExprId, ExprKind, FStringPart, Position};

/// How deep format specs may hold fields with format specs. Their parts lie within each other in the tree, so this
/// is what bounds the native stack where the tree is dropped.
const SPEC_NESTING: usize = 16;

/// Adjacent string literals being read.
pub(super) struct StringRun {
    position: Position,
    is_bytes: bool,
    formatted: bool,
    bytes: Vec<u8>,
    /// The text since the last field.
    text: String,
    parts: Vec<FStringPart>,
    /// Whether the f-string being read is raw.
    raw: bool,
    /// The fields whose format spec is being read, outermost first.
    open: Vec<OpenField>,
    /// Of the field whose expression is being read: the items before the last comma,
    items: Vec<ExprId>,
    /// and where its text begins.
    field_start: u32,
}

struct OpenField {
    value: ExprId,
    conversion: Option<char>,
    /// The spec so far, and its text since the last field.
    spec: Vec<FStringPart>,
    text: String,
}

impl StringRun {
    fn text(&mut self) -> &mut String {
        match self.open.last_mut() {
            Some(field) => &mut field.text,
            None => &mut self.text,
        }
    }

    /// Adds a field to the f-string, or to the spec that it stands in.
    fn add_field(
        &mut self,
        value: ExprId,
        conversion: Option<char>,
        spec: Vec<FStringPart>,
    ) -> Result<(), Failure> {
        let (text, parts) = match self.open.last_mut() {
            Some(field) => (&mut field.text, &mut field.spec),
            None => (&mut self.text, &mut self.parts),
        };
        end_text(text, parts)?;
        parts.try_reserve(1)?;
        parts.push(FStringPart::Field { value, conversion, spec });
        Ok(())
    }
}

/// Makes the text so far a part.
fn end_text(text: &mut String, parts: &mut Vec<FStringPart>) -> Result<(), Failure> {
    if !text.is_empty() {
        parts.try_reserve(1)?;
        parts.push(FStringPart::Literal(take(text).into_boxed_str()));
    }
    Ok(())
}

impl Parser<'_> {
    /// Reads the string literals that stand here.
    pub fn string_literals(&mut self) -> Result<Step, Failure> {
        let token = self.token;
        let prefix = self.string_prefix(&token)?;
        let run = StringRun {
            position: token.position,
            is_bytes: prefix.bytes,
            formatted: false,
            bytes: Vec::new(),
            text: String::new(),
            parts: Vec::new(),
            raw: false,
            open: Vec::new(),
            items: Vec::new(),
            field_start: 0,
        };
        self.string_run(Box::new(run))
    }

    fn string_prefix(&self, token: &Token) -> Result<StringPrefix, Failure> {
        let text = self.lexer.text(token);
        StringPrefix::read(text.as_bytes()).ok_or_else(|| SyntaxError::invalid(token.position))
    }

    /// Reads on until a field's expression, or the end of the last literal.
    fn string_run(&mut self, mut run: Box<StringRun>) -> Result<Step, Failure> {
        loop {
            let token = self.token;
            match token.kind {
                TokenKind::String => self.whole_literal(&mut run, &token)?,
                TokenKind::FStringStart => {
                    if run.is_bytes {
                        return Err(self.unexpected());
                    }
                    run.formatted = true;
                    run.raw = self.string_prefix(&token)?.raw;
                }
                TokenKind::FStringText => {
                    let text = self.lexer.text(&token);
                    let style = Style { raw: run.raw, doubled_braces: run.open.is_empty() };
                    append_str(run.text(), text, style, token.position)?;
                    self.charge(text.len())?;
                }
                TokenKind::FStringEnd => {}
                TokenKind::FieldOpen => return self.field(run),
                TokenKind::FieldClose if !run.open.is_empty() => {
                    if let Some(mut field) = run.open.pop() {
                        end_text(&mut field.text, &mut field.spec)?;
                        run.add_field(field.value, field.conversion, field.spec)?;
                    }
                }
                // Also a FieldClose that ends the field around this run.
                _ => return self.close_strings(*run),
            }
            self.advance()?;
        }
    }

    fn whole_literal(&mut self, run: &mut StringRun, token: &Token) -> Result<(), Failure> {
        let prefix = self.string_prefix(token)?;
        if prefix.bytes != run.is_bytes {
            return Err(self.unexpected());
        }
        let text = self.lexer.text(token);
        let inside = text.get(prefix.length..text.len() - prefix.quotes()).unwrap_or("");
        if prefix.bytes {
            append_bytes(&mut run.bytes, inside, prefix.raw, token.position)
        } else {
            let style = Style { raw: prefix.raw, doubled_braces: false };
            append_str(&mut run.text, inside, style, token.position)
        }
    }

    fn close_strings(&mut self, mut run: StringRun) -> Result<Step, Failure> {
        if !run.open.is_empty() {
            return Err(self.unexpected());
        }
        let kind = if run.is_bytes {
            ExprKind::Bytes(run.bytes.into_boxed_slice())
        } else if run.formatted {
            end_text(&mut run.text, &mut run.parts)?;
            ExprKind::FString(run.parts)
        } else {
            ExprKind::Str(run.text.into_boxed_str())
        };
        Ok(Step::Primary(self.expr(kind, run.position)?))
    }

    /// Begins the expression of the field whose brace stands here.
    fn field(&mut self, mut run: Box<StringRun>) -> Result<Step, Failure> {
        let brace = self.advance()?;
        run.field_start = brace.end;
        run.items.clear();
        if matches!(
            self.token.kind,
            TokenKind::FieldClose | TokenKind::FieldColon | TokenKind::FieldConversion
        ) {
            return Err(SyntaxError::syntax(MALFORMED_FSTRING, run.position));
        }
        self.open(Entry::Field(run))?;
        if self.at(TokenKind::Yield) { self.open_yield() } else { self.starred_item() }
    }

    /// Goes on after the expression of a field, or an item of its tuple.
    pub fn field_value(&mut self, mut run: Box<StringRun>, value: ExprId) -> Result<Step, Failure> {
        if self.at(TokenKind::Comma) || !run.items.is_empty() {
            self.push(&mut run.items, value)?;
            if self.accept(TokenKind::Comma)? && self.at_item() {
                self.open(Entry::Field(run))?;
                return self.starred_item();
            }
        }
        let value = self.tuple_or_item(take(&mut run.items), value)?;
        if self.accept(TokenKind::Equal)? {
            let text = self.lexer.slice(run.field_start, self.token.start);
            let style = Style { raw: true, doubled_braces: false };
            append_str(run.text(), text, style, self.token.position)?;
        }
        let mut conversion = None;
        if self.at(TokenKind::FieldConversion) {
            let token = self.advance()?;
            conversion = self.lexer.text(&token).chars().nth(1);
        }
        match self.token.kind {
            TokenKind::FieldClose => run.add_field(value, conversion, Vec::new())?,
            TokenKind::FieldColon => {
                if run.open.len() >= SPEC_NESTING {
                    return Err(SyntaxError::nesting(self.token.position));
                }
                let field = OpenField { value, conversion, spec: Vec::new(), text: String::new() };
                self.push(&mut run.open, field)?;
            }
            _ => return Err(self.unexpected()),
        }
        self.charge(size_of::<FStringPart>())?;
        self.advance()?;
        self.string_run(run)
    }
}
