//! The equations on which the arguments rest, each with a name.
//!
//! All of them always apply. In the unit tests of this crate, and nowhere else, some can
//! be switched off, to show that a cheat which is rejected meets the equation that it
//! breaks, and would be accepted without it.

/// An equation that the verifier checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The children of layer `i` of a fraction tree give the layer's claim.
    FractionLayer(usize),
    /// The evaluations of layer `i` of the permutation argument give the layer's claim.
    PermutationLayer(usize),
    /// The column evaluations give the batched value of the forms.
    Columns,
}

sheaf_transcript::switchable!(Check);
