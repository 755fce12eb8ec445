//! The steps of the verifier, in the order of the transcript (docs/protocol.md).

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_aggregation::formulas::{Relation, labels};
use sheaf_program::builder::{Base, Builder, Digest, Function, Memory, Row, Word};
use sheaf_program::{E, F};
use sheaf_xmss::Scheme;

use super::claims::{At, Formulas, KNOWN, Known, OUTPUTS};
use super::class::Classes;
use super::lanes::{AtPoint, Lanes, STREAMS};
use super::statement::{Places, Statements, transcript};
use crate::columns::{self, Columns};
use crate::fractions::{Fractions, RootClaim};
use crate::memory::write_words;
use crate::opening::Opening;
use crate::opening::draws::BLOCK_WORDS;
use crate::opening::numbers::divide_up;
use crate::permutation::{OutputClaim, Permutations, Shared, Tables};
use crate::rounds::{Claimed, Rounds};
use crate::transcript::Sponge;

/// Slot variables of the larger table of permutations.
const LOG_SLOTS: u32 = 7;

/// What verifies proofs about signatures of one scheme.
pub struct Leaf {
    verify: Function<Base, Digest>,
}

impl Leaf {
    /// Adds it to a program.
    ///
    /// # Panics
    /// If the scheme's permutations do not have two widths.
    #[must_use]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        opening: &Opening,
        shared: &Shared,
        scheme: &Scheme,
    ) -> Self {
        let relation = Relation::new(scheme);
        let lanes = Lanes::new(builder, memory);
        let mut rounds =
            |label, degree, claimed| Rounds::new(builder, memory, label, degree, claimed);
        let lane_rounds = rounds(labels::LANE_ROUND, labels::LANE_DEGREE, Claimed::Eq);
        let row_rounds = rounds(labels::ROW_ROUND, labels::ROW_DEGREE, Claimed::Sum);
        let statements = Statements::new(builder, memory, &lanes, scheme);
        let parts = Parts {
            memory,
            opening,
            statements,
            classes: Classes::new(builder, memory),
            fractions: Fractions::new(builder, memory),
            lane_rounds,
            row_rounds,
            permutations: Permutations::per_instance(
                builder,
                memory,
                shared,
                Tables::new(true, true),
            ),
            columns: Columns::new(builder, memory),
            streams: streams(builder, memory),
            formulas: Formulas::new(builder, memory, &relation),
            lanes,
            relation,
        };
        let verify = builder.per_instance::<Base, Digest>("leaf");
        builder.body(&verify, |row, free| parts.verify(row, &free));
        Self { verify }
    }

    /// Verifies a proof that is on the tape, with its rate and its statement before it. Memory is written from an address on.
    ///
    /// Returns the digest of the statement.
    #[track_caller]
    pub fn verify(&self, row: &mut Row, free: &Base) -> Digest {
        row.call(&self.verify, free)
    }
}

struct Parts<'a> {
    memory: &'a Memory<Word>,
    opening: &'a Opening,
    statements: Statements,
    classes: Classes,
    lanes: Lanes,
    fractions: Fractions,
    lane_rounds: Rounds,
    row_rounds: Rounds,
    permutations: Permutations<'a>,
    columns: Columns,
    streams: Function<[Base; 2], ()>,
    formulas: Formulas,
    relation: Relation,
}

