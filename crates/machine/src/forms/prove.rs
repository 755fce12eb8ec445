//! The prover of the forms.

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use sheaf_program::layout::{CELLS, COLUMN_BITS, COLUMNS, CONSTANT};
use sheaf_program::{Program, Rows};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::{EF, F, Label, ProverTranscript, Transcript};

use super::columns::Columns;
use super::{COLUMN_ROUND, ROW_ROUND, SHARES, ShareClaims, column_weights, scales, weigh_outputs};
use crate::constraints::FormClaims;
use crate::functional::combine;
use crate::permutations::permuted;
use crate::segments::{Segment, Segments};
use crate::strategy::Strategy;
use crate::witness::{RegisterForms, Witness, evaluate_forms};

/// Sends a round polynomial of degree 2 and moves the claim.
fn send_round(
    label: Label,
    claim: &mut EF,
    [g0, c2]: [EF; 2],
    transcript: &mut ProverTranscript,
) -> EF {
    let message = [*claim - g0.double() - c2, c2];
    transcript.send(label, &message);
    let x = transcript.sample();
    *claim = next_claim(*claim, Claimed::Sum, &message, x);
    x
}

/// Reduces values of forms to the shares of cells and outputs.
pub(crate) fn prove(
    program: &Program,
    rows: &Rows,
    cells: &[F],
    witness: &Witness,
    claims: &FormClaims,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> ShareClaims {
    let scales = scales(transcript.sample());
    let terms = scales.iter().zip(&claims.values);
    let mut claim: EF = terms.map(|(&scale, &value)| scale * value).sum();
    let forms = combine(program, &claims.weights(&scales));
    let mut products = row_products(rows, (cells, witness), &claims.row_point, &forms);
    let mut row_point = claims.row_point.clone();
    for x in row_point.iter_mut().rev() {
        let g = products.round(None);
        *x = send_round(ROW_ROUND, &mut claim, g, transcript);
        products.bind(*x);
    }
    // Without rows there is the constant only.
    let mut columns = products.last().unwrap_or_else(|| {
        (0..COLUMNS)
            .map(|y| [EF::ZERO, EF::from_bool(y == CONSTANT)])
            .collect()
    });
    let cell_sums: Vec<EF> = columns[..CELLS].iter().map(|&[_, x]| x).collect();
    columns.resize(1 << COLUMN_BITS, [EF::ZERO; 2]);
    let mut column_point = Vec::with_capacity(COLUMN_BITS);
    for _ in 0..COLUMN_BITS {
        let half = columns.len() / 2;
        let (low, high) = columns.split_at(half);
        let mut g = [EF::ZERO; 2];
        for ([w0, z0], [w1, z1]) in low.iter().zip(high) {
            g[0] += *w0 * *z0;
            g[1] += (*w1 - *w0) * (*z1 - *z0);
        }
        let x = send_round(COLUMN_ROUND, &mut claim, g, transcript);
        for i in 0..half {
            let [low, high] = [columns[i], columns[i + half]];
            columns[i] = core::array::from_fn(|k| low[k] + x * (high[k] - low[k]));
        }
        columns.truncate(half);
        column_point.push(x);
    }

    let mut shares = ShareClaims {
        column_point,
        row_point,
        cells: EF::ZERO,
        outputs: None,
    };
    let weights = column_weights(&shares.column_point);
    shares.cells = weigh_outputs(&weights, &cell_sums);
    let (point, top) = permuted(rows, &shares.row_point);
    if !witness.outputs.is_empty() {
        let outputs = witness.combine_outputs(&eq::par_prefix_table(point, 1 << point.len()));
        shares.outputs = Some(weigh_outputs(&shares.output_weights(), &outputs));
    }
    let ShareClaims { cells, outputs, .. } = &mut shares;
    strategy.shares(cells, outputs, top);
    let mut message = vec![shares.cells];
    message.extend(shares.outputs);
    transcript.send(SHARES, &message);
    shares
}

/// One product per row: `eq(r2, r)`, and the form of its kind. Rows that belong to no kind stand with the kind before them, with weight zero.
fn row_products<'a>(
    rows: &Rows,
    (cells, witness): (&'a [F], &'a Witness),
    row_point: &[EF],
    forms: &[[EF; COLUMNS]],
) -> Segments<Columns<'a>> {
    let row_eq = eq::par_prefix_table(row_point, 1 << row_point.len());
    let kinds: Vec<usize> = (0..forms.len())
        .filter(|&kind| !rows.ranges()[kind].is_empty())
        .collect();
    let segment = |(i, &kind): (usize, &usize)| {
        let range = &rows.ranges()[kind];
        let next = kinds.get(i + 1);
        let end = next.map_or(row_eq.len(), |&next| rows.ranges()[next].start);
        let span = range.start..end;
        let mut values = EF::zero_vec(span.len());
        let mut form = RegisterForms::default();
        form.push_dense(&forms[kind]);
        evaluate_forms(witness, &span, &form, &[], &mut values);
        let pairs = span
            .clone()
            .into_par_iter()
            .zip(values)
            .map(|(row, value)| {
                let weight = if row < range.end {
                    row_eq[row]
                } else {
                    EF::ZERO
                };
                [weight, value]
            });
        Segment {
            kind,
            first: span.start,
            width: 1,
            pairs: pairs.collect(),
        }
    };
    let segments = kinds.par_iter().enumerate().map(segment).collect();
    Segments::new(segments, Columns::new(cells, witness, forms))
}
