//! The constraint sumcheck: all that a signature has to satisfy besides its permutations.

use p3_field::{Field, PrimeCharacteristicRing};

use crate::Reject;
use crate::calls::{Call, Placed};
use crate::field::{EF, F, eq_table, f, lagrange, power};
use crate::form::{Claim, Form};
use crate::fractions::{LeafClaim, eq_round, plain_round};
use crate::link::Link;
use crate::permutations::{OutputClaim, OutputWeight};
use crate::poseidon::permute;
use crate::shape::Shape;
use crate::statement::{REMAINDERS, TOP};
use crate::targets::{Targets, remainder};
use crate::transcript::Transcript;
use crate::wiring::input;

/// The challenges of the chain-end identity.
pub(crate) struct ChainEnds {
    pub beta: EF,
    pub alpha: EF,
}

impl ChainEnds {
    /// The fingerprint's weights `beta^2, beta^3, ..` of the elements of a digest; the number has weight `beta`.
    fn fingerprint(&self, digest: usize) -> Vec<EF> {
        (2..2 + digest).map(|i| power(self.beta, i)).collect()
    }
}

/// What is left open: claims about the columns, and weighted outputs of permutations at `lane_point`.
pub(crate) struct Open {
    pub lane_point: Vec<EF>,
    pub columns: Vec<Claim>,
    /// Those of chain steps.
    pub steps: Outputs,
    /// The wired ones.
    pub wired: Outputs,
}

/// Weighted outputs of permutations, and what they are claimed to add up to.
pub(crate) struct Outputs {
    pub weights: Vec<Output>,
    pub sum: EF,
}

/// An output with its weight.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub placed: Placed,
    pub element: usize,
    pub weight: EF,
}

impl Open {
    /// One claim for the outputs of chain steps and, under `theta`, the wired ones.
    pub(crate) fn outputs(&self, theta: EF) -> OutputClaim {
        let mut weights = Vec::new();
        for (outputs, factor) in [(&self.steps, EF::ONE), (&self.wired, theta)] {
            for output in &outputs.weights {
                weights.push(OutputWeight {
                    width: output.placed.width,
                    slot: output.placed.slot,
                    element: output.element,
                    weight: factor * output.weight,
                });
            }
        }
        OutputClaim {
            lane_point: self.lane_point.clone(),
            weights,
            sum: self.steps.sum + theta * self.wired.sum,
        }
    }
}

/// The row values, in the order in which they are sent.
struct Row {
    end: EF,
    next_input: EF,
    output: EF,
    digit: EF,
    chain_end: EF,
    top: EF,
    remainder: EF,
    inverse: EF,
    carry: EF,
    next_carry: EF,
}

impl Row {
    fn new(sent: &[EF]) -> Self {
        Self {
            end: sent[0],
            next_input: sent[1],
            output: sent[2],
            digit: sent[3],
            chain_end: sent[4],
            top: sent[5],
            remainder: sent[6],
            inverse: sent[7],
            carry: sent[8],
            next_carry: sent[9],
        }
    }
}

/// Powers of `zeta`, one per constraint, in the order in which constraints are listed.
struct Batching {
    numerators: EF,
    denominators: EF,
    sum: EF,
    transition: EF,
    carry_bit: EF,
    carry_step: EF,
    carry_count: EF,
    range: Vec<EF>,
    top_bit: Vec<EF>,
    inverse: Vec<EF>,
    outputs: Vec<Output>,
}

impl Batching {
    fn new(shape: &Shape, zeta: EF) -> Self {
        let mut exponent = 0;
        let mut next = || {
            exponent += 1;
            power(zeta, exponent - 1)
        };
        let mut batching = Self {
            numerators: next(),
            denominators: next(),
            sum: next(),
            transition: next(),
            carry_bit: next(),
            carry_step: next(),
            carry_count: next(),
            range: Vec::new(),
            top_bit: Vec::new(),
            inverse: Vec::new(),
            outputs: Vec::new(),
        };
        // Row by row.
        for row in 0..shape.digits {
            batching.range.push(next());
            if row < shape.elements {
                batching.top_bit.push(next());
                batching.inverse.push(next());
            }
        }
        for (placed, elements) in shape.wired() {
            for element in elements {
                let weight = next();
                batching.outputs.push(Output {
                    placed,
                    element,
                    weight,
                });
            }
        }
        batching
    }
}

/// `prod_{j<8} (x - j)`.
fn range(x: EF) -> EF {
    (0..=TOP).map(|j| x - f(j)).product()
}

/// The polynomial of degree 7 that is 1 at 7 and 0 at 0, .., 6.
fn is_top(x: EF) -> EF {
    let scale: EF = (0..TOP).map(|j| EF::from(f(TOP - j))).product();
    (0..TOP).map(|j| x - f(j)).product::<EF>() * scale.inverse()
}

