//! The layered sumcheck for the permutations of both widths.

use p3_field::PrimeCharacteristicRing;

use crate::Reject;
use crate::field::{EF, F, dot, eq_table, f, lagrange, polynomial, power};
use crate::fractions::{eq_round, plain_round};
use crate::poseidon::{HALF_FULL_ROUNDS, Rounds};
use crate::transcript::Transcript;

/// Slot variables that a univariate round binds at once.
const SKIP: usize = 3;
/// Lane variables that are bound last, and from the top.
const LOW_LANES: usize = 4;

/// The bits that number the slots of each table, if there is one.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    pub log_slots16: Option<usize>,
    pub log_slots24: Option<usize>,
}

/// The weight of one output.
pub(crate) struct OutputWeight {
    pub width: usize,
    pub slot: usize,
    pub element: usize,
    pub weight: EF,
}

/// What weighted outputs are claimed to add up to, at a point in the lanes.
pub(crate) struct OutputClaim {
    pub lane_point: Vec<EF>,
    pub weights: Vec<OutputWeight>,
    pub sum: EF,
}

/// The claimed values of all input columns, under weights of the slots and at a lane point.
pub(crate) struct InputClaim {
    pub lane_point: Vec<EF>,
    pub slots16: Vec<EF>,
    pub slots24: Vec<EF>,
    pub inputs16: Vec<EF>,
    pub inputs24: Vec<EF>,
}

/// The point of a claim: weights of the values of the low slot bits, coordinates of the other variables.
struct Point {
    low: Vec<EF>,
    high: Vec<EF>,
    lanes: Vec<EF>,
}

impl Point {
    /// The weights of the slots of a table with `2^log_slots` of them, which ignores the topmost variables.
    fn slots(&self, log_slots: usize) -> Vec<EF> {
        let own = &self.high[self.high.len() - (log_slots - SKIP)..];
        let product = |high: EF| self.low.iter().map(move |&low| high * low);
        eq_table(own).into_iter().flat_map(product).collect()
    }

    /// Binds all variables to challenges; returns what `claim` becomes.
    fn rebind(&mut self, mut claim: EF, transcript: &mut Transcript) -> Result<EF, Reject> {
        // s(X) of degree 21 with sum_x low_x s(x) = claim over the skip domain, sent without its constant coefficient.
        let mut s = vec![EF::ZERO];
        s.extend(transcript.elements("permutation/skip", 3 * ((1 << SKIP) - 1))?);
        let weighted_sum = |s: &[EF], low: &[EF]| -> EF {
            let values: Vec<EF> = domain().iter().map(|&x| polynomial(s, x.into())).collect();
            dot(low, &values)
        };
        s[0] = claim - weighted_sum(&s, &self.low);
        assert_eq!(weighted_sum(&s, &self.low), claim, "the weights sum to one");
        let rho = transcript.challenge();
        claim = polynomial(&s, rho);
        self.low = lagrange(&domain(), rho);

        // High slot variables from the least significant one, then lane variables.
        let lanes = lane_order(self.lanes.len());
        let high = self.high.len();
        for i in (0..high).rev().chain(lanes.into_iter().map(|i| high + i)) {
            let message = transcript.elements("permutation/round", 3)?;
            let x = transcript.challenge();
            let coordinate = self.high.iter_mut().chain(&mut self.lanes).nth(i);
            let coordinate = coordinate.expect("a coordinate of the point");
            claim = eq_round(claim, *coordinate, &message, x);
            *coordinate = x;
        }
        Ok(claim)
    }
}

/// `1, 2, 3, 4, -1, -2, -3, -4`.
fn domain() -> Vec<F> {
    let positive = (1..=4).map(f);
    positive.clone().chain(positive.map(|x| -x)).collect()
}

/// Lane coordinates in the order in which they are bound.
fn lane_order(log_lanes: usize) -> Vec<usize> {
    let high = log_lanes - LOW_LANES;
    (0..high).rev().chain(high..log_lanes).collect()
}

