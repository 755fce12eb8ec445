//! The prover of the join.
//!
//! Every weight is a product of weights of columns, forms and kinds. So while columns are bound, a claim is a sum over columns of what it has in each, and likewise
//! forms and kinds: three passes over the coefficients, whatever the number of rounds.

use std::iter::zip;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::layout::{COLUMN_BITS, FORM_BITS, KIND_BITS};
use sheaf_program::{Id, Program};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::{EF, F, ProverTranscript, Transcript};

use super::{Part, PointClaim, ROUND, VALUE, VARIABLES, begin};
use crate::functional::Functional;

/// Joins the claims of proofs about runs of one program.
///
/// Returns the claim that is left, and the messages that [`verify`](super::verify()) reads.
pub fn prove(program: &Program, id: &Id, parts: &[Part]) -> (PointClaim, Vec<F>) {
    if parts.is_empty() {
        return (PointClaim::EMPTY, Vec::new());
    }
    let mut transcript = ProverTranscript::new();
    let claims = begin(id, parts, &mut transcript);
    let mut rounds = Rounds {
        claim: claims
            .iter()
            .map(|&(weight, _, value)| weight * value)
            .sum(),
        point: Vec::with_capacity(VARIABLES),
        transcript: &mut transcript,
    };
    let functionals: Vec<&Functional> =
        claims.iter().map(|(_, functional, _)| functional).collect();
    let mut weights: Vec<EF> = claims.iter().map(|&(weight, ..)| weight).collect();

    // What each claim has in each column.
    let sums = functionals.iter().map(|functional| {
        let mut sums = vec![EF::ZERO; 1 << COLUMN_BITS];
        for (kind, &share) in zip(program.kinds(), &functional.kinds) {
            for (form, terms) in kind.forms() {
                let weight = share * functional.forms[form];
                for (column, value) in terms.terms() {
                    sums[column] += weight * value;
                }
            }
        }
        sums
    });
    let columns = rounds.run(
        &mut weights,
        zip(sums, &functionals).map(|(sums, f)| (sums, f.columns.clone())),
    );

    // What each claim has in each form, at the point of columns.
    let at_columns = eq::table(&columns);
    let forms: Vec<Vec<(usize, EF)>> = (program.kinds().iter())
        .map(|kind| {
            let at_columns = |terms: &sheaf_program::Form| -> EF {
                terms
                    .terms()
                    .map(|(column, value)| at_columns[column] * value)
                    .sum()
            };
            kind.forms()
                .map(|(form, terms)| (form, at_columns(terms)))
                .collect()
        })
        .collect();
    let sums = functionals.iter().map(|functional| {
        let mut sums = vec![EF::ZERO; 1 << FORM_BITS];
        for (kind, &share) in zip(&forms, &functional.kinds) {
            for &(form, value) in kind {
                sums[form] += share * value;
            }
        }
        sums
    });
    let at_forms = rounds.run(
        &mut weights,
        zip(sums, &functionals).map(|(sums, f)| (sums, f.forms.clone())),
    );

    // What is in each kind, at the points of columns and forms: the same for all claims.
    let at_forms = eq::table(&at_forms);
    let mut kinds: Vec<EF> = (forms.iter())
        .map(|kind| {
            kind.iter()
                .map(|&(form, value)| at_forms[form] * value)
                .sum()
        })
        .collect();
    kinds.resize(1 << KIND_BITS, EF::ZERO);
    let mut shares = vec![EF::ZERO; 1 << KIND_BITS];
    for (functional, &weight) in zip(&functionals, &weights) {
        for (sum, &share) in zip(&mut shares, &functional.kinds) {
            *sum += weight * share;
        }
    }
    let kinds = rounds.run_pairs(vec![(kinds, shares)]).remove(0).0;

    let Rounds { point, .. } = rounds;
    transcript.send(VALUE, &[kinds]);
    let point = point.try_into().expect("a challenge for each variable");
    let claim = PointClaim {
        point,
        value: kinds,
    };
    (claim, transcript.into_proof())
}

struct Rounds<'a> {
    claim: EF,
    point: Vec<EF>,
    transcript: &'a mut ProverTranscript,
}

impl Rounds<'_> {
    /// Binds the variables of pairs of tables, one for each weight, of what a claim has and of how it is weighed. Weights are multiplied by what is left of the
    /// latter. Returns the challenges.
    fn run(
        &mut self,
        weights: &mut [EF],
        pairs: impl Iterator<Item = (Vec<EF>, Vec<EF>)>,
    ) -> Vec<EF> {
        let scaled = zip(&*weights, pairs).map(|(&weight, (mut sums, factors))| {
            sums.iter_mut().for_each(|x| *x *= weight);
            (sums, factors)
        });
        let before = self.point.len();
        let left = self.run_pairs(scaled.collect());
        for (weight, (_, factor)) in zip(weights, left) {
            *weight *= factor;
        }
        self.point[before..].to_vec()
    }

    /// Binds all variables of tables, the most significant one first: `sum of products of pairs`. Returns what is left of each.
    fn run_pairs(&mut self, mut pairs: Vec<(Vec<EF>, Vec<EF>)>) -> Vec<(EF, EF)> {
        let rounds = pairs.first().map_or(0, |(a, _)| a.len().ilog2());
        for _ in 0..rounds {
            let (mut g0, mut c2) = (EF::ZERO, EF::ZERO);
            for (a, b) in &pairs {
                let half = a.len() / 2;
                for i in 0..half {
                    g0 += a[i] * b[i];
                    c2 += (a[half + i] - a[i]) * (b[half + i] - b[i]);
                }
            }
            let message = [self.claim - g0.double() - c2, c2];
            self.transcript.send(ROUND, &message);
            let x = self.transcript.sample();
            self.claim = next_claim(self.claim, Claimed::Sum, &message, x);
            self.point.push(x);
            for (a, b) in &mut pairs {
                bind(a, x);
                bind(b, x);
            }
        }
        pairs.into_iter().map(|(a, b)| (a[0], b[0])).collect()
    }
}

/// Binds the most significant variable of a table.
fn bind(table: &mut Vec<EF>, x: EF) {
    let half = table.len() / 2;
    for i in 0..half {
        table[i] = table[i] + x * (table[half + i] - table[i]);
    }
    table.truncate(half);
}
