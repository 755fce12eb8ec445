//! What prover and verifier derive from the size of the statement alone.

#[cfg(feature = "search")]
mod search;

use sheaf_pcs::Parameters;
use sheaf_pcs::stacking::Stacking;

use crate::shape::Shape;
use crate::statement::Statement;

#[cfg(all(test, feature = "search"))]
pub(crate) use search::SEARCH;
#[cfg(feature = "search")]
pub use search::security_report;

/// The shape of proofs and their parameters: the same for all statements of one size.
///
/// A size is a scheme, a number of signatures, and whether the tweaks of some slot carry for some steps and not for others
/// (a few slots in ten thousand). For the scheme prod its parameters are those of its size class ([`Setup::from_table`]), for other
/// schemes those that a search finds for the size (`Setup::new`, with the feature `search`).
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) shape: Shape,
    pub(crate) stacking: Stacking,
    pub(crate) parameters: Parameters,
    pub(crate) log_inv_rate: usize,
}

impl Setup {
    pub(crate) fn shape(statement: &Statement) -> Shape {
        let slots = statement.groups().iter().map(|g| g.slot);
        Shape::new(statement.scheme(), statement.lanes(), slots)
    }

    /// Whether this is the set-up of a statement, at whatever rate.
    #[must_use]
    pub fn fits(&self, statement: &Statement) -> bool {
        let shape = Self::shape(statement);
        let size = |shape: &Shape| (shape.scheme.id, shape.lanes, shape.carries);
        size(&shape) == size(&self.shape)
    }

    /// Whether tweaks of some slot carry for some steps of a chain and not for others, so that proofs commit to carries.
    #[must_use]
    pub const fn carries(&self) -> bool {
        self.shape.carries
    }

    /// The logarithm of the inverse rate.
    #[must_use]
    pub const fn log_inv_rate(&self) -> usize {
        self.log_inv_rate
    }
}

/// Committed cells per signature.
#[must_use]
pub fn cells_per_signature(scheme: sheaf_xmss::Scheme) -> usize {
    Shape::with_lanes(scheme, 1, false).columns.count
}
