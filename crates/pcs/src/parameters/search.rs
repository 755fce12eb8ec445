//! The search for the cheapest schedule of rounds.
//!
//! The cost of a round depends on the round alone, once the error allotted to each
//! fold and to each query phase is fixed. So the best schedule for a polynomial
//! in `v` variables is found by dynamic programming over `v`: either send it in
//! clear, or commit to it at some rate, fold some variables, and continue.
//! The error that is left after all other terms is then split evenly among the
//! query phases, and their numbers of queries adjusted to it.
//!
//! All comparisons are between integers.

use sheaf_transcript::EXTENSION_DEGREE;

use super::bounds::{
    MAX_DOMAIN_BITS, MAX_FINAL_VARIABLES, MAX_FOLD, MAX_FOLD_GRINDING, MAX_LOG_INV_RATE,
    MAX_QUERY_GRINDING, MAX_SLACK, MIN_SLACK, check_layout,
};
use super::cost::{NANOSECONDS_PER_8_NONCES, cost, final_cost, query_cost};
use super::security::{
    BIT, MicroBits, ceil_bits, error_besides_queries, gap_bits, out_of_domain_bits, query_bits,
};
use super::{ParameterError, Parameters, Round};
use crate::layout::Layout;

/// Candidates for the slack parameter `m`, from [`MIN_SLACK`] to [`MAX_SLACK`].
const SLACKS: [usize; 8] = [MIN_SLACK, 5, 8, 12, 16, 24, 32, MAX_SLACK];
/// Largest difficulty before a folding challenge; [`MAX_FOLD_GRINDING`] for polynomials so large that this leaves no choice.
const USUAL_FOLD_GRINDING: usize = 12;
/// Bits by which each fold exceeds the target; there are some twenty folds.
const FOLD_MARGIN: MicroBits = 6 * BIT;
/// Bits by which each query phase exceeds the target, as long as their number is unknown.
const QUERY_MARGIN: MicroBits = 2 * BIT;
/// Bits by which an out-of-domain sample must exceed the target.
const SAMPLE_MARGIN: MicroBits = 4 * BIT;

impl Parameters {
    /// Chooses the parameters that minimise an estimate of proof size and proving time.
    ///
    /// The sum of all error terms is at most `2^-target_bits`. Whoever asks for one target again and again makes a [`Search`].
    ///
    /// # Errors
    /// If the layout is malformed or the target cannot be reached.
    pub fn new(
        layout: &Layout,
        log_inv_rate: usize,
        target_bits: f64,
        max_claims: usize,
    ) -> Result<Self, ParameterError> {
        check_layout(layout, log_inv_rate)?;
        Search::up_to(layout.inner_variables, target_bits).parameters(
            layout,
            log_inv_rate,
            max_claims,
        )
    }
}

/// The cheapest schedules for one target, whatever is committed to first.
#[derive(Clone, Debug)]
pub struct Search {
    target_bits: f64,
    target: MicroBits,
    levels: Levels,
    /// With the usual limit of grinding, and beyond it.
    schedules: [Schedules; 2],
}

impl Search {
    /// Prepares the search for parameters whose error terms sum up to at most `2^-target_bits`. Takes a few milliseconds.
    #[must_use]
    pub fn new(target_bits: f64) -> Self {
        Self::up_to(MAX_DOMAIN_BITS - 1, target_bits)
    }

    /// The same, for first rounds that leave no more than so many variables.
    fn up_to(variables: usize, target_bits: f64) -> Self {
        // Beyond the size of the field nothing helps; this also bounds what follows.
        let target = ceil_bits(target_bits.clamp(MIN_TARGET, MAX_TARGET));
        let levels = Levels {
            sample: target + SAMPLE_MARGIN,
            fold: target + FOLD_MARGIN,
            query: target + QUERY_MARGIN,
        };
        let limits = [USUAL_FOLD_GRINDING, MAX_FOLD_GRINDING];
        Self {
            target_bits,
            target,
            levels,
            schedules: limits.map(|limit| Schedules::new(variables, &levels, limit)),
        }
    }

