//! Operators, casts.

use syn::BinOp;

use super::scope::{Body, number_at};
use super::{refusals, typed, unknown};
use crate::LIMIT;
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Binary, Expr, Kind, Pattern, Statement, Step, Type};

/// An operator, and whether it assigns.
struct Operator {
    op: Binary,
    assigns: bool,
}

impl Operator {
    fn of(op: &BinOp) -> Option<Self> {
        let (op, assigns) = match op {
            BinOp::Add(_) => (Binary::Add, false),
            BinOp::Sub(_) => (Binary::Subtract, false),
            BinOp::Mul(_) => (Binary::Multiply, false),
            BinOp::Div(_) => (Binary::Divide, false),
            BinOp::Rem(_) => (Binary::Remainder, false),
            BinOp::AddAssign(_) => (Binary::Add, true),
            BinOp::SubAssign(_) => (Binary::Subtract, true),
            BinOp::MulAssign(_) => (Binary::Multiply, true),
            BinOp::DivAssign(_) => (Binary::Divide, true),
            BinOp::RemAssign(_) => (Binary::Remainder, true),
            BinOp::And(_) => (Binary::And, false),
            BinOp::Or(_) => (Binary::Or, false),
            BinOp::Eq(_) => (Binary::Equal, false),
            BinOp::Ne(_) => (Binary::NotEqual, false),
            BinOp::Lt(_) => (Binary::Less, false),
            BinOp::Le(_) => (Binary::LessOrEqual, false),
            BinOp::Gt(_) => (Binary::Greater, false),
            BinOp::Ge(_) => (Binary::GreaterOrEqual, false),
            _ => return None,
        };
        Some(Self { op, assigns })
    }
}

impl Body<'_, '_> {
    pub(super) fn binary(&mut self, binary: &syn::ExprBinary, span: Span) -> Expr {
        let Some(operator) = Operator::of(&binary.op) else {
            return self.bitwise(binary, span);
        };
        let place = match operator.assigns {
            true => self.place(&binary.left),
            false => None,
        };
        // The place is looked at twice.
        let indices = place.iter().flat_map(|(place, _)| &place.path);
        let mut twice = indices.filter_map(|step| match step {
            Step::Index(index) if !index.is_plain() => Some(index.span),
            _ => None,
        });
        if let Some(span) = twice.next() {
            self.report(
                Diagnostic::error(span, "this index is more than a sum of variables")
                    .help("bind it by `let` before"),
            );
        }
        let left = self.expr(&binary.left, None);
        let right = self.expr(&binary.right, None);
        if left.ty.is_vague() || right.ty.is_vague() {
            return unknown(span);
        }
        // The right side comes before the old value where it assigns.
        let mut first = Vec::new();
        let right = if operator.assigns && !right.is_plain() {
            let local = self.hidden("right side", right.ty.clone(), right.span);
            let (ty, span) = (right.ty.clone(), right.span);
            first.push(Statement::Let(Pattern::Local(local), right));
            typed(Kind::Local(local), ty, span)
        } else {
            right
        };
        let value = match self.operation(operator.op, left, right, span, span_of(&binary.op)) {
            Some(value) => value,
            None => return unknown(span),
        };
        match place {
            Some((place, ty)) => {
                let value = self.fitting(value, &ty);
                let kind = Kind::Assign(place, Box::new(value));
                let assignment = typed(kind, Type::UNIT, span);
                if first.is_empty() {
                    return assignment;
                }
                let kind = Kind::Block(first, Some(Box::new(assignment)));
                typed(kind, Type::UNIT, span)
            }
            None if operator.assigns => unknown(span),
            None => value,
        }
    }

