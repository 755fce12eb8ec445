//! The verifier of the column reduction (`sheaf_argument::columns`).

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::columns::{COLUMN_ROUND, LANE_ROUND, VALUE};
use sheaf_program::E;
use sheaf_program::builder::{Base, Builder, Memory, Row, Word};

use crate::rounds::{Claimed, Rounds};
use crate::transcript::Sponge;

/// The reduction, for any numbers of variables.
pub struct Columns {
    lanes: Rounds,
    columns: Rounds,
}

/// An evaluation of the committed polynomial.
#[must_use = "the evaluation must be opened"]
pub struct EvaluationClaim {
    /// The address of the point in the lane variables, most significant first.
    pub lane_point: Base,
    /// The address of the point in the column variables.
    pub column_point: Base,
    /// The claimed value there.
    pub value: Word,
    /// The first address that nobody has written.
    pub end: Base,
}

/// How many variables there are.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Lane variables.
    pub log_lanes: Base,
    /// Column variables.
    pub log_columns: Base,
}

impl Columns {
    /// Writes what the reduction needs.
    #[track_caller]
    pub fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let mut rounds = |label| Rounds::new(builder, memory, label, 2, Claimed::Sum);
        Self {
            lanes: rounds(LANE_ROUND),
            columns: rounds(COLUMN_ROUND),
        }
    }

    /// Verifies that all terms sum to `value`, up to the evaluation that is left. Both points are written from `address` on.
    ///
    /// `weight` is the extension of the weights at the point of lanes and that of columns, whose addresses it gets.
    #[track_caller]
    pub fn verify(
        &self,
        row: &mut Row,
        sponge: &mut Sponge,
        sizes: &Sizes,
        value: &Word,
        address: &Base,
        weight: impl FnOnce(&mut Row, &Base, &Base) -> Word,
    ) -> EvaluationClaim {
        let Sizes {
            log_lanes,
            log_columns,
        } = sizes;
        let none = Base::zero();
        let column_point = address + log_lanes;
        let running = (sponge.capacity(), value.clone());
        let running = self.lanes.run(row, &running, &none, address, log_lanes);
        let (capacity, claim) =
            (self.columns).run(row, &running, &none, &column_point, log_columns);
        *sponge = Sponge::resume(&capacity);
        let value = sponge.receive(row, VALUE, 1).remove(0);
        let weight = weight(row, address, &column_point);
        let claim = claim.times(-E::ONE);
        let message = "the column evaluation does not match the claims";
        row.assert_zero_words(&[(&weight, &value)], &claim, message);
        EvaluationClaim {
            lane_point: address.clone(),
            end: &column_point + log_columns,
            column_point,
            value,
        }
    }
}
