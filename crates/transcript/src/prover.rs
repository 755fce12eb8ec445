//! The proving side of the transcript.

use p3_field::{BasedVectorSpace, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_poseidon::permute24;

use crate::field::{EF, F, PF};
use crate::sponge::{
    GRINDING_SEED, Label, MAX_GRINDING_BITS, Sponge, grinding_accepts, grinding_input,
};
use crate::{Transcript, VerifierTranscript};

/// A transcript that writes a proof.
#[derive(Clone, Debug)]
pub struct ProverTranscript {
    sponge: Sponge,
    proof: Vec<F>,
}

impl Default for ProverTranscript {
    fn default() -> Self {
        Self::new()
    }
}

impl ProverTranscript {
    /// An empty transcript; the verifier's counterpart is [`VerifierTranscript::new`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            sponge: Sponge::new(),
            proof: Vec::new(),
        }
    }

    /// Writes and absorbs extension-field elements.
    pub fn send(&mut self, label: Label, values: &[EF]) {
        let flat = EF::flatten_to_base(values.to_vec());
        self.send_base(label, &flat);
    }

    /// Writes and absorbs base-field elements.
    pub fn send_base(&mut self, label: Label, values: &[F]) {
        self.proof.extend_from_slice(values);
        self.sponge.absorb(label, values);
    }

    /// Writes base-field elements that an absorbed commitment already binds.
    pub fn hint(&mut self, values: &[F]) {
        self.proof.extend_from_slice(values);
    }

    /// Finds and writes the smallest nonce that meets the difficulty.
    ///
    /// Deterministic whatever the number of threads. Costs `2^bits` width-24
    /// permutations on average. The hash that is tested is separate from the
    /// sponge, so no challenge is ever a grinding output.
    ///
    /// # Panics
    /// If `bits` exceeds 24: such a difficulty may have no solution.
    pub fn grind(&mut self, label: Label, bits: usize) {
        assert!(bits <= MAX_GRINDING_BITS, "grinding difficulty too high");
        if bits == 0 {
            return;
        }
        let seed = self.sponge.grinding_seed(label);
        let nonce = find_nonce(&seed, bits);
        self.send_base(label, &[nonce]);
    }

    /// The elements written so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.proof.len()
    }

    /// Whether nothing has been written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.proof.is_empty()
    }

    /// The proof: every message and hint, in order.
    #[must_use]
    pub fn into_proof(self) -> Vec<F> {
        self.proof
    }

    /// The proof as bytes: four per element, canonical, little-endian.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        VerifierTranscript::encode(&self.proof)
    }
}

/// The smallest nonce whose grinding hash has `bits` low zero bits.
fn find_nonce(seed: &[F; GRINDING_SEED], bits: usize) -> F {
    // A block is tested sequentially, blocks in parallel; `find_map_first`
    // returns the leftmost success.
    let block = (1usize << bits).clamp(PF::WIDTH, 1 << 10);
    let blocks = (1usize << 30) / block;
    let nonce = (0..blocks).into_par_iter().find_map_first(|b| {
        (b * block..(b + 1) * block)
            .step_by(PF::WIDTH)
            .find_map(|first| {
                let nonces = PF::from_fn(|i| F::from_usize(first + i));
                let mut state = grinding_input(seed, nonces);
                permute24(&mut state);
                let lane = state[0]
                    .as_slice()
                    .iter()
                    .position(|&x| grinding_accepts(x, bits))?;
                Some(first + lane)
            })
    });
    // 2^30 tries against at most 24 bits fail with probability e^-64.
    F::from_usize(nonce.expect("a nonce exists for at most 24 bits"))
}

impl Transcript for ProverTranscript {
    type Extension = EF;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.sponge.absorb(label, values);
    }

    fn sample(&mut self) -> EF {
        self.sponge.sample()
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.sponge.sample_indices(count, bits)
    }
}

impl VerifierTranscript<'_> {
    /// The wire form of a sequence of elements: four bytes each, canonical, little-endian.
    #[must_use]
    pub fn encode(elements: &[F]) -> Vec<u8> {
        elements
            .iter()
            .flat_map(|x| x.as_canonical_u32().to_le_bytes())
            .collect()
    }
}