    /// The parameters for a layout and a rate, as [`Parameters::new`] chooses them.
    ///
    /// # Errors
    /// If the layout is malformed or the target cannot be reached.
    pub fn parameters(
        &self,
        layout: &Layout,
        log_inv_rate: usize,
        max_claims: usize,
    ) -> Result<Parameters, ParameterError> {
        check_layout(layout, log_inv_rate)?;
        let unreachable = ParameterError::Unreachable {
            millibits: libm::ceil(self.target_bits * 1000.0) as i64,
        };
        if !(MIN_TARGET..=MAX_TARGET).contains(&self.target_bits) {
            return Err(unreachable);
        }
        let first = Round {
            row_elements: layout.width(),
            slice_variables: layout.slice_variables,
            inner_variables: layout.inner_variables,
            log_inv_rate,
            ..EMPTY
        };
        let mut schedules = self.schedules.iter();
        let mut rounds = schedules
            .find_map(|schedules| schedules.after(first, &self.levels))
            .ok_or(unreachable)?;
        distribute_queries(&mut rounds, max_claims, self.target).ok_or(unreachable)?;
        Parameters::from_rounds(layout, max_claims, rounds)
    }
}

/// Targets in bits for which there can be parameters.
const MIN_TARGET: f64 = 1.0;
const MAX_TARGET: f64 = 160.0;

/// A round of which nothing is chosen.
const EMPTY: Round = Round {
    row_elements: 0,
    slice_variables: 0,
    inner_variables: 0,
    log_inv_rate: 0,
    slack: 0,
    fold_grinding: 0,
    queries: 0,
    query_grinding: 0,
};

/// The bits that terms of each kind have to reach.
#[derive(Clone, Copy, Debug)]
struct Levels {
    sample: MicroBits,
    fold: MicroBits,
    query: MicroBits,
}

/// The cheapest ways to finish, with one limit of fold grinding.
#[derive(Clone, Debug)]
struct Schedules {
    codes: Codes,
    /// `best[v]`: the cost of finishing from a polynomial in `v` variables, and the round to begin with, if not in clear.
    best: Vec<(u64, Option<Round>)>,
}

impl Schedules {
    /// Dynamic programming over the number of variables that are left.
    fn new(variables: usize, levels: &Levels, max_fold_grinding: usize) -> Self {
        let codes = Codes::new(variables, levels, max_fold_grinding);
        let mut best: Vec<(u64, Option<Round>)> = Vec::with_capacity(variables + 1);
        for v in 0..=variables {
            let in_clear = match v {
                0..=MAX_FINAL_VARIABLES => final_cost(v),
                _ => u64::MAX,
            };
            let mut choice = (in_clear, None);
            for fold in 1..=MAX_FOLD.min(v.saturating_sub(1)) {
                let inner_variables = v - fold;
                let rest = best[inner_variables].0;
                for log_inv_rate in 1..=MAX_LOG_INV_RATE.min(MAX_DOMAIN_BITS - inner_variables) {
                    let round = Round {
                        row_elements: EXTENSION_DEGREE << fold,
                        slice_variables: fold,
                        inner_variables,
                        log_inv_rate,
                        ..EMPTY
                    };
                    // Queries and grinding only add to the cost: most rounds cost too much without.
                    if cost(&round).saturating_add(rest) >= choice.0 {
                        continue;
                    }
                    if let Some((own, round)) = codes.best_slack(round, levels)
                        && own.saturating_add(rest) < choice.0
                    {
                        choice = (own + rest, Some(round));
                    }
                }
            }
            best.push(choice);
        }
        Self { codes, best }
    }

    /// The cheapest schedule that begins with a round; its slack parameter and its queries are chosen, too.
    fn after(&self, first: Round, levels: &Levels) -> Option<Vec<Round>> {
        let mut rounds = vec![self.codes.best_slack(first, levels)?.1];
        let mut left = first.inner_variables;
        while let Some(round) = self.best.get(left)?.1 {
            left = round.inner_variables;
            rounds.push(round);
        }
        (self.best.get(left)?.0 < u64::MAX).then_some(rounds)
    }
}

/// Fold grinding of every code, for every slack parameter.
#[derive(Clone, Debug)]
struct Codes {
    /// Indexed by dimension (log), rate (log), slack; `None` if out of reach.
    grinding: Vec<Vec<[Option<usize>; SLACKS.len()]>>,
    /// Indexed by rate (log), slack.
    per_query: Vec<[MicroBits; SLACKS.len()]>,
}

