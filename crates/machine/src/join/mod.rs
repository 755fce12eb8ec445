//! Claims about the coefficients of a program, joined to one.
//!
//! A proof about a run leaves the value of one [`Functional`] of the program. Whoever verifies proofs inside a program cannot evaluate it there, since it has as many
//! terms as the program; so it defers it: it joins the functionals of all proofs that it verifies, and what these have deferred themselves, to
//! one evaluation of the extension of the coefficients, which whoever verifies last looks at ([`PointClaim::holds`]).
//!
//! **Claim in.** Of each *part*, a proof about the same program: the value `X` of its functional `s x u x eq(y)`, and its *deferred* claim `Phi(point) = value`.
//! **Claim out.** One deferred claim; if it is true, all claims in are, but for an error of `(2 n + 56) / |E|` for `n` parts. **Consumes** all claims
//! in. In the order of the transcript, which is one of its own:
//!
//! ```text
//!     digest    a sponge of tag 11 over  [identity 9 | n],  of each part  [seal 10 | X 5],  [digest of its deferred claim 9],  a block each
//!     absorb    digest
//!     draw      rho
//!     sumcheck  sum_i rho^(2 i) X_i + rho^(2 i + 1) value_i = sum_(y, f, k) Phi(k, f, y) W(y, f, k)
//!               W = sum_i rho^(2 i) s_i(k) u_i(f) eq(y_i, y) + rho^(2 i + 1) eq(point_i, (y, f, k))
//!               7 rounds for columns, 9 for forms, 12 for kinds, of degree 2
//!     receive   v;  check  claim = v W(point)
//! ```
//!
//! A *seal* is drawn at the end of a part's transcript: it binds all that the part's claims are made of before `rho` is drawn. The claim about nothing is all
//! zeros, and true: no form has the number 0.

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::{CAPACITY, RATE, Sponge};
use sheaf_program::layout::{COLUMN_BITS, FORM_BITS, KIND_BITS};
use sheaf_program::{Id, Program};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, receive};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{Channel, EF, F, Label, Transcript};

use crate::checks::{Check, applies};
use crate::error::VerifyError;
use crate::functional::Functional;

#[cfg(feature = "prover")]
mod prove;
#[cfg(all(test, feature = "prover"))]
mod tests;

#[cfg(feature = "prover")]
pub use prove::prove;

/// The end of a part's transcript.
pub const SEAL: Label = Label::new("join/seal");
/// The digest of all parts.
pub const PARTS: Label = Label::new("join/parts");
/// The round polynomials.
pub const ROUND: Label = Label::new("join/round");
/// The value of the coefficients at the last point.
pub const VALUE: Label = Label::new("join/value");

/// Elements of a seal.
pub const SEAL_ELEMENTS: usize = 2;
/// Variables of the coefficients.
pub const VARIABLES: usize = COLUMN_BITS + FORM_BITS + KIND_BITS;
/// The degree of round polynomials.
pub const DEGREE: usize = 2;
/// The tag of the sponge that hashes a deferred claim; see [`sheaf_poseidon::sponge`].
pub const TAG_DEFERRED: u32 = 10;
/// The tag of the sponge that hashes parts.
pub const TAG_PARTS: u32 = 11;

/// A seal.
pub type Seal = [EF; SEAL_ELEMENTS];

/// Draws the seal of a transcript that has ended.
pub fn seal(transcript: &mut impl Transcript<Extension = EF>) -> Seal {
    transcript.absorb(SEAL, &[]);
    core::array::from_fn(|_| transcript.sample())
}

/// A claim about the extension of a program's coefficients: its value at a point.
///
/// The variables are those of columns, then those of forms, then those of kinds, each the most significant one first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a claim that nobody looks at says nothing"]
pub struct PointClaim {
    /// The point.
    pub point: [EF; VARIABLES],
    /// The claimed value.
    pub value: EF,
}

impl PointClaim {
    /// The claim about nothing: of whoever has deferred nothing. It is true of every program.
    pub const EMPTY: Self = Self {
        point: [EF::ZERO; VARIABLES],
        value: EF::ZERO,
    };

    /// Base elements of a claim.
    pub const ELEMENTS: usize = sheaf_transcript::EXTENSION_DEGREE * (VARIABLES + 1);

    /// Its elements: point, value.
    #[must_use]
    pub fn elements(&self) -> Vec<F> {
        let words = self.point.iter().chain([&self.value]);
        words.copied().flat_map(coefficients).collect()
    }

