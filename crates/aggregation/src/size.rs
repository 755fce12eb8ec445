//! How long a proof becomes, before it is made.
//!
//! All messages have lengths that follow from the set-up, but for one thing: which siblings an opening needs depends on the
//! positions that are drawn. For these the expectation stands, from which a proof of few signatures differs by up to three percent,
//! and others by less.

use sheaf_transcript::EXTENSION_DEGREE;

use crate::setup::Setup;
use crate::shape::Shape;

/// Coefficients that a round of the univariate skip sends.
const SKIP_COEFFICIENTS: usize = 21;
/// Slot variables that it binds.
const SKIP_VARIABLES: usize = 3;
/// Layers of the permutation argument after the output layer that are full.
const FULL_LAYERS: usize = 7;
/// Partial layers of each width.
const PARTIAL_NARROW: usize = 20;
const PARTIAL_WIDE: usize = 23;

impl Setup {
    /// Field elements that a proof of this set-up is expected to have, of four bytes each.
    #[must_use]
    pub fn expected_proof_elements(&self) -> usize {
        let reductions = EXTENSION_DEGREE * extension_elements(&self.shape);
        reductions + self.parameters.proof_elements_estimate()
    }
}

/// Elements of the extension field that the reductions before the opening send.
fn extension_elements(shape: &Shape) -> usize {
    let lanes = shape.log_lanes;

    let fraction_layers = (0..shape.log_ends).map(|layer| 2 * (lanes + layer) + 4);
    let chain_ends = 1 + fraction_layers.sum::<usize>();

    let constraints = 8 * lanes + 1 + 9 * shape.log_rows + 10 + 2;

    let permutations = shape.permutations();
    let tables = (permutations.narrow, permutations.wide);
    let slots = [tables.0, tables.1].into_iter().flatten();
    let slots = slots.map(|table| table.log_slots).max().unwrap_or(0);
    // In the partial layers: the first elements of both widths, and the linear part.
    let (columns, partial_layers, partial_evaluations) = match tables {
        (Some(_), Some(_)) => (16 + 24, PARTIAL_WIDE, 2 * PARTIAL_WIDE + PARTIAL_NARROW),
        (Some(_), None) => (16, PARTIAL_NARROW, 2 * PARTIAL_NARROW),
        (None, Some(_)) => (24, PARTIAL_WIDE, 2 * PARTIAL_WIDE),
        (None, None) => (0, 0, 0),
    };
    let output_layer = 3 * lanes + 4 * slots + columns;
    let rounds = SKIP_COEFFICIENTS + 3 * (lanes + slots - SKIP_VARIABLES);
    let layers = (FULL_LAYERS + partial_layers) * rounds;
    let permutations = output_layer + layers + FULL_LAYERS * columns + partial_evaluations;

    let columns = 2 * lanes + 2 * shape.log_columns() + 1;

    chain_ends + constraints + permutations + columns
}
