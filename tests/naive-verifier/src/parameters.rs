//! The search for the parameters of an opening, as `docs/parameters.md` has it.
//!
//! Nothing is tabulated beforehand, and every quantity is computed anew from its formula; only the cheapest ways to
//! finish are remembered within one search.

/// One bit of security; all bits are integers in this unit.
const BIT: i64 = 1_000_000;
/// The size of the extension field.
const FIELD: i64 = 154_940_000;
/// Variables up to which a polynomial may be sent in clear.
const MAX_FINAL: usize = 8;
/// Log of the largest subgroup of the base field, and so of the largest domain.
const MAX_DOMAIN: usize = 24;
/// Claims about oracle 0.
pub(crate) const CLAIMS: usize = 1;

const SLACKS: [usize; 8] = [3, 5, 8, 12, 16, 24, 32, 40];
/// What fold grinding is limited to, first and then.
const LIMITS: [usize; 2] = [12, 16];

/// Which slices there are, of which variables, and which are not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Variables that select a slice.
    pub slice_variables: usize,
    /// Variables within a slice.
    pub inner_variables: usize,
    /// The slices that are committed, in ascending order.
    pub live: Vec<usize>,
}

/// An oracle and its folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Base elements in a row of the codeword.
    pub row: usize,
    /// Variables folded.
    pub fold: usize,
    /// Variables left.
    pub inner: usize,
    /// Log of the inverse rate.
    pub rate: usize,
    /// `m` of the Johnson regime.
    pub slack: usize,
    /// Difficulty after each folding, in bits.
    pub fold_grinding: usize,
    /// Number of queries.
    pub queries: usize,
    /// Difficulty before the queries, in bits.
    pub query_grinding: usize,
}

/// All oracles of an opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// What the first oracle encodes.
    pub layout: Layout,
    /// The oracles, the commitment first.
    pub rounds: Vec<Round>,
}

fn floor(bits: f64) -> i64 {
    libm::floor(bits * BIT as f64) as i64
}

fn ceil(bits: f64) -> i64 {
    libm::ceil(bits * BIT as f64) as i64
}

/// Whole bits that cover these.
fn whole(bits: i64) -> usize {
    (bits.max(0) as usize).div_ceil(BIT as usize)
}

fn target() -> i64 {
    ceil(128.05)
}

fn grinding(bits: usize) -> u64 {
    if bits == 0 { 0 } else { (2800 << bits) / 8 }
}

/// Base elements that are sent about a polynomial in so many variables that is sent in clear.
fn last(variables: usize) -> u64 {
    5 * ((1 << variables) + 2 * variables as u64)
}

fn final_cost(variables: usize) -> u64 {
    last(variables) * 4 * 2500
}

impl Round {
    /// A round whose slack, and what follows from it, is not yet known.
    fn new(row: usize, fold: usize, inner: usize, rate: usize) -> Self {
        Self {
            row,
            fold,
            inner,
            rate,
            slack: 0,
            fold_grinding: 0,
            queries: 0,
            query_grinding: 0,
        }
    }

    /// Log of the number of rows of the codeword.
    #[must_use]
    pub fn domain(&self) -> usize {
        self.inner + self.rate
    }

