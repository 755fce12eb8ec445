//! The prover of the constraints.

use core::ops::Range;

use p3_field::{Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_program::layout::{COLUMNS, CONSTRAINTS, TERMS};
use sheaf_program::{Kind, Program, Rows};
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::{eq, inverse};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, Label, PF, ProverTranscript, Transcript};

use super::{
    CONSTRAINT_BITS, CONSTRAINT_ROUND, Challenges, FACTORS, FormClaims, LINEAR, ROW_ROUND,
    TERM_BITS, TERM_ROUND,
};
use crate::functional::{FormWeights, combine};
use crate::messages::MessageClaim;
use crate::segments::{Expand, FullRow, Pair, Segment, Segments};
use crate::strategy::Strategy;
use crate::witness::{RegisterForms, Witness, evaluate_forms, mask};

/// Products of a row.
const PRODUCTS: usize = CONSTRAINTS * TERMS;

/// Puts the products of a row of each kind into their places.
struct Scatter {
    places: Vec<Vec<usize>>,
}

impl Expand for Scatter {
    const REGISTERS: usize = PRODUCTS.div_ceil(PF::WIDTH);

    fn enter(&mut self, _: &[EF]) {}

    fn expand(&self, kind: usize, _: usize, pairs: &[Pair]) -> FullRow {
        let places = &self.places[kind];
        let mut row = FullRow::default();
        let mut first = 0;
        for register in 0..Self::REGISTERS {
            let end = PF::WIDTH * (register + 1);
            let next = first + places[first..].partition_point(|&place| place < end);
            if next > first {
                let mut all = [[EF::ZERO; PF::WIDTH]; 2];
                for (&place, pair) in places[first..next].iter().zip(&pairs[first..next]) {
                    all[0][place % PF::WIDTH] = pair[0];
                    all[1][place % PF::WIDTH] = pair[1];
                }
                row.push(
                    register,
                    all.map(|lanes| EPF::from_ext_fn(|lane| lanes[lane])),
                );
            }
            first = next;
        }
        row
    }
}

/// The numbers of the products that a kind has. One with a factor that is zero counts: the other factor has a value all the same.
fn places(kind: &Kind) -> Vec<usize> {
    let products = kind.constraints.iter().enumerate().flat_map(|(g, c)| {
        let terms = c.products.iter().enumerate();
        terms.filter_map(move |(i, (a, b))| (!a.is_zero() || !b.is_zero()).then_some(TERMS * g + i))
    });
    products.collect()
}

/// Sends a round polynomial of degree 2, of which `g(0)` and the leading coefficient are known, and moves the claim.
fn send_round(
    label: Label,
    claim: &mut EF,
    r: Option<EF>,
    [g0, c2]: [EF; 2],
    transcript: &mut ProverTranscript,
) -> EF {
    let (c1, claimed) = match r {
        // claim = g(0) + r (c1 + c2). Where r = 0, with probability 2^-154, the proof is lost.
        Some(r) => {
            let inverse = r.try_inverse().unwrap_or_default();
            ((*claim - g0) * inverse - c2, Claimed::Eq(r))
        }
        None => (*claim - g0.double() - c2, Claimed::Sum),
    };
    let message = [c1, c2];
    transcript.send(label, &message);
    let x = transcript.sample();
    *claim = next_claim(*claim, claimed, &message, x);
    x
}

