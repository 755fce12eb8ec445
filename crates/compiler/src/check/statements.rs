//! Blocks and statements.

use std::collections::HashMap;

use syn::{Block, Pat, Stmt};

use super::scope::Body;
use super::{refusals, typed, unknown};
use crate::diagnostics::Diagnostic;
use crate::source::{Span, span_of};
use crate::tree::{Expr, Kind, Statement, Type};

impl Body<'_, '_> {
    /// A block, whose names are its own.
    pub(super) fn block(&mut self, block: &Block, expected: Option<&Type>) -> Expr {
        let span = span_of(block);
        self.scoped(|body| {
            let mut statements = Vec::new();
            let mut result = None;
            let mut diverges = false;
            for (i, statement) in block.stmts.iter().enumerate() {
                let last = i + 1 == block.stmts.len();
                match statement {
                    Stmt::Expr(expr, None) if last => {
                        result = Some(Box::new(body.expr(expr, expected)));
                    }
                    Stmt::Macro(call) if last && call.semi_token.is_none() => {
                        let span = span_of(&call.mac);
                        result = Some(Box::new(body.macro_call(&call.mac, span, expected)));
                    }
                    statement => {
                        if let Some(statement) = body.statement(statement) {
                            if let Statement::Expr(expr) = &statement {
                                diverges |= expr.ty == Type::Never;
                            }
                            statements.push(statement);
                        }
                    }
                }
            }
            let ty = match &result {
                Some(result) => result.ty.clone(),
                None if diverges => Type::Never,
                None => Type::UNIT,
            };
            let span = match (&result, block.stmts.last()) {
                // Without a result, the block's end is where one would be.
                (None, Some(last)) => span_of(last),
                _ => span,
            };
            typed(Kind::Block(statements, result), ty, span)
        })
    }

    fn statement(&mut self, statement: &Stmt) -> Option<Statement> {
        match statement {
            Stmt::Local(local) => self.local(local),
            Stmt::Item(item) => {
                let message = "items stand outside of functions here";
                self.error(span_of(item), message);
                None
            }
            Stmt::Expr(expr, semicolon) => {
                let value = self.expr(expr, semicolon.is_none().then_some(&Type::UNIT));
                self.unused(&value);
                Some(Statement::Expr(value))
            }
            Stmt::Macro(call) => {
                let span = span_of(&call.mac);
                Some(Statement::Expr(self.macro_call(&call.mac, span, None)))
            }
        }
    }

    /// Warns of a value that nobody looks at.
    fn unused(&mut self, value: &Expr) {
        if matches!(value.kind, Kind::Advice | Kind::Hint(_)) {
            self.report(
                Diagnostic::warning(value.span, "nobody looks at what the prover gives here")
                    .help("bind it by `let`, and assert what has to be true of it"),
            );
        }
    }

    fn local(&mut self, local: &syn::Local) -> Option<Statement> {
        let span = span_of(local);
        let (pattern, ty) = match &local.pat {
            Pat::Type(typed) => {
                let constants: HashMap<String, u32> = self.constants.clone();
                let ty = self.checker.ty(&typed.ty, &constants);
                (&*typed.pat, Some(ty))
            }
            pattern => (pattern, None),
        };
        let value = match &local.init {
            Some(init) => {
                if let Some((token, _)) = &init.diverge {
                    self.report(refusals::let_else(Span::from(token.span)));
                }
                let value = self.expr(&init.expr, ty.as_ref());
                match &ty {
                    Some(ty) => self.fitting(value, ty),
                    None => value,
                }
            }
            None => {
                self.report(
                    Diagnostic::error(span, "a variable has a value from its beginning")
                        .help("write `let x = if .. { .. } else { .. };`"),
                );
                unknown(span)
            }
        };
        let ty = ty.unwrap_or_else(|| value.ty.clone());
        let pattern = self.pattern(pattern, &ty);
        Some(Statement::Let(pattern, value))
    }
}
