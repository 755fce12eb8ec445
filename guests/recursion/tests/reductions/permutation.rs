//! Claims about outputs of permutations inside a program are reduced as they are natively.

use std::array::from_fn;
use std::collections::BTreeSet;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::permutation::prove::prove;
use sheaf_argument::permutation::verify::verify;
use sheaf_argument::permutation::{
    Block, Error, InputClaim, OutputClaim, Shape, TableShape, Trace, weights_at,
};
use sheaf_poseidon::{permute16, permute24};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{DEGREE, F, coefficients};
use sheaf_recursion_guest::permutation::{self as guest, Permutations, Shared, Tables};
use sheaf_recursion_guest::symbolic::{Formula, Scratch, Symbol};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_sumcheck::{eq, skip};
use sheaf_transcript::{EF, PF, ProverTranscript, Transcript};

use super::common::{checksum, checksum_of, elements, fails_after, native, run_to_end};

/// Two blocks that overlap, in as many slots.
fn blocks(log_slots: usize, width: usize) -> Vec<Block> {
    let slots = 1 << log_slots;
    let block = |first_slot, slots, first_element, elements| Block {
        first_slot,
        slots: self::elements(first_slot + width, slots).into(),
        first_element,
        elements: self::elements(99 + width, elements),
    };
    vec![
        block(0, slots - 1, 0, width),
        block(slots / 2, 2, 3, width - 5),
    ]
}

fn table(log_slots: usize, lanes: usize) -> Option<TableShape> {
    Some(TableShape {
        first: 0,
        lanes,
        log_slots,
        slots: (1 << log_slots) - 1,
    })
}

fn log_slots_of(shape: &Shape) -> usize {
    let all = shape.narrow.iter().chain(&shape.wide);
    all.map(|table| table.log_slots).max().unwrap()
}

/// The most high slot bits.
const MAX_HIGH: usize = 4;

/// A program that takes the claim from the tape, which is not absorbed, and the proof. It returns what is left, with a challenge that is drawn then.
fn program(shape: &Shape) -> Executable {
    let (log_lanes, log_slots) = (shape.log_lanes, log_slots_of(shape));
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let tables = Tables::new(shape.narrow.is_some(), shape.wide.is_some());
    let shared = Shared::new(&mut builder, &memory);
    let reduction = Permutations::new(&mut builder, &memory, &shared, tables);
    let weights = builder.function::<(Base, Base), Base>("weights");
    builder.body(&weights, |row, (slots, to)| {
        let formula = Formula::new();
        let mut slots = formula.stored_words(&slots, log_slots);
        slots.reverse();
        let mut weights = Vec::new();
        if let Some(table) = shape.narrow {
            weights.extend(at::<16>(table, &slots));
        }
        if let Some(table) = shape.wide {
            weights.extend(at::<24>(table, &slots));
        }
        for (i, &weight) in (0..).zip(&weights) {
            formula.store(weight, &to.plus(i));
        }
        let address = to.plus(weights.len() as i32);
        let scratch = Scratch {
            memory: &memory,
            address: &address,
        };
        let written = formula.write(row, scratch);
        address.plus(written.scratch as i32)
    });
    let main = builder.function::<(Base, Base), [Word; 3 + MAX_HIGH]>("main");
    builder.body(&main, |row, (lanes, slots)| {
        let lane_point = Base::zero();
        for i in (0..).take(log_lanes) {
            let coordinate: Word = row.advice();
            row.write(&memory, &lane_point.plus(i), &coordinate);
        }
        let claim = guest::OutputClaim {
            lane_point,
            log_lanes: lanes,
            log_slots: slots,
            value: row.advice(),
        };
        let mut sponge = Sponge::new();
        let free = Base::number(log_lanes as u32);
        let left = reduction.verify(
            row,
            &memory,
            &mut sponge,
            &claim,
            &free,
            |row, slots, to| row.call(&weights, &(slots.clone(), to.clone())),
        );
        let columns = [(shape.narrow, 16), (shape.wide, 24)];
        let columns = columns.map(|(table, width)| table.map_or(0, |_| width));
        let sums = [
            (left.inputs, columns[0] + columns[1]),
            (left.lane_point, log_lanes),
        ];
        let high = log_slots - skip::LOG_SIZE;
        from_fn(|i| match i {
            0 => checksum_of(row, &memory, &sums),
            1 => sponge.sample(row),
            2 => row.read(&memory, &left.low_slots),
            _ if i - 3 < high => row.read(&memory, &left.high_slots.plus(i as i32 - 3)),
            _ => Word::constant(EF::ZERO),
        })
    });
    builder.finish(&main).unwrap()
}

