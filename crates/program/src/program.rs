//! A program: kinds of rows in the order of a header.

use thiserror::Error;

use crate::identity::Identity;
use crate::layout::{CONSTRAINTS, KINDS, MESSAGES, POSITIONS, TERMS};
use crate::{E, Kind, Permutation};

/// How many kinds there are of each sort: six numbers that say which rows a kind has and what they permute.
///
/// Kinds of *zone A* all have the same count of rows, in aligned blocks; those of *zone B* have counts of their own.
/// In each zone kinds with the permutation of width 24 come first, then those of width 16, then the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Header {
    /// Kinds of zone A with width 24, width 16, no permutation.
    pub zone_a: [u32; 3],
    /// The same of zone B.
    pub zone_b: [u32; 3],
}

impl Header {
    /// Kinds of zone A.
    #[must_use]
    pub fn kinds_a(&self) -> usize {
        total(&self.zone_a)
    }

    /// Kinds of zone B.
    #[must_use]
    pub fn kinds_b(&self) -> usize {
        total(&self.zone_b)
    }

    /// Kinds of both zones.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.kinds_a().saturating_add(self.kinds_b())
    }

    /// The permutation of each kind, in order.
    pub fn permutations(&self) -> impl Iterator<Item = Permutation> {
        [self.zone_a, self.zone_b].into_iter().flat_map(|zone| {
            Permutation::ALL
                .into_iter()
                .zip(zone)
                .flat_map(|(permutation, count)| (0..count).map(move |_| permutation))
        })
    }
}

/// The sum, or the largest number if that is larger: more kinds than any program has, on machines of 32 bits too.
fn total(numbers: &[u32; 3]) -> usize {
    numbers
        .iter()
        .fold(0, |sum: usize, &n| sum.saturating_add(n as usize))
}

/// Why kinds make no program.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// There are too many kinds.
    #[error("there are {0} kinds, more than {KINDS}")]
    Kinds(usize),
    /// A kind has too many constraints, terms, messages or positions.
    #[error("kind `{kind}` has {count} {what}, more than {most}")]
    TooMany {
        /// The kind's name.
        kind: String,
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A form names a column that the kind does not have.
    #[error(
        "kind `{kind}`: form {form} names column {column}, which a row of this kind does not have"
    )]
    Column {
        /// The kind's name.
        kind: String,
        /// The form's number.
        form: usize,
        /// The column.
        column: usize,
    },
}

/// One nonzero coefficient of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coefficient {
    /// The kind's number.
    pub kind: usize,
    /// The form's number; see [`crate::layout`].
    pub form: usize,
    /// The column's number.
    pub column: usize,
    /// The coefficient, not zero.
    pub value: E,
}

/// A program.
///
/// Its shape is right: lists are no longer than the layout has room for, and forms name columns that exist. That
/// balanced messages mean a run is for `Program::check` to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    kinds: Vec<Kind>,
    header: Header,
    pub(crate) identity: Identity,
}

impl Program {
    /// The program with these kinds, each zone in the order of its permutations and else as given.
    ///
    /// # Errors
    /// If a list is too long or a form names a column that its kind does not have.
    pub fn new(zone_a: Vec<Kind>, zone_b: Vec<Kind>) -> Result<Self, ShapeError> {
        let count = zone_a.len() + zone_b.len();
        if count > KINDS {
            return Err(ShapeError::Kinds(count));
        }
        let mut header = Header::default();
        let mut kinds = Vec::with_capacity(count);
        for (mut zone, counts) in [(zone_a, &mut header.zone_a), (zone_b, &mut header.zone_b)] {
            zone.sort_by_key(|kind| kind.permutation.index());
            for mut kind in zone {
                counts[kind.permutation.index()] += 1;
                kind.trim();
                check_shape(&kind)?;
                kinds.push(kind);
            }
        }
        Ok(Self {
            kinds,
            header,
            identity: Identity::default(),
        })
    }

    /// The kinds, in the order of the header.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The numbers of kinds.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// All nonzero coefficients, in ascending order of (kind, form, column).
    pub fn coefficients(&self) -> impl Iterator<Item = Coefficient> + '_ {
        self.kinds.iter().enumerate().flat_map(|(kind, rows)| {
            rows.forms().flat_map(move |(form, terms)| {
                terms.terms().map(move |(column, value)| Coefficient {
                    kind,
                    form,
                    column,
                    value,
                })
            })
        })
    }
}

