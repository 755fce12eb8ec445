//! The prover of the column reduction.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::{EF, Label, PF, ProverTranscript, Transcript};

use super::cells::{evaluate_columns, evaluate_forms};
use super::{COLUMN_ROUND, EvaluationClaim, LANE_ROUND, VALUE};

/// One term of the claim. Missing weights are zero.
#[derive(Clone, Debug)]
pub struct Term {
    /// The weight of each lane.
    pub lanes: Vec<EF>,
    /// The weight of each column.
    pub columns: Vec<EF>,
}

/// Proves that the terms sum to `value`, up to the returned evaluation.
///
/// `cells` holds `count` columns for each group of lanes.
pub fn prove(
    log_lanes: usize,
    log_columns: usize,
    value: EF,
    terms: Vec<Term>,
    cells: &[PF],
    count: usize,
    transcript: &mut ProverTranscript,
) -> EvaluationClaim {
    let mut claim = value;
    let forms: Vec<&[EF]> = terms.iter().map(|term| &term.columns[..]).collect();
    let forms = evaluate_forms(cells, count, &forms);
    let tables = terms
        .iter()
        .zip(forms)
        .map(|(term, form)| [term.lanes.clone(), form])
        .collect();
    let (lane_point, lanes) = rounds(LANE_ROUND, log_lanes, &mut claim, tables, transcript);

    let mut weights = EF::zero_vec(1 << log_columns);
    for (term, &[lane, _]) in terms.iter().zip(&lanes) {
        for (weight, &x) in weights.iter_mut().zip(&term.columns) {
            *weight += lane * x;
        }
    }
    let groups = cells.len() / count;
    let lane_eq = eq::prefix_table(&lane_point, groups * PF::WIDTH, EF::ONE);
    let columns = evaluate_columns(cells, count, &lane_eq);
    let tables = vec![[weights, columns]];
    let (column_point, values) = rounds(COLUMN_ROUND, log_columns, &mut claim, tables, transcript);
    let value = values.first().map_or(EF::ZERO, |&[_, column]| column);
    transcript.send(VALUE, &[value]);
    EvaluationClaim {
        lane_point,
        column_point,
        value,
    }
}

/// Pairs of entries below which threads are not worth their start.
const PARALLEL: usize = 1 << 11;

/// The sum of the products at zero, and its leading coefficient.
fn measure(a: &[EF], b: &[EF], half: usize) -> [EF; 2] {
    let halves = |table| -> (&[EF], &[EF]) { <[EF]>::split_at(table, half) };
    let ((a_low, a_high), (b_low, b_high)) = (halves(a), halves(b));
    a_low
        .par_iter()
        .zip(a_high)
        .zip(b_low.par_iter().zip(b_high))
        .with_min_len(PARALLEL)
        .map(|((a0, a1), (b0, b1))| [*a0 * *b0, (*a1 - *a0) * (*b1 - *b0)])
        .reduce(|| [EF::ZERO; 2], add)
}

