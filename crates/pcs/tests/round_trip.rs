//! Honest commitments and openings over a matrix of shapes.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sheaf_pcs::parameters::Round;
use sheaf_pcs::{
    Claim, Error, Layout, Parameters, commit, open, receive_commitment, verify_opening,
};
use sheaf_sumcheck::eq;
use sheaf_transcript::counting::{Counted, Counting};
use sheaf_transcript::{Channel, EF, F, ProverTranscript, Transcript, VerifierTranscript};

fn random_cells(layout: &Layout, rng: &mut SmallRng) -> Vec<F> {
    (0..layout.height() * layout.width())
        .map(|_| F::from_u32(rng.random_range(0..0x7f00_0001)))
        .collect()
}

/// The value at a point, from the definition.
fn evaluate(layout: &Layout, cells: &[F], point: &[EF]) -> EF {
    let outer = eq::table(&point[..layout.slice_variables]);
    let inner = eq::table(&point[layout.slice_variables..]);
    cells
        .chunks_exact(layout.width())
        .zip(inner)
        .map(|(row, weight)| {
            let row: EF = row
                .iter()
                .zip(&layout.live)
                .map(|(&x, &s)| outer[s] * x)
                .sum();
            weight * row
        })
        .sum()
}

fn prove(parameters: &Parameters, claims: usize) -> (Vec<u8>, Vec<Claim>) {
    let layout = parameters.layout();
    let mut rng = SmallRng::seed_from_u64(7);
    let cells = random_cells(layout, &mut rng);
    let mut transcript = ProverTranscript::new();
    let committed = commit(parameters, cells.clone(), &mut transcript);
    let claims: Vec<Claim> = (0..claims)
        .map(|_| {
            let point = transcript.sample_point(layout.variables());
            let value = evaluate(layout, &cells, &point);
            Claim { point, value }
        })
        .collect();
    open(parameters, committed, &claims, &mut transcript);
    (transcript.into_bytes(), claims)
}

fn verify(
    parameters: &Parameters,
    proof: &[u8],
    claims: &[Claim],
) -> Result<(), Box<dyn std::error::Error>> {
    let mut transcript = VerifierTranscript::new(proof);
    verify_over(&mut transcript, parameters, claims)?;
    Ok(transcript.finish()?)
}

fn verify_over<C: Channel>(
    channel: &mut C,
    parameters: &Parameters,
    claims: &[Claim<C::Extension>],
) -> Result<(), Error> {
    let commitment = receive_commitment(parameters, channel)?;
    for claim in claims {
        // The prover drew the points after the commitment.
        assert_eq!(
            channel.sample_point(claim.point.len()).len(),
            parameters.layout().variables()
        );
    }
    verify_opening(parameters, commitment, claims, channel)
}

fn counted(claims: &[Claim]) -> Vec<Claim<Counted>> {
    let counted = |claim: &Claim| Claim {
        point: claim.point.iter().copied().map(Counted).collect(),
        value: Counted(claim.value),
    };
    claims.iter().map(counted).collect()
}

fn round_trip(layout: &Layout, log_inv_rate: usize, target_bits: f64, claims: usize) {
    let parameters = Parameters::new(layout, log_inv_rate, target_bits, claims).unwrap();
    assert!(parameters.security_bits() >= target_bits);
    let (proof, claims) = prove(&parameters, claims);
    verify(&parameters, &proof, &claims)
        .unwrap_or_else(|error| panic!("{layout:?}, rate {log_inv_rate}: {error}"));
}

#[test]
fn honest_proofs_of_small_shapes_verify() {
    for variables in [6, 8, 9, 11, 14] {
        for slice_variables in [1, 2, 3, 5] {
            let inner_variables = variables - slice_variables;
            let slices = 1usize << slice_variables;
            let layouts = [
                (0..slices).collect::<Vec<_>>(),
                (0..slices.div_ceil(2)).collect(),
                (0..slices).filter(|s| s % 3 != 0).collect(),
                vec![slices - 1],
            ];
            for (i, live) in layouts.into_iter().enumerate() {
                let layout = Layout {
                    inner_variables,
                    slice_variables,
                    live,
                };
                round_trip(&layout, 1 + i, 100.0, 1 + (i + variables) % 4);
            }
        }
    }
}

#[test]
fn a_larger_proof_verifies() {
    round_trip(&Layout::prefix(13, 5, 23), 1, 128.0, 3);
}

