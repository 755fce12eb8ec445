//! Kinds as text for people who audit them: cells by their names, products as equations, messages as tuples.

use std::fmt;

use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::layout::{CELLS, CONSTANT, FIRST_OUTPUT};
use crate::{DEGREE, E, F, Form, Kind, Program, Tag, coefficients};

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let a = self.header().kinds_a();
        for (number, kind) in self.kinds().iter().enumerate() {
            let zone = if number < a { 'A' } else { 'B' };
            writeln!(f, "# {number}, zone {zone}\n{kind}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kind `{}`", self.name)?;
        match self.permutation.width() {
            0 => writeln!(f)?,
            width => writeln!(f, ": out = Poseidon1-{width}(cells 0 to {})", width - 1)?,
        }
        for (g, constraint) in self.constraints.iter().enumerate() {
            write!(f, "  {g:>2}: ")?;
            let mut first = true;
            for (left, right) in &constraint.products {
                if left.is_zero() || right.is_zero() {
                    continue;
                }
                let plus = if first { "" } else { " + " };
                write!(f, "{plus}({}) * ({})", self.text(left), self.text(right))?;
                first = false;
            }
            let left = if first { "0" } else { "" };
            writeln!(f, "{left} = {}", self.text(&constraint.result))?;
        }
        for message in &self.messages {
            let multiplicity = &message.multiplicity;
            match multiplicity.as_constant() {
                Some(E::ONE) => write!(f, "   + ")?,
                Some(c) if c == -E::ONE => write!(f, "   - ")?,
                _ => write!(f, "   [{}] ", self.text(multiplicity))?,
            }
            for (j, form) in message.tuple.iter().enumerate() {
                match Tag::of(form) {
                    Some(tag) if j == 0 => write!(f, "{tag}(")?,
                    None if j == 0 => write!(f, "?{}(", self.text(form))?,
                    _ => write!(f, "{}{}", if j > 1 { ", " } else { "" }, self.text(form))?,
                }
            }
            writeln!(f, ")")?;
        }
        Ok(())
    }
}

impl Kind {
    /// A form as text, with the names of this kind's cells.
    #[must_use]
    pub fn text(&self, form: &Form) -> String {
        let mut text = String::new();
        for (column, value) in form.terms() {
            let (sign, factor) = signed(value);
            let name = match column {
                0..CELLS => match self.cells.get(column) {
                    Some(name) if !name.is_empty() => name.clone(),
                    _ => format!("c{column}"),
                },
                CONSTANT => String::new(),
                _ => format!("out{}", column - FIRST_OUTPUT),
            };
            match (text.is_empty(), sign) {
                (true, false) => {}
                (true, true) => text.push('-'),
                (false, false) => text.push_str(" + "),
                (false, true) => text.push_str(" - "),
            }
            match (factor.as_str(), name.as_str()) {
                (_, "") => text.push_str(&factor),
                ("1", _) => text.push_str(&name),
                _ => text.push_str(&format!("{factor} {name}")),
            }
        }
        if text.is_empty() { "0".into() } else { text }
    }
}

/// A coefficient as a sign and what follows it: `3`, `X^2`, `(1 + 5 X)`.
fn signed(value: E) -> (bool, String) {
    let parts: Vec<(usize, F)> = (0..DEGREE)
        .map(|i| (i, coefficients(value)[i]))
        .filter(|&(_, x)| x != F::ZERO)
        .collect();
    let small = |x: F| {
        let x = x.as_canonical_u32();
        if x > F::ORDER_U32 / 2 {
            (true, F::ORDER_U32 - x)
        } else {
            (false, x)
        }
    };
    let part = |i: usize, n: u32| match (i, n) {
        (0, _) => n.to_string(),
        (1, 1) => "X".into(),
        (1, _) => format!("{n} X"),
        (_, 1) => format!("X^{i}"),
        _ => format!("{n} X^{i}"),
    };
    match parts[..] {
        [(i, x)] => {
            let (sign, n) = small(x);
            (sign, part(i, n))
        }
        _ => {
            let parts: Vec<String> = parts
                .iter()
                .map(|&(i, x)| part(i, x.as_canonical_u32()))
                .collect();
            (false, format!("({})", parts.join(" + ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, Constraint, Message, Permutation};

    #[test]
    fn a_kind_is_read_with_the_names_of_its_cells() {
        let mut kind = Kind::new("square", Permutation::Width16);
        kind.cells = vec!["x".into(), String::new(), "n".into()];
        kind.constraints = vec![Constraint {
            products: vec![
                (Form::cell(0), Form::cell(0)),
                (Form::word(1), Form::cell(0)),
            ],
            result: &Form::output(3) - &(&Form::constant(E::TWO) + &Form::cell(1)),
        }];
        kind.messages = vec![
            Message {
                multiplicity: Form::constant(E::ONE),
                tuple: vec![
                    Tag::new(Class::Fun, 7).unwrap().form(),
                    Form::cell(0),
                    Form::ZERO,
                ],
            },
            Message {
                multiplicity: -&Form::cell(2),
                tuple: vec![Tag::ENTRY.form(), Form::constant(-E::ONE)],
            },
        ];
        assert_eq!(
            kind.to_string(),
            "kind `square`: out = Poseidon1-16(cells 0 to 15)\n\
             \x20  0: (x) * (x) + (c1 + X n + X^2 c3 + X^3 c4 + X^4 c5) * (x) = -c1 + out3 - 2\n\
             \x20  + FUN 7(x, 0)\n\
             \x20  [-n] ENTRY(-1)\n"
        );
    }
}
