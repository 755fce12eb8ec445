//! A body that is being checked: its locals and what they are called.

use std::collections::HashMap;

use super::{Checker, typed};
use crate::diagnostics::Diagnostic;
use crate::interpret::Value;
use crate::source::Span;
use crate::tree::{Expr, Kind, Local, LocalId, Statement, Type};

/// A function's body, or a constant.
pub(super) struct Body<'c, 'a> {
    pub(super) checker: &'c mut Checker<'a>,
    /// Values of constant parameters.
    pub(super) constants: HashMap<String, u32>,
    pub(super) locals: Vec<Local>,
    /// Whether all of it has to be known while the program is compiled.
    pub(super) constant: bool,
    scopes: Vec<HashMap<String, LocalId>>,
}

impl<'c, 'a> Body<'c, 'a> {
    pub(super) fn new(checker: &'c mut Checker<'a>, constants: HashMap<String, u32>) -> Self {
        Self {
            checker,
            constants,
            locals: Vec::new(),
            constant: false,
            scopes: vec![HashMap::new()],
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.checker.report(diagnostic);
    }

    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.checker.error(span, message);
    }

    /// Checks something whose names are seen by nobody else.
    pub(super) fn scoped<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(HashMap::new());
        let result = inner(self);
        self.scopes.pop();
        result
    }

    /// A local that no name leads to.
    pub(super) fn hidden(&mut self, name: &str, ty: Type, span: Span) -> LocalId {
        self.locals.push(Local {
            name: name.into(),
            mutable: false,
            ty,
            span,
        });
        self.locals.len() - 1
    }

    /// A local with a name, which hides others of this name.
    pub(super) fn declare(&mut self, name: &str, mutable: bool, ty: Type, span: Span) -> LocalId {
        let local = self.hidden(name, ty, span);
        self.locals[local].mutable = mutable;
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.into(), local);
        }
        local
    }

    pub(super) fn find(&self, name: &str) -> Option<LocalId> {
        (self.scopes.iter().rev()).find_map(|scope| scope.get(name).copied())
    }

    /// What a name means: a local, a constant parameter or a constant.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Option<Expr> {
        if let Some(local) = self.find(name) {
            let ty = self.locals[local].ty.clone();
            return Some(typed(Kind::Local(local), ty, span));
        }
        if let Some(&number) = self.constants.get(name) {
            return Some(number_at(number, span));
        }
        self.checker.constant(name, span)
    }

    /// The expression, which has to be of this type.
    pub(super) fn fitting(&mut self, expr: Expr, expected: &Type) -> Expr {
        if !expr.ty.fits(expected) {
            let found = self.checker.show(&expr.ty);
            let wanted = self.checker.show(expected);
            let message = format!("expected `{wanted}`, found `{found}`");
            let mut diagnostic = Diagnostic::error(culprit(&expr), message)
                .label(format!("this is of type `{found}`"));
            if let Some(help) = conversion(&expr.ty, expected) {
                diagnostic = diagnostic.help(help);
            }
            self.report(diagnostic);
            return super::unknown(expr.span);
        }
        if expr.ty == Type::Never && *expected != Type::Never {
            let span = expr.span;
            let never = vec![Statement::Expr(expr)];
            return typed(Kind::Block(never, None), expected.clone(), span);
        }
        expr
    }
}

/// What gives an expression its value: of a block, its last expression.
fn culprit(expr: &Expr) -> Span {
    match &expr.kind {
        Kind::Block(_, Some(result)) => culprit(result),
        _ => expr.span,
    }
}

/// The expression of a number.
pub(super) fn number_at(number: u32, span: Span) -> Expr {
    typed(Kind::Constant(Value::Number(number)), Type::Number, span)
}

/// How one type becomes another.
fn conversion(from: &Type, to: &Type) -> Option<&'static str> {
    match (from, to) {
        (Type::Number | Type::Bool, Type::Field) => {
            Some("write `F::from(..)`, or `F::new(..)` for a constant")
        }
        (Type::Field, Type::Number) => {
            Some("write `.to_usize()`, which checks that it is below 2^24")
        }
        (Type::Field, Type::Extension) => Some("write `E::from(..)`"),
        (Type::Array(..), Type::Digest) => Some("write `Digest::new(..)`"),
        (Type::Digest, Type::Array(..)) => Some("write `.elements()`"),
        (Type::Extension, Type::Array(..)) => Some("write `.coefficients()`"),
        (Type::Bool, Type::Number) => Some("write `usize::from(..)`"),
        (_, Type::Tuple(parts)) if parts.is_empty() => Some("end the line with `;`"),
        _ => None,
    }
}
