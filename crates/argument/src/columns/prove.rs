//! The prover of the column reduction.

use p3_field::{Algebra, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, Label, PF, ProverTranscript, Transcript};

use super::cells::{Columns, evaluate_blocks, evaluate_form};
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
/// `blocks` hold the cells of all lanes that have any.
pub fn prove(
    log_lanes: usize,
    log_columns: usize,
    value: EF,
    terms: Vec<Term>,
    blocks: &[Columns<'_>],
    transcript: &mut ProverTranscript,
) -> EvaluationClaim {
    let mut claim = value;
    // Registers of lanes first, then the lanes of the last register.
    let mut tables: Vec<[Vec<EPF>; 2]> = terms
        .iter()
        .map(|term| [pack(&term.lanes), evaluate_form(blocks, &term.columns)])
        .collect();
    let log_groups = log_lanes - PF::WIDTH.ilog2() as usize;
    let lanes = |x: EPF| (0..PF::WIDTH).map(move |lane| extract(&x, lane));
    let sum = |x: EPF| lanes(x).sum();
    let mut lane_point = rounds(
        LANE_ROUND,
        log_groups,
        &mut claim,
        &mut tables,
        sum,
        transcript,
    );
    let unpack = |table: &Vec<EPF>| table.iter().copied().flat_map(lanes).collect();
    let mut tables: Vec<[Vec<EF>; 2]> = tables
        .iter()
        .map(|table| table.each_ref().map(unpack))
        .collect();
    let log_width = log_lanes - log_groups;
    let scalar = |x: EF| x;
    lane_point.extend(rounds(
        LANE_ROUND,
        log_width,
        &mut claim,
        &mut tables,
        scalar,
        transcript,
    ));

    let mut weights = EF::zero_vec(1 << log_columns);
    for (term, [lanes, _]) in terms.iter().zip(&tables) {
        let lane = lanes.first().copied().unwrap_or_default();
        for (weight, &x) in weights.iter_mut().zip(&term.columns) {
            *weight += lane * x;
        }
    }
    let groups: usize = blocks.iter().map(Columns::groups).sum();
    let lane_eq = eq::par_prefix_table(&lane_point, groups * PF::WIDTH);
    let mut tables = [[weights, evaluate_blocks(blocks, &lane_eq)]];
    let column_point = rounds(
        COLUMN_ROUND,
        log_columns,
        &mut claim,
        &mut tables,
        scalar,
        transcript,
    );
    let [[_, columns]] = tables;
    let value = columns.first().copied().unwrap_or_default();
    transcript.send(VALUE, &[value]);
    EvaluationClaim {
        lane_point,
        column_point,
        value,
    }
}

/// The bytes of a table below which threads are not worth their start.
const PARALLEL: usize = 1 << 16;

/// Registers of consecutive lanes; the last one is filled up with zeros.
fn pack(lanes: &[EF]) -> Vec<EPF> {
    lanes
        .par_chunks(PF::WIDTH)
        .with_min_len(PARALLEL / size_of::<EPF>())
        .map(|lanes| EPF::from_ext_fn(|lane| lanes.get(lane).copied().unwrap_or_default()))
        .collect()
}

/// A sumcheck over the products of pairs of tables, which are followed by zeros. Returns the point; the tables fold to one entry, or none if it is zero.
fn rounds<K: Algebra<EF> + Copy + Send + Sync>(
    label: Label,
    variables: usize,
    claim: &mut EF,
    tables: &mut [[Vec<K>; 2]],
    sum: impl Fn(K) -> EF,
    transcript: &mut ProverTranscript,
) -> Vec<EF> {
    for [a, b] in tables.iter_mut() {
        let length = a.len().max(b.len());
        a.resize(length, K::ZERO);
        b.resize(length, K::ZERO);
    }
    let mut point = Vec::with_capacity(variables);
    for round in 0..variables {
        let half = 1 << (variables - 1 - round);
        let [at_zero, quadratic] = tables
            .iter()
            .map(|[a, b]| measure(a, b, half))
            .fold([K::ZERO; 2], add)
            .map(&sum);
        let message = [*claim - at_zero.double() - quadratic, quadratic];
        transcript.send(label, &message);
        let x = transcript.sample();
        *claim = next_claim(*claim, Claimed::Sum, &message, x);
        for table in tables.iter_mut().flatten() {
            fold(table, half, x);
        }
        point.push(x);
    }
    point
}

/// The sum of the products at zero, and its leading coefficient.
fn measure<K: Algebra<EF> + Copy + Send + Sync>(a: &[K], b: &[K], half: usize) -> [K; 2] {
    let split = half.min(a.len());
    let ((a_low, a_high), (b_low, b_high)) = (a.split_at(split), b.split_at(split));
    let (a_paired, a_alone) = a_low.split_at(a_high.len());
    let (b_paired, b_alone) = b_low.split_at(b_high.len());
    let paired = (a_paired.par_iter().zip(a_high))
        .zip(b_paired.par_iter().zip(b_high))
        .with_min_len(PARALLEL / size_of::<K>())
        .map(|((a0, a1), (b0, b1))| [*a0 * *b0, (*a1 - *a0) * (*b1 - *b0)])
        .reduce(|| [K::ZERO; 2], add);
    // The partner is zero.
    let alone = a_alone
        .par_iter()
        .zip(b_alone)
        .with_min_len(PARALLEL / size_of::<K>())
        .map(|(a, b)| *a * *b)
        .reduce(|| K::ZERO, |a, b| a + b);
    add(paired, [alone; 2])
}

#[inline]
fn add<K: Algebra<EF> + Copy>(a: [K; 2], b: [K; 2]) -> [K; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

/// Binds the top variable.
fn fold<K: Algebra<EF> + Copy + Send + Sync>(table: &mut Vec<K>, half: usize, x: EF) {
    let split = half.min(table.len());
    let (low, high) = table.split_at_mut(split);
    let (paired, alone) = low.split_at_mut(high.len());
    paired
        .par_iter_mut()
        .zip(high)
        .with_min_len(PARALLEL / size_of::<K>())
        .for_each(|(low, high)| *low += (*high - *low) * x);
    alone
        .par_iter_mut()
        .with_min_len(PARALLEL / size_of::<K>())
        .for_each(|low| *low *= EF::ONE - x);
    table.truncate(split);
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

    /// One block for each register.
    fn blocks(cells: &[PF]) -> Vec<Columns<'_>> {
        let of_register = |cells| Columns {
            count: COLUMNS,
            cells,
        };
        cells.chunks(COLUMNS).map(of_register).collect()
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
            &blocks(&cells),
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