/// Rounds that no search finds: given as data to both sides, they make proofs of their own.
#[test]
fn parameters_given_as_data_make_proofs() {
    let layout = Layout::prefix(9, 3, 6);
    let first = Round {
        row_elements: 6,
        slice_variables: 3,
        inner_variables: 9,
        log_inv_rate: 2,
        slack: 7,
        fold_grinding: 1,
        queries: 40,
        query_grinding: 2,
    };
    let second = Round {
        row_elements: 5 << 2,
        slice_variables: 2,
        inner_variables: 7,
        log_inv_rate: 5,
        ..first
    };
    let third = Round {
        row_elements: 5 << 6,
        slice_variables: 6,
        inner_variables: 1,
        ..second
    };
    let with = |rounds: &[Round]| Parameters::from_rounds(&layout, 2, rounds.to_vec()).unwrap();
    let parameters = with(&[first, second, third]);
    let (proof, claims) = prove(&parameters, 2);
    verify(&parameters, &proof, &claims).unwrap();

    let others = with(&[first, second]);
    assert!(verify(&others, &proof, &claims).is_err());
}

#[test]
fn proofs_do_not_depend_on_the_number_of_threads() {
    let layout = Layout {
        inner_variables: 11,
        slice_variables: 4,
        live: (0..16).filter(|s| s % 5 != 1).collect(),
    };
    let parameters = Parameters::new(&layout, 2, 100.0, 2).unwrap();
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| prove(&parameters, 2))
    };
    let one = with_threads(1);
    assert_eq!(one, with_threads(2));
    assert_eq!(one, with_threads(3));
}

#[test]
fn proofs_are_the_same_to_the_last_byte() {
    let layout = Layout {
        inner_variables: 11,
        slice_variables: 4,
        live: (0..16).filter(|s| s % 5 != 1).collect(),
    };
    let parameters = Parameters::new(&layout, 2, 100.0, 2).unwrap();
    let (proof, _) = prove(&parameters, 2);
    // FNV-1a. A change of this number is another protocol.
    let hash = proof.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!((proof.len(), hash), (45_080, 0xae44_39e6_538a_b1e3));
}

#[test]
fn the_size_is_as_estimated() {
    for (inner, slices, rate) in [(12, 4, 1), (12, 4, 3), (13, 2, 2)] {
        let layout = Layout::prefix(inner, slices, 1 << slices);
        let parameters = Parameters::new(&layout, rate, 110.0, 1).unwrap();
        let (proof, _) = prove(&parameters, 1);
        let ratio = proof.len() as f64 / (4 * parameters.proof_elements_estimate()) as f64;
        assert!((0.95..1.05).contains(&ratio), "{layout:?}: {ratio}");
    }
}

#[test]
fn altered_proofs_are_rejected() {
    let layout = Layout::prefix(10, 2, 3);
    let parameters = Parameters::new(&layout, 2, 60.0, 2).unwrap();
    let (proof, claims) = prove(&parameters, 2);
    verify(&parameters, &proof, &claims).unwrap();
    let mut rng = SmallRng::seed_from_u64(11);
    for _ in 0..400 {
        let mut altered = proof.clone();
        let position = rng.random_range(0..proof.len());
        altered[position] ^= 1 << rng.random_range(0..8);
        assert!(verify(&parameters, &altered, &claims).is_err());
        let cut = rng.random_range(0..proof.len());
        assert!(verify(&parameters, &proof[..cut], &claims).is_err());
    }
    let mut longer = proof.clone();
    longer.extend([0; 4]);
    assert!(verify(&parameters, &longer, &claims).is_err());
}

#[test]
fn claims_of_another_shape_are_errors() {
    let layout = Layout::prefix(8, 2, 3);
    let parameters = Parameters::new(&layout, 2, 60.0, 1).unwrap();
    let (proof, claims) = prove(&parameters, 1);
    let run = |claims: &[Claim]| {
        let mut transcript = VerifierTranscript::new(&proof);
        let commitment = receive_commitment(&parameters, &mut transcript)?;
        verify_opening(&parameters, commitment, claims, &mut transcript)
    };
    let twice = [claims[0].clone(), claims[0].clone()];
    assert_eq!(run(&twice), Err(Error::TooManyClaims { claims: 2, max: 1 }));
    let mut short = claims.clone();
    short[0].point.pop();
    assert_eq!(run(&short), Err(Error::Dimension { claim: 0 }));
}

#[test]
#[should_panic(expected = "number of cells")]
fn there_are_as_many_cells_as_the_layout_has_places() {
    let parameters = Parameters::new(&Layout::prefix(8, 2, 3), 2, 60.0, 1).unwrap();
    let _ = commit(
        &parameters,
        vec![F::ONE; 4 << 8],
        &mut ProverTranscript::new(),
    );
}

