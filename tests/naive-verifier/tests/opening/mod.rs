//! A prover of the opening whose rows, round polynomials and values are arbitrary.

use sheaf_naive_verifier::{Parameters, Round, description, hash_pair, hash_row};
use sheaf_pcs::Claim;
use sheaf_transcript::{EF, F, Label, ProverTranscript, Transcript};

/// A Merkle tree over arbitrary rows, or over what is claimed to be rows.
pub(crate) struct Oracle {
    rows: Vec<Vec<F>>,
    /// Digests, from the leaves to the root.
    levels: Vec<Vec<Vec<F>>>,
}

fn arbitrary(i: usize) -> EF {
    EF::from(F::new((i * i + 3) as u32)) * EF::new([1, 2, 3, 4, 5].map(F::new))
}

impl Oracle {
    fn new(round: &Round) -> Self {
        let row = |i: usize| {
            let elements = 0..round.row;
            elements.map(|j| F::new((i * i + j) as u32)).collect()
        };
        let rows: Vec<Vec<F>> = (0..1 << round.domain()).map(row).collect();
        let mut levels = vec![rows.iter().map(|row| hash_row(row)).collect::<Vec<_>>()];
        while levels[levels.len() - 1].len() > 1 {
            let children = &levels[levels.len() - 1];
            let parents = children.chunks(2).map(|pair| hash_pair(&pair[0], &pair[1]));
            levels.push(parents.collect());
        }
        Self { rows, levels }
    }

    fn commit(round: &Round, transcript: &mut ProverTranscript) -> Self {
        let oracle = Self::new(round);
        transcript.send_base(Label::new("pcs/root"), &oracle.levels[round.domain()][0]);
        transcript.sample_point(round.variables());
        transcript.send(Label::new("pcs/out of domain"), &[arbitrary(1)]);
        oracle
    }

    fn open(&self, round: &Round, other_rows: bool, transcript: &mut ProverTranscript) {
        transcript.grind(Label::new("pcs/query grinding"), round.query_grinding);
        let mut positions = transcript.sample_indices(round.queries, round.domain());
        positions.sort_unstable();
        positions.dedup();
        let mut rows: Vec<F> = positions
            .iter()
            .flat_map(|&i| self.rows[i].clone())
            .collect();
        if other_rows {
            rows[0] += F::new(1);
        }
        transcript.hint(&rows);
        for level in &self.levels[..round.domain()] {
            for &i in &positions {
                if !positions.contains(&(i ^ 1)) {
                    transcript.hint(&level[i ^ 1]);
                }
            }
            positions = positions.iter().map(|i| i / 2).collect();
            positions.dedup();
        }
    }
}

/// Commits to the first oracle.
pub(crate) fn commit(parameters: &Parameters, transcript: &mut ProverTranscript) -> Oracle {
    transcript.absorb(Label::new("pcs/statement"), &description(parameters));
    Oracle::commit(&parameters.rounds[0], transcript)
}

/// Opens whatever is asked for.
pub(crate) fn open(
    parameters: &Parameters,
    mut oracle: Oracle,
    claims: &[Claim],
    other_rows: Option<usize>,
    transcript: &mut ProverTranscript,
) {
    let elements: Vec<F> = claims
        .iter()
        .flat_map(|claim| claim.point.iter().chain([&claim.value]))
        .flat_map(|&x| sheaf_transcript::field::coefficients(x))
        .collect();
    transcript.absorb(Label::new("pcs/claims"), &elements);
    let rounds = &parameters.rounds;
    for (i, round) in rounds.iter().enumerate() {
        if i > 0 {
            let next = Oracle::commit(round, transcript);
            oracle.open(&rounds[i - 1], other_rows == Some(i - 1), transcript);
            oracle = next;
        }
        let _ = transcript.sample();
        for variable in 0..round.fold {
            let message = [arbitrary(variable), arbitrary(100 + variable)];
            transcript.send(Label::new("pcs/sumcheck"), &message);
            transcript.grind(Label::new("pcs/fold grinding"), round.fold_grinding);
            let _ = transcript.sample();
        }
    }
    let last = rounds.len() - 1;
    let polynomial: Vec<EF> = (0..1 << rounds[last].inner).map(arbitrary).collect();
    transcript.send(Label::new("pcs/final polynomial"), &polynomial);
    oracle.open(&rounds[last], other_rows == Some(last), transcript);
    let _ = transcript.sample();
    for variable in 0..rounds[last].inner {
        let message = [arbitrary(200 + variable), arbitrary(300 + variable)];
        transcript.send(Label::new("pcs/final sumcheck"), &message);
        let _ = transcript.sample();
    }
}