fn add(a: [EF; 2], b: [EF; 2]) -> [EF; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

/// A sumcheck over the products of pairs of tables, padded with zeros. Returns the point and what the tables fold to.
fn rounds(
    label: Label,
    variables: usize,
    claim: &mut EF,
    mut tables: Vec<[Vec<EF>; 2]>,
    transcript: &mut ProverTranscript,
) -> (Vec<EF>, Vec<[EF; 2]>) {
    for table in tables.iter_mut().flatten() {
        table.resize(1 << variables, EF::ZERO);
    }
    let mut point = Vec::with_capacity(variables);
    for round in 0..variables {
        let half = 1 << (variables - 1 - round);
        let [at_zero, quadratic] = tables
            .iter()
            .map(|[a, b]| measure(a, b, half))
            .fold([EF::ZERO; 2], add);
        let message = [*claim - at_zero.double() - quadratic, quadratic];
        transcript.send(label, &message);
        let x = transcript.sample();
        *claim = next_claim(*claim, Claimed::Sum, &message, x);
        for table in tables.iter_mut().flatten() {
            let (low, high) = table.split_at_mut(half);
            low.par_iter_mut()
                .zip(high)
                .with_min_len(PARALLEL)
                .for_each(|(low, high)| *low += x * (*high - *low));
            table.truncate(half);
        }
        point.push(x);
    }
    let values = tables.iter().map(|[a, b]| [a[0], b[0]]).collect();
    (point, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Check, switch};
    use crate::columns::verify::{Error, verify};
    use sheaf_transcript::counting::{Cost, Counted, Counting};
    use sheaf_transcript::{F, VerifierTranscript};

    const LOG_LANES: usize = 6;
    const LOG_COLUMNS: usize = 4;
    const COLUMNS: usize = 13;

    fn elements(seed: usize, count: usize) -> Vec<EF> {
        (0..count)
            .map(|i| EF::from_usize(i * i + 31 * i + seed).cube())
            .collect()
    }

    /// Cells of three registers of lanes, and what they are by lane and column.
    fn cells() -> (Vec<PF>, impl Fn(usize, usize) -> F) {
        let cell = |lane: usize, column: usize| F::from_usize(100 * lane + column * column + 1);
        let groups = (1 << LOG_LANES) / PF::WIDTH;
        let live = groups.min(3);
        let cells = (0..live * COLUMNS)
            .map(|i| PF::from_fn(|lane| cell(i / COLUMNS * PF::WIDTH + lane, i % COLUMNS)))
            .collect();
        let lanes = live * PF::WIDTH;
        let value = move |lane: usize, column: usize| {
            if lane < lanes && column < COLUMNS {
                cell(lane, column)
            } else {
                F::ZERO
            }
        };
        (cells, value)
    }

    fn terms() -> Vec<Term> {
        let mut sparse = vec![EF::ZERO; COLUMNS];
        sparse[5..8].copy_from_slice(&elements(9, 3));
        vec![
            Term {
                lanes: elements(1, 1 << LOG_LANES),
                columns: elements(2, COLUMNS),
            },
            Term {
                lanes: elements(3, 17),
                columns: sparse,
            },
        ]
    }

    fn sum(terms: &[Term], cell: impl Fn(usize, usize) -> F) -> EF {
        let mut sum = EF::ZERO;
        for term in terms {
            for (lane, &l) in term.lanes.iter().enumerate() {
                for (column, &c) in term.columns.iter().enumerate() {
                    sum += l * c * cell(lane, column);
                }
            }
        }
        sum
    }

    fn extension(weights: &[EF], point: &[EF]) -> EF {
        weights
            .iter()
            .zip(eq::table(point))
            .map(|(&w, b)| w * b)
            .sum()
    }

    fn weight(lanes: &[EF], columns: &[EF]) -> EF {
        terms()
            .iter()
            .map(|t| extension(&t.lanes, lanes) * extension(&t.columns, columns))
            .sum()
    }

    fn proof() -> (EF, EvaluationClaim, Vec<F>) {
        let (cells, cell) = cells();
        let value = sum(&terms(), cell);
        let mut transcript = ProverTranscript::new();
        let proved = prove(
            LOG_LANES,
            LOG_COLUMNS,
            value,
            terms(),
            &cells,
            COLUMNS,
            &mut transcript,
        );
        (value, proved, transcript.into_proof())
    }

    #[test]
    fn a_true_claim_leaves_a_true_evaluation() {
        let (value, proved, proof) = proof();
        let bytes = VerifierTranscript::encode(&proof);
        let mut transcript = VerifierTranscript::new(&bytes);
        let got = verify(LOG_LANES, LOG_COLUMNS, value, weight, &mut transcript).unwrap();
        transcript.finish().unwrap();
        assert_eq!(got, proved);
        let (_, cell) = cells();
        let mut expected = EF::ZERO;
        for (lane, l) in eq::table(&got.lane_point).into_iter().enumerate() {
            for (column, c) in eq::table(&got.column_point).into_iter().enumerate() {
                expected += l * c * cell(lane, column);
            }
        }
        assert_eq!(got.value, expected);
    }

    #[test]
    fn a_false_value_is_rejected() {
        let (value, _, proof) = proof();
        let bytes = VerifierTranscript::encode(&proof);
        let run = || {
            let transcript = &mut VerifierTranscript::new(&bytes);
            verify(LOG_LANES, LOG_COLUMNS, value + EF::ONE, weight, transcript)
        };
        assert_eq!(run().unwrap_err(), Error::Mismatch);
        assert!(switch::without(&[Check::Columns], run).is_ok());
    }

    #[test]
    fn false_messages_are_rejected() {
        let (value, _, proof) = proof();
        for i in 0..proof.len() {
            let mut bad = proof.clone();
            bad[i] += F::ONE;
            let bytes = VerifierTranscript::encode(&bad);
            let run = || {
                let transcript = &mut VerifierTranscript::new(&bytes);
                verify(LOG_LANES, LOG_COLUMNS, value, weight, transcript)
            };
            assert_eq!(run().unwrap_err(), Error::Mismatch, "element {i}");
            assert!(switch::without(&[Check::Columns], run).is_ok());
        }
    }

    #[test]
    fn the_cost_is_that_of_the_formulas() {
        let (value, _, proof) = proof();
        let bytes = VerifierTranscript::encode(&proof);
        let mut channel = Counting::new(VerifierTranscript::new(&bytes));
        let weight = |lanes: &[Counted], columns: &[Counted]| {
            let plain = |point: &[Counted]| point.iter().map(|x| x.0).collect::<Vec<EF>>();
            Counted(weight(&plain(lanes), &plain(columns)))
        };
        let _ = verify(LOG_LANES, LOG_COLUMNS, Counted(value), weight, &mut channel).unwrap();
        // Two products and a permutation per round, and the product with the weight.
        let rounds = (LOG_LANES + LOG_COLUMNS) as u64;
        let expected = Cost {
            ext: 2 * rounds + 1,
            transcript_permutations: rounds,
            ..Cost::default()
        };
        assert_eq!(channel.cost(), expected);
        channel.finish().unwrap();
    }
}