#[test]
fn counted_verification_accepts_and_rejects_as_plain_verification() {
    let layout = Layout::prefix(10, 2, 3);
    let parameters = Parameters::new(&layout, 2, 60.0, 2).unwrap();
    let (proof, claims) = prove(&parameters, 2);
    let counted = counted(&claims);
    let both = |proof: &[u8]| {
        let mut plain = VerifierTranscript::new(proof);
        let mut counting = Counting::new(VerifierTranscript::new(proof));
        let plain = verify_over(&mut plain, &parameters, &claims);
        let counting = verify_over(&mut counting, &parameters, &counted);
        assert_eq!(plain, counting);
        plain
    };
    assert_eq!(both(&proof), Ok(()));
    let mut rng = SmallRng::seed_from_u64(12);
    for _ in 0..100 {
        let mut altered = proof.clone();
        altered[rng.random_range(0..proof.len())] ^= 1 << rng.random_range(0..8);
        assert!(both(&altered).is_err());
        assert!(both(&proof[..rng.random_range(0..proof.len())]).is_err());
    }
}

#[test]
fn what_is_hashed_follows_from_the_rows_and_siblings_that_are_read() {
    let layout = Layout::prefix(13, 5, 23);
    let parameters = Parameters::new(&layout, 1, 128.0, 1).unwrap();
    let (proof, claims) = prove(&parameters, 1);
    let mut channel = Counting::new(VerifierTranscript::new(&proof));
    verify_over(&mut channel, &parameters, &counted(&claims)).unwrap();

    let read = |name| {
        let messages = channel.messages().iter();
        messages.filter(move |m| m.label.name() == name)
    };
    let rounds = parameters.rounds();
    assert!(rounds.len() > 1);
    assert_eq!(read("pcs/rows").count(), rounds.len());
    assert_eq!(read("pcs/nodes").count(), rounds.len());
    let expected: usize = rounds
        .iter()
        .zip(read("pcs/rows").zip(read("pcs/nodes")))
        .map(|(round, (rows, nodes))| {
            let leaves = rows.elements / round.row_elements;
            // A tree whose leaves are the rows and the siblings has one node less than leaves.
            leaves * round.row_elements.div_ceil(15) + leaves + nodes.elements / 9 - 1
        })
        .sum();
    assert_eq!(channel.cost().hash_permutations, expected as u64);

    let elements: usize = channel
        .messages()
        .iter()
        .map(|m| m.elements * m.times)
        .sum();
    assert_eq!(4 * elements, proof.len());
    channel.finish().unwrap();
}

/// Products of an opening by hand, in the order in which they are computed.
#[test]
fn products_of_an_opening_are_those_of_its_shape() {
    let layout = Layout::prefix(13, 5, 23);
    let parameters = Parameters::new(&layout, 1, 128.0, 2).unwrap();
    let (proof, claims) = prove(&parameters, 2);
    let mut channel = Counting::new(VerifierTranscript::new(&proof));
    verify_over(&mut channel, &parameters, &counted(&claims)).unwrap();

    let rows = channel.messages().iter();
    let rows = rows.filter(|m| m.label.name() == "pcs/rows");
    let variables = layout.variables();
    // Every claim and the sample: its value scaled, the next scale, its weight.
    let mut ext = (1 + claims.len()) * (2 + 2 * variables);
    let mut mixed = 0;
    let rounds = parameters.rounds();
    // Variables that are tabulated for the queries to each oracle.
    let tabulated = [7, 2, 1];
    for (i, ((round, rows), t)) in rounds.iter().zip(rows).zip(tabulated).enumerate() {
        let (slices, r) = (round.slice_variables, round.log_inv_rate);
        // Sumcheck, the weights of the slices, and the rows that are folded with them.
        ext += 2 * slices + (1 << slices) - 1;
        match i {
            0 => mixed += rows.elements,
            _ => ext += rows.elements / 5,
        }
        if i > 0 {
            // The challenge squared; the sample's value and weight scaled.
            ext += 2 + 2 * round.variables();
        }
        // Values and weights of the queries, batched.
        ext += 2 * round.queries;
        let others = round.inner_variables - t;
        let (pairs, single) = (others / 2, others % 2);
        ext += (1 << (t + r)) - (1 << r) + round.queries * (pairs + single);
        mixed += (1 << (t + r)) - (1 << r) + round.queries * 2 * pairs;
        // Coordinates inverted and multiplied, constants of the pairs; the scale of all.
        ext += (4 * others + pairs).saturating_sub(1) + 1;
    }
    // The last polynomial's sumcheck and value, and its weight.
    let last = rounds.last().unwrap().inner_variables;
    ext += 2 * last + (1 << last) - 1 + 1;
    assert_eq!(rounds.len(), tabulated.len());
    assert_eq!(
        (channel.cost().ext, channel.cost().mixed),
        (ext as u64, mixed as u64)
    );
}
