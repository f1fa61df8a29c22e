//! What stands in brackets of its own: parentheses, lists, dicts and sets, and comprehensions in them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::comprehensions::Element;
use super::entries::{Entry, Level};
use super::error::Failure;
use super::expressions::Step;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{ComprehensionKind, ExprId, ExprKind, Position};

/// An open `(` or `[`.
pub(super) struct DisplayFrame {
    position: Position,
    /// `[`
    list: bool,
    /// What is inside is whole, and only the bracket may follow.
    sealed: bool,
    /// The items before the last comma.
    items: Vec<ExprId>,
}

impl DisplayFrame {
    fn closing(&self) -> TokenKind {
        if self.list { TokenKind::BracketClose } else { TokenKind::ParenClose }
    }
}

/// An open `{`.
pub(super) struct BraceFrame {
    position: Position,
    sealed: bool,
    shape: BraceShape,
    /// What the next expression is.
    awaits: Awaits,
}

enum BraceShape {
    Undecided,
    Set(Vec<ExprId>),
    Dict(Vec<(Option<ExprId>, ExprId)>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
    /// A key, or an item of a set.
    Item,
    /// The value that belongs to this key.
    Value(ExprId),
    /// The mapping after `**`.
    Mapping,
}

impl BraceFrame {
    pub fn level(&self) -> Level {
        match self.awaits {
            Awaits::Item => Level::Named,
            Awaits::Value(_) => Level::Test,
            Awaits::Mapping => Level::Expression,
        }
    }
}

impl Parser<'_> {
    /// Opens the `(` or `[` that stands here.
    pub fn open_display(&mut self) -> Result<Step, Failure> {
        let token = self.advance()?;
        let list = token.kind == TokenKind::BracketOpen;
        let mut frame = DisplayFrame { position: token.position, list, sealed: false, items: Vec::new() };
        if self.at(frame.closing()) {
            return self.close_display(frame);
        }
        if self.at(TokenKind::Yield) && !list {
            frame.sealed = true;
            self.open(Entry::Display(frame))?;
            return self.open_yield();
        }
        self.open(Entry::Display(frame))?;
        self.starred_item()
    }