pub(crate) fn verify(
    tables: Tables,
    outputs: OutputClaim,
    transcript: &mut Transcript,
) -> Result<InputClaim, Reject> {
    let (narrow, wide) = (Rounds::narrow(), Rounds::wide());
    // A table that is absent has no columns: it is left out of every list, and weights of its columns are empty.
    let (has_narrow, has_wide) = (tables.log_slots16.is_some(), tables.log_slots24.is_some());
    let columns16 = if has_narrow { 16 } else { 0 };
    let columns24 = if has_wide { 24 } else { 0 };
    let log_slots = tables.log_slots16.max(tables.log_slots24).unwrap_or(0);

    // The output layer.
    let mut claim = outputs.sum;
    let mut lanes = outputs.lane_point;
    for i in lane_order(lanes.len()) {
        let message = transcript.elements("permutation/output round", 3)?;
        let x = transcript.challenge();
        claim = eq_round(claim, lanes[i], &message, x);
        lanes[i] = x;
    }
    let mut slots = vec![EF::ZERO; log_slots];
    for i in (0..log_slots).rev() {
        let message = transcript.elements("permutation/output round", 4)?;
        let x = transcript.challenge();
        claim = plain_round(claim, &message, x);
        slots[i] = x;
    }
    let slot_weights = eq_table(&slots);
    // Weights of outputs at the slot point; the shorter table has the first slots.
    let at_slots = |width: usize, columns: usize| -> Vec<EF> {
        let mut sums = vec![EF::ZERO; columns];
        for output in outputs.weights.iter().filter(|o| o.width == width) {
            sums[output.element] += output.weight * slot_weights[output.slot];
        }
        sums
    };
    let v16 = narrow.before_matrix(&at_slots(16, columns16));
    let v24 = wide.before_matrix(&at_slots(24, columns24));
    let mut values = evaluations(0, claim, &v16, &v24, transcript)?;
    let (high, low) = slots.split_at(log_slots - SKIP);
    let mut point = Point {
        low: eq_table(low),
        high: high.to_vec(),
        lanes,
    };

    // Invariant: `values` are claimed for the states before the cubes of rounds `r16` and `r24`.
    let (mut r16, mut r24) = (narrow.count() - 1, wide.count() - 1);
    let mut layer = 0;
    let full_layer = |r16: usize, r24: usize, w16: &[EF], w24: &[EF], mut claim: EF| {
        // <w, a_{r+1}> = <M^T w, cubes of a_r> + <w, c_{r+1}>
        let (v16, v24) = (narrow.before_matrix(w16), wide.before_matrix(w24));
        claim -= narrow.constant(w16, r16 + 1) + wide.constant(w24, r24 + 1);
        (v16, v24, claim)
    };
    let batch = |values: &[EF], gamma: EF| {
        let w: Vec<EF> = (1..=columns16 + columns24)
            .map(|i| power(gamma, i))
            .collect();
        let claim = dot(&w, values);
        (w[..columns16].to_vec(), w[columns16..].to_vec(), claim)
    };

    // Full rounds at the end of the permutation; one is done.
    for _ in 1..HALF_FULL_ROUNDS {
        (r16, r24, layer) = (r16 - 1, r24 - 1, layer + 1);
        let (w16, w24, claim) = batch(&values, transcript.challenge());
        let (v16, v24, claim) = full_layer(r16, r24, &w16, &w24, claim);
        let claim = point.rebind(claim, transcript)?;
        values = evaluations(layer, claim, &v16, &v24, transcript)?;
    }

    // Partial rounds. The claim is <w16, a16> + <w24, a24> = claim.
    let (mut w16, mut w24, mut claim) = batch(&values, transcript.challenge());
    // What the prover leaves out of the linear part: the constants of the partial rounds so far.
    let mut constants = EF::ZERO;
    loop {
        let has_partial16 = has_narrow && r16 > HALF_FULL_ROUNDS;
        let has_partial24 = has_wide && r24 > HALF_FULL_ROUNDS;
        if !has_partial16 && !has_partial24 {
            break;
        }
        layer += 1;
        let mut removed = EF::ZERO;
        if has_partial24 {
            r24 -= 1;
            removed += wide.constant(&w24, r24 + 1);
            w24 = wide.before_matrix(&w24);
        }
        if has_partial16 {
            r16 -= 1;
            removed += narrow.constant(&w16, r16 + 1);
            w16 = narrow.before_matrix(&w16);
        }
        claim -= removed;
        constants += removed;
        let at_point = point.rebind(claim, transcript)?;
        // u16, u24 (while the width takes part), L
        let split = |sent: &[EF]| {
            let linear = sent[sent.len() - 1] - constants;
            let u16 = if has_partial16 { sent[0] } else { EF::ZERO };
            let u24 = if has_partial24 {
                sent[sent.len() - 2]
            } else {
                EF::ZERO
            };
            (u16, u24, linear)
        };
        let discrepancy = |sent: &[EF]| {
            let (u16, u24, linear) = split(sent);
            let mut gate = linear - at_point;
            if has_partial16 {
                gate += w16[0] * u16.cube();
            }
            if has_partial24 {
                gate += w24[0] * u24.cube();
            }
            gate
        };
        let count = 1 + usize::from(has_partial16) + usize::from(has_partial24);
        let failure = Reject::Permutations(layer);
        let sent = transcript.checked("permutation/evaluations", count, failure, discrepancy)?;
        let (u16, u24, linear) = split(&sent);
        let gamma = transcript.challenge();
        claim = linear + gamma * u16 + gamma * gamma * u24;
        if has_partial16 {
            w16[0] = gamma;
        }
        if has_partial24 {
            w24[0] = gamma * gamma;
        }
    }

    // Full rounds at the start of the permutation.
    assert!(!has_narrow || r16 == HALF_FULL_ROUNDS);
    assert!(!has_wide || r24 == HALF_FULL_ROUNDS);
    for round in (0..HALF_FULL_ROUNDS).rev() {
        layer += 1;
        if round < HALF_FULL_ROUNDS - 1 {
            (w16, w24, claim) = batch(&values, transcript.challenge());
        }
        let (v16, v24, before) = full_layer(round, round, &w16, &w24, claim);
        let at_point = point.rebind(before, transcript)?;
        values = evaluations(layer, at_point, &v16, &v24, transcript)?;
    }

    // The input is the first state without the first constants.
    let input = |values: &[EF], constants: &[F]| -> Vec<EF> {
        values.iter().zip(constants).map(|(&a, &c)| a - c).collect()
    };
    let slots = |log_slots: Option<usize>| {
        log_slots.map_or_else(Vec::new, |log_slots| point.slots(log_slots))
    };
    Ok(InputClaim {
        slots16: slots(tables.log_slots16),
        slots24: slots(tables.log_slots24),
        inputs16: input(&values[..columns16], &narrow.constants[0]),
        inputs24: input(&values[columns16..], &wide.constants[0]),
        lane_point: point.lanes,
    })
}

/// Reads the states before a full round of both widths, whose weighted cubes must have the sum `claim`.
fn evaluations(
    layer: usize,
    claim: EF,
    v16: &[EF],
    v24: &[EF],
    transcript: &mut Transcript,
) -> Result<Vec<EF>, Reject> {
    transcript.checked(
        "permutation/evaluations",
        v16.len() + v24.len(),
        Reject::Permutations(layer),
        |a| cubes(v16, &a[..v16.len()]) + cubes(v24, &a[v16.len()..]) - claim,
    )
}

/// `sum_j v_j a_j^3`.
fn cubes(v: &[EF], a: &[EF]) -> EF {
    v.iter().zip(a).map(|(&v, a)| v * a.cube()).sum()
}
