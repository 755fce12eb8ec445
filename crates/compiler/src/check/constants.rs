//! Constants: items, lengths of arrays, whatever has to be known while a program is compiled.

use std::collections::HashMap;

use super::scope::Body;
use super::{Checker, Constant, typed, unknown};
use crate::diagnostics::Diagnostic;
use crate::interpret::{Value, constant};
use crate::source::{Span, span_of};
use crate::tree::{Expr, Kind, Type};

impl Checker<'_> {
    /// The value of a constant item; none if there is no such item.
    pub(super) fn constant(&mut self, name: &str, span: Span) -> Option<Expr> {
        let item = match self.constants.get(name)?.clone() {
            Constant::Evaluated(value) => return Some(Expr { span, ..value }),
            Constant::Evaluating => {
                let message = format!("the constant `{name}` depends on itself");
                self.error(span, message);
                return Some(unknown(span));
            }
            Constant::Unevaluated(item) => item,
        };
        (self.constants).insert(name.to_owned(), Constant::Evaluating);
        let ty = self.ty(&item.ty, &HashMap::new());
        let mut body = Body::new(self, HashMap::new());
        body.constant = true;
        let value = body.expr(&item.expr, Some(&ty));
        let value = body.fitting(value, &ty);
        let value = body.evaluated(value);
        let evaluated = Constant::Evaluated(value.clone());
        self.constants.insert(name.to_owned(), evaluated);
        Some(Expr { span, ..value })
    }

    /// A number that is known while the program is compiled.
    pub(super) fn known_number(
        &mut self,
        expr: &syn::Expr,
        constants: &HashMap<String, u32>,
    ) -> Option<u32> {
        let mut body = Body::new(self, constants.clone());
        body.constant = true;
        let value = body.expr(expr, Some(&Type::Number));
        let value = body.fitting(value, &Type::Number);
        body.number_of(&value, span_of(expr))
    }
}

impl Body<'_, '_> {
    /// The expression with its value, which has to be known now.
    pub(super) fn evaluated(&mut self, expr: Expr) -> Expr {
        if expr.ty == Type::Unknown {
            return expr;
        }
        if let Some(span) = varies(&expr, self.constant) {
            self.report(
                Diagnostic::error(span, "this is not constant")
                    .label("known only when the program runs")
                    .help("a constant is made of literals, constants and operators"),
            );
            return unknown(expr.span);
        }
        match constant(&self.checker.tree, &expr, self.locals.len()) {
            Ok(value) => typed(Kind::Constant(value), expr.ty, expr.span),
            Err(panic) => {
                let message = format!("this constant has no value: {}", panic.message);
                self.error(panic.span, message);
                unknown(expr.span)
            }
        }
    }

    /// The number that an expression has, which has to be known now.
    pub(super) fn number_of(&mut self, expr: &Expr, span: Span) -> Option<u32> {
        match self.evaluated(expr.clone()).kind {
            Kind::Constant(Value::Number(n)) => Some(n),
            Kind::Unknown => None,
            _ => {
                self.error(span, "this is no number");
                None
            }
        }
    }
}

/// A part of an expression that is not known while the program is compiled. In a constant, variables are.
fn varies(expr: &Expr, constant: bool) -> Option<Span> {
    let itself = match &expr.kind {
        Kind::Constant(_)
        | Kind::Unknown
        | Kind::Parts(_)
        | Kind::Builtin(..)
        | Kind::Repeat(_)
        | Kind::Part(..)
        | Kind::Unary(..)
        | Kind::Index(..)
        | Kind::Binary(..)
        | Kind::If(..) => true,
        Kind::Local(_) | Kind::Block(..) => constant,
        _ => false,
    };
    if !itself {
        return Some(expr.span);
    }
    (expr.parts().into_iter()).find_map(|part| varies(part, constant))
}
