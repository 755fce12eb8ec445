//! The evaluations of a full layer behind another one: all columns of all tables, whose cubes `x_j` have the weights `v = M^T w` for powers `w` of a
//! ratio `q`. Since `M` is circulant, weights follow from one another, and are not needed one by one:
//!
//! ```text
//!     v_j = q v_(j-1) + wrap k_j           wrap = w_0 - q w_(W-1)
//!     R_j = x_j + q R_(j+1)
//!     sum_j v_j x_j = v_0 R_0 + wrap K     K = sum_(j>0) k_j R_j
//! ```
//!
//! with constants `k_j` for each table. Evaluations `e_j` are absorbed in blocks of three, each a function that calls the next. The challenge `gamma` that is
//! drawn after all of them comes back with `sum_j e_j gamma^j`, `R` and `K`.
//!
//! After the last layer nothing is batched, and what would be `gamma` is the first output that others draw.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::label;
use sheaf_program::builder::{Base, Builder, Digest, Function, Memory, Row, Word};
use sheaf_program::{DEGREE, E, F};
use sheaf_transcript::RATE;

use super::tables::Tables;
use crate::memory::{DIGEST_WORDS, read_words, write_digest, write_words};
use crate::rounds::polynomial;
use crate::transcript::Sponge;

/// Evaluations in a block.
const BLOCK: usize = RATE / DEGREE;
/// Outputs behind the last block, as words.
pub(super) const OUTPUTS: usize = BLOCK;

/// From the capacity, announced, a free address and the ratio to `gamma`, the batched value, `R` and `K` of the first table.
type Block = Function<(Digest, Base, Word), (Word, Word, [Word; 2])>;

/// What the evaluations leave in memory: the capacity, outputs of the last permutation, `R` and `K` of the other tables, and evaluations less the
/// constants of the first round.
pub(super) struct Left {
    pub(super) capacity: Base,
    pub(super) outputs: Base,
    sums: Base,
    pub(super) inputs: Base,
    pub(super) free: Base,
}

impl Left {
    pub(super) fn new(tables: &Tables, address: &Base) -> Self {
        let outputs = address.plus(DIGEST_WORDS);
        let sums = outputs.plus(OUTPUTS as i32);
        let inputs = sums.plus(2 * (tables.iter().count() as i32 - 1));
        Self {
            capacity: address.clone(),
            outputs,
            sums,
            free: inputs.plus(tables.columns() as i32),
            inputs,
        }
    }

    /// `R` and `K` of a table that is not the first one.
    fn sums(&self, table: usize) -> Base {
        self.sums.plus(2 * (table as i32 - 1))
    }
}

/// The evaluations of a full layer.
pub(super) struct Evaluations {
    first: Block,
}

/// What is known of them.
pub(super) struct Batched {
    pub(super) gamma: Word,
    /// `sum_j e_j gamma^(1 + j)`.
    pub(super) value: Word,
    /// `R` and `K` of each table.
    pub(super) sums: Vec<[Word; 2]>,
}

impl Evaluations {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, tables: &Tables) -> Self {
        let columns = Column::all(tables);
        let mut blocks: Vec<Block> = (0..columns.len().div_ceil(BLOCK))
            .map(|block| builder.function(&format!("evaluations, block {block}")))
            .collect();
        let length = columns.len() * DEGREE;
        for (index, own) in columns.chunks(BLOCK).enumerate() {
            builder.body(&blocks[index], |row, (capacity, free, ratio)| {
                let left = Left::new(tables, &free);
                let mut sponge = Sponge::announced(&capacity, own.len() * DEGREE);
                let evaluations = sponge.receive_more(row, own.len() * DEGREE);
                for (i, (e, column)) in (0..).zip(evaluations.iter().zip(own)) {
                    let input = e - &Word::constant(column.constant.into());
                    row.write(
                        memory,
                        &left.inputs.plus((BLOCK * index) as i32 + i),
                        &input,
                    );
                }
                let (gamma, value, mut sums) = match blocks.get(index + 1) {
                    Some(next) => {
                        let after = length - RATE * (index + 1);
                        let capacity = sponge.full_block(row, after.min(RATE));
                        row.call(next, &(capacity, free, ratio.clone()))
                    }
                    None => {
                        let outputs: Vec<Word> = (0..OUTPUTS).map(|_| sponge.sample(row)).collect();
                        write_digest(row, memory, &left.capacity, &sponge.capacity());
                        write_words(row, memory, &left.outputs, &outputs);
                        (outputs[0].clone(), zero(), [zero(), zero()])
                    }
                };
                let coefficients = [&evaluations[..], &[value]].concat();
                let value = polynomial(row, &coefficients, &gamma);
                for (e, column) in evaluations.iter().zip(own).rev() {
                    let [r, k] = sums;
                    let square = row.word_products(&[(e, e)], &zero());
                    let r = if column.is_last {
                        row.word_products(&[(&square, e)], &zero())
                    } else {
                        row.word_products(&[(&square, e), (&ratio, &r)], &zero())
                    };
                    let k = if column.is_last { zero() } else { k };
                    let k = &k + &r.times(column.weight.into());
                    sums = [r, k];
                    if column.is_first && column.table > 0 {
                        write_words(row, memory, &left.sums(column.table), &sums);
                    }
                }
                (gamma, value, sums)
            });
        }
        Self {
            first: blocks.swap_remove(0),
        }
    }

    /// Receives the evaluations.
    #[track_caller]
    pub(super) fn receive(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        tables: &Tables,
        (capacity, free, ratio): (&Digest, &Base, &Word),
    ) -> Batched {
        let length = tables.columns() * DEGREE;
        let capacity = Sponge::announce_message(capacity, label::EVALUATIONS, length);
        let arguments = (capacity, free.clone(), ratio.clone());
        let (gamma, value, first) = row.call(&self.first, &arguments);
        let left = Left::new(tables, free);
        let mut sums = vec![first];
        for (index, _) in tables.iter().enumerate().skip(1) {
            let words = read_words(row, memory, &left.sums(index), 2);
            sums.push([words[0].clone(), words[1].clone()]);
        }
        Batched {
            value: row.word_products(&[(&gamma, &value)], &zero()),
            gamma,
            sums,
        }
    }
}

/// A column of a table.
struct Column {
    table: usize,
    is_first: bool,
    is_last: bool,
    /// Its share of `K`.
    weight: F,
    /// What the first round adds to it.
    constant: F,
}

impl Column {
    fn all(tables: &Tables) -> Vec<Self> {
        let of_table = |(index, table): (usize, &super::tables::Table)| {
            let (matrix, constants) = (table.rows_of_power(1), table.constants(0));
            let column = |j: usize| Self {
                table: index,
                is_first: j == 0,
                is_last: j + 1 == constants.len(),
                weight: if j == 0 { F::ZERO } else { matrix[j][0] },
                constant: constants[j],
            };
            (0..constants.len()).map(column).collect::<Vec<Self>>()
        };
        tables.iter().enumerate().flat_map(of_table).collect()
    }
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}
