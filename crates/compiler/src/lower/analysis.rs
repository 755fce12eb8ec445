//! What can be said of an expression without compiling it: which variables it needs, whether it can fail, how much it is.

use std::collections::BTreeSet;

use crate::interpret::Value;
use crate::tree::{
    Binary, Builtin, Expr, Kind, LocalId, Pattern, Place, Statement, Step, Tree, Type,
};

/// Variables of an expression that are declared outside of it.
#[derive(Default)]
pub(super) struct Variables {
    used: BTreeSet<LocalId>,
    assigned: BTreeSet<LocalId>,
    declared: BTreeSet<LocalId>,
}

impl Variables {
    pub(super) fn of<'e>(all: impl IntoIterator<Item = &'e Expr>) -> Self {
        let mut variables = Self::default();
        for expr in all {
            variables.expr(expr);
        }
        variables
    }

    /// Those that it looks at or changes.
    pub(super) fn used(&self) -> Vec<LocalId> {
        (self.used.union(&self.assigned).copied())
            .filter(|local| !self.declared.contains(local))
            .collect()
    }

    /// Those that it changes.
    pub(super) fn assigned(&self) -> Vec<LocalId> {
        self.assigned.difference(&self.declared).copied().collect()
    }

    /// Those that it looks at and leaves as they are.
    pub(super) fn constant(&self) -> Vec<LocalId> {
        (self.used().into_iter())
            .filter(|local| !self.assigned.contains(local))
            .collect()
    }

    /// Without a variable that is somebody else's concern.
    pub(super) fn without(mut self, local: Option<LocalId>) -> Self {
        self.declared.extend(local);
        self
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wild => {}
            Pattern::Local(local) => {
                self.declared.insert(*local);
            }
            Pattern::Parts(parts) => parts.iter().for_each(|part| self.pattern(part)),
        }
    }

    fn place(&mut self, place: &Place) {
        self.assigned.insert(place.local);
        for step in &place.path {
            if let Step::Index(index) = step {
                self.expr(index);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Local(local) => {
                self.used.insert(*local);
            }
            Kind::Block(statements, _) => {
                for statement in statements {
                    if let Statement::Let(pattern, _) = statement {
                        self.pattern(pattern);
                    }
                }
            }
            Kind::Assign(place, _) => self.place(place),
            Kind::AssignAll(places, _) => places.iter().flatten().for_each(|p| self.place(p)),
            Kind::For { index, .. } => self.declared.extend(index),
            Kind::FromFn(_, index, _) => {
                self.declared.insert(*index);
            }
            _ => {}
        }
        for part in expr.parts() {
            self.expr(part);
        }
    }
}