    /// Goes on after an item within `(` or `[`.
    pub fn display_item(&mut self, mut frame: DisplayFrame, value: ExprId) -> Result<Step, Failure> {
        let closing = frame.closing();
        match self.token.kind {
            TokenKind::For | TokenKind::Async if !frame.sealed && frame.items.is_empty() => {
                let kind = if frame.list { ComprehensionKind::List } else { ComprehensionKind::Generator };
                let position = frame.position;
                frame.sealed = true;
                self.open(Entry::Display(frame))?;
                self.open_comprehension(Element { kind, element: value, value: None, position })
            }
            TokenKind::Comma if !frame.sealed => {
                self.push(&mut frame.items, value)?;
                self.advance()?;
                if self.at(closing) {
                    return self.close_display(frame);
                }
                self.open(Entry::Display(frame))?;
                self.starred_item()
            }
            kind if kind == closing => {
                if frame.items.is_empty() && (frame.sealed || !frame.list) {
                    // A comprehension, or an expression in parentheses: it is what is inside.
                    self.check_not_starred(value);
                    self.advance()?;
                    return Ok(Step::Primary(value));
                }
                self.push(&mut frame.items, value)?;
                self.close_display(frame)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn close_display(&mut self, frame: DisplayFrame) -> Result<Step, Failure> {
        self.advance()?;
        let kind = if frame.list { ExprKind::List(frame.items) } else { ExprKind::Tuple(frame.items) };
        Ok(Step::Primary(self.expr(kind, frame.position)?))
    }

    /// Opens the `{` that stands here.
    pub fn open_brace(&mut self) -> Result<Step, Failure> {
        let position = self.advance()?.position;
        let frame =
            BraceFrame { position, sealed: false, shape: BraceShape::Undecided, awaits: Awaits::Item };
        self.next_brace_item(Box::new(frame))
    }

    /// Begins an item, unless the bracket is closed.
    fn next_brace_item(&mut self, mut frame: Box<BraceFrame>) -> Result<Step, Failure> {
        match self.token.kind {
            TokenKind::BraceClose => self.close_brace(*frame),
            TokenKind::DoubleStar => {
                self.advance()?;
                frame.awaits = Awaits::Mapping;
                self.open(Entry::Brace(frame))?;
                Ok(Step::Operand)
            }
            _ => {
                frame.awaits = Awaits::Item;
                self.open(Entry::Brace(frame))?;
                self.starred_item()
            }
        }
    }

    /// Goes on after a key, a value, an item of a set, or a mapping.
    pub fn brace_item(&mut self, mut frame: Box<BraceFrame>, value: ExprId) -> Result<Step, Failure> {
        if frame.sealed {
            self.expect(TokenKind::BraceClose)?;
            return Ok(Step::Primary(value));
        }
        let starred = matches!(self.tree.expr(value).kind, ExprKind::Starred(_));
        if frame.awaits == Awaits::Item && self.at(TokenKind::Colon) && !starred {
            if let BraceShape::Set(_) = frame.shape {
                self.refuse("expecting just a value for set", frame.position);
            }
            self.advance()?;
            frame.awaits = Awaits::Value(value);
            self.open(Entry::Brace(frame))?;
            return Ok(Step::Operand);
        }
        if matches!(self.token.kind, TokenKind::For | TokenKind::Async)
            && matches!(frame.shape, BraceShape::Undecided)
            && frame.awaits != Awaits::Mapping
        {
            let position = frame.position;
            let element = match frame.awaits {
                Awaits::Value(key) => {
                    Element { kind: ComprehensionKind::Dict, element: key, value: Some(value), position }
                }
                _ => Element { kind: ComprehensionKind::Set, element: value, value: None, position },
            };
            frame.sealed = true;
            self.open(Entry::Brace(frame))?;
            return self.open_comprehension(element);
        }
        self.keep_brace_item(&mut frame, value)?;
        if self.accept(TokenKind::Comma)? {
            self.next_brace_item(frame)
        } else if self.at(TokenKind::BraceClose) {
            self.close_brace(*frame)
        } else {
            Err(self.unexpected())
        }
    }

    fn keep_brace_item(&mut self, frame: &mut BraceFrame, value: ExprId) -> Result<(), Failure> {
        if let BraceShape::Undecided = frame.shape {
            frame.shape = match frame.awaits {
                Awaits::Item => BraceShape::Set(Vec::new()),
                _ => BraceShape::Dict(Vec::new()),
            };
        }
        let pair = match frame.awaits {
            Awaits::Item => None,
            Awaits::Value(key) => Some((Some(key), value)),
            Awaits::Mapping => Some((None, value)),
        };
        match (&mut frame.shape, pair) {
            (BraceShape::Dict(pairs), Some(pair)) => self.push(pairs, pair),
            (BraceShape::Set(items), None) => self.push(items, value),
            // A pair in a set was refused when its colon was seen.
            (BraceShape::Set(_), Some((Some(_), _))) => Ok(()),
            (BraceShape::Set(_), Some((None, _))) => Err(self.unexpected()),
            (_, None) => {
                self.refuse("expecting key:value for dict", frame.position);
                Ok(())
            }
            (BraceShape::Undecided, _) => Ok(()),
        }
    }

    fn close_brace(&mut self, frame: BraceFrame) -> Result<Step, Failure> {
        self.advance()?;
        let kind = match frame.shape {
            BraceShape::Undecided => ExprKind::Dict(Vec::new()),
            BraceShape::Set(items) => ExprKind::Set(items),
            BraceShape::Dict(pairs) => ExprKind::Dict(pairs),
        };
        Ok(Step::Primary(self.expr(kind, frame.position)?))
    }
}
