//! Parameters of functions and lambdas, and the lambda itself.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::entries::{Entry, Level};
use super::error::Failure;
use super::expressions::Step;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{ExprId, ExprKind, NameId, Parameter, Parameters, Position};

/// A lambda being read: its parameters, then its body.
pub(super) struct LambdaFrame {
    pub position: Position,
    list: ParameterList,
    /// Whether it stands in a condition of a comprehension, where its body ends at an `if`.
    in_condition: bool,
}

impl LambdaFrame {
    pub fn body_level(&self) -> Level {
        if self.in_condition { Level::OrTest } else { Level::Test }
    }

    pub fn finish(self, parser: &mut Parser, body: ExprId) -> Result<ExprKind, Failure> {
        Ok(ExprKind::Lambda(Box::new(self.list.finish(parser, "<lambda>", self.position)?), body))
    }
}

/// Parameters being read, and the rules for their order.
#[derive(Default)]
pub(super) struct ParameterList {
    parameters: Parameters,
    starred: bool,
}

impl ParameterList {
    /// Reads the next parameter up to its annotation or default; ends the list where none begins. The second value
    /// of a parameter says whether it may have a default.
    pub fn next(&mut self, parser: &mut Parser) -> Result<Option<Next>, Failure> {
        let token = parser.token;
        let next = match token.kind {
            TokenKind::Name => {
                self.check_last(parser, token.position);
                let parameter = Parameter { name: parser.expect_name()?, default: None };
                let list = if self.starred {
                    &mut self.parameters.keyword_only
                } else {
                    &mut self.parameters.positional
                };
                parser.push(list, parameter)?;
                Next::Plain
            }
            TokenKind::Star => {
                self.check_last(parser, token.position);
                parser.advance()?;
                if self.starred {
                    parser.refuse(super::error::INVALID_SYNTAX, token.position);
                }
                self.starred = true;
                if !parser.at(TokenKind::Name) {
                    return Ok(Some(Next::Marker));
                }
                self.parameters.star = Some(parser.expect_name()?);
                Next::Starred
            }
            TokenKind::DoubleStar => {
                self.check_last(parser, token.position);
                parser.advance()?;
                self.parameters.double_star = Some(parser.expect_name()?);
                Next::Starred
            }
            TokenKind::Slash
                if self.parameters.positional_only == 0
                    && !self.starred
                    && self.parameters.double_star.is_none()
                    && !self.parameters.positional.is_empty() =>
            {
                parser.advance()?;
                self.parameters.positional_only = self.parameters.positional.len();
                Next::Marker
            }
            _ => return Ok(None),
        };
        parser.charge(size_of::<Parameter>())?;
        Ok(Some(next))
    }

    fn check_last(&self, parser: &mut Parser, position: Position) {
        if self.parameters.double_star.is_some() {
            parser.refuse(super::error::INVALID_SYNTAX, position);
        }
    }

    /// Gives the last parameter its default.
    pub fn set_default(&mut self, default: ExprId) {
        let list =
            if self.starred { &mut self.parameters.keyword_only } else { &mut self.parameters.positional };
        if let Some(parameter) = list.last_mut() {
            parameter.default = Some(default);
        }
    }

    /// The parameters, once their order and names are checked.
    pub fn finish(
        self,
        parser: &mut Parser,
        function: &str,
        position: Position,
    ) -> Result<Parameters, Failure> {
        let parameters = self.parameters;
        let mut plain = parameters.positional.iter();
        if plain.by_ref().any(|parameter| parameter.default.is_some())
            && plain.any(|parameter| parameter.default.is_none())
        {
            parser.refuse("non-default argument follows default argument", position);
        }
        let mut names: Vec<NameId> = Vec::new();
        names.try_reserve(parameters.positional.len() + parameters.keyword_only.len() + 2)?;
        names.extend(parameters.positional.iter().map(|parameter| parameter.name));
        names.extend(parameters.keyword_only.iter().map(|parameter| parameter.name));
        names.extend(parameters.star);
        names.extend(parameters.double_star);
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            parser.refuse_in("argument name reused", position, function);
        }
        Ok(parameters)
    }
}

/// What a parameter may be followed by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// An annotation and a default.
    Plain,
    /// An annotation.
    Starred,
    /// Neither: `*` or `/` alone.
    Marker,
}

impl Parser<'_> {
    /// Opens the lambda that stands here.
    pub fn open_lambda(&mut self) -> Result<Step, Failure> {
        let in_condition = self.innermost().is_some_and(|entry| entry.level() > Level::Test);
        let position = self.advance()?.position;
        let list = ParameterList::default();
        self.lambda_parameters(Box::new(LambdaFrame { position, list, in_condition }))
    }

    fn lambda_parameters(&mut self, mut frame: Box<LambdaFrame>) -> Result<Step, Failure> {
        while let Some(next) = frame.list.next(self)? {
            if next == Next::Plain && self.accept(TokenKind::Equal)? {
                self.open(Entry::Default(frame))?;
                return Ok(Step::Operand);
            }
            if !self.accept(TokenKind::Comma)? {
                break;
            }
        }
        self.lambda_body(frame)
    }

    /// Goes on after a parameter's default.
    pub fn lambda_default(&mut self, mut frame: Box<LambdaFrame>, default: ExprId) -> Result<Step, Failure> {
        frame.list.set_default(default);
        if self.accept(TokenKind::Comma)? { self.lambda_parameters(frame) } else { self.lambda_body(frame) }
    }

    fn lambda_body(&mut self, frame: Box<LambdaFrame>) -> Result<Step, Failure> {
        self.expect(TokenKind::Colon)?;
        self.open(Entry::Lambda(frame))?;
        Ok(Step::Operand)
    }

    /// Reads a function's parameters up to the closing bracket. Annotations are read and dropped.
    pub fn function_parameters(
        &mut self,
        function: NameId,
        position: Position,
    ) -> Result<Parameters, Failure> {
        let mut list = ParameterList::default();
        while let Some(next) = list.next(self)? {
            if next != Next::Marker && self.accept(TokenKind::Colon)? {
                self.expression(Level::Test)?;
            }
            if next == Next::Plain && self.accept(TokenKind::Equal)? {
                let default = self.expression(Level::Test)?;
                list.set_default(default);
            }
            if !self.accept(TokenKind::Comma)? {
                break;
            }
        }
        let name = alloc::string::String::from(self.tree.name(function));
        list.finish(self, &name, position)
    }
}