/// Reduces all constraints and the messages' claims to values of forms.
pub(crate) fn prove(
    program: &Program,
    rows: &Rows,
    witness: &Witness,
    messages: MessageClaim,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> FormClaims {
    let challenges = Challenges::draw(transcript);
    let mut claim = challenges.claim(&messages);
    let constraint_eq = eq::table(&challenges.tau);
    let message_eq = eq::table(&messages.message_point);
    let positions = &messages.fingerprint.positions;
    let Challenges { lambda, .. } = challenges;
    let linear = FormWeights::new()
        .multiplicities(lambda, &message_eq)
        .tuples(lambda.square(), &message_eq, positions)
        .results(EF::NEG_ONE, &constraint_eq);
    let mut linear = linear_values(rows, witness, &combine(program, &linear));

    let mut products = products(program, rows, witness, &constraint_eq);
    let mut row_point = messages.row_point;
    let log_pairs = row_point.len() - 1;
    let mut weights = eq::par_prefix_table(&row_point[..log_pairs], 1 << log_pairs);
    for i in (0..row_point.len()).rev() {
        let mut g = products.round(Some(&weights));
        let lows = weights.par_iter().zip(linear.par_chunks_exact(2));
        g[0] += lows
            .with_min_len(PARALLEL)
            .map(|(&w, pair)| w * pair[0])
            .sum::<EF>();
        let x = send_round(ROW_ROUND, &mut claim, Some(row_point[i]), g, transcript);
        products.bind(x);
        linear = halve(&linear, |low, high| low + x * (high - low));
        // Weights add up to those without the last variable.
        weights = halve(&weights, |low, high| low + high);
        row_point[i] = x;
    }
    let forms = [
        FormWeights::new().multiplicities(EF::ONE, &message_eq),
        FormWeights::new().results(EF::ONE, &constraint_eq),
    ]
    .map(|weights| combine(program, &weights));
    let row_eq = eq::par_prefix_table(&row_point, 1 << row_point.len());
    let [mu, results] = evaluate(rows, witness, &forms, &row_eq);
    // The third value follows from what is left of all three. Where lambda = 0, with probability 2^-154, the proof is lost.
    let tuple = linear[0] - lambda * mu + results;
    let tuple = tuple * lambda.square().try_inverse().unwrap_or_default();
    let mut values = [mu, tuple, results];
    strategy.linear(&mut values);
    transcript.send(LINEAR, &values);
    claim -= challenges.linear(values);

    let products = products
        .last()
        .unwrap_or_else(|| vec![[EF::ZERO; 2]; PRODUCTS]);
    let (term_point, factors) = terms(
        products,
        &challenges.tau,
        &constraint_eq,
        claim,
        strategy,
        transcript,
    );
    let [mu, tuple, results] = values;
    let [a, b] = factors;
    FormClaims {
        row_point,
        message_point: messages.message_point,
        tau: challenges.tau,
        term_point,
        fingerprint: messages.fingerprint,
        values: [mu, tuple, a, b, results],
    }
}

/// Entries below which threads are not worth their start.
const PARALLEL: usize = 1 << 10;

/// Makes one entry of every two.
fn halve(table: &[EF], entry: impl Fn(EF, EF) -> EF + Sync) -> Vec<EF> {
    table
        .par_chunks_exact(2)
        .with_min_len(PARALLEL)
        .map(|pair| entry(pair[0], pair[1]))
        .collect()
}

/// The values of a form of each kind in all rows.
fn linear_values(rows: &Rows, witness: &Witness, forms: &[[EF; COLUMNS]]) -> Vec<EF> {
    let mut values = EF::zero_vec(1 << rows.log_rows());
    let mut left = &mut values[..];
    let mut end = 0;
    let mut outs = Vec::with_capacity(rows.ranges().len());
    for range in rows.ranges() {
        let (out, others) = left[range.start - end..].split_at_mut(range.len());
        outs.push(out);
        (left, end) = (others, range.end);
    }
    (rows.ranges().par_iter().zip(forms))
        .zip(outs)
        .for_each(|((range, form), out)| {
            let mut forms = RegisterForms::default();
            forms.push_dense(form);
            evaluate_forms(witness, range, &forms, &[], out);
        });
    values
}

/// The sums of the values of two forms of each kind over all rows, with weights.
fn evaluate(
    rows: &Rows,
    witness: &Witness,
    forms: &[Vec<[EF; COLUMNS]>; 2],
    row_eq: &[EF],
) -> [EF; 2] {
    let zero = || [EPF::ZERO; 2];
    let add = |a: [EPF; 2], b: [EPF; 2]| [a[0] + b[0], a[1] + b[1]];
    let of_kind = |(kind, range): (usize, &Range<usize>)| {
        let mut both = RegisterForms::default();
        for of_kinds in forms {
            both.push_dense(&of_kinds[kind]);
        }
        let groups = range.start / PF::WIDTH..range.end.div_ceil(PF::WIDTH);
        let of_group = |group: usize| {
            let first = group * PF::WIDTH;
            let mask = mask(first, core::slice::from_ref(range)).unwrap_or_default();
            let weights = EPF::from_ext_fn(|lane| row_eq[first + lane]);
            let value = |form| both.masked(form, witness, group, mask) * weights;
            [value(0), value(1)]
        };
        let groups = groups.into_par_iter().with_min_len(PARALLEL / PF::WIDTH);
        groups.map(of_group).reduce(zero, add)
    };
    let kinds = rows.ranges().par_iter().enumerate();
    let kinds = kinds.filter(|(_, range)| !range.is_empty());
    let sums = kinds.map(of_kind).reduce(zero, add);
    sums.map(|sum| (0..PF::WIDTH).map(|lane| extract(&sum, lane)).sum())
}

/// The factors of all products of all rows, the left ones weighted by `eq(tau, g)`.
fn products(
    program: &Program,
    rows: &Rows,
    witness: &Witness,
    constraint_eq: &[EF],
) -> Segments<Scatter> {
    let places: Vec<Vec<usize>> = program.kinds().iter().map(places).collect();
    let segment = |(kind, range): (usize, &Range<usize>)| {
        if range.is_empty() || places[kind].is_empty() {
            return None;
        }
        let constraints = &program.kinds()[kind].constraints;
        let mut forms = RegisterForms::default();
        let mut weights = Vec::with_capacity(2 * places[kind].len());
        for place in &places[kind] {
            let g = place / TERMS;
            let (left, right) = &constraints[g].products[place % TERMS];
            forms.push(left.terms());
            forms.push(right.terms());
            weights.extend([Some(constraint_eq[g]), None]);
        }
        let width = places[kind].len();
        let mut pairs = vec![[EF::ZERO; 2]; width * range.len()];
        evaluate_forms(witness, range, &forms, &weights, pairs.as_flattened_mut());
        Some(Segment {
            kind,
            first: range.start,
            width,
            pairs,
        })
    };
    let ranges = rows.ranges().par_iter().enumerate();
    let segments = ranges.filter_map(segment).collect();
    Segments::new(segments, Scatter { places })
}

/// The rounds over terms and constraints. Returns `(g2, i2)` and the last two factors.
fn terms(
    mut products: Vec<Pair>,
    tau: &[EF],
    constraint_eq: &[EF],
    mut claim: EF,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> (Vec<EF>, [EF; 2]) {
    // Weights are zero with probability 2^-150; such a proof fails to verify.
    let inverses = inverse::all(constraint_eq).unwrap_or_else(|| vec![EF::ZERO; CONSTRAINTS]);
    for (p, pair) in products.iter_mut().enumerate() {
        pair[0] *= inverses[p / TERMS];
    }
    let mut term_point = Vec::with_capacity(CONSTRAINT_BITS + TERM_BITS);
    let mut terms = Vec::with_capacity(TERM_BITS);
    for round in 0..TERM_BITS {
        // The terms of a constraint are adjacent; their most significant bit is bound first.
        let half = TERMS >> (round + 1);
        let mut g = [EF::ZERO; 2];
        for (pairs, &weight) in products.chunks_exact(2 * half).zip(constraint_eq) {
            let (low, high) = pairs.split_at(half);
            add_products(&mut g, low, high, |_| weight);
        }
        let x = send_round(TERM_ROUND, &mut claim, None, g, transcript);
        products = products
            .chunks_exact(2 * half)
            .flat_map(|pairs| fold(pairs, x))
            .collect();
        terms.push(x);
    }
    for (i, &r) in tau.iter().enumerate() {
        let weights = eq::table(&tau[i + 1..]);
        let (low, high) = products.split_at(products.len() / 2);
        let mut g = [EF::ZERO; 2];
        add_products(&mut g, low, high, |j| weights[j]);
        let x = send_round(CONSTRAINT_ROUND, &mut claim, Some(r), g, transcript);
        products = fold(&products, x);
        term_point.push(x);
    }
    term_point.extend(terms);
    let mut factors = products[0];
    strategy.factors(&mut factors, claim);
    transcript.send(FACTORS, &factors);
    (term_point, factors)
}

fn add_products(g: &mut [EF; 2], low: &[Pair], high: &[Pair], weight: impl Fn(usize) -> EF) {
    for (j, ([a0, b0], [a1, b1])) in low.iter().zip(high).enumerate() {
        g[0] += weight(j) * *a0 * *b0;
        g[1] += weight(j) * (*a1 - *a0) * (*b1 - *b0);
    }
}

fn fold(pairs: &[Pair], x: EF) -> Vec<Pair> {
    let (low, high) = pairs.split_at(pairs.len() / 2);
    let couples = low.iter().zip(high);
    couples
        .map(|(low, high)| core::array::from_fn(|k| low[k] + x * (high[k] - low[k])))
        .collect()
}
