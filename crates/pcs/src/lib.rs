//! A multilinear polynomial commitment: a thin WHIR (eprint 2024/1586).
//!
//! One polynomial `f` in `m` variables, with base-field values on the hypercube, is
//! committed to and later opened at a few points. All bounds are proven ones
//! ([`Parameters::error_terms`] lists them); no capacity conjecture is used.
//!
//! # Encoding
//! The first `k` variables of `f` select one of `2^k` *slices*. The `2^(m-k)` values of a
//! slice are the coefficients of a univariate polynomial, `value[b] X^b`, and the
//! slice is encoded by evaluating it on the subgroup of order `2^(m-k+r)`: an
//! interleaved Reed-Solomon code of rate `2^-r`. Row `x` of the codeword
//! holds the values of all live slices at `x` and is one leaf of a Merkle tree;
//! leaf `i` belongs to `x = g^i`, with `g` the generator that Plonky3 gives the subgroup.
//! The choice of coefficients makes folding commute with encoding: for challenges
//! `c` in place of the first `k` variables and `f_1 = f(c, .)`,
//!
//! ```text
//!     sum_s eq(c, s) row_x[s]  =  sum_b f_1(b) x^b.                               (1)
//! ```
//!
//! # Protocol
//! ```text
//!     commit      P: root of f_0 = f
//!                 V: z in EF^m                      out-of-domain sample: of all
//!                 P: f(z)                           codewords near the oracle, one is meant
//!
//!     open        V: g
//!                 sum_b f_0(b) W_0(b) = sum,   W_0 = eq(z, .) + g eq(p_1, .) + g^2 eq(p_2, .) + ..
//!
//!     round i     k_i rounds of sumcheck, most significant variable first:
//!                     P: round polynomial; proof of work; V: c_j
//!                 leave f_{i+1} = f_i(c, .), W_{i+1} = W_i(c, .).
//!       more      P: root of f_{i+1};  V: z;  P: f_{i+1}(z);  proof of work
//!       rounds    V: positions x_q in oracle i;  P: their rows
//!       follow    V: g
//!                 sum  += g f_{i+1}(z) + sum_q g^(q+2) (row at x_q folded as in (1))
//!                 W    += g eq(z, .)   + sum_q g^(q+2) x_q^b
//!       last      P: all of f_{i+1} in clear;  proof of work
//!       round     V: positions x_q in oracle i;  P: their rows
//!                 V: g
//!                 sum  += sum_q g^q (row at x_q folded as in (1)),    q = 1, 2, ..
//!                 W    += sum_q g^q x_q^b
//!                 a sumcheck over all variables;  V: its challenges c
//!                 V checks f_{i+1}(c) W_{i+1}(c) = sum.
//! ```
//!
//! That is WHIR's construction 5.1 with three liberties: oracles are interleaved in
//! advance, so that the domain of a queried row is that of the folded code (folding
//! is a line through interleaved words, see the notes on the error terms); the rate of
//! every oracle is chosen freely instead of halving the domain; and the out-of-domain
//! points are random points of `EF^m` instead of powers of one element. Two distinct
//! multilinear polynomials agree at such a point with probability at most `m / |EF|`.
//!
//! Rows are not absorbed: the root and the positions fix them. So positions and the challenge `g` after them are drawn in one
//! go, and are one message of the verifier; their error terms add up.
//!
//! Positions are drawn with repetition, and batched in the order in which they are drawn. The last polynomial
//! is fixed before the last positions are, so that its queries may join the running claim like all others:
//! the verifier evaluates it once, not at every position.
//!
//! # Why round 0 is cheap
//! Claims about `f_0` need of it only the slices' values at the inner coordinates of
//! their points: one pass over the cells each. The sumcheck over the slice variables
//! then has `2^k` terms per claim, and one more pass computes `f_1`. Publicly zero
//! slices cost nothing anywhere.
//!
//! # Determinism
//! Proofs depend on the cells, the claims and the transcript alone, not on the
//! number of threads.
//!
//! # Not zero-knowledge
//! Rows of the cells' encoding are revealed.

#![forbid(unsafe_code)]

mod checks;
mod layout;
pub mod merkle;
pub mod messages;
pub mod parameters;
#[cfg(feature = "prover")]
pub mod prove;
pub mod stacking;
pub mod verify;

pub use layout::{Claim, Layout};
pub use parameters::{ParameterError, Parameters};
#[cfg(feature = "prover")]
pub use prove::{Committed, commit, open};
pub use verify::{Commitment, Error, receive_commitment, verify_opening};
