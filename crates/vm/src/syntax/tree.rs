//! The tree that the parser builds and the compiler reads.
//!
//! Nodes lie in two arenas and refer to each other by index, so that a tree of any depth is dropped without
//! recursion and a deep left spine (`a + b + c + …`) can be walked in a loop. A tree borrows nothing from the source
//! text: identifiers are numbered in [`Tree::names`], literals are owned.
//!
//! What always holds: an index in a node is smaller than the index of the node itself (children are made first), and
//! every index is valid in the tree that it came from.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// Where a node stands in the source: both count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line number, from 1.
    pub line: u32,
    /// Column in characters, from 1; 0 where it is not known.
    pub column: u32,
}

/// An expression in [`Tree::expressions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExprId(pub u32);

/// A statement in [`Tree::statements`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StmtId(pub u32);

/// An identifier in [`Tree::names`]; two equal identifiers have one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

/// Statements of one indented block (or of the whole file), in source order.
pub type Block = Vec<StmtId>;

/// A whole source text.
#[derive(Debug, Default)]
pub struct Tree {
    /// Every expression.
    pub expressions: Vec<Expr>,
    /// Every statement.
    pub statements: Vec<Stmt>,
    /// Every identifier once.
    pub names: Vec<Box<str>>,
    /// What the file consists of. For an expression parsed alone (`eval`) it is one expression statement.
    pub body: Block,
}

impl Tree {
    /// The expression with this number.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.expressions[id.0 as usize]
    }

    /// The statement with this number.
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.statements[id.0 as usize]
    }

    /// The text of an identifier.
    pub fn name(&self, id: NameId) -> &str {
        &self.names[id.0 as usize]
    }
}

/// An expression and where it begins.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where its first token (of a binary operation: its operator) stands.
    pub position: Position,
}

/// The expressions of the language.
#[derive(Debug)]
pub enum ExprKind {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// `...`
    Ellipsis,
    /// An identifier that is read, or (as a target) bound.
    Name(NameId),
    /// An integer literal that fits 64 bits.
    Int(i64),
    /// A larger integer literal: its digits without prefix and underscores, and the radix (2, 8, 10, 16).
    BigInt(Box<str>, u32),
    /// A float literal.
    Float(f64),
    /// An imaginary literal such as `3j`: the factor.
    Imaginary(f64),
    /// A string literal, adjacent literals joined.
    Str(Box<str>),
    /// A bytes literal, adjacent literals joined.
    Bytes(Box<[u8]>),
    /// An f-string (adjacent literals and f-strings joined).
    FString(Vec<FStringPart>),
    /// `a, b` or `(a, b)`; may contain [`ExprKind::Starred`].
    Tuple(Vec<ExprId>),
    /// `[a, b]`; may contain [`ExprKind::Starred`].
    List(Vec<ExprId>),
    /// `{a, b}`; may contain [`ExprKind::Starred`].
    Set(Vec<ExprId>),
    /// `{k: v, **m}`: a missing key marks `**m`.
    Dict(Vec<(Option<ExprId>, ExprId)>),
    /// `-a`, `+a`, `~a`, `not a`
    Unary(UnaryOp, ExprId),
    /// `a + b` and its kin; left-leaning for left-associative operators, however long.
    Binary(BinaryOp, ExprId, ExprId),
    /// `a < b <= c`: the first operand, then operator and operand for each link.
    Compare(ExprId, Vec<(CompareOp, ExprId)>),
    /// `a and b and c` (never nested directly in another `And`).
    And(Vec<ExprId>),
    /// `a or b or c`
    Or(Vec<ExprId>),
    /// `body if test else otherwise`
    IfElse {
        /// The condition.
        test: ExprId,
        /// The value when it holds.
        body: ExprId,
        /// The value when it does not.
        otherwise: ExprId,
    },
    /// `lambda …: e`; the body is an expression.
    Lambda(Box<Parameters>, ExprId),
    /// `f(…)`
    Call(ExprId, Vec<Argument>),
    /// `a.name`
    Attribute(ExprId, NameId),
    /// `a[index]`; the index may be a [`ExprKind::Slice`] or a tuple that contains slices.
    Subscript(ExprId, ExprId),
    /// `lower:upper:step` inside a subscript.
    Slice(Option<ExprId>, Option<ExprId>, Option<ExprId>),
    /// `*a` in a display, an assignment target or a subscript.
    Starred(ExprId),
    /// Any of the four comprehensions.
    Comprehension(Box<Comprehension>),
    /// `yield`, `yield a`
    Yield(Option<ExprId>),
    /// `yield from a`
    YieldFrom(ExprId),
    /// `await a`
    Await(ExprId),
    /// `name := value`
    Walrus(NameId, ExprId),
}

/// A piece of an f-string.
#[derive(Debug)]
pub enum FStringPart {
    /// Text as it stands (escapes done; the `x=` of `f"{x=}"` is text too).
    Literal(Box<str>),
    /// A replacement field.
    Field {
        /// What is formatted.
        value: ExprId,
        /// `!r`, `!s`, `!a`: the letter.
        conversion: Option<char>,
        /// The format spec, itself made of parts; empty where there is none.
        spec: Vec<FStringPart>,
    },
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-a`
    Negate,
    /// `+a`
    Positive,
    /// `~a`
    Invert,
    /// `not a`
    Not,
}

/// Operators with two operands, in expressions and in augmented assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BinaryOp {
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `&`
    And,
    /// `<<`
    LeftShift,
    /// `>>`
    RightShift,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `@`
    MatrixMultiply,
    /// `//`
    FloorDivide,
    /// `/`
    TrueDivide,
    /// `%`
    Modulo,
    /// `**`
    Power,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// One argument of a call or of a class statement's base list, in source order.
#[derive(Debug)]
pub enum Argument {
    /// `f(a)`
    Positional(ExprId),
    /// `f(*a)`
    Star(ExprId),
    /// `f(name=a)`
    Keyword(NameId, ExprId),
    /// `f(**a)`
    DoubleStar(ExprId),
}

/// A comprehension.
#[derive(Debug)]
pub struct Comprehension {
    /// What it builds.
    pub kind: ComprehensionKind,
    /// The element (for a dict: the key).
    pub element: ExprId,
    /// For a dict: the value.
    pub value: Option<ExprId>,
    /// `for` and `if` clauses, in source order; the first is always a `for`.
    pub clauses: Vec<Clause>,
}

/// What a comprehension builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// `[… for …]`
    List,
    /// `{… for …}`
    Set,
    /// `{k: v for …}`
    Dict,
    /// `(… for …)`
    Generator,
}

