//! Mutations that know nothing of the structure of an input.

use std::ops::Range;

use rand::{Rng as _, RngExt};

use crate::Rng;

/// The most bytes that one mutation adds.
const MAX_GROWTH: usize = 4096;

/// Changes `input` once. `pool` holds other inputs of the same kind.
pub fn mutate(rng: &mut Rng, input: &mut Vec<u8>, pool: &[Vec<u8>]) {
    let length = input.len();
    match rng.random_range(0..15) {
        0 => edit(rng, input, |rng, [byte]: [u8; 1]| {
            [byte ^ 1 << rng.random_range(0..8)]
        }),
        1 => edit(rng, input, |rng, _: [u8; 1]| [rng.random()]),
        2 => edit(rng, input, |rng, _: [u8; 1]| {
            [pick(rng, &[0, 1, 0x7f, 0x80, 0xff])]
        }),
        3 => edit(rng, input, |rng, _| special_u32(rng).to_le_bytes()),
        4 => edit(rng, input, |rng, _| special_u64(rng).to_le_bytes()),
        5 => edit(rng, input, |rng, old| {
            let delta = rng.random_range(-16..=16i32) as u32;
            u32::from_le_bytes(old).wrapping_add(delta).to_le_bytes()
        }),
        6 => edit(rng, input, |rng, old| {
            let delta = rng.random_range(-16..=16i64) as u64;
            u64::from_le_bytes(old).wrapping_add(delta).to_le_bytes()
        }),
        7 => input.truncate(rng.random_range(0..=length)),
        8 => {
            let most = pick(rng, &[1, 4, 64, MAX_GROWTH]);
            let more = rng.random_range(1..=most);
            input.resize(length + more, 0);
            rng.fill_bytes(&mut input[length..]);
        }
        9 => drop(input.drain(range(rng, length, length))),
        10 => {
            let copied = range(rng, length, MAX_GROWTH);
            let copied = input[copied].to_vec();
            let at = rng.random_range(0..=length);
            input.splice(at..at, copied);
        }
        11 => {
            let from = range(rng, length, length);
            let to = rng.random_range(0..=length - from.len());
            input.copy_within(from, to);
        }
        12 => {
            let other = &pool[rng.random_range(0..pool.len())];
            let length = length.min(other.len());
            let from = range(rng, length, length);
            // At the same place, where the structures agree, or at any.
            let to = match rng.random() {
                true => from.start,
                false => rng.random_range(0..=length - from.len()),
            };
            input[to..to + from.len()].copy_from_slice(&other[from]);
        }
        13 => {
            let filled = range(rng, length, length);
            input[filled].fill(pick(rng, &[0, 0xff, 0x55]));
        }
        _ => {
            let other = &pool[rng.random_range(0..pool.len())];
            let at = rng.random_range(0..=length.min(other.len()));
            input.truncate(at);
            input.extend_from_slice(&other[at..]);
        }
    }
}

/// Bytes without any structure, of up to `most` bytes.
pub fn random(rng: &mut Rng, most: usize) -> Vec<u8> {
    let mut bytes = vec![0; rng.random_range(0..=most)];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// One of several values.
pub fn pick<T: Copy>(rng: &mut Rng, values: &[T]) -> T {
    values[rng.random_range(0..values.len())]
}

/// A range within `0..length`, of at most `most` bytes; short ones are as likely as long ones.
pub fn range(rng: &mut Rng, length: usize, most: usize) -> Range<usize> {
    let most = most.min(length);
    let size = match rng.random_range(0..3) {
        0 => rng.random_range(0..=most),
        1 => rng.random_range(0..=most.min(8)),
        _ => rng.random_range(0..=most.min(64)),
    };
    let start = rng.random_range(0..=length - size);
    start..start + size
}

/// Replaces `N` bytes somewhere, if there are as many.
fn edit<const N: usize>(
    rng: &mut Rng,
    input: &mut [u8],
    new: impl FnOnce(&mut Rng, [u8; N]) -> [u8; N],
) {
    let Some(last) = input.len().checked_sub(N) else {
        return;
    };
    let at = rng.random_range(0..=last);
    let mut old = [0; N];
    old.copy_from_slice(&input[at..at + N]);
    input[at..at + N].copy_from_slice(&new(rng, old));
}

/// Numbers at which counts, offsets and lengths go wrong.
fn special_u32(rng: &mut Rng) -> u32 {
    let power = 1u32 << rng.random_range(0..32);
    pick(
        rng,
        &[
            0,
            1,
            u32::MAX,
            u32::MAX - 1,
            1 << 31,
            power,
            power - 1,
            power.wrapping_neg(),
        ],
    )
}

fn special_u64(rng: &mut Rng) -> u64 {
    let power = 1u64 << rng.random_range(0..64);
    let low = u64::from(special_u32(rng));
    pick(
        rng,
        &[
            0,
            1,
            u64::MAX,
            u64::MAX - 1,
            power,
            power - 1,
            power.wrapping_neg(),
            low,
        ],
    )
}
