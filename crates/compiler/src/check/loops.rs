//! Branches and loops.

use syn::{Expr as Syntax, Pat, RangeLimits};

use super::scope::{Body, number_at};
use super::{refusals, typed, unknown};
use crate::diagnostics::Diagnostic;
use crate::interpret::Value;
use crate::source::{Span, span_of};
use crate::tree::{Binary, Builtin, Expr, Kind, Pattern, Statement, Type};

impl Body<'_, '_> {
    pub(super) fn condition(&mut self, condition: &Syntax) -> Expr {
        if let Syntax::Let(inner) = condition {
            self.report(refusals::if_let(span_of(inner)));
            return unknown(span_of(inner));
        }
        let condition = self.expr(condition, Some(&Type::Bool));
        self.fitting(condition, &Type::Bool)
    }

    pub(super) fn branch(
        &mut self,
        branch: &syn::ExprIf,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let condition = self.condition(&branch.cond);
        let then = self.block(&branch.then_branch, expected);
        let otherwise = match &branch.else_branch {
            Some((_, otherwise)) => {
                let wanted = match then.ty.is_vague() {
                    true => expected.cloned(),
                    false => Some(then.ty.clone()),
                };
                self.expr(otherwise, wanted.as_ref())
            }
            None => {
                let kind = Kind::Parts(Vec::new());
                typed(kind, Type::UNIT, span)
            }
        };
        self.joined(condition, then, otherwise, span)
    }

    /// A choice between two expressions of one type.
    fn joined(&mut self, condition: Expr, then: Expr, otherwise: Expr, span: Span) -> Expr {
        let (ty, otherwise) = match then.ty.is_vague() {
            true => (otherwise.ty.clone(), otherwise),
            false => {
                let ty = then.ty.clone();
                (ty.clone(), self.fitting(otherwise, &ty))
            }
        };
        let kind = Kind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
        typed(kind, ty, span)
    }

    /// A `match` on a number or a bool: a chain of choices.
    pub(super) fn choice(
        &mut self,
        choice: &syn::ExprMatch,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let value = self.expr(&choice.expr, None);
        if value.ty.is_vague() {
            return unknown(span);
        }
        if !matches!(value.ty, Type::Number | Type::Bool) {
            let found = self.checker.show(&value.ty);
            let message = format!("`match` is for numbers and bools, not for `{found}`");
            self.error(value.span, message);
            return unknown(span);
        }
        let local = self.hidden("matched", value.ty.clone(), value.span);
        let name = |span| typed(Kind::Local(local), value.ty.clone(), span);
        // Arms as conditions; the last one is for all other values.
        let mut arms: Vec<(Option<Expr>, Expr)> = Vec::new();
        let mut seen = Vec::new();
        let mut complete = false;
        for arm in &choice.arms {
            let mut values = Vec::new();
            let condition = match self.arm(&arm.pat, &mut values) {
                Some(true) => None,
                Some(false) => values
                    .iter()
                    .map(|literal| {
                        let span = literal.span;
                        let literal = self.fitting(literal.clone(), &value.ty);
                        let kind = Kind::Binary(Binary::Equal, name(span).into(), literal.into());
                        typed(kind, Type::Bool, span)
                    })
                    .reduce(|a, b| {
                        let span = a.span.to(b.span);
                        typed(
                            Kind::Binary(Binary::Or, a.into(), b.into()),
                            Type::Bool,
                            span,
                        )
                    }),
                None => return unknown(span),
            };
            if complete {
                let diagnostic =
                    Diagnostic::warning(span_of(&arm.pat), "no value is left for this");
                self.report(diagnostic);
                continue;
            }
            seen.extend(values.into_iter().map(|literal| literal.kind));
            let both =
                |b| (seen.iter()).any(|k| matches!(k, Kind::Constant(v) if *v == Value::Bool(b)));
            complete = condition.is_none() || both(true) && both(false);
            let wanted = arms.first().map(|(_, body)| body.ty.clone());
            let wanted = wanted.filter(|ty| !ty.is_vague()).or(expected.cloned());
            let body = self.expr(&arm.body, wanted.as_ref());
            arms.push((condition.filter(|_| !complete), body));
        }
        if !complete {
            self.report(
                Diagnostic::error(span, "`match` does not cover all values")
                    .help("end it with `_ => ..`, or `_ => unreachable!()`"),
            );
            return unknown(span);
        }
        let chain = arms
            .into_iter()
            .rev()
            .reduce(|rest, (condition, body)| match condition {
                Some(condition) => {
                    let span = body.span;
                    (None, self.joined(condition, body, rest.1, span))
                }
                None => rest,
            });
        let Some((_, chain)) = chain else {
            return unknown(span);
        };
        let ty = chain.ty.clone();
        let bound = Statement::Let(Pattern::Local(local), value);
        typed(Kind::Block(vec![bound], Some(Box::new(chain))), ty, span)
    }