/// The weights of one table at a point of the slots.
fn at<const W: usize>(table: TableShape, slots: &[Symbol]) -> [Symbol; W] {
    let (missing, own) = slots.split_at(slots.len() - table.log_slots);
    let constants =
        |all: &[EF]| -> Vec<Symbol> { all.iter().map(|&x| Symbol::Constant(x)).collect() };
    let blocks: Vec<Block<Symbol>> = (blocks(table.log_slots, W).iter())
        .map(|block| Block {
            first_slot: block.first_slot,
            slots: constants(block.slots.list()).into(),
            first_element: block.first_element,
            elements: constants(&block.elements),
        })
        .collect();
    weights_at(&blocks, missing, own)
}

/// What one table adds to a claim's value, as lanes are filled; idle lanes and slots have the permutation of zero.
struct Sum<const W: usize> {
    table: TableShape,
    /// The weights of each slot.
    weights: Vec<[EF; W]>,
    idle: [F; W],
}

impl<const W: usize> Sum<W> {
    fn new(table: Option<TableShape>, permute: impl Fn(&mut [F; W])) -> Option<Self> {
        let table = table?;
        let blocks = blocks(table.log_slots, W);
        let slots = 0..1_usize << table.log_slots;
        let bits = |slot: usize| {
            let bit = |i: usize| EF::from_bool(slot >> i & 1 == 1);
            (0..table.log_slots).rev().map(bit).collect::<Vec<EF>>()
        };
        let mut idle = [F::ZERO; W];
        permute(&mut idle);
        Some(Self {
            table,
            weights: slots
                .map(|slot| weights_at(&blocks, &[], &bits(slot)))
                .collect(),
            idle,
        })
    }

    /// The value if all is idle.
    fn of_idle(&self) -> EF {
        let of_slot = |weights: &[EF; W]| {
            weights
                .iter()
                .zip(self.idle)
                .map(|(&w, x)| w * x)
                .sum::<EF>()
        };
        self.weights.iter().map(of_slot).sum()
    }

    /// Fills a group of lanes with these weights, and returns what that adds.
    fn fill(
        &self,
        lanes: &[EF],
        seed: usize,
        mut permute: impl FnMut(usize, [PF; W]) -> [PF; W],
    ) -> EF {
        let mut sum = EF::ZERO;
        for slot in 0..self.table.slots {
            let input =
                |j: usize, lane: usize| F::from_usize(seed + 999 * slot + 31 * j + lane).exp_u64(3);
            let output = permute(slot, from_fn(|j| PF::from_fn(|lane| input(j, lane))));
            for ((&w, x), idle) in self.weights[slot].iter().zip(&output).zip(self.idle) {
                let of_lane = |(&eq, &x): (&EF, &F)| eq * (x - idle);
                sum += w * lanes.iter().zip(x.as_slice()).map(of_lane).sum::<EF>();
            }
        }
        sum
    }
}

struct Case {
    shape: Shape,
    claim: OutputClaim,
    proof: Vec<F>,
    left: InputClaim,
    drawn: EF,
}

impl Case {
    fn new(shape: Shape) -> Self {
        let mut trace = Trace::new(shape);
        let lane_point = elements(5, shape.log_lanes);
        let lanes = eq::table(&lane_point);
        let narrow = Sum::new(shape.narrow, permute16);
        let wide = Sum::new(shape.wide, permute24);
        let live = trace.groups_mut().enumerate().map(|(group, mut into)| {
            let first = group * PF::WIDTH;
            let lanes = &lanes[first..first + PF::WIDTH];
            let mut sum = EF::ZERO;
            if let Some(narrow) = &narrow {
                sum += narrow.fill(lanes, first, |slot, input| into.permute16(slot, input));
            }
            if let Some(wide) = &wide {
                sum += wide.fill(lanes, first, |slot, input| into.permute24(slot, input));
            }
            sum
        });
        let live: EF = live.collect::<Vec<EF>>().into_iter().sum();
        let idle = [
            narrow.map(|sum| sum.of_idle()),
            wide.map(|sum| sum.of_idle()),
        ];
        let of = |table: Option<TableShape>, width: usize| {
            table.map_or_else(Vec::new, |table| blocks(table.log_slots, width))
        };
        let claim = OutputClaim {
            lane_point,
            narrow: of(shape.narrow, 16),
            wide: of(shape.wide, 24),
            value: live + idle.into_iter().flatten().sum::<EF>(),
        };
        let mut transcript = ProverTranscript::new();
        let left = prove(&shape, &mut trace, claim.clone(), &mut transcript);
        Self {
            shape,
            claim,
            drawn: transcript.sample(),
            proof: transcript.into_proof(),
            left,
        }
    }

    fn sizes(&self) -> [F; 2] {
        [self.shape.log_lanes, log_slots_of(&self.shape)].map(F::from_usize)
    }

    /// The claim, as it stands on the tape before the proof.
    fn on_tape(&self) -> Vec<F> {
        let all = self.claim.lane_point.iter().chain([&self.claim.value]);
        all.flat_map(|&x| coefficients(x)).collect()
    }