    fn operation(&mut self, op: Binary, a: Expr, b: Expr, span: Span, at: Span) -> Option<Expr> {
        use Type::{Bool, Extension, Field, Number};
        let ty = match (op, &a.ty, &b.ty) {
            (Binary::And | Binary::Or, Bool, Bool) => Bool,
            (Binary::Equal | Binary::NotEqual, a, b) if a.fits(b) => {
                if self.checker.tree.has_list(a) {
                    self.report(
                        Diagnostic::error(at, "lists can't be compared")
                            .help("compare their lengths, then their words in a `for` loop"),
                    );
                    return None;
                }
                Bool
            }
            (op, Number, Number) if op.is_order() => Bool,
            (op, Field | Extension, Field | Extension) if op.is_order() => {
                self.report(
                    Diagnostic::error(at, "elements of a field have no order")
                        .label("compares elements")
                        .help("write `.to_usize()` on both sides if they are below 2^24"),
                );
                return None;
            }
            (Binary::Divide, Field | Extension, Field | Extension) => {
                self.report(
                    Diagnostic::error(at, "division in a field is a product with an inverse")
                        .help("write `a * b.inverse()`, which has no proof if `b` is zero"),
                );
                return None;
            }
            (Binary::Add | Binary::Subtract | Binary::Multiply, Field, Field) => Field,
            (
                Binary::Add | Binary::Subtract | Binary::Multiply,
                Field | Extension,
                Field | Extension,
            ) => Extension,
            (
                Binary::Add
                | Binary::Subtract
                | Binary::Multiply
                | Binary::Divide
                | Binary::Remainder,
                Number,
                Number,
            ) => Number,
            (_, left, right) => {
                let (left, right) = (self.checker.show(left), self.checker.show(right));
                let message = format!("there is no such operator between `{left}` and `{right}`");
                let mut diagnostic = Diagnostic::error(at, message)
                    .other(a.span, format!("this is `{left}`"))
                    .other(b.span, format!("this is `{right}`"));
                if matches!((&a.ty, &b.ty), (Number, Field) | (Field, Number)) {
                    diagnostic = diagnostic.help("write `F::from(..)` around the number");
                }
                self.report(diagnostic);
                return None;
            }
        };
        Some(typed(Kind::Binary(op, Box::new(a), Box::new(b)), ty, span))
    }

    /// `<<`, `>>` and `&` by constants are products, quotients and remainders.
    fn bitwise(&mut self, binary: &syn::ExprBinary, span: Span) -> Expr {
        let op = match &binary.op {
            BinOp::Shl(_) => Binary::Multiply,
            BinOp::Shr(_) => Binary::Divide,
            BinOp::BitAnd(_) => Binary::Remainder,
            _ => {
                self.report(refusals::bitwise(span_of(&binary.op)));
                return unknown(span);
            }
        };
        let left = self.expr(&binary.left, None);
        let right = self.expr(&binary.right, None);
        if left.ty.is_vague() || right.ty.is_vague() {
            return unknown(span);
        }
        if (&left.ty, &right.ty) != (&Type::Number, &Type::Number) {
            self.report(refusals::bitwise(span_of(&binary.op)));
            return unknown(span);
        }
        let Some(right) = self.number_of(&right, right.span) else {
            return unknown(span);
        };
        let modulus = match op {
            Binary::Remainder if (right + 1).is_power_of_two() && right + 1 < LIMIT => right + 1,
            Binary::Divide | Binary::Multiply if right < crate::LIMIT_BITS as u32 => 1 << right,
            _ => {
                self.report(
                    Diagnostic::error(
                        span,
                        "only the lowest bits can be taken out, or shifted away",
                    )
                    .help("write `x & (2^k - 1)`, `x >> k`, `x << k` for a constant `k` below 24"),
                );
                return unknown(span);
            }
        };
        let right = Box::new(number_at(modulus, span));
        typed(Kind::Binary(op, Box::new(left), right), Type::Number, span)
    }

    pub(super) fn cast(&mut self, cast: &syn::ExprCast, span: Span) -> Expr {
        let value = self.expr(&cast.expr, None);
        let constants = self.constants.clone();
        let ty = self.checker.ty(&cast.ty, &constants);
        match (&value.ty, &ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => unknown(span),
            (Type::Number, Type::Number) => value,
            (Type::Bool, Type::Number) => self.number_of_bool(value, span),
            _ => {
                self.report(refusals::cast(span));
                unknown(span)
            }
        }
    }

    /// 1 or 0.
    pub(super) fn number_of_bool(&mut self, value: Expr, span: Span) -> Expr {
        let (one, zero) = (number_at(1, span), number_at(0, span));
        let kind = Kind::If(Box::new(value), Box::new(one), Box::new(zero));
        typed(kind, Type::Number, span)
    }
}
