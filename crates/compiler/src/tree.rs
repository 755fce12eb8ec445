//! The typed tree: a program whose names are resolved and whose types are known.
//!
//! The tree is what [`check`](mod@crate::check) makes of the syntax, what the [interpreter](crate::interpret) follows, and what
//! [`lower`](mod@crate::lower) compiles to rows. Structs are tuples here, but for their names.

use std::sync::Arc;

use crate::interpret::Value;
use crate::source::Span;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// What an error has been reported of; fits everywhere.
    Unknown,
    /// Of what doesn't return; fits everywhere.
    Never,
    Bool,
    Number,
    Field,
    Extension,
    Digest,
    Tuple(Vec<Type>),
    Array(Arc<Type>, usize),
    /// `Vec` and slices: a place in memory and a length.
    List(Arc<Type>),
    Struct(usize),
}

impl Type {
    pub(crate) const UNIT: Self = Self::Tuple(Vec::new());

    /// Whether nothing more is to be said about what has this type.
    pub(crate) fn is_vague(&self) -> bool {
        matches!(self, Self::Unknown | Self::Never)
    }

    /// Whether all of it is known.
    fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Tuple(types) => types.iter().all(Self::is_known),
            Self::Array(ty, _) | Self::List(ty) => ty.is_known(),
            _ => true,
        }
    }

    /// Whether a value of this type may stand where `other` is expected.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown | Self::Never, _) | (_, Self::Unknown) => true,
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.fits(b))
            }
            (Self::Array(a, m), Self::Array(b, n)) => m == n && a.fits(b),
            (Self::List(a), Self::List(b)) => a.fits(b),
            _ => self == other,
        }
    }
}

/// A struct: names and types of its fields.
#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) fields: Vec<(String, Type)>,
}

/// A local variable, by its number in its function.
pub(crate) type LocalId = usize;

#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) mutable: bool,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

/// A function for certain values of its constant parameters.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) inline: bool,
    pub(crate) parameters: Vec<(Pattern, Type)>,
    pub(crate) result: Type,
    pub(crate) locals: Vec<Local>,
    pub(crate) body: Expr,
}

/// A whole program.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) structs: Vec<Struct>,
    pub(crate) functions: Vec<Function>,
    pub(crate) main: usize,
}

impl Tree {
    /// The types of the parts of a value that has parts.
    pub(crate) fn parts(&self, ty: &Type) -> Vec<Type> {
        match ty {
            Type::Tuple(types) => types.clone(),
            Type::Array(ty, n) => vec![(**ty).clone(); *n],
            Type::Struct(id) => (self.structs[*id].fields.iter())
                .map(|(_, ty)| ty.clone())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// How many elements a value is. A list is where it begins, and its length.
    pub(crate) fn elements(&self, ty: &Type) -> usize {
        match ty {
            Type::Unknown | Type::Never => 0,
            Type::Bool | Type::Number | Type::Field => 1,
            Type::List(_) => 2,
            Type::Extension => 5,
            Type::Digest => 9,
            Type::Array(ty, n) => n * self.elements(ty),
            Type::Tuple(_) | Type::Struct(_) => {
                self.parts(ty).iter().map(|ty| self.elements(ty)).sum()
            }
        }
    }

    /// Whether a value of this type refers to memory.
    pub(crate) fn has_list(&self, ty: &Type) -> bool {
        match ty {
            Type::List(_) => true,
            Type::Array(ty, _) => self.has_list(ty),
            _ => self.parts(ty).iter().any(|ty| self.has_list(ty)),
        }
    }
}

/// What is bound by `let`, a parameter or a loop.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Wild,
    Local(LocalId),
    Parts(Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

impl Expr {
    /// A part of which something is not known.
    pub(crate) fn vague(&self) -> Option<Span> {
        if matches!(self.kind, Kind::Unknown) || !self.ty.is_known() {
            return Some(self.span);
        }
        self.parts().into_iter().find_map(Self::vague)
    }

    /// Whether this is made of variables and constants by operators: it may be evaluated twice.
    pub(crate) fn is_plain(&self) -> bool {
        match &self.kind {
            Kind::Constant(_) | Kind::Local(_) => true,
            Kind::Part(whole, _) => whole.is_plain(),
            Kind::Binary(_, a, b) => a.is_plain() && b.is_plain(),
            _ => false,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// What an error has been reported of.
    Unknown,
    Constant(Value),
    Local(LocalId),
    /// Parts of a tuple, an array or a struct.
    Parts(Vec<Expr>),
    /// An array of the same part.
    Repeat(Box<Expr>),
    /// A part whose place is known.
    Part(Box<Expr>, usize),
    /// A part of an array, or a word of a list.
    Index(Box<Expr>, Box<Expr>),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Block(Vec<Statement>, Option<Box<Expr>>),
    /// To a local, or to a part of one.
    Assign(Place, Box<Expr>),
    /// To all parts of a pattern at once: `(a, b) = (b, a)`.
    AssignAll(Vec<Option<Place>>, Box<Expr>),
    For {
        index: Option<LocalId>,
        start: Box<Expr>,
        end: Box<Expr>,
        body: Box<Expr>,
    },
    While(Box<Expr>, Box<Expr>),
    /// A list, word by word.
    FromFn(Box<Expr>, LocalId, Box<Expr>),
    Call(usize, Vec<Expr>),
    Builtin(Builtin, Vec<Expr>),
    Assert(Box<Expr>, String),
    /// Two sides that are equal, or are not.
    AssertEqual(Box<Expr>, Box<Expr>, bool, String),
    Panic(String),
    Advice,
    Hint(Box<Expr>),
}

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Let(Pattern, Expr),
    Expr(Expr),
}

/// Where an assignment goes.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) local: LocalId,
    /// Parts of parts: a field's place, or an index.
    pub(crate) path: Vec<Step>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Part(usize),
    Index(Expr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Negate,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Binary {
    /// Whether it compares by size.
    pub(crate) const fn is_order(self) -> bool {
        matches!(
            self,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual
        )
    }
}

/// What the prelude gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    Compress,
    Absorb,
    Poseidon24,
    Poseidon16,
    Bits,
    /// From a number, a bool or an element of the base field.
    ToField,
    ToExtension,
    ToNumber,
    Inverse,
    /// From the coefficients, and to them.
    Extension,
    Coefficients,
    /// From the elements, and to them.
    Digest,
    DigestElements,
    Length,
    /// From the parts of an array.
    ToList,
}
