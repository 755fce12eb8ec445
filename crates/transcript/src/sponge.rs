//! The duplex sponge: Poseidon1 of width 24, capacity 9, rate 15.
//!
//! ```text
//!     state = [ capacity 0..9 | rate 9..24 ]
//! ```
//!
//! Three extension-field elements fill the rate exactly, so a sumcheck round of
//! three coefficients costs one permutation. A capacity of nine elements (278
//! bits) puts inner collisions beyond `2^139`.
//!
//! Every permutation overwrites the whole rate, with what was absorbed since the
//! last one and zeros behind: no output that challenges are made of is ever part of an
//! input, and an input is told by the nine elements of the capacity and at most 15 absorbed ones.
//!
//! Framing: at every permutation `capacity[0]` gains the number of elements
//! absorbed since the last one, which tells the zeros from absorbed ones, and
//! `capacity[1]` a running hash of the messages that began since then, as pairs
//! of a label and a length. `capacity[8]` starts as the tag of [`Domain::Transcript`].
//!
//! The running hash has 31 bits, so two *sequences* of messages may have the
//! same one. None can choose the sequence: it follows from public parameters,
//! which are absorbed first. The hash separates them by accident only.

use p3_field::PrimeCharacteristicRing;
use p3_field::PrimeField32;
use sheaf_poseidon::permute24_single;
use sheaf_poseidon::sponge::initial_capacity;
pub use sheaf_poseidon::sponge::{CAPACITY, RATE};

use crate::domain::Domain;
use crate::field::{EF, F, ORDER, from_coefficients};

/// Width of the permutation.
pub const WIDTH: usize = 24;

/// The meaning of a message, bound by the transcript together with its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(&'static str);

impl Label {
    /// A label with a name that is unique within the protocol.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name that the label was made from.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// FNV-1a of the name, folded into 30 bits: what the sponge mixes in.
    #[must_use]
    pub const fn code(self) -> u32 {
        let bytes = self.0.as_bytes();
        let mut hash: u32 = 0x811c_9dc5;
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
            i += 1;
        }
        (hash >> 30) ^ (hash & 0x3fff_ffff)
    }
}

/// Multiplier of the running hash of messages; any element of large order serves.
pub const MESSAGE_BASE: u32 = 0x0100_0193;

#[derive(Clone)]
pub(crate) struct Sponge {
    state: [F; WIDTH],
    absorbed: usize,
    messages: F,
    squeezed: usize,
    /// How often the state has been permuted: one addition, where a permutation takes some thousand.
    permutations: u64,
}

impl core::fmt::Debug for Sponge {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sponge")
            .field("state", &self.state)
            .field("absorbed", &self.absorbed)
            .field("squeezed", &self.squeezed)
            .finish_non_exhaustive()
    }
}

impl Sponge {
    pub(crate) fn new() -> Self {
        let mut state = [F::ZERO; WIDTH];
        state[..CAPACITY].copy_from_slice(&initial_capacity::<F>(Domain::Transcript.tag()));
        Self {
            state,
            absorbed: 0,
            messages: F::ZERO,
            squeezed: RATE,
            permutations: 0,
        }
    }

    pub(crate) fn absorb(&mut self, label: Label, values: &[F]) {
        self.squeezed = RATE;
        let base = F::from_u32(MESSAGE_BASE);
        for word in [F::from_u32(label.code() + 1), F::from_usize(values.len())] {
            self.messages = self.messages * base + word;
        }
        for &value in values {
            if self.absorbed == RATE {
                self.permute();
            }
            self.state[CAPACITY + self.absorbed] = value;
            self.absorbed += 1;
        }
    }

    fn permute(&mut self) {
        self.state[0] += F::from_usize(self.absorbed);
        self.state[1] += self.messages;
        self.state[CAPACITY + self.absorbed..].fill(F::ZERO);
        permute24_single(&mut self.state);
        self.permutations += 1;
        self.absorbed = 0;
        self.messages = F::ZERO;
        self.squeezed = 0;
    }

    pub(crate) fn permutations(&self) -> u64 {
        self.permutations
    }

    /// Every element absorbed so far influences the result; no output is given twice.
    pub(crate) fn squeeze(&mut self) -> F {
        if self.squeezed == RATE || self.absorbed > 0 || self.messages != F::ZERO {
            self.permute();
        }
        self.squeezed += 1;
        self.state[CAPACITY + self.squeezed - 1]
    }

    pub(crate) fn sample(&mut self) -> EF {
        from_coefficients(core::array::from_fn(|_| self.squeeze()))
    }

    pub(crate) fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        debug_assert!(bits <= 24);
        (0..count)
            .map(|_| (self.squeeze().as_canonical_u32() & ((1 << bits) - 1)) as usize)
            .collect()
    }

    /// Draws what a grinding nonce is hashed with, and drops the rest of the block.
    pub(crate) fn grinding_seed(&mut self, label: Label) -> [F; GRINDING_SEED] {
        self.absorb(label, &[]);
        let seed = core::array::from_fn(|_| self.squeeze());
        self.squeezed = RATE;
        seed
    }
}

/// Elements of a grinding seed: 248 bits, so that seeds never repeat.
pub const GRINDING_SEED: usize = 8;

/// The largest difficulty a nonce of one element is sure to reach.
#[cfg(feature = "prover")]
pub(crate) const MAX_GRINDING_BITS: usize = 24;

/// The input of the grinding hash: seed, nonce, zeros, and the tag of [`Domain::Grinding`].
pub(crate) fn grinding_input<T: PrimeCharacteristicRing + Copy + From<F>>(
    seed: &[F; GRINDING_SEED],
    nonce: T,
) -> [T; WIDTH] {
    core::array::from_fn(|i| match i {
        0..GRINDING_SEED => T::from(seed[i]),
        GRINDING_SEED => nonce,
        _ if i == WIDTH - 1 => T::from(Domain::Grinding.tag()),
        _ => T::ZERO,
    })
}

/// Whether the first output element, as an integer, has `bits` low zero bits.
pub(crate) fn grinding_accepts(output: F, bits: usize) -> bool {
    output.as_canonical_u32().trailing_zeros() as usize >= bits
}

/// Canonical integer to element; `None` if it is not below the field's order.
pub(crate) fn decode(value: u32) -> Option<F> {
    (value < ORDER).then(|| F::from_u32(value))
}
