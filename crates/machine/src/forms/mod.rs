//! Step 4: from forms to columns.
//!
//! **Claims.** Five values of forms at one row point `r2`.
//!
//! **Reduction.** Batched by powers of `d` they are a sum over all columns and rows,
//!
//! ```text
//!     mu2 + d tau2 + d^2 a + d^3 b + d^4 cc = sum_(y,r) z(y, r) W(y, r),
//!     W(y, r) = eq(r2, r) sum_k [r in I_k] U_k(y),      U_k(y) = sum_f u_f Phi(k, f, y),
//! ```
//!
//! where `z = zc + [y = 120] + o` are cells, the constant and the outputs of permutations, all fixed by the commitment. One sumcheck, rows first
//! from the *least* significant variable on, then columns. It ends with
//!
//! ```text
//!     claim = ( v + eq(y*, 120) + P V ) X,      X = sum_k s_k sum_f u_f Phi(k, f, y*),
//! ```
//!
//! where `v = zc(y*, r*)` and `V = sum_j eq(y*, 96 + j) o(96 + j, r*)` are sent, the second one over permuted rows, so that it has the factor
//! `P = prod (1 - r*_i)` of the row bits that these lack. The shares `s_k` are sums of products of two `eq` over the rows of a kind ([`crate::shares`]): `W` is multilinear in the row
//! only with these.
//!
//! *Both* shares are sent before anything else is drawn, and each has a reduction of its own: what one has too much and the other too little is
//! false twice.
//!
//! **Leaves open.** `v`, `V`, and one functional of the program, of rank one ([`crate::Functional`]).
//!
//! **Error.** 4 for `d`, 2 per round.

#[cfg(feature = "prover")]
mod columns;
#[cfg(feature = "prover")]
pub(crate) mod prove;

use sheaf_program::layout::COLUMN_BITS;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{self, Claimed};
use sheaf_sumcheck::univariate::powers;
use sheaf_transcript::{Channel, EF, Extension, Label};

use crate::checks::{Check, applies, weight};
use crate::constraints::FormClaims;
use crate::error::VerifyError;
use crate::formulas;
use crate::functional::Functional;
use crate::permutations::permuted;
use crate::shares::shares;
use crate::statement::Statement;

/// A round polynomial of the rows.
pub const ROW_ROUND: Label = Label::new("machine/form row round");
/// A round polynomial of the columns.
pub const COLUMN_ROUND: Label = Label::new("machine/form column round");
/// The share of the cells, and that of the outputs, if there are any.
pub const SHARES: Label = Label::new("machine/shares");

/// The scales of the five claims.
pub(crate) fn scales<E: Extension>(d: E) -> [E; 5] {
    let powers = powers(d, 5);
    core::array::from_fn(|i| weight(Check::Form(i), powers[i]))
}

/// What the columns have at one point: the claims that are left of all forms.
#[derive(Clone, Debug)]
#[must_use = "the shares must be tied to the commitment and to the permutations"]
pub(crate) struct ShareClaims<E = EF> {
    /// `y*`.
    pub(crate) column_point: Vec<E>,
    /// `r*`.
    pub(crate) row_point: Vec<E>,
    /// `v`.
    pub(crate) cells: E,
    /// `V`, if the program has permutations.
    pub(crate) outputs: Option<E>,
}

impl<E: Extension> ShareClaims<E> {
    /// `eq(y*, 96 + j)`.
    pub(crate) fn output_weights(&self) -> Vec<E> {
        formulas::output_weights(&self.column_point)
    }
}

/// `eq(y*, y)` for all columns.
pub(crate) fn column_weights<E: Extension>(column_point: &[E]) -> Vec<E> {
    eq::table(column_point)
}

/// The claims about columns, and the functional of the program.
pub(crate) type Reduced<E> = (ShareClaims<E>, Functional<E>);

/// Reduces values of forms to the shares of cells and outputs.
///
/// `evaluate` says what value the functional has, or is claimed to have.
pub(crate) fn verify<C: Channel>(
    statement: &Statement,
    claims: &FormClaims<C::Extension>,
    has_outputs: bool,
    evaluate: impl FnOnce(&Functional<C::Extension>) -> C::Extension,
    channel: &mut C,
) -> Result<Reduced<C::Extension>, VerifyError> {
    let scales = scales(channel.sample());
    let terms = scales.iter().zip(&claims.values);
    let mut claim: C::Extension = terms.map(|(&scale, &value)| scale * value).sum();
    let mut row_point = claims.row_point.clone();
    for x in row_point.iter_mut().rev() {
        (*x, claim) = round::receive(ROW_ROUND, 2, claim, Claimed::Sum, channel)?;
    }
    let mut column_point = Vec::with_capacity(COLUMN_BITS);
    for _ in 0..COLUMN_BITS {
        let (x, next) = round::receive(COLUMN_ROUND, 2, claim, Claimed::Sum, channel)?;
        column_point.push(x);
        claim = next;
    }
    let shares_sent = channel.receive(SHARES, 1 + usize::from(has_outputs))?;
    let claims_left = ShareClaims {
        column_point,
        row_point,
        cells: shares_sent[0],
        outputs: has_outputs.then(|| shares_sent[1]),
    };
    let columns = column_weights(&claims_left.column_point);
    let functional = Functional {
        kinds: shares(
            statement.header(),
            statement.counts(),
            statement.rows(),
            &claims.row_point,
            &claims_left.row_point,
        ),
        forms: claims.weights(&scales).table,
        columns,
    };
    let outputs = claims_left.outputs.map(|outputs| {
        let (_, top) = permuted(statement.rows(), &claims_left.row_point);
        (top, outputs)
    });
    let z = formulas::columns(&claims_left.column_point, claims_left.cells, outputs);
    let value = evaluate(&functional);
    if claim != z * value && applies(Check::Shares) {
        return Err(VerifyError::Shares);
    }
    Ok((claims_left, functional))
}

/// `sum_j eq(y*, 96 + j) x_j`.
#[cfg(feature = "prover")]
pub(crate) fn weigh_outputs(weights: &[EF], outputs: &[EF]) -> EF {
    weights.iter().zip(outputs).map(|(&w, &x)| w * x).sum()
}