fn check_shape(kind: &Kind) -> Result<(), ShapeError> {
    let few = |what, count, most| {
        let kind = || kind.name.clone();
        (count <= most)
            .then_some(())
            .ok_or_else(|| ShapeError::TooMany {
                kind: kind(),
                what,
                count,
                most,
            })
    };
    few("constraints", kind.constraints.len(), CONSTRAINTS)?;
    few("messages", kind.messages.len(), MESSAGES)?;
    for constraint in &kind.constraints {
        few("products in a constraint", constraint.products.len(), TERMS)?;
    }
    for message in &kind.messages {
        few("positions in a message", message.tuple.len(), POSITIONS)?;
    }
    for (form, terms) in kind.forms() {
        for (column, _) in terms.terms() {
            if !kind.permutation.has_column(column) {
                return Err(ShapeError::Column {
                    kind: kind.name.clone(),
                    form,
                    column,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;
    use crate::{Constraint, Form, Message};

    fn sample(name: &str, permutation: Permutation) -> Kind {
        Kind {
            constraints: vec![
                Constraint {
                    products: vec![
                        (Form::cell(3), Form::cell(1)),
                        (Form::word(4), Form::cell(1)),
                    ],
                    result: Form::cell(2),
                },
                Constraint {
                    products: vec![],
                    result: &Form::cell(9) - &Form::constant(E::TWO),
                },
            ],
            messages: vec![
                Message {
                    multiplicity: Form::constant(E::ONE),
                    tuple: vec![Form::constant(E::TWO), Form::cell(1)],
                },
                Message {
                    multiplicity: Form::constant(-E::ONE),
                    tuple: vec![Form::constant(E::TWO), Form::ZERO, Form::word(10)],
                },
            ],
            ..Kind::new(name, permutation)
        }
    }

    #[test]
    fn coefficients_come_in_ascending_order_and_none_is_zero() {
        let program = Program::new(
            vec![
                sample("a", Permutation::None),
                sample("b", Permutation::Width24),
            ],
            vec![sample("c", Permutation::Width16)],
        )
        .unwrap();
        assert_eq!(
            program.header(),
            &Header {
                zone_a: [1, 0, 1],
                zone_b: [0, 1, 0]
            }
        );
        let names: Vec<_> = program.kinds().iter().map(|k| k.name.as_str()).collect();
        assert_eq!(names, ["b", "a", "c"]);
        let permutations: Vec<_> = program.header().permutations().collect();
        let expected: Vec<_> = program.kinds().iter().map(|k| k.permutation).collect();
        assert_eq!(permutations, expected);

        let places: Vec<_> = program
            .coefficients()
            .map(|c| (c.kind, c.form, c.column))
            .collect();
        assert!(places.is_sorted_by(|a, b| a < b));
        assert_eq!(places.len(), 3 * 21);
        assert!(program.coefficients().all(|c| c.value != E::ZERO));
    }

    #[test]
    fn what_is_zero_at_the_end_of_a_list_makes_no_other_program() {
        let plain = Program::new(vec![], vec![sample("a", Permutation::None)]).unwrap();
        let mut padded = sample("a", Permutation::None);
        padded.messages[0].tuple.resize(40, Form::ZERO);
        padded.messages.resize(20, Message::default());
        padded.constraints[1]
            .products
            .push((Form::ZERO, Form::ZERO));
        padded.constraints.resize(30, Constraint::default());
        assert_eq!(Program::new(vec![], vec![padded]).unwrap(), plain);
    }

    #[test]
    fn a_form_names_only_columns_of_its_kind() {
        for (permutation, column, allowed) in [
            (Permutation::None, 96, false),
            (Permutation::None, 120, true),
            (Permutation::Width16, 111, true),
            (Permutation::Width16, 112, false),
            (Permutation::Width24, 119, true),
            (Permutation::Width24, 121, false),
        ] {
            let mut kind = sample("k", permutation);
            kind.constraints[0].result = Form::column(column);
            assert_eq!(
                Program::new(vec![], vec![kind]).is_ok(),
                allowed,
                "{column}"
            );
        }
    }

    #[test]
    fn long_lists_are_refused_by_name() {
        let mut kind = sample("long", Permutation::None);
        kind.constraints[0].products = vec![(Form::cell(0), Form::cell(1)); 5];
        assert_eq!(
            Program::new(vec![], vec![kind]).unwrap_err().to_string(),
            "kind `long` has 5 products in a constraint, more than 4"
        );
        let kinds = (0..4097).map(|_| sample("k", Permutation::None)).collect();
        assert_eq!(
            Program::new(vec![], kinds).unwrap_err(),
            ShapeError::Kinds(4097)
        );
    }
}
