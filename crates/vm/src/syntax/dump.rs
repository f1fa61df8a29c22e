//! A tree as an S-expression, for tests and for whoever works on the parser.
//!
//! `x = a.b(1, *c)` is `(= x (call (. a b) 1 *c))`; what is missing is `_`. Nodes deeper than `DEPTH` are shown
//! as `…`, for showing recurses.

use core::fmt::{self, Display, Formatter, Write};

use super::tree::*;

/// How deep a tree is shown.
const DEPTH: u32 = 200;

/// Shows a whole tree, one top-level statement a line.
pub struct Dump<'t>(pub &'t Tree);

impl Display for Dump<'_> {
    fn fmt(&self, out: &mut Formatter) -> fmt::Result {
        let mut writer = Writer { tree: self.0, out, depth: 0 };
        for (index, &id) in self.0.body.iter().enumerate() {
            if index > 0 {
                writer.out.write_char('\n')?;
            }
            writer.stmt(id)?;
        }
        Ok(())
    }
}

struct Writer<'t, 'f, 'o> {
    tree: &'t Tree,
    out: &'f mut Formatter<'o>,
    depth: u32,
}

impl<'t> Writer<'t, '_, '_> {
    fn put(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }

    fn name(&mut self, name: NameId) -> fmt::Result {
        let tree = self.tree;
        self.put(tree.name(name))
    }

    /// `(head`, then what `inside` shows, then `)`.
    fn form(&mut self, head: &str, inside: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        if self.depth >= DEPTH {
            return self.put("…");
        }
        self.depth += 1;
        write!(self.out, "({head}")?;
        inside(self)?;
        self.depth -= 1;
        self.put(")")
    }

    /// A space and an expression.
    fn and(&mut self, id: ExprId) -> fmt::Result {
        self.put(" ")?;
        self.expr(id)
    }

    fn and_all(&mut self, ids: &[ExprId]) -> fmt::Result {
        ids.iter().try_for_each(|&id| self.and(id))
    }

    fn and_maybe(&mut self, id: Option<ExprId>) -> fmt::Result {
        match id {
            Some(id) => self.and(id),
            None => self.put(" _"),
        }
    }

    fn and_name(&mut self, name: NameId) -> fmt::Result {
        self.put(" ")?;
        self.name(name)
    }

    fn quoted(&mut self, text: &str) -> fmt::Result {
        self.put("\"")?;
        for letter in text.chars() {
            match letter {
                '"' | '\\' => write!(self.out, "\\u{{{:x}}}", u32::from(letter))?,
                ' '..='~' => self.out.write_char(letter)?,
                _ => write!(self.out, "\\u{{{:x}}}", u32::from(letter))?,
            }
        }
        self.put("\"")
    }

    fn expr(&mut self, id: ExprId) -> fmt::Result {
        let tree = self.tree;
        match &tree.expr(id).kind {
            ExprKind::None => self.put("None"),
            ExprKind::True => self.put("True"),
            ExprKind::False => self.put("False"),
            ExprKind::Ellipsis => self.put("..."),
            ExprKind::Name(name) => self.name(*name),
            ExprKind::Int(value) => write!(self.out, "{value}"),
            ExprKind::BigInt(digits, radix) => write!(self.out, "{digits}r{radix}"),
            ExprKind::Float(value) => write!(self.out, "{value:?}"),
            ExprKind::Imaginary(value) => write!(self.out, "{value:?}j"),
            ExprKind::Str(text) => self.quoted(text),
            ExprKind::Bytes(bytes) => {
                self.put("b\"")?;
                bytes.iter().try_for_each(|byte| write!(self.out, "{byte:02x}"))?;
                self.put("\"")
            }
            ExprKind::FString(parts) => self.form("f", |this| this.parts(parts)),
            ExprKind::Tuple(items) => self.form("tuple", |this| this.and_all(items)),
            ExprKind::List(items) => self.form("list", |this| this.and_all(items)),
            ExprKind::Set(items) => self.form("set", |this| this.and_all(items)),
            ExprKind::Dict(pairs) => self.form("dict", |this| {
                pairs.iter().try_for_each(|&(key, value)| {
                    this.and_maybe(key)?;
                    this.and(value)
                })
            }),
            ExprKind::Unary(operator, operand) => self.form(unary(*operator), |this| this.and(*operand)),
            ExprKind::Binary(operator, left, right) => self.form(binary(*operator), |this| {
                this.and(*left)?;
                this.and(*right)
            }),
            ExprKind::Compare(first, links) => self.form("compare", |this| {
                this.and(*first)?;
                links.iter().try_for_each(|&(operator, operand)| {
                    write!(this.out, " {}", compare(operator))?;
                    this.and(operand)
                })
            }),
            ExprKind::And(items) => self.form("and", |this| this.and_all(items)),
            ExprKind::Or(items) => self.form("or", |this| this.and_all(items)),
            ExprKind::IfElse { test, body, otherwise } => {
                self.form("if", |this| this.and_all(&[*test, *body, *otherwise]))
            }
            ExprKind::Lambda(parameters, body) => self.form("lambda", |this| {
                this.parameters(parameters)?;
                this.and(*body)
            }),
            ExprKind::Call(callee, arguments) => self.form("call", |this| {
                this.and(*callee)?;
                this.arguments(arguments)
            }),
            ExprKind::Attribute(value, name) => self.form(".", |this| {
                this.and(*value)?;
                this.and_name(*name)
            }),
            ExprKind::Subscript(value, index) => self.form("[]", |this| this.and_all(&[*value, *index])),
            ExprKind::Slice(lower, upper, step) => self.form("slice", |this| {
                [lower, upper, step].into_iter().try_for_each(|&part| this.and_maybe(part))
            }),
            ExprKind::Starred(value) => self.form("star", |this| this.and(*value)),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Yield(value) => self.form("yield", |this| this.and_maybe(*value)),
            ExprKind::YieldFrom(value) => self.form("yield-from", |this| this.and(*value)),
            ExprKind::Await(value) => self.form("await", |this| this.and(*value)),
            ExprKind::Walrus(name, value) => self.form(":=", |this| {
                this.and_name(*name)?;
                this.and(*value)
            }),
        }
    }

