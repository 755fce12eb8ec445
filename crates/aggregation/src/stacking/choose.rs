//! The split that costs least.

use sheaf_pcs::parameters::{MAX_LOG_INV_RATE, Search};
use sheaf_pcs::stacking::Stacking;
use sheaf_pcs::{Layout, ParameterError, Parameters};

use super::{OPENING_CLAIMS, of_lanes};
use crate::shape::{MIN_LOG_LANES, Shape};

/// The split with the cheapest commitment, and its parameters. A function of public data only.
///
/// # Errors
/// If no split has parameters for this rate and target.
pub(crate) fn choose(
    shape: &Shape,
    log_inv_rate: usize,
    search: &Search,
) -> Result<(Stacking, Parameters), ParameterError> {
    let max_column_bits = shape.log_columns().min(5);
    let max_lane_bits = (shape.log_lanes - MIN_LOG_LANES).min(4);
    let mut splits = (1..=max_column_bits)
        .flat_map(|column_bits| (0..=max_lane_bits).map(move |lane_bits| (column_bits, lane_bits)))
        .filter(|(column_bits, lane_bits)| (4..=8).contains(&(column_bits + lane_bits)))
        .map(|(column_bits, lane_bits)| of_lanes(shape, column_bits, lane_bits))
        .collect::<Result<Vec<_>, _>>()?;
    if splits.is_empty() {
        splits.push(of_lanes(shape, max_column_bits, max_lane_bits)?);
    }
    // A price has no meaning at a rate that there is not.
    if let Some(first) = splits.first()
        && !(1..=MAX_LOG_INV_RATE).contains(&log_inv_rate)
    {
        let layout = first.layout();
        return Err(ParameterError::Shape {
            slice_variables: layout.slice_variables,
            inner_variables: layout.inner_variables,
            log_inv_rate,
        });
    }
    // Exact prices cost half a millisecond each, so only the most promising splits get one.
    splits.sort_by_key(|split| rough_price(split.layout(), log_inv_rate));
    let mut best: Result<(u64, Stacking, Parameters), Option<ParameterError>> = Err(None);
    for (tried, split) in splits.into_iter().enumerate() {
        if tried >= EXACT_PRICES && best.is_ok() {
            break;
        }
        match search.parameters(split.layout(), log_inv_rate, OPENING_CLAIMS) {
            Ok(parameters) => {
                let price = price(&parameters);
                if best.as_ref().map_or(true, |best| price < best.0) {
                    best = Ok((price, split, parameters));
                }
            }
            Err(error) => best = best.map_err(|_| Some(error)),
        }
    }
    match best {
        Ok((_, split, parameters)) => Ok((split, parameters)),
        // There is at least one split, so there is an error if none has parameters.
        Err(error) => Err(error.unwrap_or(ParameterError::LiveSlices { slice_variables: 0 })),
    }
}

/// An estimate of [`price`] for comparing splits: hashing two oracles, and opening rows of the first.
///
/// In 64 bits on every machine: the choice is part of the protocol.
fn rough_price(layout: &Layout, log_inv_rate: usize) -> u64 {
    // One permutation per 15 elements, half a microsecond on two cores.
    let hashing = |elements: u64| elements / 15 * 500;
    let queries = 240 / log_inv_rate as u64;
    let width = layout.width() as u64;
    let first = (width << layout.inner_variables) << log_inv_rate;
    // Five coefficients per element, at a rate of about 1/8.
    let second = 40u64 << layout.inner_variables;
    let opened = 4 * queries * width;
    hashing(first + second) + NANOSECONDS_PER_BYTE * opened
}

/// What one byte of proof is worth in proving time: 2.5 ms per KiB.
const NANOSECONDS_PER_BYTE: u64 = 2441;

/// How many splits are compared exactly.
const EXACT_PRICES: usize = 3;

/// What a split costs, in nanoseconds of proving.
fn price(parameters: &Parameters) -> u64 {
    1000 * parameters.prover_microseconds_estimate() as u64
        + NANOSECONDS_PER_BYTE * 4 * parameters.proof_elements_estimate() as u64
}
