//! Every chain ends where it should: the one argument with fractions.
//!
//! The `K` steps of a lane stand in chain order without gaps. Let `x_c` be the
//! digits, `E_c` the chain ends, `e_k` the marks of last steps, `q_k` the
//! numbers of the steps and `out_k` their results. Chain `c` ends at
//! row `pos_c = -1 + sum_{c' <= c} (7 - x_c')`, unless `x_c = 7` and it has no
//! row. With fingerprints `fp(q, y) = beta q + sum_j beta^(2+j) y_j` over the `d` elements of a digest and
//! `T(x) = [x = 7]`, the identity of each lane is, in the variable `alpha`,
//!
//! ```text
//!     sum_c (1 - T(x_c)) (1 + fp(last_c, E_c)) / (alpha - pos_c)
//!         = sum_{k<K} e_k (1 + fp(q_k, out_k)) / (alpha - k).
//! ```
//!
//! where `last_c` is the number of the last step of chain `c`.
//!
//! **Why this suffices.** Digits are in `0..8` and sum to the target, so the
//! `pos_c` of chains with rows are distinct integers in `0..K`. Residues at each
//! pole agree: at `k = pos_c`, `e_k = 1` (the coefficient of `beta^0`), then
//! `q_k = last_c` and `out_k = E_c`; at every other `k`, `e_k = 0`. Between
//! two ends the transition constraint links each step to the one before, so the
//! rows of chain `c` are an unbroken walk over its last `7 - x_c` steps. Its
//! first value is free, as it is in a signature; so is `E_c` where `x_c = 7`.
//!
//! The right side is put into the last leaf of the left side's fraction sum,
//! with denominator 1, so the whole identity says that a sum of fractions is
//! zero ([`sheaf_argument::fractions`]). Its denominators are `alpha` minus
//! base-field cells: they can't vanish once `alpha` is outside the base field,
//! which the verifier checks.
//!
//! Leaves are multiplied by the indicator of live lanes: in idle lanes
//! numerators and denominators are zero and the sum is trivially zero.
//!
//! The claim that the reduction of fractions starts from: at a random lane point the numerators of all lanes are zero, and
//! their denominators are what the prover says.
//!
//! **Error** over `|EF|`: `d + 1` for `beta`, `K + v` for `alpha`; `l` for the lane point.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::RootClaim;
#[cfg(feature = "prover")]
use sheaf_argument::fractions::prove::{Packed, Tree};
#[cfg(feature = "search")]
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_sumcheck::{inverse, univariate};
#[cfg(feature = "prover")]
use sheaf_transcript::ProverTranscript;
use sheaf_transcript::{Channel, EF, Extension, F, Label, Transcript, TranscriptError};

use sheaf_xmss::Scheme;

use crate::shape::Shape;
use crate::tweaks::element;

/// The denominators of the sums, at a lane point.
pub const ROOT: Label = Label::new("fractions/root");

/// The error of the identity's challenges, without that of the fractions that it is proved with.
#[cfg(feature = "search")]
pub(crate) fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let degree = 1 + shape.columns.digest;
    let roots = degree + shape.steps + shape.scheme.chains;
    vec![
        ErrorTerm::roots("challenges", &[roots], SCHWARTZ_ZIPPEL)
            .because("elements of a digest and 1 in beta, steps + chains in alpha"),
        ErrorTerm::roots("root", &[shape.log_lanes], SCHWARTZ_ZIPPEL)
            .because("zero in every lane, at a lane point"),
    ]
}

/// The number of the last step of chain `c`.
pub(crate) const fn last_step(scheme: &Scheme, c: usize) -> usize {
    scheme.step_number(c, scheme.chain_length() - 1)
}

/// The sum of the fractions of every lane is zero, as a prover claims it.
#[cfg(feature = "prover")]
pub(crate) fn send_root(
    shape: &Shape,
    fractions: &Tree<Packed>,
    transcript: &mut ProverTranscript,
) -> RootClaim {
    let root = fractions.root(&transcript.sample_point(shape.log_lanes));
    transcript.send(ROOT, &[root.denominator]);
    RootClaim {
        numerator: EF::ZERO,
        ..root
    }
}

