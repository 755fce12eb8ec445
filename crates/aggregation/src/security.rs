//! The soundness error of a whole proof, term by term.
//!
//! Each reduction is charged with the number of roots that its challenges may
//! have, over `|EF| = p^5`; the commitment lists its own terms. The terms are
//! added (union bound). Hash collisions are a separate kind: they bound the work
//! of an attacker, not the probability of a lucky challenge.
//!
//! Logarithms are those of `libm`, since parameters are refused by what comes out: every machine has to agree.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs::{ErrorKind, Parameters};
use sheaf_transcript::field::EXTENSION_BITS;

use crate::constraints::{Constraints, LANE_DEGREE, ROW_DEGREE};
use crate::shape::Shape;
use crate::streams::CAPACITY;
use crate::wiring;

/// The claims about the committed polynomial.
pub(crate) const OPENING_CLAIMS: usize = 1;

/// The security level that a proof must reach, in bits.
pub const TARGET_BITS: f64 = 128.0;

/// What the commitment is asked for, so that all terms together meet the target.
///
/// The terms of the reductions are below `2^-139` for every supported size; a
/// twentieth of a bit is far more than they need.
pub(crate) const COMMITMENT_BITS: f64 = TARGET_BITS + 0.05;

/// One way in which a false statement may be accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorTerm {
    /// Where in the protocol.
    pub name: String,
    /// The probability is at most `2^-bits`; for a hash, the work is `2^bits`.
    pub bits: f64,
    /// The bound.
    pub formula: String,
    /// Who proved it.
    pub source: String,
    /// Whether the term is a hash's collision resistance, which does not add to the others.
    pub is_hash: bool,
}

/// Every term of the error budget of one proof.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityReport {
    /// The terms, in transcript order.
    pub terms: Vec<ErrorTerm>,
}

impl SecurityReport {
    pub(crate) fn new(shape: &Shape, parameters: &Parameters) -> Self {
        let mut terms = Vec::new();
        let mut algebraic = |name: &str, numerator: usize, formula: &str, source: &str| {
            terms.push(ErrorTerm {
                name: name.to_owned(),
                bits: EXTENSION_BITS - libm::log2(numerator as f64),
                formula: format!("{numerator} / |EF|: {formula}"),
                source: source.to_owned(),
                is_hash: false,
            });
        };
        algebraic(
            "chain ends: challenges",
            9 + shape.steps + shape.scheme.chains,
            "degree 9 in beta, steps + chains in alpha",
            "Schwartz-Zippel",
        );
        algebraic(
            "chain ends: fractions",
            fractions::error_numerator(shape.log_lanes, shape.log_ends),
            "root, and per layer batching, 3 per round, joining",
            "eprint 2023/1284",
        );
        algebraic(
            "constraints: batching",
            Constraints::count(shape) + shape.log_lanes + shape.log_rows,
            "degree in zeta, eq over lanes and rows",
            "Schwartz-Zippel",
        );
        algebraic(
            "constraints: sumcheck",
            (LANE_DEGREE + 1) * shape.log_lanes + ROW_DEGREE * shape.log_rows,
            "9 per round",
            "Lund, Fortnow, Karloff, Nisan 1992",
        );
        algebraic(
            "permutations: joining the widths",
            1,
            "degree 1 in theta",
            "Schwartz-Zippel",
        );
        for term in permutation::error_terms(&shape.permutations()) {
            terms.push(ErrorTerm {
                name: format!("permutations: {}", term.name),
                bits: term.bits,
                formula: term.formula.to_string(),
                source: "Goldwasser, Kalai, Rothblum 2008; eprint 2024/108".to_owned(),
                is_hash: false,
            });
        }
        let mut algebraic = |name: &str, numerator: usize, formula: &str| {
            terms.push(ErrorTerm {
                name: name.to_owned(),
                bits: EXTENSION_BITS - libm::log2(numerator as f64),
                formula: format!("{numerator} / |EF|: {formula}"),
                source: "Schwartz-Zippel".to_owned(),
                is_hash: false,
            });
        };
        algebraic(
            "wiring: batching",
            wiring::CLAIMS - 1,
            "one power per claim",
        );
        algebraic(
            "link: first capacities",
            CAPACITY + shape.log_lanes,
            "batching of 9 elements, one per lane variable",
        );
        algebraic(
            "columns: sumcheck",
            columns::error_numerator(shape.log_lanes, shape.log_columns()),
            "2 per round over lanes and columns",
        );
        terms.extend(parameters.error_terms().into_iter().map(|term| ErrorTerm {
            name: format!("commitment: {}", term.name),
            bits: term.bits,
            formula: term.formula.to_string(),
            source: term.source.to_string(),
            is_hash: term.kind == ErrorKind::Hash,
        }));
        // Inner collisions of a sponge whose capacity is nine elements: half of 9 log2 p.
        for name in ["transcript: sponge", "statement: digest"] {
            terms.push(ErrorTerm {
                name: name.to_owned(),
                bits: 4.5 * EXTENSION_BITS / 5.0,
                formula: "p^(9/2)".to_owned(),
                source: "birthday bound on the capacity".to_owned(),
                is_hash: true,
            });
        }
        Self { terms }
    }

    /// `-log2` of the sum of all probabilities.
    #[must_use]
    pub fn algebraic_bits(&self) -> f64 {
        let sum: f64 = self
            .terms
            .iter()
            .filter(|t| !t.is_hash)
            .map(|t| libm::exp2(-t.bits))
            .sum();
        -libm::log2(sum)
    }

    /// The security level: the smaller of [`Self::algebraic_bits`] and the weakest hash term.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.terms
            .iter()
            .filter(|t| t.is_hash)
            .map(|t| t.bits)
            .fold(self.algebraic_bits(), f64::min)
    }

    /// The weakest term.
    #[must_use]
    pub fn weakest(&self) -> Option<&ErrorTerm> {
        self.terms.iter().min_by(|a, b| a.bits.total_cmp(&b.bits))
    }
}