impl Codes {
    fn new(variables: usize, levels: &Levels, max_fold_grinding: usize) -> Self {
        let grinding = |inner_variables: usize, log_inv_rate: usize, slack: usize| {
            // Rate 1 has no distance: its gap is minus infinity.
            let missing =
                levels
                    .fold
                    .saturating_sub(gap_bits(inner_variables, log_inv_rate, slack));
            let bits = missing.max(0).saturating_add(BIT - 1) / BIT;
            usize::try_from(bits)
                .ok()
                .filter(|&bits| bits <= max_fold_grinding)
        };
        Self {
            grinding: (0..=variables)
                .map(|inner| {
                    (0..=MAX_LOG_INV_RATE)
                        .map(|rate| SLACKS.map(|slack| grinding(inner, rate, slack)))
                        .collect()
                })
                .collect(),
            per_query: (0..=MAX_LOG_INV_RATE)
                .map(|rate| SLACKS.map(|slack| query_bits(rate, slack)))
                .collect(),
        }
    }

    /// Completes a round with the cheapest slack parameter.
    fn best_slack(&self, round: Round, levels: &Levels) -> Option<(u64, Round)> {
        let grinding = self
            .grinding
            .get(round.inner_variables)?
            .get(round.log_inv_rate)?;
        let per_query = self.per_query.get(round.log_inv_rate)?;
        SLACKS
            .iter()
            .zip(grinding)
            .zip(per_query)
            .filter_map(|((&slack, &fold_grinding), &per_query)| {
                let round = Round {
                    slack,
                    fold_grinding: fold_grinding?,
                    ..round
                };
                let sample = out_of_domain_bits(round.variables(), round.log_inv_rate, slack);
                if sample < levels.sample {
                    return None;
                }
                let round = with_queries(round, per_query, levels.query)?;
                Some((cost(&round), round))
            })
            .min_by_key(|(cost, _)| *cost)
    }
}

/// Splits what the other terms leave of the target evenly among the query phases.
fn distribute_queries(rounds: &mut [Round], max_claims: usize, target: MicroBits) -> Option<()> {
    // The number of queries enters the batching terms by its logarithm: assume more
    // than will be needed.
    let mut assumed = rounds.to_vec();
    for round in &mut assumed {
        round.queries = 2 * round.queries + 16;
    }
    let left = 1.0 - error_besides_queries(&assumed, max_claims, target);
    if left < 1.0 / 16.0 {
        return None;
    }
    let level = target + ceil_bits(libm::log2(rounds.len() as f64 / left));
    for (round, assumed) in rounds.iter_mut().zip(&assumed) {
        let per_query = query_bits(round.log_inv_rate, round.slack);
        *round = with_queries(*round, per_query, level)?;
        if round.queries > assumed.queries {
            return None;
        }
    }
    Some(())
}

/// The cheapest split of `level` between queries and grinding.
fn with_queries(round: Round, per_query: MicroBits, level: MicroBits) -> Option<Round> {
    // A microbit per query for the distribution of the positions, as in the error terms.
    let per_query = per_query - 1;
    if per_query <= 0 {
        return None;
    }
    let with_grinding = |bits: usize| {
        let missing = (level - bits as MicroBits * BIT).max(1);
        let queries = usize::try_from((missing + per_query - 1) / per_query).ok()?;
        // Queries may have overshot: grind no more than is needed.
        let rest = (level - queries as MicroBits * per_query).max(0);
        let query_grinding = usize::try_from((rest + BIT - 1) / BIT).ok()?;
        Some(Round {
            queries,
            query_grinding,
            ..round
        })
    };
    // One more bit of grinding doubles its cost and saves `BIT / per_query` queries,
    // so the best difficulty is near the logarithm of the cost of a bit of queries.
    let all = with_grinding(0)?;
    let bit = query_cost(&all) / all.queries as u64 * BIT as u64 / per_query as u64;
    let best = (8 * bit / NANOSECONDS_PER_8_NONCES).max(1).ilog2() as usize;
    (best.saturating_sub(1)..=best + 1)
        .filter_map(|bits| with_grinding(bits.min(MAX_QUERY_GRINDING)))
        .min_by_key(query_cost)
}
