//! What the constraint prover works on.

use crate::constraints::batch::Constraints;
use crate::fingerprints::Fingerprints;
use crate::public_columns::PublicColumns;
use crate::shape::Shape;
use crate::summary::Summary;
use crate::witness::Witness;

/// What the constraint prover works on.
pub(crate) struct Inputs<'a> {
    pub summary: &'a Summary,
    pub shape: &'a Shape,
    pub public: &'a PublicColumns,
    pub witness: &'a Witness,
    pub fingerprints: &'a Fingerprints,
    pub constraints: &'a Constraints,
}