impl Parts<'_> {
    #[track_caller]
    fn verify(&self, row: &mut Row, free: &Base) -> Digest {
        let memory = self.memory;
        let log_inv_rate: Base = row.advice();
        let statement = self.statements.read(row, free);
        let (log_lanes, last) = (&statement.log_lanes, &statement.last);
        let none = Base::zero();
        let places = Places::new(self.relation.height());
        let known = free.plus(places.count() as i32);
        let mut next = known.plus(KNOWN as i32);
        let mut at = At {
            statement: free.clone(),
            known,
            leaf_point: none.clone(),
            row_point: none.clone(),
            stream_point: none.clone(),
            slots: none.clone(),
            inputs: [none.clone(), none.clone(), none.clone()],
            column_point: none.clone(),
        };
        let write = |row: &mut Row, at: &At, known: Known, word: &Word| {
            row.write(memory, &at.of(known), word);
        };

        // Commitment.
        let sponge = transcript(row, &log_inv_rate, &statement.digest);
        let (commitment, mut sponge, after) =
            (self.opening).receive_commitment(row, memory, &sponge, &next);
        let column_bits =
            self.classes
                .check(row, &commitment.description, log_lanes, &log_inv_rate);

        // Chain ends.
        let beta = sponge.sample(row);
        let alpha = sponge.sample(row);
        outside_base_field(row, &alpha);
        write(row, &at, Known::Beta, &beta);
        write(row, &at, Known::Alpha, &alpha);
        let (mut sponge, lane_point) = self.draw_point(row, sponge, log_lanes, &after);
        let denominator = sponge.receive(row, labels::FRACTIONS_ROOT, 1).remove(0);
        let root = RootClaim {
            lane_point,
            log_lanes: log_lanes.clone(),
            numerator: Word::constant(E::ZERO),
            denominator,
        };
        let log_ends = Base::number(self.relation.log_ends() as u32);
        let leaf = self.fractions.verify(row, &mut sponge, &root, &log_ends);
        at.leaf_point = leaf.leaf_point.clone();
        write(row, &at, Known::Numerator, &leaf.numerator);
        write(row, &at, Known::Denominator, &leaf.denominator);
        next = leaf.end.clone();

        // Constraints, with the chain ends' claims.
        let zeta = sponge.sample(row);
        write(row, &at, Known::Zeta, &zeta);
        let tau: Vec<Word> = (0..self.relation.log_rows())
            .map(|_| sponge.sample(row))
            .collect();
        write_words(row, memory, &at.of(Known::Tau), &tau);
        let live = self
            .lanes
            .at_point(row, &leaf.lane_point, log_lanes, last)
            .live;
        write(row, &at, Known::LiveAtEnds, &live);
        let claim = self.formulas.claim.value(row, &at, &mut next);
        let constraint_point = next.clone();
        let running = (sponge.capacity(), claim);
        let (capacity, claim) = self.lane_rounds.run(
            row,
            &running,
            &leaf.lane_point,
            &constraint_point,
            log_lanes,
        );
        let mut sponge = Sponge::resume(&capacity);
        let linear = sponge.receive(row, labels::LINEAR, 1).remove(0);
        write(row, &at, Known::Linear, &linear);
        at.row_point = &constraint_point + log_lanes;
        // The linear value is absorbed with the first message of the rows.
        let log_rows = Base::number(self.relation.log_rows() as u32);
        next = &at.row_point + &log_rows;
        let claim = &claim - &linear;
        let first = [&none, &at.row_point];
        let claim = self
            .row_rounds
            .round(row, memory, &mut sponge, &claim, first);
        let (from, to, others) = (&none, at.row_point.plus(1), log_rows.plus(-1));
        let running = (sponge.capacity(), claim);
        let (capacity, claim) = self.row_rounds.run(row, &running, from, &to, &others);
        let mut sponge = Sponge::resume(&capacity);
        let values = sponge.receive(row, labels::ROW_VALUES, 10);
        write_words(row, memory, &at.of(Known::Values), &values);
        let sums = self.lanes.at_point(row, &constraint_point, log_lanes, last);
        self.write_sums(row, &at, &sums);
        let expected = self.formulas.rows.value(row, &at, &mut next);
        row.assert_equal_words(&claim, &expected, "the constraints do not hold");
        let outputs = sponge.receive(row, labels::OUTPUTS, 2);
        write_words(row, memory, &at.of(Known::Outputs), &outputs);
        at.stream_point = (&constraint_point + log_lanes).plus(-4);
        self.formulas.capacities.value(row, &at, &mut next);

        // Permutations.
        let theta = sponge.sample(row);
        write(row, &at, Known::Theta, &theta);
        let value = row.word_products(&[(&theta, &outputs[1])], &outputs[0]);
        let claim = OutputClaim {
            log_lanes: log_lanes.clone(),
            log_slots: Base::number(LOG_SLOTS),
            lane_point: constraint_point.clone(),
            value,
        };
        let weights_at = at.clone();
        let inputs =
            self.permutations
                .verify(row, memory, &mut sponge, &claim, &next, |row, slots, to| {
                    let mut at = weights_at;
                    at.slots = slots.clone();
                    let mut free = to.plus(OUTPUTS);
                    self.formulas.outputs.value(row, &at, &mut free);
                    free
                });
        at.inputs = [
            inputs.inputs.clone(),
            inputs.low_slots.clone(),
            inputs.high_slots.clone(),
        ];
        next = inputs.end.clone();

        // All claims about columns, joined.
        let challenge = sponge.sample(row);
        write(row, &at, Known::Challenge, &challenge);
        let live = self
            .lanes
            .at_point(row, &inputs.lane_point, log_lanes, last)
            .live;
        write(row, &at, Known::LiveAtInputs, &live);
        let value = self.formulas.join.value(row, &at, &mut next);
        let log_columns = Base::number(self.relation.log_columns() as u32);
        let sizes = columns::Sizes {
            log_lanes: log_lanes.clone(),
            log_columns: log_columns.clone(),
        };
        let points = &(&next + log_lanes) + &log_columns;
        let mut scratch = points;
        let evaluation = self.columns.verify(
            row,
            &mut sponge,
            &sizes,
            &value,
            &next,
            |row, lane_point, column_point| {
                let x = lane_point;
                let own = self
                    .lanes
                    .at_points(row, [&constraint_point, x], log_lanes, last);
                let other = self
                    .lanes
                    .at_points(row, [&inputs.lane_point, x], log_lanes, last);
                let words = [own.eq, other.eq, own.next, own.first];
                write_words(row, memory, &at.of(Known::AtLanes), &words);
                let mut at = at.clone();
                at.column_point = column_point.clone();
                self.formulas.weight.value(row, &at, &mut scratch)
            },
        );

        // Opening: high bits of the column and of the lane, then the low ones.
        // What has been absorbed last, and not been permuted, stands before the claim.
        row.write(memory, &scratch, &evaluation.value);
        let point = scratch.plus(1);
        let slice_variables: Base =
            row.read_as(memory, &commitment.description.plus(1), |x: &Base| {
                Word::from(x)
            });
        let lane_bits = &slice_variables - &column_bits;
        let mut to = point.clone();
        let low_columns = &evaluation.column_point + &column_bits;
        let low_lanes = &evaluation.lane_point + &lane_bits;
        for (from, count) in [
            (&evaluation.column_point, &column_bits),
            (&evaluation.lane_point, &lane_bits),
            (&low_columns, &(&log_columns - &column_bits)),
            (&low_lanes, &(log_lanes - &lane_bits)),
        ] {
            to = self.opening.copies.copy(row, from, &to, count);
        }
        row.write(memory, &to, &evaluation.value);
        // Behind the claim are two words that the opening writes.
        let free = to.plus(3);
        self.opening.verify(row, commitment, &point, &sponge, &free);
        statement.digest
    }
}