    /// Variables of the polynomial that the oracle encodes.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.fold + self.inner
    }

    fn list(&self) -> i64 {
        self.rate as i64 * BIT + ceil(libm::log2(self.slack as f64))
    }

    fn per_query(&self) -> i64 {
        floor(self.rate as f64 / 2.0 - libm::log2(1.0 + 0.5 / self.slack as f64))
    }

    /// What is counted of [`Self::per_query`].
    fn p(&self) -> i64 {
        self.per_query() - 1
    }

    fn sample(&self) -> i64 {
        FIELD + BIT - ceil(libm::log2(self.variables() as f64)) - 2 * self.list()
    }

    fn gap(&self) -> i64 {
        let (inner, rate, slack) = (self.inner as f64, self.rate as f64, self.slack as f64);
        let count = 3.0 + (inner + rate) + 3.0 * libm::log2(slack + 0.5)
            - libm::log2(3.0)
            - (libm::log2(1.0 - libm::pow(2.0, -inner)) - rate);
        FIELD + floor(-count)
    }

    fn sumcheck(&self) -> i64 {
        FIELD - BIT - self.list()
    }

    fn batching(&self, claims: usize) -> i64 {
        FIELD - ceil(libm::log2((claims.max(2) - 1) as f64)) - self.list()
    }

    /// An estimate of the base elements by which queries lengthen a proof.
    fn opened(&self) -> u64 {
        let queries = self.queries.min(1 << self.domain()) as u64;
        if queries == 0 {
            return 0;
        }
        let log = queries.ilog2();
        let log2 = 1000 * u64::from(log) + (((queries - (1 << log)) * 1000) >> log);
        let depth = (1000 * self.domain() as u64).saturating_sub(log2 + 890);
        queries * self.row as u64 + 9 * (queries * depth / 1000)
    }

    fn query_cost(&self) -> u64 {
        self.opened() * 4 * 2500 + grinding(self.query_grinding)
    }

    fn prover(&self) -> u64 {
        let (blocks, entries) = (self.row.div_ceil(15) as u64, self.row.div_ceil(5) as u64);
        ((blocks + 1) << self.domain()) * 480
            + (entries << self.inner) * 60
            + grinding(self.query_grinding)
            + self.fold as u64 * grinding(self.fold_grinding)
    }

    fn cost(&self) -> u64 {
        (9 + 5 * (1 + 2 * self.fold as u64) + self.opened()) * 4 * 2500 + self.prover()
    }

    /// The cheapest combination of queries and grinding for this level.
    fn with_queries(self, level: i64) -> Option<Self> {
        let p = self.p();
        if p <= 0 {
            return None;
        }
        let solution = |ground: u32| {
            let rest = (level - i64::from(ground) * BIT).max(1) as usize;
            let queries = rest.div_ceil(p as usize);
            Self {
                queries,
                query_grinding: whole(level - queries as i64 * p),
                ..self
            }
        };
        let all = solution(0);
        let bit = all.query_cost() / all.queries as u64 * BIT as u64 / p as u64;
        let best = (8 * bit / 2800).max(1).ilog2();
        (best.saturating_sub(1)..=best + 1)
            .map(|ground| solution(ground.min(15)))
            .min_by_key(Self::query_cost)
    }

    fn with_slack(self, slack: usize, limit: usize) -> Option<Self> {
        let mut round = Self { slack, ..self };
        round.fold_grinding = whole(target() + 6 * BIT - round.gap());
        if round.fold_grinding > limit || round.sample() < target() + 4 * BIT {
            return None;
        }
        round.with_queries(target() + 2 * BIT)
    }

    fn with_best_slack(self, limit: usize) -> Option<Self> {
        SLACKS
            .into_iter()
            .filter_map(|slack| self.with_slack(slack, limit))
            .min_by_key(Self::cost)
    }

    /// The bits of each error term but that of the queries, and how often it counts.
    fn errors(&self, claims: usize) -> [(i64, usize); 4] {
        let ground = self.fold_grinding as i64 * BIT;
        [
            (self.sample(), 1),
            (self.batching(claims), 1),
            (self.gap() + ground, self.fold),
            (self.sumcheck() + ground, self.fold),
        ]
    }
}

/// [`Round::errors`] of all rounds, and those of the last polynomial.
fn errors(rounds: &[Round]) -> Vec<Vec<(i64, usize)>> {
    let mut claims = CLAIMS + 1;
    let mut errors = Vec::new();
    for round in rounds {
        errors.push(round.errors(claims).to_vec());
        claims = 2 + round.queries;
    }
    let last = rounds[rounds.len() - 1];
    errors.push(vec![
        (FIELD - ceil(libm::log2(last.queries as f64)), 1),
        (FIELD - BIT, last.inner),
    ]);
    errors
}

/// The cheapest rounds after the first, for a polynomial that is left.
#[derive(Clone)]
struct Finish {
    cost: u64,
    rounds: Vec<Round>,
}

