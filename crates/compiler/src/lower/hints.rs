//! Hints: what the executor computes by interpreting the expression, and nobody believes.

use std::sync::Arc;

use super::Lowering;
use super::analysis::Variables;
use super::body::{Held, Writing, bases};
use crate::diagnostics::Diagnostic;
use crate::interpret::{Interpreter, Value};
use crate::tree::{Expr, LocalId, Type};

/// Expressions that a hint may evaluate.
const FUEL: usize = 1 << 24;

impl Lowering<'_> {
    pub(super) fn hint(&mut self, writing: &mut Writing, value: &Expr) -> Held {
        let locals = &self.tree.functions[writing.function].locals;
        let used: Vec<(LocalId, Type)> = (Variables::of([value]).used().into_iter())
            .map(|local| (local, locals[local].ty.clone()))
            .collect();
        let mut seen = vec![false; self.tree.functions.len()];
        if value.takes_advice(&self.tree, &mut seen) {
            self.report(
                Diagnostic::error(value.span, "a hint takes no advice")
                    .help("take the advice before, or write `advice()` alone"),
            );
            return Vec::new();
        }
        if let Some((local, _)) = used.iter().find(|(_, ty)| self.tree.has_list(ty)) {
            let name = locals[*local].name.clone();
            self.report(
                Diagnostic::error(
                    value.span,
                    format!("a hint can't look into the list `{name}`"),
                )
                .note("a list is in memory, and a hint is computed from a row")
                .help("bind the words that are needed by `let` before"),
            );
            return Vec::new();
        }
        let inputs: Vec<_> = (used.iter())
            .filter_map(|(local, _)| writing.locals[*local].as_ref())
            .flat_map(|held| bases(held))
            .collect();
        let count = self.tree.elements(&value.ty);
        let (tree, expr, all) = (Arc::clone(&self.tree), value.clone(), locals.len());
        let found = writing
            .open
            .row
            .hint_elements(&inputs, count, move |inputs| {
                let mut inputs = inputs.iter().copied();
                let mut locals = vec![Value::UNIT; all];
                for (local, ty) in &used {
                    let value = Value::from_elements(&tree, ty, &mut inputs);
                    locals[*local] = value.ok_or("what the hint depends on is not of its type")?;
                }
                let mut interpreter = Interpreter::new(&tree, &[], FUEL);
                match interpreter.expr(&mut locals, &expr) {
                    Ok(value) => Ok(value.elements()),
                    Err(panic) => Err(panic.message),
                }
            });
        self.received(writing, &value.ty, found)
    }
}