/// The sum of the fractions of every lane is zero, as a verifier learns it.
///
/// # Errors
/// If the proof is malformed.
pub(crate) fn receive_root<C: Channel>(
    shape: &Shape,
    channel: &mut C,
) -> Result<RootClaim<C::Extension>, TranscriptError> {
    let lane_point = channel.sample_point(shape.log_lanes);
    let denominator = channel.receive_one(ROOT)?;
    Ok(RootClaim {
        lane_point,
        numerator: C::Extension::ZERO,
        denominator,
    })
}

/// The weights of a fingerprint: `beta` and its powers.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint<E = EF> {
    /// Of a step's number: `beta`.
    pub number: E,
    /// Of the elements of a digest: `beta^2, beta^3, ..`.
    pub elements: Vec<E>,
}

/// The challenges of the identity and what follows from them.
#[derive(Clone, Debug)]
pub(crate) struct ChainEnds<E = EF> {
    pub alpha: E,
    pub beta: E,
    /// `1 / (alpha - k)` for `k < K`.
    pub residues: Vec<E>,
}

impl<E: Extension> ChainEnds<E> {
    /// Draws the challenges. `None` if `alpha` lies in the base field: probability `p^-4`.
    pub(crate) fn draw(
        shape: &Shape,
        transcript: &mut impl Transcript<Extension = E>,
    ) -> Option<Self> {
        let beta = transcript.sample();
        let alpha = transcript.sample();
        if alpha.coefficients()[1..].iter().all(|&c| c == F::ZERO) {
            return None;
        }
        let poles: Vec<E> = (0..shape.steps).map(|k| alpha - element(k)).collect();
        let residues = inverse::all(&poles)?;
        Some(Self {
            alpha,
            beta,
            residues,
        })
    }

    /// The weights of a fingerprint.
    pub(crate) fn fingerprint(&self, shape: &Shape) -> Fingerprint<E> {
        let mut powers = univariate::powers(self.beta, 2 + shape.columns.digest);
        Fingerprint {
            number: self.beta,
            elements: powers.split_off(2),
        }
    }

    /// `alpha - pos_c` is `constant_c + sum_{c' <= c} x_c'`.
    pub(crate) fn denominator_constant(&self, c: usize) -> E {
        self.alpha + E::ONE - element(7 * (c + 1))
    }

    /// The extension of the denominators in the leaf variables, as a form in the digits.
    ///
    /// Returns the weight of each digit `x_c`, and the weight of the indicator of live lanes.
    pub(crate) fn denominator_form(&self, leaves: &[E], chains: usize) -> (Vec<E>, E) {
        let mut digits: Vec<E> = leaves[..chains].to_vec();
        for c in (0..chains - 1).rev() {
            let later = digits[c + 1];
            digits[c] += later;
        }
        let live = leaves
            .iter()
            .enumerate()
            .map(|(c, &leaf)| {
                if c < chains {
                    leaf * self.denominator_constant(c)
                } else {
                    leaf
                }
            })
            .sum();
        (digits, live)
    }
}

#[cfg(test)]
mod tests {
    use sheaf_transcript::Label;
    use sheaf_transcript::field::from_coefficients;
    use sheaf_xmss::TEST;

    use super::*;

    /// Draws prescribed challenges.
    struct Script(Vec<EF>);

    impl Transcript for Script {
        type Extension = EF;

        fn absorb(&mut self, _: Label, _: &[F]) {}
        fn sample(&mut self) -> EF {
            self.0.remove(0)
        }
        fn sample_indices(&mut self, _: usize, _: usize) -> Vec<usize> {
            Vec::new()
        }
    }

    #[test]
    fn a_base_field_challenge_could_make_denominators_vanish() {
        let shape = Shape::with_lanes(TEST, 1, false);
        let outside = from_coefficients([5, 0, 0, 0, 1].map(element));
        let draw = |alpha: EF| ChainEnds::draw(&shape, &mut Script(vec![outside, alpha]));
        assert!(draw(outside).is_some());
        // Inside and outside the range of positions.
        for alpha in [0, 5, 21, 22, 123_456] {
            assert!(draw(EF::from(element(alpha))).is_none());
        }
        // Here the denominator of a chain that ends in row 5 would be zero.
        let ends = draw(outside).expect("outside the base field");
        let at_five = ends.denominator_constant(0) - outside + element(5) + element(1);
        assert_eq!(at_five, EF::ZERO);
    }
}
