//! The challenges of messages, with a proof of work before them if there are many rows.

use std::array;

use sheaf_machine::formulas::{FREE_ROW_BITS, labels};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Packed, Row};
use sheaf_program::rows::LOG_ROWS_MAX;
use sheaf_transcript::{EXTENSION_DEGREE, RATE};

use p3_field::PrimeCharacteristicRing;

use crate::opening::grinding::Grinding;
use crate::transcript::{Sponge, permute, words};

/// Elements that have been absorbed since the last permutation: a value.
const ABSORBED: usize = EXTENSION_DEGREE;

/// The capacity, what has been absorbed, the running hash and the number of row variables.
type Before = (Digest, Packed<ABSORBED>, [Base; 2]);

/// What draws the first block.
pub(super) struct First(Function<Before, (Digest, Packed<RATE>)>);

impl First {
    pub(super) fn new(builder: &mut Builder, grinding: &Grinding) -> Self {
        let first = builder.function::<Before, (Digest, Packed<RATE>)>("challenges of messages");
        let free = FREE_ROW_BITS as i32;
        let count = Base::number(ABSORBED as u32);
        let is_free = move |arguments: &[F]| {
            (0..=FREE_ROW_BITS).any(|bits| arguments.last() == Some(&F::from_usize(bits)))
        };
        let without = "machine, without proof of work";
        builder.branch(
            &first,
            without,
            is_free,
            |row, (capacity, absorbed, [messages, log_rows])| {
                row.bits(&(&Base::number(FREE_ROW_BITS as u32) - &log_rows), 4);
                let (capacity, drawn) = permute(row, &capacity, &count, &messages, &absorbed.0);
                (capacity, Packed(drawn))
            },
        );
        builder.branch(
            &first,
            "machine, with proof of work",
            move |arguments| !is_free(arguments),
            |row, (capacity, absorbed, [messages, log_rows])| {
                let bits = log_rows.plus(-free);
                let most = (LOG_ROWS_MAX - FREE_ROW_BITS).ilog2() as usize + 1;
                row.bits(&bits.plus(-1), most);
                let frame = (&capacity, &count, &messages);
                let (capacity, messages, nonce) =
                    grinding.check(row, labels::GRINDING, &bits, frame, &absorbed.0);
                let (capacity, drawn) =
                    permute(row, &capacity, &Base::number(1), &messages, &[nonce]);
                (capacity, Packed(drawn))
            },
        );
        Self(first)
    }

    /// The transcript with a first block of challenges, of one that has absorbed a value.
    ///
    /// # Panics
    /// If it has absorbed something else.
    #[track_caller]
    pub(super) fn draw(&self, row: &mut Row, sponge: &Sponge, log_rows: &Base) -> Sponge {
        let (capacity, absorbed, messages) = sponge.absorbed();
        assert_eq!(absorbed.len(), ABSORBED, "a value has been absorbed");
        let absorbed = Packed(array::from_fn(|i| absorbed[i].clone()));
        let numbers = [messages.clone(), log_rows.clone()];
        let (capacity, drawn) = row.call(&self.0, &(capacity, absorbed, numbers));
        Sponge::drawn(&capacity, &words(&drawn.0))
    }
}
