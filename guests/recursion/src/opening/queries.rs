//! The queries to one oracle.
//!
//! Positions have been drawn, and with them the challenge that batches the rows; so the tape has the rows in the order in which Horner's
//! rule takes them, from the last one that was drawn to the first, each with its path.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Row, Word};

use super::bits::LowBits;
use super::constants::Constants;
use super::fold_weights::zero;
use super::numbers::{Words, read_number, word};
use super::path::{self, Nodes};
use super::places::Oracle;
use super::rows::{Last, Rows};

/// Queries that remain, address of the number that comes next, of the oracle; challenge, sum so far.
type State = ([Base; 3], [Word; 2]);

/// The functions that ask all queries to an oracle.
pub(super) struct Queries {
    /// From the class of rows, the number of queries, the address of the first number, that of the oracle, and the challenge, to the sum.
    all: Function<([Base; 4], Word), Word>,
}

impl Queries {
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Words,
        constants: Constants,
        low_bits: &LowBits,
    ) -> Self {
        let rows = Rows::new(builder, memory);
        let nodes = path::nodes(builder, memory, constants);
        let all = builder.function::<([Base; 4], Word), Word>("queries");
        for (class, last) in Last::ALL.into_iter().enumerate() {
            // From the oracle, the address of the number, and of the weights of the last block; and what has been absorbed and folded.
            let end = builder
                .function::<([Base; 3], (Digest, Word)), Word>(&format!("end of {}", last.name()));
            builder.body(
                &end,
                |row, ([oracle, address, weights], (capacity, sum))| {
                    row.permute_idly();
                    let absorbed = (&capacity, &sum);
                    let (leaf, value) = rows.last_block(row, memory, last, &weights, absorbed);
                    locate(row, memory, (&nodes, low_bits), &oracle, &address, &leaf);
                    value
                },
            );
            let queries = builder.looping::<State>(&format!("query to {}", last.name()), |state| {
                state[0] == F::ZERO
            });
            builder.step(&queries, |row, state| {
                let ([remaining, address, oracle], [challenge, sum]) = state;
                row.permute_idly();
                let (blocks, weights) = Oracle::at(&oracle).row(row, memory);
                let (weights, capacity, folded) = rows.full_blocks(row, last, &blocks, &weights);
                let places = [oracle.clone(), address.clone(), weights];
                let value = row.call(&end, &(places, (capacity, folded)));
                let sum = row.word_products(&[(&sum, &challenge)], &value);
                let next = [remaining.plus(-1), address.plus(-1), oracle];
                (next, [challenge, sum])
            });
            let this = move |arguments: &[F]| arguments[0] == F::from_usize(class);
            builder.branch(&all, last.name(), this, |row, (numbers, challenge)| {
                row.permute_idly();
                let [given, count, stream, oracle] = numbers;
                let class = Base::number(class as u32);
                row.assert_equal(&given, &class, "rows are of another class");
                let numbers = |remaining: Base, address: Base| [remaining, address, oracle.clone()];
                let end = stream.plus(-1);
                let start = numbers(count.clone(), &end + &count);
                let start = (start, [challenge.clone(), zero()]);
                row.run_to(&queries, &start, |sum: &Word| {
                    let numbers = numbers(Base::zero(), end.clone());
                    (numbers, [challenge.clone(), sum.clone()])
                })
            });
        }
        Self { all }
    }

    /// Asks as many queries as numbers have been drawn to `stream` and behind it, if the last blocks of rows are of this class. Returns the sum of
    /// the folded rows, times powers of the challenge from the zeroth one on.
    #[track_caller]
    pub(super) fn ask(
        &self,
        row: &mut Row,
        class: &Base,
        (count, stream): (&Base, &Base),
        oracle: &Oracle,
        challenge: &Word,
    ) -> Word {
        let numbers = [class, count, stream, &oracle.address].map(Base::clone);
        row.call(&self.all, &(numbers, challenge.clone()))
    }
}

/// Asserts that a leaf is at the position that the low bits of a number are, and writes the power of the generator that belongs to it.
#[track_caller]
fn locate(
    row: &mut Row,
    memory: &Words,
    (nodes, low_bits): (&Nodes, &LowBits),
    oracle: &Base,
    address: &Base,
    leaf: &Digest,
) {
    let (depth, to_powers) = Oracle::at(oracle).domain(row, memory);
    let element = read_number(row, memory, address);
    let position: Base = row.hint(&[&depth, &element], |x| {
        let [depth, element] = [x[0], x[1]].map(|x| x.as_canonical_u32());
        let size = 1_u32.checked_shl(depth).unwrap_or_default();
        Ok(vec![F::from_u32(element & size.wrapping_sub(1))])
    });
    let node = [depth.clone(), oracle.clone(), position.clone()];
    let power = row.call_to(nodes, &node, |power: &Base| (leaf.clone(), power.clone()));
    row.call(low_bits, &[depth, element, position]);
    let counts = Base::number(1);
    row.write(memory, &(address + &to_powers), &word(&[power, counts]));
}