impl Parts<'_> {
    /// Draws a point in the lane variables, of which the first coordinate is left of the last block. Returns the address of the point, which nothing
    /// follows yet.
    #[track_caller]
    fn draw_point(
        &self,
        row: &mut Row,
        mut sponge: Sponge,
        log_lanes: &Base,
        free: &Base,
    ) -> (Sponge, Base) {
        let first = sponge.sample(row);
        row.write(self.memory, free, &first);
        let (blocks, _) = divide_up(row, &log_lanes.plus(-1), BLOCK_WORDS as u32, 3);
        let end = &free.plus(1) + &blocks.times(F::from_usize(BLOCK_WORDS));
        let draws = &self.opening.draws;
        let capacity = draws.words(row, &blocks, &free.plus(1), &sponge.capacity());
        // The last block may have more than the point.
        (self.opening.copies).copy(row, free, &end, log_lanes);
        (Sponge::resume(&capacity), end)
    }

    /// Writes what the formulas need of the sums over lanes at the point of the constraints.
    #[track_caller]
    fn write_sums(&self, row: &mut Row, at: &At, sums: &AtPoint) {
        row.write(self.memory, &at.of(Known::LiveAtConstraints), &sums.live);
        row.write(self.memory, &at.of(Known::FirstLanes), &sums.first);
        write_words(row, self.memory, &at.of(Known::Rows), &sums.rows);
        row.call(
            &self.streams,
            &[at.of(Known::InLastRow), sums.stream.clone()],
        );
    }
}

/// Asserts that a challenge is not in the base field: `1 / (alpha - k)` exists.
#[track_caller]
fn outside_base_field(row: &mut Row, alpha: &Word) {
    let [_, parts @ ..] = alpha.coefficients();
    let factors: [Base; 4] = std::array::from_fn(|i| {
        let others: Vec<&Base> = parts.iter().collect();
        row.hint(&others, move |parts| {
            let first = parts.iter().position(|&part| part != F::ZERO);
            let inverse = |i: usize| parts[i].try_inverse().unwrap_or_default();
            Ok(vec![if first == Some(i) {
                inverse(i)
            } else {
                F::ZERO
            }])
        })
    });
    let products: Vec<(&Base, &Base)> = parts.iter().zip(&factors).collect();
    row.assert_zero(
        &products,
        &Base::constant(-F::ONE),
        "a challenge was degenerate",
    );
}

/// Writes to an address for each stream whether it has a lane in the row of the last lane, of which the stream is given.
fn streams(builder: &mut Builder, memory: &Memory<Word>) -> Function<[Base; 2], ()> {
    let streams = builder.per_instance("streams of the last row");
    builder.body(&streams, |row, [address, last]: [Base; 2]| {
        let has: [Base; STREAMS] = std::array::from_fn(|s| {
            row.boolean(&[&last], move |x| x[0].as_canonical_u32() as usize >= s)
        });
        // Ones, and then zeros.
        for pair in has.windows(2) {
            let missing = &Base::number(1) - &pair[0];
            row.assert_zero(
                &[(&pair[1], &missing)],
                &Base::zero(),
                "streams are filled in order",
            );
        }
        row.assert_equal(
            &Base::sum(&has),
            &last.plus(1),
            "as many streams as there are lanes",
        );
        for (s, has) in (0..).zip(&has) {
            row.write(memory, &address.plus(s), &Word::from(has));
        }
    });
    streams
}
