//! Committing to a polynomial.

use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, F, ProverTranscript, Transcript};

use super::oracle::{Encoder, Oracle};
use super::slices::slice_values;
use super::strategy::{Honest, Strategy};
use crate::layout::Layout;
use crate::messages::{OUT_OF_DOMAIN, absorb_statement};
use crate::parameters::Parameters;

/// A polynomial that has been committed to; an opening consumes it.
#[must_use = "a commitment that is not opened proves nothing"]
#[derive(Clone, Debug)]
pub struct Committed {
    pub(super) encoder: Encoder,
    pub(super) cells: Vec<F>,
    pub(super) oracle: Oracle,
    pub(super) sample: SlicedClaim,
    /// The value that was sent for it.
    pub(super) sample_value: EF,
}

/// A point, with what a claim about the polynomial there needs of the cells.
#[derive(Clone, Debug)]
pub(super) struct SlicedClaim {
    /// `eq(slice coordinates, s)` for every slice.
    pub(super) outer: Vec<EF>,
    /// `eq(inner coordinates, j)` for every row.
    pub(super) inner: Vec<EF>,
    /// The value of every slice at the inner coordinates.
    pub(super) slices: Vec<EF>,
}

impl SlicedClaim {
    pub(super) fn new(
        layout: &Layout,
        cells: &[F],
        point: &[EF],
        strategy: &impl Strategy,
    ) -> Self {
        let (outer, inner) = point.split_at(layout.slice_variables);
        let inner = eq::par_prefix_table(inner, layout.height());
        let mut slices = slice_values(layout, cells, &inner);
        strategy.slice_values(&mut slices);
        Self {
            outer: eq::table(outer),
            inner,
            slices,
        }
    }

    /// The value of the polynomial at the point.
    fn value(&self) -> EF {
        let terms = self.outer.iter().zip(&self.slices);
        terms.map(|(&weight, &value)| weight * value).sum()
    }
}

/// Commits to the polynomial with the given cells.
///
/// `cells` are row-major: [`height`](crate::Layout::height) rows of [`width`](crate::Layout::width) elements, of the layout that
/// the parameters are for.
///
/// # Panics
/// If there are more cells than that, or fewer.
pub fn commit(
    parameters: &Parameters,
    cells: Vec<F>,
    transcript: &mut ProverTranscript,
) -> Committed {
    commit_with(parameters, cells, &Honest, transcript)
}

pub(super) fn commit_with(
    parameters: &Parameters,
    cells: Vec<F>,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> Committed {
    let layout = parameters.layout();
    assert_eq!(
        cells.len(),
        layout.height() * layout.width(),
        "number of cells"
    );
    absorb_statement(parameters, transcript);
    let encoder = Encoder::new();
    let round = &parameters.rounds()[0];
    let oracle = encoder.commit(0, round, &cells, strategy, transcript);
    let point = transcript.sample_point(layout.variables());
    let sample = SlicedClaim::new(layout, &cells, &point, strategy);
    let mut value = sample.value();
    strategy.out_of_domain(0, &mut value);
    transcript.send(OUT_OF_DOMAIN, &[value]);
    Committed {
        encoder,
        cells,
        oracle,
        sample,
        sample_value: value,
    }
}
