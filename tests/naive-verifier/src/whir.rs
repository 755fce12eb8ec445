//! The polynomial commitment: WHIR, with every weight as a dense table.

use p3_field::{PrimeCharacteristicRing, TwoAdicField};

use crate::Reject;
use crate::field::{DEGREE, EF, F, dot, ef, eq_table, f, power};
use crate::fractions::plain_round;
use crate::parameters::{CLAIMS, Parameters, Round};
use crate::poseidon::{CAPACITY, RATE, absorb_block, permute24, start};
use crate::transcript::Transcript;

/// The claim `f(point) = value`.
pub(crate) struct Claim {
    pub point: Vec<EF>,
    pub value: EF,
}

/// A Merkle root, and the value of its polynomial at a random point.
pub(crate) struct Commitment {
    root: Vec<F>,
    sample: Claim,
}

fn receive(variables: usize, transcript: &mut Transcript) -> Result<Commitment, Reject> {
    let root = transcript.base("pcs/root", CAPACITY)?;
    let point = transcript.point(variables);
    let value = transcript.element("pcs/out of domain")?;
    Ok(Commitment {
        root,
        sample: Claim { point, value },
    })
}

/// The numbers that describe a commitment and its opening, as they are absorbed.
#[must_use]
pub fn description(parameters: &Parameters) -> Vec<F> {
    let layout = &parameters.layout;
    let mut numbers = vec![
        layout.inner_variables,
        layout.slice_variables,
        layout.live.len(),
        CLAIMS,
        parameters.rounds.len(),
    ];
    for round in &parameters.rounds {
        numbers.extend([
            round.fold,
            round.inner,
            round.rate,
            round.slack,
            round.fold_grinding,
            round.queries,
            round.query_grinding,
        ]);
    }
    numbers.extend(&layout.live);
    numbers.into_iter().map(f).collect()
}

pub(crate) fn receive_first(
    parameters: &Parameters,
    transcript: &mut Transcript,
) -> Result<Commitment, Reject> {
    transcript.absorb("pcs/statement", &description(parameters));
    receive(parameters.variables(), transcript)
}

/// `sum_b f(b) W(b) = sum`, for the polynomial `f` of the last commitment.
struct Running {
    weights: Vec<EF>,
    sum: EF,
}

impl Running {
    fn add(&mut self, coefficient: EF, weights: &[EF], value: EF) {
        for (sum, &w) in self.weights.iter_mut().zip(weights) {
            *sum += coefficient * w;
        }
        self.sum += coefficient * value;
    }

    /// Adds the claims that the polynomial with these coefficients has these values, under powers of `challenge`.
    fn add_opened(&mut self, opened: &[(F, EF)], challenge: EF, first_power: usize) {
        for (i, &(x, value)) in opened.iter().enumerate() {
            let weights = powers(x, self.weights.len());
            self.add(power(challenge, first_power + i), &weights, value);
        }
    }

    /// One round of the sumcheck: replaces the first variable by `x`.
    fn bind(&mut self, message: &[EF], x: EF) {
        self.sum = plain_round(self.sum, message, x);
        self.weights = bind_first(&self.weights, x);
    }
}

/// The multilinear table with its first variable replaced by `x`.
fn bind_first(table: &[EF], x: EF) -> Vec<EF> {
    let (zero, one) = table.split_at(table.len() / 2);
    let pairs = zero.iter().zip(one);
    pairs
        .map(|(&t0, &t1)| (EF::ONE - x) * t0 + x * t1)
        .collect()
}

/// `x^b` for all `b` below `n`.
fn powers(x: F, n: usize) -> Vec<EF> {
    let next = |&power: &F| Some(power * x);
    let all = core::iter::successors(Some(F::ONE), next);
    all.take(n).map(EF::from).collect()
}

