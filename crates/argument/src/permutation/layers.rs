//! The layers of the reduction, and what is sent in each.

use sheaf_transcript::{EF, Extension, Label};

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};
use super::shape::Shape;

/// Labels of the messages.
pub mod label {
    use super::Label;

    /// `c_1, .., c_3` (lanes) or `c_1, .., c_4` (slots) of the output layer.
    pub const OUTPUT_ROUND: Label = Label::new("permutation/output round");
    /// `c_1, .., c_21` of the univariate round.
    pub const SKIP: Label = Label::new("permutation/skip");
    /// `c_1, .., c_3` of a round.
    pub const ROUND: Label = Label::new("permutation/round");
    /// All columns of a full layer, or `u16`, `u24` and `L`; of the tables that there are.
    pub const EVALUATIONS: Label = Label::new("permutation/evaluations");
}

/// A layer, with the round of the permutation that it removes from each table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// A full round of every table that there is.
    Full {
        narrow: Option<usize>,
        wide: Option<usize>,
    },
    /// A partial round of every table that has one left.
    Partial {
        narrow: Option<usize>,
        wide: Option<usize>,
    },
}

/// What is sent at the end of a layer.
#[derive(Clone, Debug)]
pub(crate) enum Evaluations<E = EF> {
    /// All columns of every table.
    Full {
        narrow: Option<[E; 16]>,
        wide: Option<[E; 24]>,
    },
    /// `u` of every table that has a partial round, and `L`.
    Partial {
        narrow: Option<E>,
        wide: Option<E>,
        linear: E,
    },
}

impl Layer {
    /// Layer 0, which removes the last round.
    pub(crate) fn output(shape: &Shape) -> Self {
        let [narrow, wide] = rounds(shape);
        Self::Full {
            narrow: narrow.map(|rounds| rounds - 1),
            wide: wide.map(|rounds| rounds - 1),
        }
    }

    /// The layers after that, in the order of the reduction.
    pub(crate) fn after_output(shape: &Shape) -> Vec<Self> {
        let [narrow, wide] = rounds(shape);
        let last = |i: usize| Self::Full {
            narrow: narrow.map(|rounds| rounds - i),
            wide: wide.map(|rounds| rounds - i),
        };
        let partial = |i: usize| {
            let round = |rounds: usize| {
                let round = (rounds - HALF_FULL_ROUNDS - 1).checked_sub(i);
                round.filter(|&round| round >= HALF_FULL_ROUNDS)
            };
            Self::Partial {
                narrow: narrow.and_then(round),
                wide: wide.and_then(round),
            }
        };
        let first = |round: usize| Self::Full {
            narrow: narrow.map(|_| round),
            wide: wide.map(|_| round),
        };
        let most = narrow.max(wide).unwrap_or(2 * HALF_FULL_ROUNDS);
        (2..=HALF_FULL_ROUNDS)
            .map(last)
            .chain((0..most - 2 * HALF_FULL_ROUNDS).map(partial))
            .chain((0..HALF_FULL_ROUNDS).rev().map(first))
            .collect()
    }

    /// Whether it is a partial layer.
    pub(crate) const fn is_partial(self) -> bool {
        matches!(self, Self::Partial { .. })
    }

    /// Number of evaluations sent at the end of the layer.
    pub(crate) fn evaluations(self) -> usize {
        let count = |present: Option<usize>, each: usize| present.map_or(0, |_| each);
        match self {
            Self::Full { narrow, wide } => count(narrow, 16) + count(wide, 24),
            Self::Partial { narrow, wide } => count(narrow, 1) + count(wide, 1) + 1,
        }
    }

    /// Tells these evaluations apart, which are as many.
    pub(crate) fn read<E: Extension>(self, evaluations: &[E]) -> Evaluations<E> {
        let (narrow, wide) = match self {
            Self::Full { narrow, wide } => (narrow.map_or(0, |_| 16), wide.map_or(0, |_| 24)),
            Self::Partial { narrow, wide } => (narrow.map_or(0, |_| 1), wide.map_or(0, |_| 1)),
        };
        let (narrow, others) = evaluations.split_at(narrow);
        let (wide, linear) = others.split_at(wide);
        match self {
            Self::Full { .. } => Evaluations::Full {
                narrow: narrow.try_into().ok(),
                wide: wide.try_into().ok(),
            },
            Self::Partial { .. } => Evaluations::Partial {
                narrow: narrow.first().copied(),
                wide: wide.first().copied(),
                linear: linear[0],
            },
        }
    }
}

/// Rounds of the permutation of each table that there is.
fn rounds(shape: &Shape) -> [Option<usize>; 2] {
    [
        shape.narrow.map(|_| Poseidon::narrow().rounds()),
        shape.wide.map(|_| Poseidon::wide().rounds()),
    ]
}
