//! The checks that stand between a false witness and an accepted proof, each with a name.
//!
//! All of them always apply. In the unit tests of this crate, and nowhere else, some
//! can be switched off: a cheating prover that is rejected must be accepted by the
//! verifier that lacks just the check which the cheat breaks. So every check is known to
//! be needed, and every cheat to meet the check that it is meant for. See `tests::cheating`.

/// One check of the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Check {
    /// The numerators of the chain-end fractions are those of digits, ends, marks and step results.
    Numerators,
    /// Their denominators are those of the digits.
    Denominators,
    /// The digits have the target sum.
    Sum,
    /// Chain step `k + 1` continues step `k`, unless that is the last of its chain.
    Transition(usize),
    /// The carry of chain step `k` is a bit.
    CarryBit(usize),
    /// The carries of chain steps `k` and `k + 1` ascend.
    CarryStep(usize),
    /// As many steps carry as the slot and the digits demand.
    CarryCount,
    /// Entry `i` of the digit table is below the base.
    Range(usize),
    /// The top bit of remainder `i` is a bit.
    TopBit(usize),
    /// Remainder `i` is not 127.
    Inverse(usize),
    /// Wired output `i` equals the cells that it feeds.
    Output(usize),
    /// The row values satisfy the batched constraints.
    Rows,
    /// Row value `i` is that of the columns.
    RowValue(usize),
    /// What is linear in the constraints is that of the columns.
    Linear,
    /// The capacities that the first keys start from are the initial one.
    FirstCapacities,
    /// Element `j` of the inputs of the narrow table is what it is wired to.
    NarrowInput(usize),
    /// Element `j` of the inputs of the wide table is what it is wired to.
    WideInput(usize),
    /// The proof ends where it should.
    End,
}

sheaf_transcript::switchable!(Check);
