//! Sums of fractions inside a program are reduced as they are natively.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::prove::{Single, Tree};
use sheaf_argument::fractions::verify::{Error, verify};
use sheaf_argument::fractions::{LeafClaim, RootClaim};
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{DEGREE, F, coefficients};
use sheaf_recursion_guest::fractions::{self, Fractions};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_transcript::{EF, ProverTranscript, Transcript};

use super::common::{checksum, checksum_of, elements, fails_after, native, run_to_end};

/// A program that takes the root's claim from the tape, which is not absorbed, and the proof. It returns what is left, with a challenge that is drawn then.
fn program(log_lanes: usize, log_leaves: usize) -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let reduction = Fractions::new(&mut builder, &memory);
    let main = builder.function::<(Base, Base), [Word; 4]>("main");
    builder.body(&main, |row, (lanes, leaves)| {
        let lane_point = Base::zero();
        for i in (0..).take(log_lanes) {
            let coordinate: Word = row.advice();
            row.write(&memory, &lane_point.plus(i), &coordinate);
        }
        let root = fractions::RootClaim {
            lane_point,
            log_lanes: lanes,
            numerator: row.advice(),
            denominator: row.advice(),
        };
        let mut sponge = Sponge::new();
        let leaf = reduction.verify(row, &mut sponge, &root, &leaves);
        let points = [(leaf.lane_point, log_lanes), (leaf.leaf_point, log_leaves)];
        let points = checksum_of(row, &memory, &points);
        // Words that are left of the last block, and one of the next.
        let drawn: Vec<Word> = (0..3).map(|_| sponge.sample(row)).collect();
        [leaf.numerator, leaf.denominator, points, drawn[2].clone()]
    });
    builder.finish(&main).unwrap()
}

/// A proof of some fractions, behind the claim about their sums.
struct Case {
    sizes: [F; 2],
    root: RootClaim,
    proof: Vec<F>,
    left: LeafClaim,
    drawn: EF,
}

impl Case {
    fn new(log_lanes: usize, log_leaves: usize) -> Self {
        let leaves = |seed| elements(seed, 1 << (log_lanes + log_leaves));
        let tree = Tree::<Single>::full(log_leaves, &leaves(1), &leaves(2));
        let root = tree.root(&elements(3, log_lanes));
        let mut transcript = ProverTranscript::new();
        let left = tree.prove(root.clone(), &mut transcript);
        let drawn = transcript.sample_point(3)[2];
        Self {
            sizes: [log_lanes, log_leaves].map(F::from_usize),
            root,
            proof: transcript.into_proof(),
            left,
            drawn,
        }
    }

    /// The claim, as it stands on the tape before the proof.
    fn claim(&self) -> Vec<F> {
        let RootClaim {
            lane_point,
            numerator,
            denominator,
        } = &self.root;
        let all = lane_point.iter().chain([numerator, denominator]);
        all.flat_map(|&x| coefficients(x)).collect()
    }
}

#[test]
fn leaves_are_those_of_the_native_verifier() {
    for (log_lanes, log_leaves) in [(0, 1), (0, 5), (4, 1), (4, 3), (5, 2), (7, 6), (10, 3)] {
        let case = Case::new(log_lanes, log_leaves);
        let executable = program(log_lanes, log_leaves);
        let tape = [case.claim(), case.proof].concat();
        let outcome = run_to_end(&executable, &case.sizes, &tape);
        let left = &case.left;
        let points = [&left.lane_point[..], &left.leaf_point].concat();
        let expected = [
            left.numerator,
            left.denominator,
            checksum(&points),
            case.drawn,
        ];
        assert_eq!(outcome.results, expected.map(coefficients).concat());
    }
}

#[test]
fn a_wrong_message_fails_at_the_layer_at_which_the_native_verifier_rejects() {
    let (log_lanes, log_leaves) = (4, 3);
    let case = Case::new(log_lanes, log_leaves);
    let executable = program(log_lanes, log_leaves);
    let claim = case.claim();
    // The first element of each word: a message is of words.
    for index in (0..case.proof.len()).step_by(DEGREE) {
        let mut proof = case.proof.clone();
        proof[index] += F::ONE;
        let (result, received) = native(&proof, |channel| {
            verify(case.root.clone(), log_leaves, channel)
        });
        assert!(matches!(result, Err(Error::Layer { .. })));
        let tape = [&claim[..], &proof].concat();
        fails_after(&executable, &case.sizes, &tape, claim.len() + received);
    }
}

#[test]
fn a_wrong_claim_fails_at_the_first_layer() {
    let case = Case::new(4, 3);
    let executable = program(4, 3);
    let claim = case.claim();
    for index in (0..claim.len()).step_by(DEGREE) {
        let mut tape = [&claim[..], &case.proof].concat();
        tape[index] += F::ONE;
        // A round for each lane, and the children.
        fails_after(
            &executable,
            &case.sizes,
            &tape,
            claim.len() + (4 * 2 + 4) * DEGREE,
        );
    }
}
