//! The steps of the verifier, in the order of the transcript (docs/machine.md).

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::formulas::{
    self, CONSTRAINT_BITS, MESSAGE_BITS, POSITION_BITS, SLICE_COLUMN_BITS, TERM_BITS, labels,
};
use sheaf_program::E;
use sheaf_program::builder::{Base, Builder, Digest, Function, Memory, Row, Word};
use sheaf_program::layout::COLUMN_BITS;

use super::challenges::First;
use super::class::Classes;
use super::formulas::{Formulas, WIDTH};
use super::masks::Masks;
use super::place::{Place, Points};
use super::statement::{COUNTS, Statements};
use super::sums::{Sums, zero};
use crate::columns::{self, Columns};
use crate::fractions::{Fractions, RootClaim};
use crate::memory::write_words;
use crate::opening::Opening;
use crate::permutation::{OutputClaim, Permutations, Shared, Tables};
use crate::rounds::{Claimed, Rounds};
use crate::transcript::Sponge;

/// Low bits of a row that are not high bits of its lane: a slot's, and the low bits of a lane.
pub(super) const LOW_BITS: i32 = SLOT_BITS + LOW_LANE_BITS;
/// Bits of a slot.
pub(super) const SLOT_BITS: i32 = formulas::SLOT_BITS as i32;
/// Low bits of a lane.
pub(super) const LOW_LANE_BITS: i32 = formulas::LOW_LANE_BITS as i32;

/// Addresses of what is free and of the public tuple, and the identity.
type Given = ([Base; 2], Digest);

/// Verifies a proof: the value of the functional, and the transcript.
pub(super) type Verify = Function<Given, (Word, Digest)>;

/// What the verifier is made of.
struct Parts<'a> {
    memory: &'a Memory<Word>,
    opening: &'a Opening,
    sums: &'a Sums,
    statements: Statements,
    classes: Classes,
    first: First,
    formulas: Formulas,
    masks: Masks,
    fractions: Fractions,
    constraint_rows: Rounds,
    terms: Rounds,
    constraints: Rounds,
    form_rows: Rounds,
    form_columns: Rounds,
    permutations: Permutations<'a>,
    columns: Columns,
}

/// Adds the verifier, for public tuples with so many positions.
pub(super) fn verify(
    builder: &mut Builder,
    memory: &Memory<Word>,
    opening: &Opening,
    sums: &Sums,
    shared: &Shared,
    positions: usize,
) -> Verify {
    let statements = Statements::new(builder, memory, opening, positions);
    let (eq, sum) = (Claimed::Eq, Claimed::Sum);
    let parts = Parts {
        memory,
        opening,
        sums,
        statements,
        classes: Classes::new(builder, memory),
        first: First::new(builder, &opening.grinding),
        formulas: Formulas::new(builder, memory, positions),
        masks: Masks::new(builder, memory, sums),
        fractions: Fractions::new(builder, memory),
        constraint_rows: Rounds::upwards(builder, memory, labels::CONSTRAINT_ROW_ROUND, 2, eq),
        terms: Rounds::new(builder, memory, labels::TERM_ROUND, 2, sum),
        constraints: Rounds::new(builder, memory, labels::CONSTRAINT_ROUND, 2, eq),
        form_rows: Rounds::upwards(builder, memory, labels::FORM_ROW_ROUND, 2, sum),
        form_columns: Rounds::new(builder, memory, labels::COLUMN_ROUND, 2, sum),
        permutations: Permutations::new(builder, memory, shared, Tables::new(false, true)),
        columns: Columns::new(builder, memory),
    };
    let verify = builder.function::<Given, (Word, Digest)>("run of a program");
    builder.body(&verify, |row, ([free, public], id)| {
        parts.verify(row, [&free, &public], &id)
    });
    verify
}

