//! SHAKE128 of several inputs at a time, where input and output fit one block of the sponge.
//!
//! Then SHAKE128 is a single Keccak-f[1600]: the state is the input, padded by `0x1f` and a final `0x80` at the end of the
//! rate, and the output is the state's first bytes.

use p3_keccak::{KeccakF, VECTOR_LEN};
use p3_koala_bear::KoalaBear;
use p3_symmetric::Permutation;
use zeroize::Zeroize;

use super::reduce;

/// Rate of SHAKE128 in bytes.
const RATE: usize = 168;

/// An input of less than one block; zeroized when dropped.
pub(super) struct Input {
    block: [u8; RATE],
    length: usize,
}

impl Drop for Input {
    fn drop(&mut self) {
        // Only what was written: wiping the rest of the block would cost as much as hashing it.
        self.block[..self.length].zeroize();
    }
}

impl Default for Input {
    fn default() -> Self {
        Self {
            block: [0; RATE],
            length: 0,
        }
    }
}

impl Input {
    /// Appends bytes. A whole input has at most 93 of them; what exceeds the block would be cut off.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = &mut self.block[self.length..RATE - 1];
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.length += count;
    }

    /// The bytes that have been appended.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.block[..self.length]
    }

    /// The padded block as words of the state.
    fn into_words(mut self) -> [u64; RATE / 8] {
        self.block[self.length] ^= 0x1f;
        self.block[RATE - 1] ^= 0x80;
        let words = self.block.as_chunks::<8>().0;
        std::array::from_fn(|i| u64::from_le_bytes(words[i]))
    }
}

/// Hashes the inputs `0..count` and makes `N` field elements of each output, 16 bytes per element.
pub(super) fn shake_elements<const N: usize>(
    count: usize,
    input: impl Fn(usize) -> Input,
) -> Vec<[KoalaBear; N]> {
    const { assert!(16 * N <= RATE) };
    let mut out = Vec::with_capacity(count);
    for first in (0..count).step_by(VECTOR_LEN) {
        let lanes = VECTOR_LEN.min(count - first);
        let mut state = [[0u64; VECTOR_LEN]; 25];
        for lane in 0..lanes {
            for (packed, word) in state.iter_mut().zip(input(first + lane).into_words()) {
                packed[lane] = word;
            }
        }
        KeccakF.permute_mut(&mut state);
        // Bytes leave the state in little-endian order, and are then read as big-endian integers.
        let word = |i: usize, lane: usize| state[i][lane].swap_bytes();
        out.extend((0..lanes).map(|lane| {
            std::array::from_fn(|i| reduce([word(2 * i, lane), word(2 * i + 1, lane)]))
        }));
        state.as_flattened_mut().zeroize();
    }
    out
}
