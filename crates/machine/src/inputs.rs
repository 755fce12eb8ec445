//! Step 6: the share of the cells and the inputs of all permutations, as one evaluation of the cells.
//!
//! **Claims.** `v = zc(y*, r*)`, and for each width and input `c` the masked sum `in_c = sum_(r in R) w'(r) zc(c, r)`.
//!
//! **Reduction.** Batched by powers of `delta`, drawn after all of them, they are one sum over the cells,
//!
//! ```text
//!     v + sum_(c<24) delta^(1+c) in24_c + sum_(c<16) delta^(25+c) in16_c
//!         = sum_(y,r) zc(y, r) [ eq(y*, y) eq(r*, r) + w'(r) ( [r in R24] In24(y) + [r in R16] In16(y) ) ],
//! ```
//!
//! which [`sheaf_argument::columns`] takes over. Inputs are columns 0 to 23 only, and no column of outputs is among them: an output
//! reaches an input through a committed cell or not at all.
//!
//! **Leaves open.** One evaluation of the cells.
//!
//! **Error.** `40` for the batching, and that of the sumcheck.

use sheaf_argument::permutation::InputClaim;
use sheaf_program::Rows;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::univariate::powers;
use sheaf_transcript::Extension;

use crate::checks::{Check, weight};
use crate::permutations::{InputWeights, permuted};

/// Inputs of width 24.
const WIDE: usize = 24;
/// Inputs of width 16.
const NARROW: usize = 16;

/// The claims of step 6, batched.
pub(crate) struct Inputs<'a, E> {
    rows: &'a Rows,
    column_point: &'a [E],
    row_point: &'a [E],
    cells: E,
    /// `delta^i`.
    powers: Vec<E>,
    wide: Option<InputWeights<E>>,
    narrow: Option<InputWeights<E>>,
    /// The batched claim.
    pub(crate) value: E,
}

impl<'a, E: Extension> Inputs<'a, E> {
    /// Batches the claim `zc(column_point, row_point) = share` and the claims about inputs, if there are any.
    pub(crate) fn new(
        rows: &'a Rows,
        (column_point, row_point): (&'a [E], &'a [E]),
        share: E,
        inputs: Option<&InputClaim<E>>,
        delta: E,
    ) -> Self {
        let mut powers = powers(delta, 1 + WIDE + NARROW);
        for c in 0..WIDE {
            powers[1 + c] = weight(Check::WideInput(c), powers[1 + c]);
        }
        for c in 0..NARROW {
            powers[1 + WIDE + c] = weight(Check::NarrowInput(c), powers[1 + WIDE + c]);
        }
        let cells = weight(Check::Cells, E::ONE);
        let mut value = cells * share;
        let batch = |first: usize, inputs: &[E]| -> E {
            let terms = powers[first..].iter().zip(inputs);
            terms.map(|(&power, &input)| power * input).sum()
        };
        let mut claims = (None, None);
        if let Some(inputs) = inputs {
            let lanes = &inputs.lane_point;
            if let Some(table) = &inputs.wide {
                value += batch(1, &table.inputs);
                claims.0 = Some(InputWeights::new(table, lanes));
            }
            if let Some(table) = &inputs.narrow {
                value += batch(1 + WIDE, &table.inputs);
                claims.1 = Some(InputWeights::new(table, lanes));
            }
        }
        let (wide, narrow) = claims;
        Self {
            rows,
            column_point,
            row_point,
            cells,
            powers,
            wide,
            narrow,
            value,
        }
    }

    /// The extension of the weights of the cells.
    pub(crate) fn weight_at(&self, row_point: &[E], column_point: &[E]) -> E {
        let (point, top) = permuted(self.rows, row_point);
        let mut sum = self.cells
            * eq::eval(self.column_point, column_point)
            * eq::eval(self.row_point, row_point);
        if let Some(wide) = &self.wide {
            let mask = wide.mask(point, self.rows.width24());
            sum += top * mask * self.inputs_at(column_point, 1, WIDE);
        }
        if let Some(narrow) = &self.narrow {
            let mask = narrow.mask(point, self.rows.width16());
            sum += top * mask * self.inputs_at(column_point, 1 + WIDE, NARROW);
        }
        sum
    }

