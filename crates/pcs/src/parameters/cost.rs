//! What rounds cost: rough measurements on one machine, which are part of the protocol since the search compares them.

use sheaf_transcript::EXTENSION_DEGREE;

use super::{Parameters, Round};
use crate::merkle::{DIGEST, row_permutations};

/// What a byte of proof is worth: 2.5 ms per KiB.
const NANOSECONDS_PER_BYTE: u64 = 2500;
/// One width-24 permutation, two cores.
const NANOSECONDS_PER_HASH: u64 = 480;
/// Eight width-24 permutations, two cores.
pub(super) const NANOSECONDS_PER_8_NONCES: u64 = 1200;
/// Encoding, weights and sumcheck, per element of the extension field.
const NANOSECONDS_PER_COEFFICIENT: u64 = 60;

const BYTES_PER_ELEMENT: u64 = 4;

impl Parameters {
    /// Elements of commitment and opening, as expected for random query positions.
    #[must_use]
    pub fn proof_elements_estimate(&self) -> usize {
        let oracles: usize = self
            .rounds
            .iter()
            .map(|round| {
                let grinding = usize::from(round.query_grinding > 0)
                    + round.slice_variables * usize::from(round.fold_grinding > 0);
                let sumcheck = 2 * EXTENSION_DEGREE * round.slice_variables;
                DIGEST + EXTENSION_DEGREE + sumcheck + grinding + query_elements(round)
            })
            .sum();
        oracles + final_elements(self.final_variables())
    }

    /// Proving time on two cores of 2024, in microseconds: for comparing layouts, not for planning.
    #[must_use]
    pub fn prover_microseconds_estimate(&self) -> usize {
        let nanoseconds: u64 = self.rounds.iter().map(prover_nanoseconds).sum();
        (nanoseconds / 1000) as usize
    }
}

/// Elements opened for the queries of a round, as expected for random positions.
///
/// `t` distinct positions among `2^h` leave about `t (h - log2 t - 0.89)` siblings.
fn query_elements(round: &Round) -> usize {
    let queries = round.queries.min(1 << round.domain_bits());
    if queries == 0 {
        return 0;
    }
    // Thousandths; linear interpolation between powers of two.
    let log = queries.ilog2() as usize;
    let log2 = 1000 * log + (((queries - (1 << log)) * 1000) >> log);
    let depth = (1000 * round.domain_bits()).saturating_sub(log2 + 890);
    queries * round.row_elements + DIGEST * (queries * depth / 1000)
}

pub(super) fn query_cost(round: &Round) -> u64 {
    let bytes = query_elements(round) as u64 * BYTES_PER_ELEMENT;
    bytes * NANOSECONDS_PER_BYTE + grinding_nanoseconds(round.query_grinding)
}

pub(super) fn cost(round: &Round) -> u64 {
    let messages = DIGEST + EXTENSION_DEGREE * (1 + 2 * round.slice_variables);
    let bytes = (messages + query_elements(round)) as u64 * BYTES_PER_ELEMENT;
    bytes * NANOSECONDS_PER_BYTE + prover_nanoseconds(round)
}

/// The last polynomial and its sumcheck.
const fn final_elements(variables: usize) -> usize {
    EXTENSION_DEGREE * ((1 << variables) + 2 * variables)
}

pub(super) fn final_cost(variables: usize) -> u64 {
    final_elements(variables) as u64 * BYTES_PER_ELEMENT * NANOSECONDS_PER_BYTE
}

const fn grinding_nanoseconds(bits: usize) -> u64 {
    match bits {
        0 => 0,
        _ => (NANOSECONDS_PER_8_NONCES << bits) / 8,
    }
}

/// Hashing, grinding, and passes over the polynomial.
fn prover_nanoseconds(round: &Round) -> u64 {
    let permutations = (row_permutations(round.row_elements) as u64 + 1) << round.domain_bits();
    let coefficients =
        (round.row_elements.div_ceil(EXTENSION_DEGREE) as u64) << round.inner_variables;
    permutations * NANOSECONDS_PER_HASH
        + coefficients * NANOSECONDS_PER_COEFFICIENT
        + grinding_nanoseconds(round.query_grinding)
        + round.slice_variables as u64 * grinding_nanoseconds(round.fold_grinding)
}
