//! The rounds of one table in a layer, after the univariate round.

use core::array::from_fn;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_sumcheck::quintic::{self, weighted_sum};
use sheaf_sumcheck::rounds::{Gate, Message, Pairing, Row, Span, Table};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, F, PF};

use super::geometry::{Grid, Lanes, Step, pair_weights};

/// The coefficients of a round polynomial.
pub(super) type Polynomial = [EF; 4];

/// What the rounds of a layer need of each of its tables.
pub(super) trait Rounds: Send {
    /// The table's share of the round polynomial; `r_inverse` belongs to the coordinate `r`
    /// that the challenge will replace.
    fn round(&mut self, step: Step, r_inverse: EF) -> Polynomial;
    /// Binds the variable of that round.
    fn bind(&mut self, challenge: EF);
    /// The columns at the final point.
    fn evaluations(&mut self) -> Vec<EF>;
}

/// A table whose rows are made on first use.
pub(super) struct Component<'a, G, S, const C: usize> {
    gate: core::marker::PhantomData<G>,
    table: &'a mut Table<PF, C>,
    /// Makes the rows; gone when they have been made.
    source: Option<S>,
    tail: Row<PF, C>,
    /// The gate on the tail.
    tail_value: EF,
    /// The rows, and what is not bound yet of their index.
    grid: Grid,
    inner_coordinates: Vec<EF>,
    inner_weights: Vec<EF>,
    /// Rows for single lanes, once all groups have been folded into one.
    inner: Option<Table<F, C>>,
    /// The table's share of the claim.
    claim: EF,
    polynomial: Polynomial,
    /// That of the last round; none if the table did not depend on its variable.
    pairing: Option<Pairing>,
    /// Inverses of the factors that have been multiplied into the columns.
    unscale: [EF; C],
}

/// What distinguishes the rows of one component from those of another.
pub(super) struct Rows<S, const C: usize> {
    pub(super) source: S,
    pub(super) tail: [EF; C],
    pub(super) unscale: [EF; C],
}

impl<'a, G, S, const C: usize> Component<'a, G, S, C>
where
    G: Gate<C>,
    S: Fn(usize, &mut Row<PF, C>) + Sync + Send,
{
    pub(super) fn new(
        table: &'a mut Table<PF, C>,
        rows: Rows<S, C>,
        lanes: &Lanes,
        grid: Grid,
        claim: EF,
    ) -> Self {
        let tail = scalar_row(&rows.tail);
        let tail_value = quintic::lane(&G::message(&tail, &tail)[0], 0);
        Self {
            gate: core::marker::PhantomData,
            table,
            source: Some(rows.source),
            tail: tail.map(|plane| plane.map(PF::from)),
            tail_value,
            grid,
            inner_coordinates: lanes.inner.clone(),
            inner_weights: lanes.inner_weights.clone(),
            inner: None,
            claim,
            polynomial: [EF::ZERO; 4],
            pairing: None,
            unscale: rows.unscale,
        }
    }

    /// Pairs rows of the grid.
    fn outer_round(&mut self, pair: impl Fn(&mut Grid) -> Pairing) -> [EF; 3] {
        let span = self.grid.span();
        let pairing = pair(&mut self.grid);
        self.pairing = Some(pairing);
        let weights = self.grid.weights();
        let message = match self.source.take() {
            Some(source) => {
                let tail = vec![self.tail];
                self.table.open::<G>(source, span, tail, pairing, &weights)
            }
            None => self.table.round::<G>(pairing, &weights),
        };
        let mut message = message.map(|c| weighted_sum(&c, &self.inner_weights));
        message[0] += self.tail_value * self.grid.tail_mass();
        message
    }

    /// Pairs lanes at distance `stride` inside the last group.
    fn inner_round(&mut self, stride: usize) -> [EF; 3] {
        let weights = pair_weights(
            &mut self.inner_coordinates,
            stride,
            Span::prefix(2 * stride),
        );
        let pairing = Pairing::all(stride);
        self.pairing = Some(pairing);
        let message: Message<F> = match &mut self.inner {
            Some(inner) => inner.round::<G>(pairing, &weights),
            None => {
                let row = self.last_row();
                let lane = |l: usize, out: &mut Row<F, C>| {
                    *out = from_fn(|i| from_fn(|j| row[i][j].as_slice()[l]));
                };
                let inner = self.inner.insert(Table::default());
                let tail = vec![[[F::ZERO; C]; 5]];
                inner.open::<G>(lane, Span::prefix(PF::WIDTH), tail, pairing, &weights)
            }
        };
        message.map(|c| quintic::lane(&c, 0))
    }

    /// The one row that is left when all groups have been folded.
    fn last_row(&mut self) -> Row<PF, C> {
        if let Some(source) = self.source.take() {
            self.table
                .fill(source, self.grid.span().live, vec![self.tail]);
        }
        self.table.rows()[0]
    }
}

impl<G, S, const C: usize> Rounds for Component<'_, G, S, C>
where
    G: Gate<C>,
    S: Fn(usize, &mut Row<PF, C>) + Sync + Send,
{
    fn round(&mut self, step: Step, r_inverse: EF) -> Polynomial {
        let [c0, c2, c3] = match step {
            Step::Slot if self.grid.slot_variables() == 0 => {
                // This table does not depend on the variable.
                self.pairing = None;
                [self.claim, EF::ZERO, EF::ZERO]
            }
            Step::Slot => self.outer_round(Grid::pair_blocks),
            Step::Group { stride } => self.outer_round(|grid| grid.pair_groups(stride)),
            Step::Inner { stride } => self.inner_round(stride),
        };
        // claim = (1 - r) g(0) + r g(1) = c_0 + r (c_1 + c_2 + c_3)
        let c1 = (self.claim - c0) * r_inverse - c2 - c3;
        self.polynomial = [c0, c1, c2, c3];
        self.polynomial
    }

    fn bind(&mut self, challenge: EF) {
        self.claim = sheaf_sumcheck::univariate::horner(&self.polynomial, challenge);
        match (self.pairing, &mut self.inner) {
            (Some(pairing), Some(inner)) => inner.bind(challenge, pairing),
            (Some(pairing), None) => self.table.bind(challenge, pairing),
            (None, _) => {}
        }
    }

    fn evaluations(&mut self) -> Vec<EF> {
        let row = match &mut self.inner {
            Some(inner) => inner.rows()[0],
            None => {
                let row = self.last_row();
                from_fn(|i| from_fn(|j| row[i][j].as_slice()[0]))
            }
        };
        (0..C)
            .map(|j| quintic::lane(&from_fn(|i| row[i][j]), 0) * self.unscale[j])
            .collect()
    }
}

/// The row with the given columns.
pub(super) fn scalar_row<const C: usize>(columns: &[EF; C]) -> Row<F, C> {
    let columns = columns.map(coefficients);
    from_fn(|i| from_fn(|j| columns[j][i]))
}
