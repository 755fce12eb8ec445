//! One round of a sumcheck, as prover and verifier both see it.
//!
//! All sumchecks of the proof system send a round polynomial `g` of degree `d` as its coefficients
//! `c_1, .., c_d`. The constant one follows from the claim, which is a weighted sum of values of `g`
//! whose weights sum to a known number: so no message can contradict its claim, nothing is divided
//! by a challenge, and all of the checking is in the last equation of a reduction.
//!
//! A round consumes the claim and leaves one about `g(x)` at the challenge `x`. Where the claim is
//! false, the new one is true for at most `d` values of `x`.

use sheaf_transcript::{Channel, Extension, Label, TranscriptError};

use crate::skip;
use crate::univariate::horner;

/// What a claim says about the round polynomial `g`.
#[derive(Clone, Copy, Debug)]
pub enum Claimed<'a, E> {
    /// `g(0) + g(1)`.
    Sum,
    /// `(1 - r) g(0) + r g(1)`, where the round polynomial is `eq(r, X) g(X)` with its factor left out.
    Eq(E),
    /// `sum_{x in D} w_x g(x)` over the domain of the univariate skip, where `g` has degree below [`skip::CUBE_SIZE`].
    Skip(&'a skip::Weights<E>),
}

/// `g(x)`, for the `g` with these coefficients from the linear one on.
pub fn next_claim<E: Extension>(claim: E, claimed: Claimed<'_, E>, coefficients: &[E], x: E) -> E {
    let sum = || coefficients.iter().copied().sum::<E>();
    let constant = match claimed {
        Claimed::Sum => (claim - sum()).halve(),
        Claimed::Eq(r) => claim - r * sum(),
        Claimed::Skip(weights) => {
            let others = [E::ZERO].into_iter().chain(coefficients.iter().copied());
            let mut all = [E::ZERO; skip::CUBE_SIZE];
            for (slot, c) in all.iter_mut().zip(others) {
                *slot = c;
            }
            claim - weights.sum(all)
        }
    };
    constant + x * horner(coefficients, x)
}

/// Receives a round polynomial of degree `degree` and draws its challenge.
///
/// Returns the challenge and the claim about the value there.
///
/// # Errors
/// If the proof is malformed.
pub fn receive<C: Channel>(
    label: Label,
    degree: usize,
    claim: C::Extension,
    claimed: Claimed<'_, C::Extension>,
    channel: &mut C,
) -> Result<(C::Extension, C::Extension), TranscriptError> {
    let coefficients = channel.receive(label, degree)?;
    let x = channel.sample();
    Ok((x, next_claim(claim, claimed, &coefficients, x)))
}

/// Receives a round for every coordinate of `point`, in order, with the claims of [`Claimed::Eq`].
///
/// Returns the challenges and the last claim.
///
/// # Errors
/// As [`receive`].
pub fn receive_all<C: Channel>(
    label: Label,
    degree: usize,
    mut claim: C::Extension,
    point: &[C::Extension],
    channel: &mut C,
) -> Result<(Vec<C::Extension>, C::Extension), TranscriptError> {
    let mut challenges = Vec::with_capacity(point.len());
    for &r in point {
        let (x, next) = receive(label, degree, claim, Claimed::Eq(r), channel)?;
        challenges.push(x);
        claim = next;
    }
    Ok((challenges, claim))
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::counting::{Cost, Counted, Counting};
    use sheaf_transcript::{EF, VerifierTranscript};

    use super::*;

    #[test]
    fn the_claim_and_the_other_coefficients_give_the_value() {
        let g: Vec<EF> = (0..6).map(|i| EF::from_usize(i * i + 5).cube()).collect();
        let at = |x: EF| horner(&g, x);
        let [x, r] = [77, 1234].map(|i| EF::from_usize(i).cube());
        let next = |claim, claimed| next_claim(claim, claimed, &g[1..], x);
        let [zero, one] = [at(EF::ZERO), at(EF::ONE)];
        assert_eq!(next(zero + one, Claimed::Sum), at(x));
        assert_eq!(next(zero + r * (one - zero), Claimed::Eq(r)), at(x));

        let weights = skip::Weights::Basis(r);
        let values = weights.values().into_iter().zip(skip::domain());
        let claim: EF = values.map(|(w, d)| w * at(d.into())).sum();
        assert_eq!(next(claim, Claimed::Skip(&weights)), at(x));
    }

    /// What a round of degree 2 costs, whose outcome is that of one that is not counted.
    fn cost(claimed: Claimed<'_, EF>, counted: Claimed<'_, Counted>) -> Cost {
        const ROUND: Label = Label::new("round");
        let proof: Vec<u8> = (1..=10u32).flat_map(u32::to_le_bytes).collect();
        let claim = EF::from_usize(77).cube();
        let mut plain = VerifierTranscript::new(&proof);
        let expected = receive(ROUND, 2, claim, claimed, &mut plain).unwrap();
        let mut channel = Counting::new(VerifierTranscript::new(&proof));
        let (x, next) = receive(ROUND, 2, Counted(claim), counted, &mut channel).unwrap();
        assert_eq!((x.0, next.0), expected);
        channel.cost()
    }

    /// One permutation, before the challenge.
    fn products(ext: u64) -> Cost {
        Cost {
            ext,
            transcript_permutations: 1,
            ..Cost::default()
        }
    }

    #[test]
    fn a_round_of_degree_two_costs_two_products() {
        // x (c_1 + x c_2).
        assert_eq!(cost(Claimed::Sum, Claimed::Sum), products(2));
    }

    #[test]
    fn weights_of_the_claim_cost_a_product() {
        let r = EF::from_usize(1234).cube();
        let eq = cost(Claimed::Eq(r), Claimed::Eq(Counted(r)));
        assert_eq!(eq, products(3));
    }
}
