//! Mutations of sequences of field elements: four little-endian bytes each, below `p`.

use std::ops::Range;

use rand::RngExt;

use crate::Rng;
use crate::bytes::{pick, range};

/// The order of the field.
pub const P: u32 = 0x7f00_0001;

/// Elements of the units in which proofs and keys are written: an element, an extension element, a digest of a signature, one
/// of a proof.
const UNITS: [usize; 4] = [1, 5, 8, 9];

/// Changes the elements of `input` from byte `start` on once. The bytes there must be a whole number of elements.
///
/// `place` says in which of them the change is; what is copied may come from anywhere, also out of `other`, whose elements
/// begin at the same byte.
pub fn mutate(rng: &mut Rng, input: &mut Vec<u8>, start: usize, place: Range<usize>, other: &[u8]) {
    let count = (input.len() - start) / 4;
    let place = place.start.min(count)..place.end.min(count);
    if place.is_empty() {
        return;
    }
    let unit = pick(rng, &UNITS);
    let at = rng.random_range(place.clone());
    // Aligned to a unit, counted from the first element of the place.
    let aligned = at - (at - place.start) % unit;
    let unit = unit.min(count - aligned);
    let bytes = |elements: Range<usize>| start + 4 * elements.start..start + 4 * elements.end;
    let old = get(input, start, at);
    match rng.random_range(0..13) {
        0 => set(
            input,
            start,
            at,
            pick(rng, &[0, 1, P - 1, P, P + 1, u32::MAX]),
        ),
        // The same element in another, forbidden form. Three of four elements have one.
        1 => set(input, start, at, old.wrapping_add(P)),
        2 => {
            let delta = pick(rng, &[1, P - 1, 2, P / 2, 1 << 16]);
            set(
                input,
                start,
                at,
                ((u64::from(old) + delta as u64) % u64::from(P)) as u32,
            );
        }
        3 => set(input, start, at, rng.random_range(0..P)),
        4 => set(input, start, at, P.wrapping_sub(old)),
        5 => set(input, start, at, old ^ 1 << rng.random_range(0..32)),
        6 => {
            // Two units change places.
            let second = rng.random_range(0..=count - unit);
            for i in 0..unit {
                let (a, b) = (
                    get(input, start, aligned + i),
                    get(input, start, second + i),
                );
                set(input, start, aligned + i, b);
                set(input, start, second + i, a);
            }
        }
        7 => {
            let from = rng.random_range(0..=count - unit);
            input.copy_within(bytes(from..from + unit), start + 4 * aligned);
        }
        8 => {
            // A run from the other sequence: from the same position or from another.
            let others = (other.len().saturating_sub(start)) / 4;
            let run = range(rng, place.len(), place.len());
            let to = place.start + run.start;
            let from = match rng.random() {
                true => to.min(others),
                false => rng.random_range(0..=others.saturating_sub(run.len())),
            };
            let run = run.len().min(others.saturating_sub(from)).min(count - to);
            input[bytes(to..to + run)].copy_from_slice(&other[bytes(from..from + run)]);
        }
        9 => {
            // Elements that the sequence ends with, or lacks.
            let by = pick(rng, &UNITS).min(count);
            match rng.random() {
                true => input.truncate(start + 4 * (count - by)),
                false => input.extend(std::iter::repeat_n(0, 4 * by)),
            }
        }
        10 => drop(input.drain(bytes(aligned..aligned + unit))),
        11 => {
            let copied = input[bytes(aligned..aligned + unit)].to_vec();
            let at = start + 4 * aligned;
            input.splice(at..at, copied);
        }
        _ => {
            let run = range(rng, place.len(), place.len());
            let run = place.start + run.start..place.start + run.end;
            let value = pick(rng, &[0, 1, P - 1, P]);
            for i in run {
                set(input, start, i, value);
            }
        }
    }
}

/// Sequences of random elements.
pub fn random(rng: &mut Rng, count: usize) -> Vec<u8> {
    (0..count)
        .flat_map(|_| rng.random_range(0..P).to_le_bytes())
        .collect()
}

fn get(input: &[u8], start: usize, at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&input[start + 4 * at..][..4]);
    u32::from_le_bytes(bytes)
}

fn set(input: &mut [u8], start: usize, at: usize, value: u32) {
    input[start + 4 * at..][..4].copy_from_slice(&value.to_le_bytes());
}