/// A clause of a comprehension.
#[derive(Debug)]
pub enum Clause {
    /// `for target in iterable`
    For {
        /// What is bound.
        target: ExprId,
        /// What is iterated over.
        iterable: ExprId,
        /// `async for`
        is_async: bool,
    },
    /// `if condition`
    If(ExprId),
}

/// A function's parameters.
#[derive(Debug, Default)]
pub struct Parameters {
    /// Before a `/`: how many of `positional` are positional-only.
    pub positional_only: usize,
    /// Ordinary parameters, in order.
    pub positional: Vec<Parameter>,
    /// `*args`
    pub star: Option<NameId>,
    /// Parameters after `*` or `*args`.
    pub keyword_only: Vec<Parameter>,
    /// `**kwargs`
    pub double_star: Option<NameId>,
}

/// A parameter, its default and its annotation (annotations are parsed and dropped by the compiler, as upstream does).
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: NameId,
    /// `= default`
    pub default: Option<ExprId>,
}

/// A statement and where it begins.
#[derive(Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where its first token stands.
    pub position: Position,
}

/// The statements of the language.
#[derive(Debug)]
pub enum StmtKind {
    /// An expression for its effects.
    Expression(ExprId),
    /// `a = b = value`: the targets left to right.
    Assign(Vec<ExprId>, ExprId),
    /// `a += value`
    AugmentedAssign(ExprId, BinaryOp, ExprId),
    /// `a: annotation = value`: the annotation is not evaluated.
    AnnotatedAssign(ExprId, Option<ExprId>),
    /// `return a`
    Return(Option<ExprId>),
    /// `raise`, `raise a`, `raise a from b`
    Raise(Option<ExprId>, Option<ExprId>),
    /// `global a, b`
    Global(Vec<NameId>),
    /// `nonlocal a, b`
    Nonlocal(Vec<NameId>),
    /// `del a, b[0]`
    Delete(Vec<ExprId>),
    /// `pass`
    Pass,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `assert test, message`
    Assert(ExprId, Option<ExprId>),
    /// `import a.b, c as d`
    Import(Vec<ImportedModule>),
    /// `from ..a import b as c, d`
    ImportFrom {
        /// How many leading dots.
        level: u32,
        /// The dotted module name; empty for `from . import a`.
        module: Box<str>,
        /// What is imported; `None` is `*`.
        names: Option<Vec<(NameId, Option<NameId>)>>,
    },
    /// `if`, every `elif`, `else`
    If {
        /// Condition and block of the `if` and of each `elif`.
        branches: Vec<(ExprId, Block)>,
        /// The `else` block.
        otherwise: Block,
    },
    /// `while … else …`
    While {
        /// The condition.
        test: ExprId,
        /// The block.
        body: Block,
        /// The `else` block.
        otherwise: Block,
    },
    /// `for … in … else …`
    For {
        /// What is bound.
        target: ExprId,
        /// What is iterated over.
        iterable: ExprId,
        /// The block.
        body: Block,
        /// The `else` block.
        otherwise: Block,
        /// `async for`
        is_async: bool,
    },
    /// `try … except … else … finally …`
    Try {
        /// What is guarded.
        body: Block,
        /// The `except` clauses.
        handlers: Vec<ExceptClause>,
        /// The `else` block.
        otherwise: Block,
        /// The `finally` block; `None` where there is none.
        finally: Option<Block>,
    },
    /// `with a as b, c:`
    With {
        /// Context managers and what they are bound to.
        items: Vec<(ExprId, Option<ExprId>)>,
        /// The block.
        body: Block,
        /// `async with`
        is_async: bool,
    },
    /// `def`, `async def`
    Function(Box<FunctionDef>),
    /// `class`
    Class(Box<ClassDef>),
}

/// `a.b.c as d`
#[derive(Debug)]
pub struct ImportedModule {
    /// The dotted name.
    pub module: Box<str>,
    /// Its first component, which is what a plain `import` binds.
    pub first: NameId,
    /// `as d`
    pub alias: Option<NameId>,
}

/// An `except` clause.
#[derive(Debug)]
pub struct ExceptClause {
    /// The type or tuple of types; `None` catches everything.
    pub kind: Option<ExprId>,
    /// `as name`
    pub name: Option<NameId>,
    /// The block.
    pub body: Block,
    /// Where `except` stands.
    pub position: Position,
}

/// A function statement.
#[derive(Debug)]
pub struct FunctionDef {
    /// Its name.
    pub name: NameId,
    /// Its parameters.
    pub parameters: Parameters,
    /// Its block.
    pub body: Block,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
    /// `async def`
    pub is_async: bool,
}

/// A class statement.
#[derive(Debug)]
pub struct ClassDef {
    /// Its name.
    pub name: NameId,
    /// Bases and keywords.
    pub arguments: Vec<Argument>,
    /// Its block.
    pub body: Block,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
}