    /// The values that a pattern is for, or that it is for all.
    fn arm(&mut self, pattern: &Pat, values: &mut Vec<Expr>) -> Option<bool> {
        match pattern {
            Pat::Wild(_) => Some(true),
            Pat::Lit(literal) => {
                values.push(self.literal(&literal.lit, span_of(literal)));
                Some(false)
            }
            Pat::Ident(ident)
                if self
                    .checker
                    .constants
                    .contains_key(&ident.ident.to_string()) =>
            {
                let value = self.name(&ident.ident.to_string(), span_of(ident))?;
                values.push(self.evaluated(value));
                Some(false)
            }
            Pat::Or(or) => {
                let mut all = false;
                for case in &or.cases {
                    all |= self.arm(case, values)?;
                }
                Some(all)
            }
            other => {
                self.report(
                    Diagnostic::error(span_of(other), "`match` is on literals and constants here")
                        .help("write `if .. { .. } else { .. }`"),
                );
                None
            }
        }
    }

    pub(super) fn for_loop(&mut self, each: &syn::ExprForLoop, span: Span) -> Expr {
        if let Some(label) = &each.label {
            self.report(refusals::label(span_of(label)));
        }
        match unwrapped(&each.expr) {
            Syntax::Range(range) => self.counted(each, range, span),
            over => self.over(each, over, span),
        }
    }

    fn counted(&mut self, each: &syn::ExprForLoop, range: &syn::ExprRange, span: Span) -> Expr {
        let (Some(start), Some(end)) = (&range.start, &range.end) else {
            self.report(
                Diagnostic::error(span_of(range), "a loop has a beginning and an end")
                    .help("write `for i in 0..n`, or `while`"),
            );
            return unknown(span);
        };
        let mut bound = |bound: &Syntax| {
            let bound = self.expr(bound, Some(&Type::Number));
            self.fitting(bound, &Type::Number)
        };
        let start = bound(start);
        let mut end = bound(end);
        if let RangeLimits::Closed(_) = range.limits {
            let span = end.span;
            let kind = Kind::Binary(Binary::Add, end.into(), number_at(1, span).into());
            end = typed(kind, Type::Number, span);
        }
        let (index, body) = self.scoped(|body| {
            let index = match body.pattern(&each.pat, &Type::Number) {
                Pattern::Local(local) => Some(local),
                _ => None,
            };
            let inner = body.block(&each.body, Some(&Type::UNIT));
            (index, body.fitting(inner, &Type::UNIT))
        });
        let kind = Kind::For {
            index,
            start: start.into(),
            end: end.into(),
            body: body.into(),
        };
        typed(kind, Type::UNIT, span)
    }

    /// `for x in list`: by index.
    fn over(&mut self, each: &syn::ExprForLoop, over: &Syntax, span: Span) -> Expr {
        let list = self.expr(over, None);
        let part = match &list.ty {
            Type::List(ty) | Type::Array(ty, _) => (**ty).clone(),
            ty => {
                if !ty.is_vague() {
                    let message = format!("`{}` has no parts to go through", self.checker.show(ty));
                    let diagnostic = Diagnostic::error(list.span, message);
                    self.report(
                        diagnostic.help("write `for i in 0..n`, or go through an array or a list"),
                    );
                }
                return unknown(span);
            }
        };
        let at = list.span;
        let local = self.hidden("list", list.ty.clone(), at);
        let whole = typed(Kind::Local(local), list.ty.clone(), at);
        let length = vec![whole.clone()];
        let length = typed(Kind::Builtin(Builtin::Length, length), Type::Number, at);
        let index = self.hidden("index", Type::Number, at);
        let position = typed(Kind::Local(index), Type::Number, at);
        let word = typed(Kind::Index(whole.into(), position.into()), part.clone(), at);
        let body = self.scoped(|body| {
            let pattern = body.pattern(&each.pat, &part);
            let inner = body.block(&each.body, Some(&Type::UNIT));
            let inner = body.fitting(inner, &Type::UNIT);
            let bound = Statement::Let(pattern, word);
            let ty = Type::UNIT;
            typed(Kind::Block(vec![bound], Some(inner.into())), ty, span)
        });
        let kind = Kind::For {
            index: Some(index),
            start: number_at(0, at).into(),
            end: length.into(),
            body: body.into(),
        };
        let each = typed(kind, Type::UNIT, span);
        let bound = Statement::Let(Pattern::Local(local), list);
        let kind = Kind::Block(vec![bound], Some(each.into()));
        typed(kind, Type::UNIT, span)
    }

    pub(super) fn while_loop(&mut self, repeat: &syn::ExprWhile, span: Span) -> Expr {
        let condition = self.condition(&repeat.cond);
        let body = self.block(&repeat.body, Some(&Type::UNIT));
        let body = self.fitting(body, &Type::UNIT);
        typed(Kind::While(condition.into(), body.into()), Type::UNIT, span)
    }
}

/// An expression without parentheses.
fn unwrapped(expr: &Syntax) -> &Syntax {
    match expr {
        Syntax::Paren(inner) => unwrapped(&inner.expr),
        other => other,
    }
}