    fn parts(&mut self, parts: &[FStringPart]) -> fmt::Result {
        parts.iter().try_for_each(|part| {
            self.put(" ")?;
            match part {
                FStringPart::Literal(text) => self.quoted(text),
                FStringPart::Field { value, conversion, spec } => self.form("field", |this| {
                    this.and(*value)?;
                    if let Some(letter) = conversion {
                        write!(this.out, " !{letter}")?;
                    }
                    this.parts(spec)
                }),
            }
        })
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> fmt::Result {
        let head = match comprehension.kind {
            ComprehensionKind::List => "list-of",
            ComprehensionKind::Set => "set-of",
            ComprehensionKind::Dict => "dict-of",
            ComprehensionKind::Generator => "generator-of",
        };
        self.form(head, |this| {
            this.and(comprehension.element)?;
            comprehension.value.map_or(Ok(()), |value| this.and(value))?;
            comprehension.clauses.iter().try_for_each(|clause| {
                this.put(" ")?;
                match clause {
                    Clause::For { target, iterable, is_async } => {
                        let head = if *is_async { "async-for" } else { "for" };
                        this.form(head, |this| this.and_all(&[*target, *iterable]))
                    }
                    Clause::If(test) => this.form("if", |this| this.and(*test)),
                }
            })
        })
    }

    fn arguments(&mut self, arguments: &[Argument]) -> fmt::Result {
        arguments.iter().try_for_each(|argument| {
            self.put(" ")?;
            match *argument {
                Argument::Positional(value) => self.expr(value),
                Argument::Star(value) => {
                    self.put("*")?;
                    self.expr(value)
                }
                Argument::Keyword(name, value) => {
                    self.name(name)?;
                    self.put("=")?;
                    self.expr(value)
                }
                Argument::DoubleStar(value) => {
                    self.put("**")?;
                    self.expr(value)
                }
            }
        })
    }

    fn parameters(&mut self, parameters: &Parameters) -> fmt::Result {
        self.put(" ")?;
        self.form("", |this| {
            for (index, parameter) in parameters.positional.iter().enumerate() {
                this.parameter(parameter)?;
                if index + 1 == parameters.positional_only {
                    this.put(" /")?;
                }
            }
            match parameters.star {
                Some(name) => {
                    this.put(" *")?;
                    this.name(name)?;
                }
                None if !parameters.keyword_only.is_empty() => this.put(" *")?,
                None => {}
            }
            parameters.keyword_only.iter().try_for_each(|parameter| this.parameter(parameter))?;
            if let Some(name) = parameters.double_star {
                this.put(" **")?;
                this.name(name)?;
            }
            Ok(())
        })
    }

    fn parameter(&mut self, parameter: &Parameter) -> fmt::Result {
        self.and_name(parameter.name)?;
        if let Some(default) = parameter.default {
            self.put("=")?;
            self.expr(default)?;
        }
        Ok(())
    }

    fn block(&mut self, head: &str, block: &[StmtId]) -> fmt::Result {
        self.put(" ")?;
        self.form(head, |this| {
            for (index, &id) in block.iter().enumerate() {
                if index > 0 || !head.is_empty() {
                    this.put(" ")?;
                }
                this.stmt(id)?;
            }
            Ok(())
        })
    }

    /// A block that is shown only if there is one.
    fn else_block(&mut self, head: &str, block: &[StmtId]) -> fmt::Result {
        if block.is_empty() { Ok(()) } else { self.block(head, block) }
    }

    fn stmt(&mut self, id: StmtId) -> fmt::Result {
        let tree = self.tree;
        match &tree.stmt(id).kind {
            StmtKind::Expression(value) => self.form("do", |this| this.and(*value)),
            StmtKind::Assign(targets, value) => self.form("=", |this| {
                this.and_all(targets)?;
                this.and(*value)
            }),
            StmtKind::AugmentedAssign(target, operator, value) => self.form(binary(*operator), |this| {
                this.put("=")?;
                this.and_all(&[*target, *value])
            }),
            StmtKind::AnnotatedAssign(target, value) => self.form(":", |this| {
                this.and(*target)?;
                this.and_maybe(*value)
            }),
            StmtKind::Return(value) => self.form("return", |this| this.and_maybe(*value)),
            StmtKind::Raise(value, cause) => self.form("raise", |this| {
                this.and_maybe(*value)?;
                this.and_maybe(*cause)
            }),
            StmtKind::Global(names) => {
                self.form("global", |this| names.iter().try_for_each(|&name| this.and_name(name)))
            }
            StmtKind::Nonlocal(names) => {
                self.form("nonlocal", |this| names.iter().try_for_each(|&name| this.and_name(name)))
            }
            StmtKind::Delete(targets) => self.form("del", |this| this.and_all(targets)),
            StmtKind::Pass => self.put("(pass)"),
            StmtKind::Break => self.put("(break)"),
            StmtKind::Continue => self.put("(continue)"),
            StmtKind::Assert(test, message) => self.form("assert", |this| {
                this.and(*test)?;
                this.and_maybe(*message)
            }),
            StmtKind::Import(modules) => self.form("import", |this| {
                modules.iter().try_for_each(|module| {
                    write!(this.out, " {}", module.module)?;
                    this.alias(module.alias)
                })
            }),
            StmtKind::ImportFrom { level, module, names } => self.form("from", |this| {
                write!(this.out, " {level} {}", if module.is_empty() { "_" } else { module })?;
                match names {
                    None => this.put(" *"),
                    Some(names) => names.iter().try_for_each(|&(name, alias)| {
                        this.and_name(name)?;
                        this.alias(alias)
                    }),
                }
            }),
            compound => self.compound(compound),
        }
    }

    fn alias(&mut self, alias: Option<NameId>) -> fmt::Result {
        match alias {
            Some(name) => {
                self.put(":")?;
                self.name(name)
            }
            None => Ok(()),
        }
    }

    fn compound(&mut self, kind: &'t StmtKind) -> fmt::Result {
        let marked = |is_async: bool, head| if is_async { "async " } else { head };
        match kind {
            StmtKind::If { branches, otherwise } => self.form("if", |this| {
                branches.iter().try_for_each(|(test, body)| {
                    this.and(*test)?;
                    this.block("", body)
                })?;
                this.else_block("else", otherwise)
            }),
            StmtKind::While { test, body, otherwise } => self.form("while", |this| {
                this.and(*test)?;
                this.block("", body)?;
                this.else_block("else", otherwise)
            }),
            StmtKind::For { target, iterable, body, otherwise, is_async } => {
                self.form(marked(*is_async, ""), |this| {
                    this.put("for")?;
                    this.and_all(&[*target, *iterable])?;
                    this.block("", body)?;
                    this.else_block("else", otherwise)
                })
            }
            StmtKind::Try { body, handlers, otherwise, finally } => self.form("try", |this| {
                this.block("", body)?;
                handlers.iter().try_for_each(|handler| {
                    this.put(" ")?;
                    this.form("except", |this| {
                        this.and_maybe(handler.kind)?;
                        this.alias(handler.name)?;
                        this.block("", &handler.body)
                    })
                })?;
                this.else_block("else", otherwise)?;
                finally.as_ref().map_or(Ok(()), |block| this.block("finally", block))
            }),
            StmtKind::With { items, body, is_async } => self.form(marked(*is_async, ""), |this| {
                this.put("with")?;
                items.iter().try_for_each(|&(manager, target)| {
                    this.and(manager)?;
                    this.and_maybe(target)
                })?;
                this.block("", body)
            }),
            StmtKind::Function(function) => self.form(marked(function.is_async, ""), |this| {
                this.put("def")?;
                this.and_name(function.name)?;
                this.decorators(&function.decorators)?;
                this.parameters(&function.parameters)?;
                this.block("", &function.body)
            }),
            StmtKind::Class(class) => self.form("class", |this| {
                this.and_name(class.name)?;
                this.decorators(&class.decorators)?;
                this.arguments(&class.arguments)?;
                this.block("", &class.body)
            }),
            _ => Ok(()),
        }
    }

    fn decorators(&mut self, decorators: &[ExprId]) -> fmt::Result {
        decorators.iter().try_for_each(|&decorator| {
            self.put(" @")?;
            self.expr(decorator)
        })
    }
}

fn unary(operator: UnaryOp) -> &'static str {
    match operator {
        UnaryOp::Negate => "-",
        UnaryOp::Positive => "+",
        UnaryOp::Invert => "~",
        UnaryOp::Not => "not",
    }
}

fn binary(operator: BinaryOp) -> &'static str {
    match operator {
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
        BinaryOp::And => "&",
        BinaryOp::LeftShift => "<<",
        BinaryOp::RightShift => ">>",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::MatrixMultiply => "@",
        BinaryOp::FloorDivide => "//",
        BinaryOp::TrueDivide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::Power => "**",
    }
}

fn compare(operator: CompareOp) -> &'static str {
    match operator {
        CompareOp::Equal => "==",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterEqual => ">=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
    }
}