    /// The claim of [`Self::elements`], if there are as many as it has.
    #[must_use]
    pub fn from_elements(elements: &[F]) -> Option<Self> {
        let (words, rest) = elements.as_chunks::<{ sheaf_transcript::EXTENSION_DEGREE }>();
        let (&value, point) = words.split_last()?;
        let point: Vec<EF> = point.iter().copied().map(EF::new).collect();
        let point = point.try_into().ok()?;
        rest.is_empty().then_some(Self {
            point,
            value: EF::new(value),
        })
    }

    /// What a tuple has of it: a sponge over its elements.
    pub fn digest(&self) -> [F; CAPACITY] {
        let mut sponge = Sponge::<F>::new(F::new(TAG_DEFERRED));
        for block in self.elements().chunks(RATE) {
            sponge.absorb_single(block);
        }
        sponge.capacity()
    }

    /// Whether it is true: one pass over the coefficients that are not zero.
    #[must_use]
    pub fn holds(&self, program: &Program) -> bool {
        self.functional().evaluate(program) == self.value
    }

    /// The functional whose value is claimed.
    pub fn functional(&self) -> Functional {
        let (columns, rest) = self.point.split_at(COLUMN_BITS);
        let (forms, kinds) = rest.split_at(FORM_BITS);
        Functional {
            kinds: eq::table(kinds),
            forms: eq::table(forms),
            columns: eq::table(columns),
        }
    }
}

/// What a proof about a run leaves open about its program, with what was left open by proofs that it is about.
#[derive(Clone, Debug)]
pub struct Part {
    /// The seal of its transcript.
    pub seal: Seal,
    /// Its functional.
    pub functional: Functional,
    /// The value of the functional.
    pub value: EF,
    /// What it has deferred.
    pub deferred: PointClaim,
}

/// What binds the claims of all parts of a program with this identity.
fn parts_digest(id: &Id, parts: &[Part]) -> [F; CAPACITY] {
    let mut sponge = Sponge::<F>::new(F::new(TAG_PARTS));
    let header: Vec<F> = (id.iter().copied())
        .chain([F::from_usize(parts.len())])
        .collect();
    sponge.absorb_single(&header);
    for part in parts {
        let words = part.seal.iter().chain([&part.value]);
        let elements: Vec<F> = words.copied().flat_map(coefficients).collect();
        sponge.absorb_single(&elements);
        sponge.absorb_single(&part.deferred.digest());
    }
    sponge.capacity()
}

/// Absorbs all parts. Returns the claims, each with its weight.
fn begin(
    id: &Id,
    parts: &[Part],
    transcript: &mut impl Transcript<Extension = EF>,
) -> Vec<(EF, Functional, EF)> {
    transcript.absorb(PARTS, &parts_digest(id, parts));
    let rho = transcript.sample();
    let claims = parts.iter().flat_map(|part| {
        let deferred = &part.deferred;
        [
            (part.functional.clone(), part.value),
            (deferred.functional(), deferred.value),
        ]
    });
    let weights = core::iter::successors(Some(EF::ONE), |&power| Some(power * rho));
    let weighted = weights.zip(claims);
    weighted
        .map(|(weight, (functional, value))| (weight, functional, value))
        .collect()
}

/// Verifies that the claims of all parts are true if the returned one is: [that about nothing](PointClaim::EMPTY), if there are no parts, without a message.
///
/// # Errors
/// If the messages of the channel do not show it.
pub fn verify<C: Channel<Extension = EF>>(
    id: &Id,
    parts: &[Part],
    channel: &mut C,
) -> Result<PointClaim, VerifyError> {
    if parts.is_empty() {
        return Ok(PointClaim::EMPTY);
    }
    let claims = begin(id, parts, channel);
    let mut claim: EF = claims
        .iter()
        .map(|&(weight, _, value)| weight * value)
        .sum();
    let mut point = [EF::ZERO; VARIABLES];
    for x in &mut point {
        (*x, claim) = receive(ROUND, DEGREE, claim, Claimed::Sum, channel)?;
    }
    let value = channel.receive(VALUE, 1)?[0];
    let weights = claims
        .iter()
        .map(|(weight, functional, _)| *weight * functional.at(&point));
    if claim != value * weights.sum::<EF>() && applies(Check::Join) {
        return Err(VerifyError::Join);
    }
    Ok(PointClaim { point, value })
}