pub(crate) fn verify(
    shape: &Shape,
    fin: &[Vec<F>],
    ends: &ChainEnds,
    leaf: &LeafClaim,
    transcript: &mut Transcript,
) -> Result<Open, Reject> {
    let Shape { columns, steps, .. } = shape;
    let (steps, chains) = (*steps, shape.scheme.chains);
    let zeta = transcript.challenge();
    let tau = eq_table(&transcript.point(shape.log_rows));
    let batching = Batching::new(shape, zeta);
    let leaves = eq_table(&leaf.leaf_point);
    let (beta, fingerprint) = (ends.beta, ends.fingerprint(shape.scheme.digest()));

    // The leaves' denominators: alpha - pos_c, and 1 at the leaves that are not chains; zero in idle lanes.
    // pos_c = -1 + sum_{c' <= c} (7 - x_c'), so alpha - pos_c is linear in the digits.
    let live_at_leaf = shape.column(&eq_table(&leaf.lane_point), |_| f(1));
    let mut denominator_constant = EF::ZERO;
    for (c, &weight) in leaves.iter().enumerate() {
        denominator_constant += weight
            * if c < chains {
                ends.alpha + f(1) - f(TOP * (c + 1))
            } else {
                EF::ONE
            };
    }
    let denominator_digit = |c: usize| leaves[c..chains].iter().copied().sum::<EF>();

    // Everything must vanish but the two claims on the leaves.
    let mut claim = batching.numerators * leaf.numerator
        + batching.denominators * (leaf.denominator - denominator_constant * live_at_leaf);

    // Lanes, then what does not depend on a row, then rows.
    let mut lane_point = Vec::new();
    for &r in &leaf.lane_point {
        let message = transcript.elements("constraints/lane round", 8)?;
        let x = transcript.challenge();
        claim = eq_round(claim, r, &message, x);
        lane_point.push(x);
    }
    let linear = transcript.element("constraints/linear")?;
    claim -= linear;
    let mut row_point = Vec::new();
    for _ in 0..shape.log_rows {
        let message = transcript.elements("constraints/row round", 9)?;
        let x = transcript.challenge();
        claim = plain_round(claim, &message, x);
        row_point.push(x);
    }
    let rows = eq_table(&row_point);
    let lanes = eq_table(&lane_point);
    let live = shape.column(&lanes, |_| f(1));
    // sum_{s < n} eq(row_point, s) weight(s)
    let over_rows =
        |n: usize, weight: &dyn Fn(usize) -> EF| (0..n).map(|s| rows[s] * weight(s)).sum::<EF>();

    // The constraints of a row, at (row_point, lane_point).
    let sum_leaf = leaves[leaves.len() - 1];
    // (1 - T(x_c)) (1 + fp(last_c, E_c)) at the leaves of the chains.
    let at_leaf = over_rows(chains, &|c| leaves[c]);
    let at_leaf_known = over_rows(chains, &|c| {
        leaves[c] * (beta * f(shape.scheme.number(c, TOP)) + f(1))
    });
    // -sum_k e_k (1 + fp(q_k, out_k)) / (alpha - k) at the last leaf.
    let residues = over_rows(steps, &|k| (ends.alpha - f(k)).inverse());
    let without_carry = |digit: EF| {
        let digits: Vec<_> = (0..=TOP).map(f).collect();
        let basis = lagrange(&digits, digit);
        over_rows(chains, &|c| {
            let count = |x: usize| shape.column(&lanes, |lane| f(lane.steps_without_carry(c, x)));
            (0..=TOP).map(|x| basis[x] * count(x)).sum()
        })
    };
    let constraints = |row: &Row| {
        let mut sum = EF::ZERO;
        sum += batching.numerators
            * (EF::ONE - is_top(row.digit))
            * (at_leaf_known * live + at_leaf * row.chain_end);
        sum -= batching.numerators * sum_leaf * residues * row.end * (live + row.output);
        sum += batching.transition
            * over_rows(steps - 1, &|k| tau[k])
            * (EF::ONE - row.end)
            * (row.next_input - row.output - beta * live);
        sum += over_rows(shape.digits, &|i| batching.range[i]) * range(row.digit);
        sum += over_rows(shape.elements, &|i| batching.top_bit[i]) * row.top * (row.top - f(1));
        sum += over_rows(shape.elements, &|i| batching.inverse[i])
            * ((row.remainder - f(REMAINDERS)) * row.inverse - live);
        if shape.carries {
            sum +=
                batching.carry_bit * over_rows(steps, &|k| tau[k]) * row.carry * (row.carry - f(1));
            sum += batching.carry_step
                * over_rows(steps - 1, &|k| tau[k])
                * row.carry
                * (live - row.next_carry);
            sum += batching.carry_count
                * (over_rows(steps, &|_| EF::ONE) * (live - row.carry) - without_carry(row.digit));
        }
        sum
    };
    let discrepancy = |row: &[EF]| constraints(&Row::new(row)) - claim;
    let label = "constraints/row values";
    let row = transcript.checked(label, 10, Reject::Constraints, discrepancy)?;
    let row = Row::new(&row);
    let outputs = transcript.elements("constraints/outputs", 2)?;

    // What the row values are, as forms in the cells: sum_{s < n} eq(row_point, s) * what `write` adds for row s.
    let zero = Form::zero(1 << shape.log_columns);
    let sum_over_rows = |n: usize, write: &dyn Fn(&mut Form, usize, EF)| {
        let mut form = zero.clone();
        for (s, &weight) in rows[..n].iter().enumerate() {
            write(&mut form, s, weight);
        }
        form
    };
    let cells =
        |first: usize, n: usize| sum_over_rows(n, &|form, s, weight| form.cell(first + s, weight));
    let digest = |form: &mut Form, first: usize, weight: EF| {
        for (j, &b) in fingerprint.iter().enumerate() {
            form.cell(first + j, weight * b);
        }
    };
    let input_fingerprint = |form: &mut Form, k: usize, weight: EF| {
        form.cell(columns.chain_position + k, weight * beta);
        digest(form, columns.value(k), weight);
    };
    let next_inputs = sum_over_rows(steps - 1, &|form, k, weight| {
        input_fingerprint(form, k + 1, weight);
    });
    // fp(q, out) with out = permutation's output + feed-forward, minus what an idle lane has there.
    let idle = |width: usize| permute(width, &[]);
    let idle_fingerprint: EF = fingerprint.iter().zip(idle(16)).map(|(&b, x)| b * x).sum();
    let step_outputs = sum_over_rows(steps, &|form, k, weight| {
        form.cell(columns.chain_position + k, weight * beta);
        for (wire, &b) in input(shape, Call::Step(k)).iter().zip(&fingerprint) {
            wire.add_to(form, shape, &lanes, weight * b);
        }
        form.known(-weight * (EF::ONE - live) * idle_fingerprint);
    });
    let chain_ends = sum_over_rows(chains, &|form, c, weight| {
        digest(form, columns.end(c), weight);
    });
    let remainders = sum_over_rows(shape.elements, &|form, i, weight| {
        remainder(shape, form, i, weight);
    });
    let carry_cells = if shape.carries { steps } else { 0 };

    // What does not depend on a row: denominators, the digit sum, wired outputs.
    let mut linear_form = zero.clone();
    for c in 0..chains {
        let weight = batching.denominators * denominator_digit(c) + batching.sum;
        linear_form.cell(columns.digit + c, weight);
    }
    linear_form.known(-batching.sum * f(shape.scheme.target) * live);
    let targets = Targets {
        shape,
        lanes: &lanes,
    };
    let last = Call::Key(shape.scheme.key_permutations() - 1);
    let (idle16, idle24) = (idle(16), idle(24));
    for output in &batching.outputs {
        let Output {
            placed,
            element,
            weight,
        } = *output;
        // The output itself is in `outputs[1]`; an idle lane's is that of the zero input.
        let idle = if placed.width == 16 { &idle16 } else { &idle24 };
        linear_form.known(-weight * (EF::ONE - live) * idle[element]);
        if placed.call != last {
            linear_form.add(&targets.of(placed.call, element), -weight);
        }
    }

    let key_outputs = batching.outputs.iter().filter(|o| o.placed.call == last);
    let key_weights: Vec<EF> = key_outputs.map(|output| output.weight).collect();
    let link = Link {
        shape,
        fin,
        lanes: &lanes,
        weights: &key_weights,
    };
    let row_values = vec![
        (cells(columns.chain_end, steps), row.end),
        (next_inputs, row.next_input),
        (step_outputs, row.output - outputs[0]),
        (cells(columns.digit, shape.digits), row.digit),
        (chain_ends, row.chain_end),
        (cells(columns.remainder_top, shape.elements), row.top),
        (remainders, row.remainder),
        (
            cells(columns.remainder_inverse, shape.elements),
            row.inverse,
        ),
        (cells(columns.carry, carry_cells), row.carry),
        (
            cells(columns.carry + 1, carry_cells.saturating_sub(1)),
            row.next_carry,
        ),
    ];
    let mut step_weights = Vec::new();
    for placed in shape.scheme.calls() {
        let Call::Step(k) = placed.call else { continue };
        for (element, &b) in fingerprint.iter().enumerate() {
            step_weights.push(Output {
                placed,
                element,
                weight: rows[k] * b,
            });
        }
    }
    let mut linear_claim = Claim::new(&lanes, linear_form, linear - outputs[1]);
    linear_claim.terms.push(link.minus_targets());
    let row_claims = row_values
        .into_iter()
        .map(|(form, value)| Claim::new(&lanes, form, value));
    let columns = row_claims.chain([linear_claim, link.first()]).collect();
    Ok(Open {
        columns,
        lane_point,
        steps: Outputs {
            weights: step_weights,
            sum: outputs[0],
        },
        wired: Outputs {
            weights: batching.outputs,
            sum: outputs[1],
        },
    })
}