/// The cheapest way to finish from a polynomial in `v` variables, for each `v` up to `variables`.
fn finishes(variables: usize, limit: usize) -> Vec<Finish> {
    let mut best: Vec<Finish> = Vec::new();
    for v in 0..=variables {
        let mut cheapest = Finish {
            cost: if v <= MAX_FINAL {
                final_cost(v)
            } else {
                u64::MAX
            },
            rounds: Vec::new(),
        };
        for fold in 1..=6.min(v.saturating_sub(1)) {
            let inner = v - fold;
            for rate in 1..=6.min(MAX_DOMAIN.saturating_sub(inner)) {
                let round = Round::new(5 << fold, fold, inner, rate).with_best_slack(limit);
                let Some(round) = round else { continue };
                let cost = round.cost().saturating_add(best[inner].cost);
                if cost < cheapest.cost {
                    let rounds = [&[round], &best[inner].rounds[..]].concat();
                    cheapest = Finish { cost, rounds };
                }
            }
        }
        best.push(cheapest);
    }
    best
}

fn schedule(first: Round, limit: usize) -> Option<Vec<Round>> {
    let first = first.with_best_slack(limit)?;
    let finish = finishes(first.inner, limit).pop()?;
    (finish.cost < u64::MAX).then(|| [&[first], &finish.rounds[..]].concat())
}

/// Chooses queries anew, since they may share what the other terms leave of the error.
fn share(rounds: &[Round]) -> Option<Vec<Round>> {
    let widened: Vec<Round> = rounds
        .iter()
        .map(|&round| Round {
            queries: 2 * round.queries + 16,
            ..round
        })
        .collect();
    let mut sum = 0.0;
    for (bits, times) in errors(&widened).concat() {
        sum += libm::exp2((target() - bits) as f64 / BIT as f64) * times as f64;
    }
    let left = 1.0 - sum;
    if left < 1.0 / 16.0 {
        return None;
    }
    let level = target() + ceil(libm::log2(rounds.len() as f64 / left));
    rounds
        .iter()
        .zip(widened)
        .map(|(round, widened)| {
            round
                .with_queries(level)
                .filter(|round| round.queries <= widened.queries)
        })
        .collect()
}

impl Parameters {
    /// The parameters of an opening at rate `2^-rate`, if there are any.
    #[must_use]
    pub fn new(layout: &Layout, rate: usize) -> Option<Self> {
        let (fold, inner) = (layout.slice_variables, layout.inner_variables);
        if inner + rate > MAX_DOMAIN {
            return None;
        }
        let first = Round::new(layout.live.len(), fold, inner, rate);
        let rounds = LIMITS
            .into_iter()
            .find_map(|limit| schedule(first, limit))?;
        Some(Self {
            layout: layout.clone(),
            rounds: share(&rounds)?,
        })
    }

    /// The price by which splits are compared.
    pub(crate) fn price(&self) -> u64 {
        1000 * self.microseconds() + 2441 * 4 * self.elements()
    }

    /// The proving time in that price.
    #[must_use]
    pub fn microseconds(&self) -> u64 {
        self.rounds.iter().map(Round::prover).sum::<u64>() / 1000
    }

    /// The length of a proof in that price.
    #[must_use]
    pub fn elements(&self) -> u64 {
        let is_set = |difficulty: usize| u64::from(difficulty > 0);
        let elements = |round: &Round| {
            let fold = round.fold as u64;
            let nonces = is_set(round.query_grinding) + fold * is_set(round.fold_grinding);
            9 + 5 + 10 * fold + nonces + round.opened()
        };
        let last_round = self.rounds[self.rounds.len() - 1];
        self.rounds.iter().map(elements).sum::<u64>() + last(last_round.inner)
    }

    /// Microbits of every error term, one per challenge, round by round.
    #[must_use]
    pub fn error_bits(&self) -> Vec<i64> {
        let mut all = Vec::new();
        for (i, errors) in errors(&self.rounds).into_iter().enumerate() {
            for (bits, times) in errors {
                all.extend(vec![bits; times]);
            }
            // The last polynomial has no oracle.
            if let Some(round) = self.rounds.get(i) {
                all.push(round.queries as i64 * round.p() + round.query_grinding as i64 * BIT);
            }
        }
        all
    }

    /// Variables of the committed polynomial.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.layout.slice_variables + self.layout.inner_variables
    }
}