    /// The weights of slots, given the challenge of the last univariate round and those of the high slot bits.
    fn slot_weights(&self, rho: EF, high_slots: &[EF]) -> [Option<Vec<EF>>; 2] {
        [self.shape.narrow, self.shape.wide].map(|table| {
            let own = &high_slots[log_slots_of(&self.shape) - table?.log_slots..];
            let low = skip::basis(rho);
            let high = eq::table(own);
            Some(high.iter().flat_map(|&h| low.map(|l| h * l)).collect())
        })
    }
}

const BOTH: [Option<usize>; 2] = [Some(4), Some(3)];

/// Slot variables of either table, lane variables and live lanes.
fn shape(log_slots: [Option<usize>; 2], log_lanes: usize, lanes: usize) -> Shape {
    let [narrow, wide] = log_slots.map(|log_slots| log_slots.and_then(|n| table(n, lanes)));
    Shape {
        log_lanes,
        narrow,
        wide,
    }
}

#[test]
fn inputs_are_those_of_the_native_verifier() {
    let cases = [
        (BOTH, 4, 1),
        (BOTH, 4, 15),
        (BOTH, 4, 16),
        (BOTH, 5, 17),
        ([Some(5), Some(6)], 5, 20),
        ([Some(7), Some(6)], 7, 100),
        ([None, Some(3)], 6, 60),
        ([Some(3), None], 4, 9),
        ([None, Some(3)], 10, 1000),
    ];
    for (log_slots, log_lanes, lanes) in cases {
        let case = Case::new(shape(log_slots, log_lanes, lanes));
        let executable = program(&case.shape);
        let tape = [case.on_tape(), case.proof.clone()].concat();
        let outcome = run_to_end(&executable, &case.sizes(), &tape);
        let words = outcome.results.as_chunks::<DEGREE>().0;
        let words: Vec<EF> = words.iter().map(|&x| EF::new(x)).collect();
        let InputClaim {
            lane_point,
            narrow,
            wide,
        } = &case.left;
        let inputs = narrow.iter().flat_map(|claim| claim.inputs);
        let inputs = inputs.chain(wide.iter().flat_map(|claim| claim.inputs));
        let all: Vec<EF> = inputs.chain(lane_point.iter().copied()).collect();
        assert_eq!(words[..2], [checksum(&all), case.drawn]);
        // The weights of slots are products, of which the program leaves the factors.
        let high = &words[3..log_slots_of(&case.shape) - skip::LOG_SIZE + 3];
        let expected = [
            narrow
                .as_ref()
                .map(|claim| claim.slots.weights().list().to_vec()),
            wide.as_ref()
                .map(|claim| claim.slots.weights().list().to_vec()),
        ];
        assert_eq!(case.slot_weights(words[2], high), expected);
    }
}

/// What a program says of a layer at which it stops.
fn message(layer: usize, layers: usize, partial: std::ops::Range<usize>) -> &'static str {
    match layer {
        0 => "the output layer is inconsistent",
        _ if partial.contains(&layer) => "a partial layer is inconsistent",
        _ if layer + 1 == layers => "the last layer is inconsistent",
        _ => "a full layer is inconsistent",
    }
}

#[test]
fn a_wrong_message_fails_at_the_layer_at_which_the_native_verifier_rejects() {
    let case = Case::new(shape(BOTH, 4, 7));
    let executable = program(&case.shape);
    let claim = case.on_tape();
    let mut layers = BTreeSet::new();
    // An element here and there: of all sorts of messages in all layers.
    for index in (0..case.proof.len()).step_by(97) {
        let mut proof = case.proof.clone();
        proof[index] += F::ONE;
        let (result, received) = native(&proof, |channel| {
            verify(&case.shape, case.claim.clone(), channel)
        });
        let Err(Error::Layer { layer }) = result else {
            panic!("element {index} may be any")
        };
        layers.insert(layer);
        let tape = [&claim[..], &proof].concat();
        let error = fails_after(&executable, &case.sizes(), &tape, claim.len() + received);
        assert_eq!(error, message(layer, 31, 4..27));
    }
    assert!(layers.into_iter().eq(0..31));
}

#[test]
fn a_wrong_claim_fails_at_the_output_layer() {
    let case = Case::new(shape(BOTH, 4, 7));
    let executable = program(&case.shape);
    let claim = case.on_tape();
    for index in (0..claim.len()).step_by(DEGREE) {
        let mut tape = [&claim[..], &case.proof].concat();
        tape[index] += F::ONE;
        // Rounds of lanes and slots, and all columns.
        let received = (4 * 3 + 4 * 4 + 40) * DEGREE;
        let error = fails_after(&executable, &case.sizes(), &tape, claim.len() + received);
        assert_eq!(error, message(0, 31, 4..27));
    }
}
