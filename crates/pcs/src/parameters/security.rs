//! The soundness error of the protocol, term by term.
//!
//! Bounds are the proven ones of the Johnson regime. A code of rate `rho` is
//! used at agreement `alpha = sqrt(rho) (1 + 1/(2m))`, where the integer `m >= 3`
//! is the *slack parameter* of its round:
//!
//! - *List size.* `L <= m / rho`: with `eta = sqrt(rho) / (2m)`, Johnson's
//!   bound `1 / (2 eta sqrt(rho))`. It depends on the distance alone, hence holds
//!   over any alphabet, so for interleaved codes too.
//! - *Folding.* A line `(1 - z) u + z v` of two words has fewer than
//!   `C = 8 n (m + 1/2)^3 / (3 rho-)` exceptional `z`, for which the combination
//!   agrees with a codeword on a set of `alpha n` positions while `u` or `v` does not.
//!   Here `rho- = (k - 1) / n` for a code of dimension `k` and length `n`.
//!
//! # Interleaved words pay the count of one row
//! Let `u`, `v` be interleaved words with `s` rows over a field `K`, and let `z` be
//! exceptional with agreement set `S`: every row of `(1 - z) u + z v` agrees
//! with a codeword on `S`, while some row of `u` or of `v` does not. Let `c_1, .., c_s`
//! be a basis of the extension `K'` of degree `s` of `K`, and `U = sum_i c_i u_i`,
//! `V = sum_i c_i v_i`, words over `K'` on the same domain. Then `(1 - z) U + z V`
//! agrees with a codeword over `K'` on `S`. A codeword over `K'` is a
//! `c`-combination of codewords over `K` in exactly one way (the generator matrix
//! has entries in `K`), so if `U` agreed with a codeword on `S` then every row `u_i`
//! would; likewise `V`. Hence `z` is exceptional for the single line `(U, V)`.
//! The choice of `c` depends on neither `z` nor `S`, so *all* exceptional `z` of the
//! interleaved line are exceptional for that one line, of which there are at most
//! `C`: the count depends on `n`, `rho` and `m` but not on the size of the field
//! that the words are over. Challenges are drawn from `K`: the error is `C / |K|`.
//!
//! # What the figures rest on
//! The count `C` is theorem 5.12, with appendices B.1 and B.2, of Dao, Kominers and Thaler, *Reed–Solomon
//! Codes Beyond Johnson: Efficient Decoding and Smaller Cryptographic Proofs*, eprint 2026/2056, version of
//! September 2026. It demands `alpha >= sqrt(rho-) (1 + 1/(2m))`, which the `alpha` above satisfies since
//! `rho > rho-`. `p3_security` 0.8.0 computes it (`SecurityAssumption::prox_gaps_error_jb_at_m`), and ArkLib
//! has a proof in Lean (`ReedSolomon.mcaError_affineLine_johnson_le`). The result is recent: with the bound of
//! eprint 2025/2055 instead, the folds of a large proof at rate 1/2 retain about seven bits less each, and a
//! proof about 123 bits in all. `docs/soundness.md` states the theorem.
//!
//! All bounds are classical, in the random oracle model; `docs/soundness.md` says what is known about quantum
//! attackers.
//!
//! # Arithmetic
//! Bits are integers of a millionth of a bit, rounded towards less security. The
//! transcendental functions beneath are those of `libm`, which computes them with
//! basic IEEE operations: every machine arrives at the same integers.

use p3_security::SecurityAssumption;
use sheaf_security::{ErrorKind, ErrorTerm, SCHWARTZ_ZIPPEL, SecurityReport};
use sheaf_transcript::field::EXTENSION_BITS;

use super::{Parameters, Round};

/// A millionth of a bit.
pub(crate) type MicroBits = i64;

/// One bit.
pub(crate) const BIT: MicroBits = 1_000_000;

/// `log2 |EF|`.
const FIELD: MicroBits = (EXTENSION_BITS * BIT as f64) as MicroBits;

/// A collision of digests, which have nine elements: `log2 p^9 / 2`, rounded down.
const COLLISION_BITS: f64 = 139.4;

/// Rounds down.
pub(crate) fn floor_bits(bits: f64) -> MicroBits {
    libm::floor(bits * BIT as f64) as MicroBits
}

/// Rounds up.
pub(crate) fn ceil_bits(bits: f64) -> MicroBits {
    libm::ceil(bits * BIT as f64) as MicroBits
}

/// `log2 x`, rounded up.
fn log2_ceil(x: usize) -> MicroBits {
    ceil_bits(libm::log2(x as f64))
}

/// `-log2 alpha`: what one query contributes.
pub(crate) fn query_bits(log_inv_rate: usize, slack: usize) -> MicroBits {
    floor_bits(0.5 * log_inv_rate as f64 - libm::log2(1.0 + 0.5 / slack as f64))
}

/// `log2 L`, the size of the list of codewords near a word.
fn list_bits(log_inv_rate: usize, slack: usize) -> MicroBits {
    log_inv_rate as MicroBits * BIT + log2_ceil(slack)
}

/// Proximity of one fold, without grinding.
pub(crate) fn gap_bits(inner_variables: usize, log_inv_rate: usize, slack: usize) -> MicroBits {
    // With two functions the batching degree is 1 and the result is `0 - log2 C`.
    let minus_count =
        SecurityAssumption::prox_gaps_error_jb_at_m(inner_variables, log_inv_rate, 0, 2, slack);
    FIELD.saturating_add(floor_bits(minus_count))
}

/// Sumcheck of one fold, without grinding.
fn sumcheck_bits(log_inv_rate: usize, slack: usize) -> MicroBits {
    FIELD - BIT - list_bits(log_inv_rate, slack)
}

