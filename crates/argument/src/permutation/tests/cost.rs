//! What verifying costs, by the formulas.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::counting::{Cost, Counted, Counting};
use sheaf_transcript::{EF, F, ProverTranscript, VerifierTranscript};

use super::instance::Instance;
use super::{PROD, TEST, with_ranges};
use crate::permutation::prove::prove;
use crate::permutation::verify::verify;
use crate::permutation::{
    Block, InputClaim, OutputClaim, Shape, SlotWeights, TableClaim, TableShape, Trace,
};

fn counted(claim: &OutputClaim) -> OutputClaim<Counted> {
    let all = |elements: &[EF]| -> Vec<Counted> { elements.iter().copied().map(Counted).collect() };
    let block = |block: &Block| Block {
        first_slot: block.first_slot,
        slots: all(block.slots.list()).into(),
        first_element: block.first_element,
        elements: all(&block.elements),
    };
    OutputClaim {
        lane_point: all(&claim.lane_point),
        narrow: claim.narrow.iter().map(block).collect(),
        wide: claim.wide.iter().map(block).collect(),
        value: Counted(claim.value),
    }
}

fn plain(claim: InputClaim<Counted>) -> InputClaim {
    let all = |elements: Vec<Counted>| elements.into_iter().map(|x| x.0).collect();
    let slots = |slots: SlotWeights<Counted>| SlotWeights {
        low: slots.low.map(|x| x.0),
        high: all(slots.high),
    };
    InputClaim {
        lane_point: all(claim.lane_point),
        narrow: claim.narrow.map(|table| TableClaim {
            slots: slots(table.slots),
            inputs: table.inputs.map(|x| x.0),
        }),
        wide: claim.wide.map(|table| TableClaim {
            slots: slots(table.slots),
            inputs: table.inputs.map(|x| x.0),
        }),
    }
}

#[test]
fn counted_verification_accepts_and_rejects_as_plain_verification() {
    let mut trace = Trace::new(TEST);
    let instance = Instance::random(TEST);
    instance.record(&mut trace);
    let claim = instance.output_claim();
    let mut prover = ProverTranscript::new();
    let _ = prove(&TEST, &mut trace, claim.clone(), &mut prover);
    let proof = prover.into_proof();
    let both = |proof: &[F]| {
        let bytes = VerifierTranscript::encode(proof);
        let transcript = VerifierTranscript::new(&bytes);
        let expected = verify(&TEST, claim.clone(), &mut transcript.clone());
        let mut channel = Counting::new(transcript);
        let got = verify(&TEST, counted(&claim), &mut channel).map(plain);
        assert_eq!(got, expected);
        let elements: usize = channel
            .messages()
            .iter()
            .map(|m| m.elements * m.times)
            .sum();
        got.map(|_| elements)
    };
    assert_eq!(both(&proof), Ok(proof.len()));
    for i in (0..proof.len()).step_by(97) {
        let mut altered = proof.clone();
        altered[i] += F::ONE;
        assert!(both(&altered).is_err());
        assert!(both(&proof[..i]).is_err());
    }
}

/// Both tables, and either one alone.
#[test]
fn the_cost_is_that_of_the_formulas() {
    for (shape, lanes) in [
        (TEST, [1, 2]),
        (PROD, [2, 1]),
        (TEST, [1, 0]),
        (TEST, [0, 1]),
    ] {
        let shape = with_ranges(shape, 5, lanes);
        let instance = Instance::random(shape).with_products();
        let mut trace = Trace::new(shape);
        instance.record(&mut trace);
        let claim = instance.output_claim();
        let mut prover = ProverTranscript::new();
        let _ = prove(&shape, &mut trace, claim.clone(), &mut prover);
        let proof = prover.into_bytes();
        let claim = counted(&claim);
        let mut channel = Counting::new(VerifierTranscript::new(&proof));
        let before = channel.cost();
        let _ = verify(&shape, claim.clone(), &mut channel).unwrap();
        let Cost {
            ext,
            mixed,
            inversions,
            ..
        } = channel.cost();
        assert_eq!((before.ext, before.mixed, inversions), (0, 0, 0));
        assert_eq!([ext, mixed], expected(&shape, &claim).map(|n| n as u64));
    }
}

/// What one width contributes: extension-field and mixed products.
struct Width {
    /// Elements of the state.
    width: usize,
    partial: usize,
    /// Products with the transposed matrix, of any weights.
    transposed: usize,
    log_slots: usize,
    /// Factors in the blocks of the claim, and one more for each block.
    factors: usize,
}

impl Width {
    /// The output layer: weights of the slots, the two sums of each block, the gate.
    fn output(&self) -> [usize; 2] {
        let slots = (1 << self.log_slots) - 1;
        [slots + self.factors + 3 * self.width, self.transposed]
    }

    /// A full layer after a full one, its gate included.
    fn full(&self) -> [usize; 2] {
        let constants = self.width;
        let weights = [self.width, 2 * self.width - 1];
        [weights[0] + 3 * self.width, weights[1] + constants]
    }

    /// All partial layers with their gates, and what the full layer after them costs more than another.
    fn partial(&self) -> [usize; 2] {
        let (width, count) = (self.width, self.partial);
        let gates = 3 * count;
        let weights: usize = (0..count).map(|k| width + k).sum();
        let across = count * width + count;
        // The power of the challenge with which `u` enters the next claim.
        let power = if width == 24 { 2 } else { 1 };
        [gates + power * count, weights + across]
    }
}

fn expected(shape: &Shape, claim: &OutputClaim<Counted>) -> [usize; 2] {
    let factors = |blocks: &[Block<Counted>]| {
        let lengths = blocks
            .iter()
            .map(|b| b.slots.list().len() + 1 + b.elements.len());
        lengths.sum()
    };
    let narrow = shape.narrow.map(|table: TableShape| Width {
        width: 16,
        partial: 20,
        transposed: 86,
        log_slots: table.log_slots,
        factors: factors(&claim.narrow),
    });
    let wide = shape.wide.map(|table: TableShape| Width {
        width: 24,
        partial: 23,
        transposed: 198,
        log_slots: table.log_slots,
        factors: factors(&claim.wide),
    });
    let widths: Vec<Width> = narrow.into_iter().chain(wide).collect();
    let columns: usize = widths.iter().map(|w| w.width).sum();
    let slots = widths.iter().map(|w| w.log_slots).max().unwrap();
    let partial = widths.iter().map(|w| w.partial).max().unwrap();

    let mut terms = vec![
        // The rounds of the output layer, and the weights of the low slot bits there.
        [4 * (shape.log_lanes + slots) + 7, 0],
        // The moments of those.
        [0, 21],
    ];
    // The univariate round: the remainder, its value, and that of the polynomial. Then the others.
    let skip = [7 + 21, 4 * 14];
    let rounds = 4 * (shape.log_lanes + slots - 3);
    terms.extend(vec![[skip[0] + rounds, skip[1]]; 7 + partial]);
    // Powers of a challenge, and the claim.
    terms.extend(vec![[columns - 1 + columns, 0]; 7]);
    // The Lagrange basis at the end.
    terms.push([7 + 8 + 8, 8]);
    for width in &widths {
        terms.extend([width.output(), width.partial()]);
        terms.extend([width.full(); 7]);
    }
    terms.iter().fold([0; 2], |[a, b], [c, d]| [a + c, b + d])
}
