//! A layered sumcheck (GKR) for tables of Poseidon1 permutations.
//!
//! # Tables
//!
//! There is a table of permutations of width 16, one of width 24, or both. All have
//! the same `2^l` *lanes*. A table has `2^s` *slots* per lane, `s16` and `s24`, with one
//! permutation each, of which the first ones are used; and its own live lanes, which
//! are a range. In an honest proof, a slot that is not used, and every slot of a lane
//! that is not live in its table, has the all-zero input.
//!
//! The claims are about all slots of all lanes, and the verifier does the same
//! whichever are live: a permutation of zero is as good as any other. It is the reader
//! of the [`InputClaim`] who decides what inputs beyond the live range are, and the
//! maker of the [`OutputClaim`] who knows what becomes of zero. The ranges save the prover
//! time and memory, which grow with the live lanes of each table and, in blocks of eight, with its slots in use.
//!
//! A table that is absent has no columns. In all that follows, what belongs to it is
//! left out of sums, messages, batches and claims, as if its weights were zero; then the other
//! table is alone, with as many layers as it has rounds.
//!
//! A *column* of a table is one state element at one place of the permutation,
//! as a function of (slot, lane); it is identified with its multilinear
//! extension. Nothing here is committed: the argument starts from a claim about
//! output columns and ends with a claim about input columns.
//!
//! # Rounds as equations
//!
//! Let `a_r` be the state after the constants of round `r` have been added, `M`
//! the circulant matrix and `c_r` the constants. Then
//!
//! ```text
//!     a_0     = input + c_0
//!     a_{r+1} = M S_r(a_r) + c_{r+1},      output = M S_R(a_R)
//! ```
//!
//! where `S_r` cubes all elements (4 rounds at each end) or element 0 only (20
//! rounds between them for width 16, 23 for width 24). Hence, for weights `w` and
//! `v = M^T w`,
//!
//! ```text
//!     <w, a_{r+1}> = sum_j v_j a_{r,j}^3 + <w, c_{r+1}>                          (full)
//!     <w, a_{r+1}> = v_0 a_{r,0}^3 + sum_{j>0} v_j a_{r,j} + <w, c_{r+1}>        (partial)
//! ```
//!
//! hold at every (slot, lane), and so under any weighted sum over slots and lanes.
//!
//! # Reductions
//!
//! A *point* consists of weights `Λ` on the 8 values of the three low slot bits,
//! which sum to one, and of coordinates for the high slot bits and the lane bits.
//! A table with fewer slot bits than the other is extended constantly in the top
//! ones: since `eq` sums to one, that changes no claim, and in the round of such a
//! variable its round polynomial is constant. Both widths share every challenge.
//! `E` is the extension field.
//!
//! 1. *Output layer.* Consumes an [`OutputClaim`], whose slot weights `W_k` are
//!    arbitrary (given as products, see [`Block`]). With `v_k = M^T W_k` it is
//!    `sum_{k,j} v_{k,j} sum_lane eq(lane) a_{k,j}(lane)^3`. The lane variables are bound
//!    first (degree 3 without the factor `eq`), then the slot variables (degree 4;
//!    the missing top variables of the shorter table carry the factor `1 - X`).
//!    Leaves the `n` columns of `a_R` at one point, batched as in the next step: 16 + 24, 16 or 24.
//!    Error `(3 l + 4 s + n)/|E|`, where `s` is the larger one of `s16` and `s24`.
//! 2. *Full layer* (3 and, after the partial layers, 4). Consumes a value of
//!    `<w16, a16> + <w24, a24>` at a point. One univariate round binds the low slot
//!    bits: both sides know the degree-21 polynomial
//!    `s(X) = sum_{hi, lane} eq sum_j v_j f_j(X, hi, lane)^3`, where `f_j(X)` interpolates
//!    the column over the skip domain `D`, and `sum_{x in D} Λ_x s(x)` is the claim.
//!    At the challenge `ρ`, `Λ_x := Lagrange_x(ρ)`. Then one round per remaining
//!    variable. Leaves `n` evaluations at one point, which are sent *before*
//!    `γ` is drawn; the next weights are `γ, γ^2, .., γ^n`. Error
//!    `(21 + 3 (l + s - 3) + n)/|E|`, without the `n` in the last layer.
//! 3. *Partial layer* (23, or 20 if there is no width 24). Consumes the same. With `u` for element 0 and `L` for the
//!    sum of the linear parts of both widths, the claim is that of
//!    `v16_0 u16^3 + v24_0 u24^3 + L`. Leaves `u16`, `u24` and the *one* value `L` at one
//!    point, sent before `γ` is drawn. The next claim is `L + γ u16 + γ^2 u24`: only `L`
//!    has coefficient 1. (With coefficient 1 at a second value, or with one `γ` for
//!    both widths drawn earlier, a prover could shift an error between two of them.)
//!    Width 16 takes part in the first 20; in the last three it has no `u`, and its
//!    linear column is merely carried along in `L`. The constants `<w, c_{r+1}>` of the partial layers
//!    are left out of `L`: what is sent at the end of such a layer is `L` plus the constants of all
//!    partial layers up to it. Error `(21 + 3 (l + s - 3) + 2)/|E|`, or with 1 for the 2 if there is no width 24: `u24`
//!    has `γ^2` also where it is the only one.
//! 4. *Input.* The evaluations of `a_0`, minus `c_0`, are the [`InputClaim`].
//!
//! A full layer of one width never meets a partial layer of the other.
//!
//! # Messages
//!
//! A polynomial is sent as its coefficients except the constant one, which the
//! claim determines without a division: `sum_x Λ_x s(x)` and `(1-r) g(0) + r g(1)` both
//! have coefficient one at it. So no message can contradict its claim, and all of
//! the checking is in the last equation of a layer.
//!
//! Variables are bound in an order that does not depend on the prover's vector
//! width: slot variables from the least significant one upwards (in the output layer
//! all of them, and after the lanes; in the others the high ones, and before the
//! lanes), then lane variables from the fifth lowest one upwards, then the lowest four
//! from the fourth one downwards. The skip domain is `1, 2, 3, 4, -1, -2, -3, -4`.
//! Evaluations are those of width 16, then those of width 24; of a partial layer
//! `u16` (not in the last three), `u24`, `L`. Those of an absent table are not sent.

mod claims;
mod error;
mod layers;
mod order;
mod poseidon;
#[cfg(feature = "prover")]
pub mod prove;
#[cfg(feature = "prover")]
mod record;
#[cfg(feature = "prover")]
mod scratch;
mod shape;
mod soundness;
mod state;
#[cfg(feature = "prover")]
mod states;
#[cfg(all(test, feature = "prover"))]
mod tests;
#[cfg(feature = "prover")]
mod trace;
pub mod verify;

pub use claims::{Block, InputClaim, OutputClaim, SlotWeights, TableClaim, weights_at};
pub use error::Error;
pub use layers::label;
pub use order::LOW_LANE_BITS;
pub use poseidon::{HALF_FULL_ROUNDS, Poseidon};
pub use shape::{Shape, TableShape};
pub use soundness::error_terms;
#[cfg(feature = "prover")]
pub use trace::{LaneGroup, Trace};