/// One out-of-domain sample of a polynomial in `variables` variables.
pub(crate) fn out_of_domain_bits(variables: usize, log_inv_rate: usize, slack: usize) -> MicroBits {
    FIELD + BIT - log2_ceil(variables) - 2 * list_bits(log_inv_rate, slack)
}

/// Batching of `claims` claims with the powers of one challenge.
fn batching_bits(claims: usize, log_inv_rate: usize, slack: usize) -> MicroBits {
    FIELD - log2_ceil(claims.max(2) - 1) - list_bits(log_inv_rate, slack)
}

/// A term together with what the parameter search asks about it.
struct Term {
    name: &'static str,
    oracle: usize,
    bits: MicroBits,
    /// How many challenges the term is paid for.
    count: usize,
    formula: &'static str,
    source: &'static str,
}

const WHIR: &str = "WHIR, eprint 2024/1586, theorem 5.2";
const JOHNSON: &str = "Johnson list bound, Schwartz-Zippel; eprint 2024/390, lemma 4.5";
const LINE: &str = "mutual correlated agreement, eprint 2026/2056, theorem 5.12 (p3-security)";
const QUERIES: &str = "queries";

/// The terms of the last polynomial, which is sent in clear: there is one of it, not a list.
fn final_terms(rounds: &[Round]) -> impl Iterator<Item = Term> {
    rounds
        .iter()
        .enumerate()
        .next_back()
        .into_iter()
        .flat_map(|(oracle, round)| {
            [
                Term {
                    name: "final batching",
                    oracle,
                    bits: FIELD - log2_ceil(round.queries.max(1)),
                    count: 1,
                    formula: "queries / |F|",
                    source: SCHWARTZ_ZIPPEL,
                },
                Term {
                    name: "final sumcheck",
                    oracle,
                    bits: FIELD - BIT,
                    count: round.inner_variables,
                    formula: "2 / |F|",
                    source: SCHWARTZ_ZIPPEL,
                },
            ]
        })
}

fn terms(rounds: &[Round], max_claims: usize) -> impl Iterator<Item = Term> {
    oracle_terms(rounds, max_claims).chain(final_terms(rounds))
}

fn oracle_terms(rounds: &[Round], max_claims: usize) -> impl Iterator<Item = Term> {
    rounds.iter().enumerate().flat_map(move |(oracle, round)| {
        let (r, m) = (round.log_inv_rate, round.slack);
        let grinding = |bits: usize| bits as MicroBits * BIT;
        // The claims about oracle 0 and its sample; or the claim carried over, the
        // sample and the queries to the oracle before.
        let batched = match oracle.checked_sub(1) {
            None => max_claims.saturating_add(1),
            Some(previous) => rounds[previous].queries + 2,
        };
        let term = |name, bits, count, formula, source| Term {
            name,
            oracle,
            bits,
            count,
            formula,
            source,
        };
        [
            term(
                "out-of-domain sample",
                out_of_domain_bits(round.variables(), r, m),
                1,
                "binom(L, 2) variables / |F|",
                JOHNSON,
            ),
            term(
                "claim batching",
                batching_bits(batched, r, m),
                1,
                "L (claims - 1) / |F|",
                WHIR,
            ),
            term(
                "fold proximity",
                gap_bits(round.inner_variables, r, m) + grinding(round.fold_grinding),
                round.slice_variables,
                "8 n (m + 1/2)^3 / (3 rho |F|) / 2^grinding",
                LINE,
            ),
            term(
                "fold sumcheck",
                sumcheck_bits(r, m) + grinding(round.fold_grinding),
                round.slice_variables,
                "2 L / |F| / 2^grinding",
                WHIR,
            ),
            term(
                QUERIES,
                // The low bits of a field element are not quite uniform; the excess
                // of one residue costs less than a microbit per query.
                round.queries as MicroBits * (query_bits(r, m) - 1)
                    + grinding(round.query_grinding),
                1,
                "(sqrt(rho) (1 + 1/(2m)))^queries / 2^grinding",
                WHIR,
            ),
        ]
    })
}

impl Parameters {
    /// Every term of the error budget, one per challenge.
    #[must_use]
    pub fn error_terms(&self) -> Vec<ErrorTerm> {
        let hash = ErrorTerm::collision(
            "Merkle tree collision",
            COLLISION_BITS,
            "birthday bound on 9 elements",
            "Poseidon, eprint 2019/458; sponge indifferentiability",
        );
        terms(&self.rounds, self.max_claims)
            .flat_map(|term| {
                (0..term.count).map(move |i| ErrorTerm {
                    name: if term.count == 1 {
                        format!("{}, oracle {}", term.name, term.oracle)
                    } else {
                        format!("{}, oracle {}, variable {i}", term.name, term.oracle)
                    },
                    bits: term.bits as f64 / BIT as f64,
                    formula: term.formula.to_owned(),
                    source: term.source,
                    kind: ErrorKind::Challenge,
                })
            })
            .chain([hash])
            .collect()
    }

    /// `-log2` of the sum of all terms but the collision resistance of the hash.
    #[must_use]
    pub fn security_bits(&self) -> f64 {
        let report: SecurityReport = self.error_terms().into_iter().collect();
        report.algebraic_bits()
    }
}

/// The sum of all terms but the query terms, as a multiple of `2^-target`.
pub(crate) fn error_besides_queries(rounds: &[Round], max_claims: usize, target: MicroBits) -> f64 {
    terms(rounds, max_claims)
        .filter(|term| term.name != QUERIES)
        .map(|term| relative_error(target, term.bits) * term.count as f64)
        .sum()
}

/// `2^(target - bits)`.
pub(crate) fn relative_error(target: MicroBits, bits: MicroBits) -> f64 {
    libm::exp2((target - bits) as f64 / BIT as f64)
}
