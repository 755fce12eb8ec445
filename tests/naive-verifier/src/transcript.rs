//! The duplex sponge, and reading a proof through it.
//!
//! ```text
//!     state = [ capacity 9 | rate 15 ] of Poseidon1-24
//! ```

use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::Reject;
use crate::field::{DEGREE, EF, F, P, coefficients, ef, f};
use crate::forge::{Event, Forger};
use crate::poseidon::{CAPACITY, RATE, permute24};

pub(crate) struct Transcript<'a> {
    state: [F; CAPACITY + RATE],
    /// What has been absorbed since the last permutation.
    pending: Vec<F>,
    /// A hash of the labels and lengths of the messages that have begun since then.
    frame: F,
    /// Whether a message has begun since then, perhaps one without elements.
    has_begun: bool,
    /// Elements of the rate that may still be read as challenges.
    fresh: Vec<F>,
    proof: &'a [u8],
    /// Makes up what is read, in tests of the verifiers against each other.
    pub forger: Option<Forger>,
}

/// FNV-1a, folded into 30 bits.
fn label_code(label: &str) -> u32 {
    let hash = label.bytes().fold(0x811c_9dc5u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 30) ^ (hash & 0x3fff_ffff)
}

impl<'a> Transcript<'a> {
    pub(crate) fn new(proof: &'a [u8]) -> Self {
        let mut state = [F::ZERO; CAPACITY + RATE];
        state[8] = f(1);
        Self {
            state,
            pending: Vec::new(),
            frame: F::ZERO,
            has_begun: false,
            fresh: Vec::new(),
            proof,
            forger: None,
        }
    }

    fn permute(&mut self) {
        // The whole rate is overwritten, so no output is ever an input.
        self.state[CAPACITY..].fill(F::ZERO);
        self.state[CAPACITY..][..self.pending.len()].copy_from_slice(&self.pending);
        self.state[0] += f(self.pending.len());
        self.state[1] += self.frame;
        self.state = permute24(self.state);
        self.pending.clear();
        self.frame = F::ZERO;
        self.has_begun = false;
        self.fresh = self.state[CAPACITY..].to_vec();
    }

    /// Absorbs a message: public data, or what has just been read.
    pub(crate) fn absorb(&mut self, label: &str, values: &[F]) {
        for number in [F::from_u32(label_code(label) + 1), f(values.len())] {
            self.frame = self.frame * f(16_777_619) + number;
        }
        self.has_begun = true;
        for &value in values {
            if self.pending.len() == RATE {
                self.permute();
            }
            self.pending.push(value);
        }
        self.fresh.clear();
    }

    fn squeeze(&mut self) -> F {
        if self.fresh.is_empty() || self.has_begun {
            self.permute();
        }
        self.fresh.remove(0)
    }

    pub(crate) fn challenge(&mut self) -> EF {
        if let Some(forger) = &mut self.forger {
            forger.events.push(Event::Challenge);
        }
        let coefficients: Vec<F> = (0..DEGREE).map(|_| self.squeeze()).collect();
        ef(&coefficients)
    }

    pub(crate) fn point(&mut self, variables: usize) -> Vec<EF> {
        (0..variables).map(|_| self.challenge()).collect()
    }

    /// An index below `2^bits`: the low bits of an element.
    pub(crate) fn index(&mut self, bits: usize) -> usize {
        self.squeeze().as_canonical_u32() as usize % (1 << bits)
    }

    /// Reads elements that nothing absorbs.
    pub(crate) fn hint(&mut self, label: &'static str, count: usize) -> Result<Vec<F>, Reject> {
        if self.proof.len() < 4 * count {
            return Err(Reject::Truncated(label));
        }
        let (bytes, rest) = self.proof.split_at(4 * count);
        self.proof = rest;
        bytes
            .chunks(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .map(|n| {
                if n < P {
                    Ok(F::from_u32(n))
                } else {
                    Err(Reject::NotCanonical(label))
                }
            })
            .collect()
    }

    /// Reads and absorbs base-field elements.
    pub(crate) fn base(&mut self, label: &'static str, count: usize) -> Result<Vec<F>, Reject> {
        let values = self.hint(label, count)?;
        self.absorb(label, &values);
        Ok(values)
    }

    /// Reads and absorbs extension-field elements.
    pub(crate) fn elements(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Reject> {
        if let Some(forger) = &mut self.forger {
            let values = forger.message(label, count);
            self.absorb_elements(label, &values);
            return Ok(values);
        }
        let values = self.base(label, DEGREE * count)?;
        Ok(values.chunks(DEGREE).map(ef).collect())
    }

    /// Reads and absorbs extension-field elements for which the discrepancy must be zero.
    pub(crate) fn checked(
        &mut self,
        label: &'static str,
        count: usize,
        failure: Reject,
        discrepancy: impl Fn(&[EF]) -> EF,
    ) -> Result<Vec<EF>, Reject> {
        self.checked_by_value(label, count, |_| failure, discrepancy)
    }

    /// As [`Self::checked`], for a failure that depends on the elements.
    pub(crate) fn checked_by_value(
        &mut self,
        label: &'static str,
        count: usize,
        failure: impl Fn(&[EF]) -> Reject,
        discrepancy: impl Fn(&[EF]) -> EF,
    ) -> Result<Vec<EF>, Reject> {
        if let Some(forger) = &mut self.forger {
            let values = forger.answer(label, count, &discrepancy);
            self.absorb_elements(label, &values);
            return Ok(values);
        }
        let values = self.elements(label, count)?;
        if discrepancy(&values) == EF::ZERO {
            Ok(values)
        } else {
            Err(failure(&values))
        }
    }

    pub(crate) fn absorb_elements(&mut self, label: &str, values: &[EF]) {
        let flat: Vec<F> = values.iter().flat_map(|&x| coefficients(x)).collect();
        self.absorb(label, &flat);
    }

    pub(crate) fn element(&mut self, label: &'static str) -> Result<EF, Reject> {
        Ok(self.elements(label, 1)?[0])
    }

    /// A nonce: a hash of it and of eight fresh elements must end in `bits` zero bits.
    pub(crate) fn proof_of_work(&mut self, label: &'static str, bits: usize) -> Result<(), Reject> {
        if bits == 0 {
            return Ok(());
        }
        self.absorb(label, &[]);
        let mut input = [F::ZERO; 24];
        input[23] = f(7);
        for x in &mut input[..8] {
            *x = self.squeeze();
        }
        self.fresh.clear();
        input[8] = self.base(label, 1)?[0];
        let hash = permute24(input)[0].as_canonical_u32();
        if u64::from(hash) % (1 << bits) == 0 {
            Ok(())
        } else {
            Err(Reject::ProofOfWork(label))
        }
    }

    pub(crate) fn end(self) -> Result<(), Reject> {
        if self.proof.is_empty() {
            Ok(())
        } else {
            Err(Reject::Trailing)
        }
    }
}
