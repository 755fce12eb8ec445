//! The prover's working memory, kept between proofs.

use sheaf_sumcheck::rounds::Table;
use sheaf_transcript::{EF, PF};

use super::states::Octet;

/// Working memory for all tables.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) narrow: TableScratch<16>,
    pub(crate) wide: TableScratch<24>,
}

/// Working memory for one table.
#[derive(Debug, Default)]
pub(crate) struct TableScratch<const W: usize> {
    /// Rows of a full layer.
    pub(crate) full: Table<PF, W>,
    pub(crate) partial: PartialScratch,
}

/// Working memory for the partial layers of one table.
#[derive(Debug, Default)]
pub(crate) struct PartialScratch {
    /// Rows of a layer with a cube.
    pub(crate) cube: Table<PF, 2>,
    /// Rows of a layer without one.
    pub(crate) carried: Table<PF, 1>,
    pub(crate) column: LinearColumn,
}

/// The values of an extension-field column on eight slots, by coefficient.
pub(crate) type ExtensionOctet = [Octet; 5];

/// The linear column of one table.
#[derive(Debug, Default)]
pub(crate) struct LinearColumn {
    /// By (group, block), as the states.
    pub(crate) values: Vec<ExtensionOctet>,
    /// The value in idle slots and lanes.
    pub(crate) tail: EF,
}