impl Parts<'_> {
    #[track_caller]
    fn verify(&self, row: &mut Row, [place, public]: [&Base; 2], id: &Digest) -> (Word, Digest) {
        let memory = self.memory;
        let none = Base::zero();
        let number = |n: usize| Base::number(n as u32);
        let known = |offset: i32| place.plus(offset);
        let value: Word = row.advice();
        row.write(memory, &known(Place::VALUE), &value);

        // The statement, and the cells.
        let first = place.plus(Place::WORDS);
        let (sizes, absorbed, next) = self.statements.read(row, &first, public, id);
        let log_rows = &sizes.log_rows;
        let log_permuted = &sizes.log_permuted;
        let counts = first.plus(COUNTS);
        let [_, kinds_b] = &sizes.kinds;
        let transcript = (&absorbed.capacity, &absorbed.messages);
        let [elements, at] = &absorbed.block;
        let (commitment, sponge, next) =
            self.opening
                .receive_commitment_behind(row, transcript, (elements, at), &next);
        let class = [log_rows.clone(), sizes.log_inv_rate.clone()];
        let block_bits = self.classes.check(
            row,
            memory,
            self.opening,
            (&commitment.description, &(&counts + kinds_b)),
            &class,
        );

        // Messages.
        let mut sponge = self.first.draw(row, &sponge, log_rows);
        let beta: Vec<Word> = (0..POSITION_BITS).map(|_| sponge.sample(row)).collect();
        write_words(row, memory, &known(Place::BETA), &beta);
        let alpha = sponge.sample(row);
        let root = sponge.receive(row, labels::ROOT, 2);
        let [numerator, denominator] = [&root[0], &root[1]];
        row.word_inverse(denominator);
        let mut scratch = next;
        let fingerprint =
            (self.formulas.fingerprint).value(row, [&known(Place::BETA), public], &mut scratch);
        row.assert_zero_words(
            &[(numerator, &(&alpha - &fingerprint))],
            &denominator.times(-E::ONE),
            "the messages do not cancel against the public tuple",
        );
        let root = RootClaim {
            lane_point: scratch,
            log_lanes: none.clone(),
            numerator: numerator.clone(),
            denominator: denominator.clone(),
        };
        let leaf =
            (self.fractions).verify(row, &mut sponge, &root, &log_rows.plus(MESSAGE_BITS as i32));
        let tuple = &alpha - &leaf.denominator;

        // Constraints, with the claims about messages.
        let lambda = sponge.sample(row);
        let tau: Vec<Word> = (0..CONSTRAINT_BITS).map(|_| sponge.sample(row)).collect();
        write_words(row, memory, &known(Place::TAU), &tau);
        let claim = linear(row, &lambda, [&leaf.numerator, &tuple], &zero());
        let points = Points {
            rows: [leaf.end.clone(), &leaf.end + log_rows],
            message: &leaf.leaf_point + log_rows,
            columns: &(&leaf.end + log_rows) + log_rows,
            counts,
        };
        points.write(row, memory, place, &sizes);
        let [form_point, share_point] = &points.rows;
        let last = |point: &Base| (point + log_rows).plus(-1);
        let running = (sponge.capacity(), claim);
        let (from, to) = (last(&leaf.leaf_point), last(form_point));
        let (capacity, claim) = self
            .constraint_rows
            .run(row, &running, &from, &to, log_rows);
        let mut sponge = Sponge::resume(&capacity);
        let [multiplicity, tuple, results] =
            <[Word; 3]>::try_from(sponge.receive(row, labels::LINEAR, 3))
                .unwrap_or_else(|_| unreachable!("three words"));
        let sum = linear(row, &lambda, [&multiplicity, &tuple], &zero());
        let claim = &(&claim - &sum) + &results;
        let term = known(Place::TERM + CONSTRAINT_BITS as i32);
        let claim = (self.terms).round(row, memory, &mut sponge, &claim, [&none, &term]);
        let running = (sponge.capacity(), claim);
        let running = (self.terms).run(row, &running, &none, &term.plus(1), &number(TERM_BITS - 1));
        let (from, to) = (known(Place::TAU), known(Place::TERM));
        let (capacity, claim) =
            (self.constraints).run(row, &running, &from, &to, &number(CONSTRAINT_BITS));
        let mut sponge = Sponge::resume(&capacity);
        let factors = sponge.receive(row, labels::FACTORS, 2);
        row.assert_zero_words(
            &[(&factors[0], &factors[1])],
            &claim.times(-E::ONE),
            "the constraints of the program do not hold",
        );

        // Forms.
        let scale = sponge.sample(row);
        row.write(memory, &known(Place::SCALE), &scale);
        let mut claim = results;
        for value in [&factors[1], &factors[0], &tuple, &multiplicity] {
            claim = row.word_products(&[(&scale, &claim)], value);
        }
        let running = (sponge.capacity(), claim);
        let running = (self.form_rows).run(row, &running, &none, &last(share_point), log_rows);
        let column_point = &points.columns;
        let log_columns = number(COLUMN_BITS);
        let (capacity, claim) =
            (self.form_columns).run(row, &running, &none, column_point, &log_columns);
        let mut sponge = Sponge::resume(&capacity);
        let shares = sponge.receive(row, labels::SHARES, 2);
        // The share of the cells, and behind it delta and what rows have of the sums of cells and of inputs.
        let share = column_point + &log_columns;
        row.write(memory, &share, &shares[0]);
        let mut next = share.plus(4);
        let constant = self.formulas.constant.value(row, [column_point], &mut next);
        let absent = log_rows - log_permuted;
        let permuted = share_point + &absent;
        let top = self.sums.complement(row, &absent, share_point);
        let columns = &shares[0] + &constant;
        let columns = row.word_products(&[(&top, &shares[1])], &columns);
        let value: Word = row.read(memory, &known(Place::VALUE));
        row.assert_zero_words(
            &[(&columns, &value)],
            &claim.times(-E::ONE),
            "the columns do not have the claimed forms",
        );

        // Permutations.
        let (lane_point, slot) = self.lanes(row, &permuted, log_permuted, &mut next);
        let idle = self.formulas.idle.value(row, [column_point], &mut next);
        let live = (self.masks).indicator(row, &permuted, log_permuted, &sizes, &mut next);
        let one = Word::constant(E::ONE);
        let value = row.word_products(&[(&(&one - &live), &idle)], &shares[1]);
        let claim = OutputClaim {
            lane_point,
            log_lanes: log_permuted.plus(-SLOT_BITS),
            log_slots: Base::number(SLOT_BITS as u32),
            value,
        };
        let inputs =
            self.permutations
                .verify(row, memory, &mut sponge, &claim, &next, |row, slots, to| {
                    let mut free = to.plus(WIDTH as i32);
                    let at = [column_point, &slot, slots];
                    self.formulas.outputs.value(row, at, &mut free);
                    free
                });
        next = inputs.end.clone();

        // Inputs and cells.
        let delta = sponge.sample(row);
        row.write(memory, &share.plus(1), &delta);
        let at = [&share, &inputs.inputs];
        let value = self.formulas.inputs.value(row, at, &mut next);
        let columns = columns::Sizes {
            log_lanes: log_rows.clone(),
            log_columns: log_columns.clone(),
        };
        let mut scratch = &(&next + log_rows) + &log_columns;
        let evaluation = self.columns.verify(
            row,
            &mut sponge,
            &columns,
            &value,
            &next,
            |row, row_point, own| {
                let equal = self.sums.equal(row, log_rows, [share_point, row_point]);
                let top = self.sums.complement(row, &absent, row_point);
                let at = [
                    &(row_point + &absent),
                    &inputs.low_slots,
                    &inputs.lane_point,
                ];
                let mask = self.masks.mask(row, at, log_permuted, &sizes, &mut scratch);
                let masked = row.word_products(&[(&top, &mask)], &zero());
                write_words(row, memory, &share.plus(2), &[equal, masked]);
                let at = [column_point, own, &share.plus(1)];
                self.formulas.weight.value(row, at, &mut scratch)
            },
        );

        // Opening: high bits of the column and of the row, then the low ones.
        // What has been absorbed last, and not been permuted, stands before the claim.
        row.write(memory, &scratch, &evaluation.value);
        let point = scratch.plus(1);
        let column_bits = number(SLICE_COLUMN_BITS);
        let low_columns = &evaluation.column_point + &column_bits;
        let low_rows = &evaluation.lane_point + &block_bits;
        let mut to = point.clone();
        for (from, count) in [
            (&evaluation.column_point, &column_bits),
            (&evaluation.lane_point, &block_bits),
            (&low_columns, &(&log_columns - &column_bits)),
            (&low_rows, &(log_rows - &block_bits)),
        ] {
            to = self.opening.copies.copy(row, from, &to, count);
        }
        row.write(memory, &to, &evaluation.value);
        // Behind the claim are two words that the opening writes.
        let free = to.plus(3);
        let capacity = (self.opening).verify(row, commitment, &point, &sponge, &free);
        let value: Word = row.read(memory, &known(Place::VALUE));
        (value, capacity)
    }

    /// The point of lanes, and the address of that of the slot, of a permuted row.
    #[track_caller]
    fn lanes(
        &self,
        row: &mut Row,
        permuted: &Base,
        log_permuted: &Base,
        free: &mut Base,
    ) -> (Base, Base) {
        let lanes = free.clone();
        let high = log_permuted.plus(-LOW_BITS);
        let slot = permuted + &high;
        let to = (self.opening.copies).copy(row, permuted, &lanes, &high);
        let low = Base::number(LOW_LANE_BITS as u32);
        *free = (self.opening.copies).copy(row, &slot.plus(SLOT_BITS), &to, &low);
        (lanes, slot)
    }
}

/// `lambda (multiplicity + lambda tuple) + constant`.
#[track_caller]
fn linear(
    row: &mut Row,
    lambda: &Word,
    [multiplicity, tuple]: [&Word; 2],
    constant: &Word,
) -> Word {
    let sum = row.word_products(&[(lambda, tuple)], multiplicity);
    row.word_products(&[(lambda, &sum)], constant)
}