impl Expr {
    /// The expressions that it is made of.
    pub(crate) fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            Kind::Unknown | Kind::Constant(_) | Kind::Local(_) | Kind::Panic(_) | Kind::Advice => {
                Vec::new()
            }
            Kind::Parts(parts) | Kind::Call(_, parts) | Kind::Builtin(_, parts) => {
                parts.iter().collect()
            }
            Kind::Repeat(x)
            | Kind::Part(x, _)
            | Kind::Unary(_, x)
            | Kind::Assert(x, _)
            | Kind::Hint(x)
            | Kind::AssignAll(_, x)
            | Kind::Assign(_, x) => vec![x],
            Kind::Index(a, b)
            | Kind::Binary(_, a, b)
            | Kind::While(a, b)
            | Kind::FromFn(a, _, b)
            | Kind::AssertEqual(a, b, ..) => vec![a, b],
            Kind::If(a, b, c) => vec![a, b, c],
            Kind::For {
                start, end, body, ..
            } => vec![start, end, body],
            Kind::Block(statements, result) => (statements.iter())
                .map(|statement| match statement {
                    Statement::Let(_, value) => value,
                    Statement::Expr(expr) => expr,
                })
                .chain(result.as_deref())
                .collect(),
        }
    }

    /// Whether this has a value whatever its variables are, and asks nobody for one: both sides of a branch may be evaluated then.
    pub(super) fn is_total(&self) -> bool {
        let itself = match &self.kind {
            Kind::Constant(_)
            | Kind::Local(_)
            | Kind::Parts(_)
            | Kind::Repeat(_)
            | Kind::Part(..)
            | Kind::Unary(..)
            | Kind::If(..)
            | Kind::Block(..) => true,
            Kind::Assign(place, _) => place.is_fixed(),
            Kind::AssignAll(places, _) => places.iter().flatten().all(Place::is_fixed),
            Kind::Index(whole, index) => within(whole, index),
            Kind::Binary(op, _, b) => match op {
                Binary::Add | Binary::Subtract | Binary::Multiply => self.ty != Type::Number,
                Binary::Divide | Binary::Remainder => {
                    matches!(b.kind, Kind::Constant(Value::Number(1..)))
                }
                _ => true,
            },
            Kind::Builtin(builtin, _) => match builtin {
                Builtin::Inverse | Builtin::ToNumber | Builtin::ToList => false,
                // Rows of their own, or nearly.
                Builtin::Compress
                | Builtin::Absorb
                | Builtin::Poseidon24
                | Builtin::Poseidon16
                | Builtin::Bits => false,
                _ => true,
            },
            _ => false,
        };
        itself && self.parts().iter().all(|part| part.is_total())
    }

    /// Roughly, how many products it is.
    pub(super) fn weight(&self) -> usize {
        let own = match &self.kind {
            Kind::Binary(..) | Kind::Call(..) | Kind::Hint(_) | Kind::Index(..) | Kind::If(..) => 1,
            Kind::Builtin(
                Builtin::Compress
                | Builtin::Absorb
                | Builtin::Poseidon24
                | Builtin::Poseidon16
                | Builtin::Bits,
                _,
            ) => 24,
            Kind::For { .. } | Kind::While(..) | Kind::FromFn(..) => 64,
            _ => 0,
        };
        own + self.parts().iter().map(|part| part.weight()).sum::<usize>()
    }

    /// Whether an array is asked for a part whose place depends on this variable.
    pub(super) fn indexes_by(&self, local: LocalId) -> bool {
        let mentions = |index: &Expr| Variables::of([index]).used.contains(&local);
        let place = |place: &Place| {
            (place.path.iter()).any(|step| matches!(step, Step::Index(index) if mentions(index)))
        };
        let itself = match &self.kind {
            Kind::Index(whole, index) => matches!(whole.ty, Type::Array(..)) && mentions(index),
            Kind::Assign(to, _) => place(to),
            Kind::AssignAll(to, _) => to.iter().flatten().any(place),
            _ => false,
        };
        itself || self.parts().iter().any(|part| part.indexes_by(local))
    }

    /// Whether it asks for what the prover knows, or calls what does. Functions that have been looked at are marked.
    pub(super) fn takes_advice(&self, tree: &Tree, seen: &mut [bool]) -> bool {
        let itself = match self.kind {
            Kind::Advice => true,
            Kind::Call(function, _) if !std::mem::replace(&mut seen[function], true) => {
                tree.functions[function].body.takes_advice(tree, seen)
            }
            _ => false,
        };
        itself || (self.parts().iter()).any(|part| part.takes_advice(tree, seen))
    }
}

impl Place {
    /// Whether it is known while the program is compiled.
    fn is_fixed(&self) -> bool {
        (self.path.iter()).all(|step| match step {
            Step::Part(_) => true,
            Step::Index(index) => matches!(index.kind, Kind::Constant(_)),
        })
    }
}

/// Whether an index is known, and within an array.
fn within(whole: &Expr, index: &Expr) -> bool {
    match (&whole.ty, &index.kind) {
        (Type::Array(_, n), Kind::Constant(Value::Number(i))) => (*i as usize) < *n,
        _ => false,
    }
}