    /// `In24` or `In16`: the extension of the powers of `delta` on the first columns.
    fn inputs_at(&self, column_point: &[E], first: usize, width: usize) -> E {
        // Columns below 32 have two high bits zero.
        let (high, low) = column_point.split_at(column_point.len() - 5);
        let high: E = high.iter().map(|&x| E::ONE - x).product();
        let columns = eq::prefix_table(low, width, high);
        let powers = self.powers[first..].iter();
        powers.zip(columns).map(|(&power, x)| power * x).sum()
    }

    /// The weights as products of those of rows and of columns.
    #[cfg(feature = "prover")]
    pub(crate) fn terms(&self) -> Vec<sheaf_argument::columns::prove::Term>
    where
        E: Into<sheaf_transcript::EF>,
    {
        use sheaf_argument::columns::prove::Term;
        let into = |values: Vec<E>| values.into_iter().map(Into::into).collect::<Vec<_>>();
        // Those beyond the cells, too: there are no cells, but the weights must have the extension that the verifier computes.
        let columns = eq::scaled_table(self.column_point, self.cells);
        let row_point = into(self.row_point.to_vec());
        let mut terms = vec![Term {
            lanes: eq::par_prefix_table(&row_point, 1 << row_point.len()),
            columns: into(columns),
        }];
        let mut push = |weights: &InputWeights<E>, ranges, powers: &[E]| {
            terms.push(Term {
                lanes: into(weights.table(ranges)),
                columns: into(powers.to_vec()),
            });
        };
        if let Some(wide) = &self.wide {
            push(wide, self.rows.width24(), &self.powers[1..1 + WIDE]);
        }
        if let Some(narrow) = &self.narrow {
            push(narrow, self.rows.width16(), &self.powers[1 + WIDE..]);
        }
        terms
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_argument::permutation::{SlotWeights, TableClaim};
    use sheaf_program::{Counts, Header};
    use sheaf_transcript::EF;

    use super::*;

    fn point(n: usize, seed: usize) -> Vec<EF> {
        (0..n)
            .map(|i| EF::from_usize(seed + 17 * i).cube())
            .collect()
    }

    #[test]
    fn the_weights_have_the_extension_and_no_output_is_an_input() {
        let header = Header {
            zone_a: [2, 1, 1],
            zone_b: [1, 1, 1],
        };
        for zone_b in [[5, 30, 7], [100, 40, 500]] {
            let counts = Counts {
                instances: 3,
                log_block: 2,
                zone_b: zone_b.to_vec(),
            };
            let rows = Rows::new(&header, &counts).unwrap();
            let (h, hp) = (rows.log_rows(), rows.log_permuted_rows());
            let slots = |seed| SlotWeights {
                low: core::array::from_fn(|i| point(8, seed)[i]),
                high: Vec::new(),
            };
            let claim = InputClaim {
                lane_point: point(hp - 3, 1),
                narrow: Some(TableClaim {
                    slots: slots(100),
                    inputs: [EF::ONE; 16],
                }),
                wide: Some(TableClaim {
                    slots: slots(200),
                    inputs: [EF::ONE; 24],
                }),
            };
            let (y, r) = (point(7, 300), point(h, 400));
            let delta = EF::from_usize(77).cube();
            let inputs = Inputs::new(&rows, (&y, &r), EF::TWO, Some(&claim), delta);
            assert_eq!(
                inputs.value - EF::ONE,
                sheaf_sumcheck::univariate::powers(delta, 41)
                    .into_iter()
                    .sum::<EF>()
            );
            let (at_y, at_r) = (point(7, 500), point(h, 600));
            let (columns, lanes) = (eq::table(&at_y), eq::table(&at_r));
            let sum = |weights: &[EF], table: &[EF]| -> EF {
                weights.iter().zip(table).map(|(&w, &x)| w * x).sum()
            };
            let terms = inputs.terms();
            let expected: EF = terms
                .iter()
                .map(|term| sum(&term.columns, &columns) * sum(&term.lanes, &lanes))
                .sum();
            assert_eq!(inputs.weight_at(&at_r, &at_y), expected);
            assert!(terms[1..].iter().all(|term| term.columns.len() <= 24));
        }
    }
}
