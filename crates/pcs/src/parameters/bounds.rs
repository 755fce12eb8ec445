//! What rounds can be at all: the bounds within which the search looks, and which a verifier needs.

use sheaf_transcript::EXTENSION_DEGREE;

use super::{ParameterError, Round};
use crate::layout::Layout;

/// The largest domain: the two-adic subgroup of the field.
pub(super) const MAX_DOMAIN_BITS: usize = 24;
/// The largest number of variables folded in the first round.
const MAX_SLICE_VARIABLES: usize = 16;
/// Most variables folded at once after the first round.
pub(super) const MAX_FOLD: usize = 6;
/// Largest inverse rate, in bits, of an oracle.
pub const MAX_LOG_INV_RATE: usize = 6;
/// Largest polynomial sent in clear, in variables.
pub(super) const MAX_FINAL_VARIABLES: usize = 8;
/// Smallest slack parameter for which there is a bound.
pub(super) const MIN_SLACK: usize = 3;
/// Largest slack parameter: beyond it queries gain next to nothing.
pub(super) const MAX_SLACK: usize = 40;
/// Largest difficulty before a folding challenge.
pub(super) const MAX_FOLD_GRINDING: usize = 16;
/// Largest difficulty before the query positions.
pub(super) const MAX_QUERY_GRINDING: usize = 15;
/// Most queries to one oracle: more than the largest target takes at rate 1/2.
const MAX_QUERIES: usize = 1 << 10;
/// Most claims of one opening.
const MAX_CLAIMS: usize = 1 << 16;

/// Whether a layout is one that can be committed to at some rate.
pub(super) fn check_layout(layout: &Layout, log_inv_rate: usize) -> Result<(), ParameterError> {
    let Layout {
        inner_variables,
        slice_variables,
        ref live,
    } = *layout;
    let shape_is_supported = (1..=MAX_SLICE_VARIABLES).contains(&slice_variables)
        && (1..=MAX_LOG_INV_RATE).contains(&log_inv_rate)
        && (1..=MAX_DOMAIN_BITS - log_inv_rate).contains(&inner_variables);
    if !shape_is_supported {
        return Err(ParameterError::Shape {
            slice_variables,
            inner_variables,
            log_inv_rate,
        });
    }
    let sorted = live.windows(2).all(|pair| pair[0] < pair[1]);
    if !sorted || live.last().is_none_or(|&last| last >> slice_variables != 0) {
        return Err(ParameterError::LiveSlices { slice_variables });
    }
    Ok(())
}

/// Whether rounds are a schedule for a layout: each takes up what the one before leaves, within all bounds.
pub(super) fn check(
    layout: &Layout,
    max_claims: usize,
    rounds: &[Round],
) -> Result<(), ParameterError> {
    let (first, rest) = rounds.split_first().ok_or(ParameterError::NoRounds)?;
    check_layout(layout, first.log_inv_rate)?;
    if max_claims > MAX_CLAIMS {
        return Err(ParameterError::Claims {
            max_claims,
            most: MAX_CLAIMS,
        });
    }
    let bounds = Bounds { oracle: 0 };
    bounds.exactly("row_elements", first.row_elements, layout.width())?;
    let (fold, inner) = (layout.slice_variables, layout.inner_variables);
    bounds.exactly("slice_variables", first.slice_variables, fold)?;
    bounds.exactly("inner_variables", first.inner_variables, inner)?;
    bounds.check_code(first)?;

    let mut variables = first.inner_variables;
    for (oracle, round) in (1..).zip(rest) {
        let bounds = Bounds { oracle };
        // Some variable is always left: a code of dimension one has no proximity bound.
        let most = MAX_FOLD.min(variables.saturating_sub(1));
        let fold = round.slice_variables;
        bounds.within("slice_variables", fold, 1, most)?;
        bounds.exactly("inner_variables", round.inner_variables, variables - fold)?;
        bounds.exactly("row_elements", round.row_elements, EXTENSION_DEGREE << fold)?;
        bounds.check_code(round)?;
        variables = round.inner_variables;
    }
    let last = Bounds { oracle: rest.len() };
    last.within("inner_variables", variables, 1, MAX_FINAL_VARIABLES)
}

/// Checks the numbers of one round.
struct Bounds {
    oracle: usize,
}

impl Bounds {
    fn within(
        &self,
        quantity: &'static str,
        value: usize,
        least: usize,
        most: usize,
    ) -> Result<(), ParameterError> {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(ParameterError::Round {
            oracle: self.oracle,
            quantity,
            value,
            least,
            most,
        })
    }

    fn exactly(
        &self,
        quantity: &'static str,
        value: usize,
        expected: usize,
    ) -> Result<(), ParameterError> {
        self.within(quantity, value, expected, expected)
    }

    /// All but the sizes, which are checked before.
    fn check_code(&self, round: &Round) -> Result<(), ParameterError> {
        let most_rate = MAX_LOG_INV_RATE.min(MAX_DOMAIN_BITS - round.inner_variables);
        self.within("log_inv_rate", round.log_inv_rate, 1, most_rate)?;
        self.within("slack", round.slack, MIN_SLACK, MAX_SLACK)?;
        self.within("fold_grinding", round.fold_grinding, 0, MAX_FOLD_GRINDING)?;
        self.within("queries", round.queries, 1, MAX_QUERIES)?;
        self.within(
            "query_grinding",
            round.query_grinding,
            0,
            MAX_QUERY_GRINDING,
        )
    }
}
