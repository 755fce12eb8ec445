//! The checks that stand between a false run and an accepted proof, each with a name.
//!
//! All of them always apply. In the unit tests of this crate, and nowhere else, some can be switched off: a cheating prover that is
//! rejected must be accepted by the verifier that lacks just the check which the cheat breaks. See `cheating`.

/// One check of the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Check {
    /// The messages and the public tuple cancel.
    Balance,
    /// No denominator of the messages is zero.
    Root,
    /// The two factors that are left of the constraints have the claimed product.
    Product,
    /// Claim `i` about forms is that of the columns: multiplicities, tuples, left factor, right factor, results.
    Form(usize),
    /// The shares of cells and outputs have the claimed sum under the program's coefficients.
    Shares,
    /// The share of the outputs is that of the permutations.
    Outputs,
    /// The share of the cells is that of the committed ones.
    Cells,
    /// Input `j` of the permutations of width 24 is cell `j` of their rows.
    WideInput(usize),
    /// Input `j` of the permutations of width 16 is cell `j` of their rows.
    NarrowInput(usize),
    /// The claims that are joined are those about the coefficients.
    Join,
    /// The proof ends where it should.
    End,
}

sheaf_transcript::switchable!(Check);

/// The weight of what a check compares: nothing, where it is switched off.
pub(crate) fn weight<E: sheaf_transcript::Extension>(check: Check, weight: E) -> E {
    if applies(check) { weight } else { E::ZERO }
}