pub(crate) fn verify_opening(
    parameters: &Parameters,
    commitment: Commitment,
    claim: Claim,
    transcript: &mut Transcript,
) -> Result<(), Reject> {
    let point_and_value = [&claim.point[..], &[claim.value]].concat();
    transcript.absorb_elements("pcs/claims", &point_and_value);
    let mut running = Running {
        weights: vec![EF::ZERO; 1 << parameters.variables()],
        sum: EF::ZERO,
    };
    let challenge = transcript.challenge();
    for (i, claim) in [commitment.sample, claim].iter().enumerate() {
        running.add(power(challenge, i), &eq_table(&claim.point), claim.value);
    }

    let rounds = &parameters.rounds;
    let mut root = commitment.root;
    let mut fold = Vec::new();
    for (i, round) in rounds.iter().enumerate() {
        if i > 0 {
            let next = receive(round.fold + round.inner, transcript)?;
            let opened = query(&rounds[i - 1], i - 1, &root, &fold, transcript)?;
            let challenge = transcript.challenge();
            running.add(challenge, &eq_table(&next.sample.point), next.sample.value);
            running.add_opened(&opened, challenge, 2);
            root = next.root;
        }
        let mut point = Vec::new();
        for _ in 0..round.fold {
            let message = transcript.elements("pcs/sumcheck", 2)?;
            transcript.proof_of_work("pcs/fold grinding", round.fold_grinding)?;
            let x = transcript.challenge();
            running.bind(&message, x);
            point.push(x);
        }
        // The weights of the slices that a row holds.
        fold = eq_table(&point);
        if i == 0 {
            fold = parameters
                .layout
                .live
                .iter()
                .map(|&slice| fold[slice])
                .collect();
        }
    }

    let last = rounds.len() - 1;
    let mut f = transcript.elements("pcs/final polynomial", running.weights.len())?;
    let opened = query(&rounds[last], last, &root, &fold, transcript)?;
    running.add_opened(&opened, transcript.challenge(), 1);
    for _ in 0..rounds[last].inner {
        let message = transcript.elements("pcs/final sumcheck", 2)?;
        let x = transcript.challenge();
        running.bind(&message, x);
        f = bind_first(&f, x);
    }
    if dot(&f, &running.weights) == running.sum {
        Ok(())
    } else {
        Err(Reject::FinalSum)
    }
}

/// Opens rows of an oracle; returns the queried points `x` of its domain, as they were drawn, with the row there, folded.
fn query(
    round: &Round,
    oracle: usize,
    root: &[F],
    fold: &[EF],
    transcript: &mut Transcript,
) -> Result<Vec<(F, EF)>, Reject> {
    transcript.proof_of_work("pcs/query grinding", round.query_grinding)?;
    let depth = round.inner + round.rate;
    let drawn: Vec<usize> = (0..round.queries)
        .map(|_| transcript.index(depth))
        .collect();
    let mut positions = drawn.clone();
    positions.sort_unstable();
    positions.dedup();

    let elements = if oracle == 0 { 1 } else { DEGREE };
    let width = elements * fold.len();
    let rows = transcript.hint("pcs/rows", positions.len() * width)?;
    let rows: Vec<&[F]> = rows.chunks(width).collect();

    // The nodes that are known, level by level, by index.
    let mut level: Vec<(usize, Vec<F>)> = positions
        .iter()
        .zip(&rows)
        .map(|(&position, row)| (position, hash_row(row)))
        .collect();
    for _ in 0..depth {
        let mut parents: Vec<(usize, Vec<F>)> = Vec::new();
        let mut nodes = level.into_iter().peekable();
        while let Some((index, node)) = nodes.next() {
            let sibling = match nodes.next_if(|(next, _)| *next == index ^ 1) {
                Some((_, sibling)) => sibling,
                None => transcript.hint("pcs/nodes", CAPACITY)?,
            };
            let parent = if index % 2 == 0 {
                hash_pair(&node, &sibling)
            } else {
                hash_pair(&sibling, &node)
            };
            parents.push((index / 2, parent));
        }
        level = parents;
    }
    if level[0].1 != root {
        return Err(Reject::Rows(oracle));
    }

    let generator = F::two_adic_generator(depth);
    let folded = |row: &[F]| {
        let entries: Vec<EF> = if oracle == 0 {
            row.iter().map(|&x| x.into()).collect()
        } else {
            row.chunks(DEGREE).map(ef).collect()
        };
        dot(&entries, fold)
    };
    let row_at = |position: usize| {
        let opened = positions.iter().zip(&rows).find(|(p, _)| **p == position);
        opened
            .map(|(_, row)| *row)
            .expect("every drawn position is opened")
    };
    Ok(drawn
        .into_iter()
        .map(|position| {
            let x = generator.exp_u64(position as u64);
            (x, folded(row_at(position)))
        })
        .collect())
}

/// The digest of a row: the capacity of a sponge over blocks of 15 elements, the last one padded with zeros.
#[must_use]
pub fn hash_row(row: &[F]) -> Vec<F> {
    row.chunks(RATE)
        .fold(start(2), |capacity, block| absorb_block(&capacity, block))
}

/// The digest of the node above two digests.
#[must_use]
pub fn hash_pair(left: &[F], right: &[F]) -> Vec<F> {
    let mut state = [F::ZERO; 24];
    state[23] = f(3);
    state[..9].copy_from_slice(left);
    state[9..18].copy_from_slice(right);
    permute24(state)[..9].to_vec()
}
