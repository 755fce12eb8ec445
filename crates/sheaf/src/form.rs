//! The forms of an aggregate, and which of them is made.

#[cfg(feature = "prover")]
use sheaf_xmss::Scheme;

#[cfg(feature = "prover")]
use crate::Rate;

/// What an aggregate consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// The signatures themselves, one for each claimed key: few of them are smaller than any proof.
    Raw,
    /// A proof about signatures.
    Proof,
    /// A proof about proofs, which several aggregates were merged to.
    Merged,
}

impl Form {
    /// A name for people and for JSON: `raw`, `proof` or `merged`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Proof => "proof",
            Self::Merged => "merged",
        }
    }
}

/// What a prover is asked to make.
///
/// A rate alone asks for the smallest form: `prover.aggregate(&batch, Rate::Half)`.
#[cfg(feature = "prover")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options(Choice);

#[cfg(feature = "prover")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Smallest(Rate),
    Raw,
    Proof(Rate),
}

#[cfg(feature = "prover")]
impl Options {
    /// The smallest form: the signatures themselves, or if there are more than
    /// [`raw_up_to`](Self::raw_up_to) a proof at this rate.
    #[must_use]
    pub const fn smallest(rate: Rate) -> Self {
        Self(Choice::Smallest(rate))
    }

    /// The signatures themselves, however many there are: no proof.
    #[must_use]
    pub const fn raw() -> Self {
        Self(Choice::Raw)
    }

    /// A proof at this rate, however few signatures there are.
    #[must_use]
    pub const fn proof(rate: Rate) -> Self {
        Self(Choice::Proof(rate))
    }

    /// Up to how many signatures of a scheme a list is no larger than the proof about them at this rate is expected to be.
    ///
    /// Proofs grow by steps: at rates 1/8 and 1/16 there are a few larger numbers of which a list would be smaller, by up to 10 percent.
    ///
    /// ```
    /// use sheaf::{Options, PROD, Rate};
    /// assert_eq!(Options::raw_up_to(&PROD, Rate::Half), 71);
    /// ```
    #[must_use]
    pub const fn raw_up_to(scheme: &Scheme, rate: Rate) -> usize {
        let row = match scheme.id {
            1 => [71, 54, 51, 49],
            2 => [411, 331, 274, 253],
            3 => [143, 112, 92, 88],
            4 => [807, 646, 536, 490],
            // There is no other scheme.
            _ => [0; 4],
        };
        row[rate.log_inverse() as usize - 1]
    }

    /// The rate of proofs; none if no proof is asked for.
    #[must_use]
    pub const fn rate(self) -> Option<Rate> {
        match self.0 {
            Choice::Raw => None,
            Choice::Smallest(rate) | Choice::Proof(rate) => Some(rate),
        }
    }

    /// The rate of the proof that is made of so many signatures; none if a list of them is made.
    #[must_use]
    pub const fn proof_rate(self, scheme: &Scheme, signatures: usize) -> Option<Rate> {
        match self.0 {
            Choice::Raw => None,
            Choice::Smallest(rate) if signatures <= Self::raw_up_to(scheme, rate) => None,
            Choice::Smallest(rate) | Choice::Proof(rate) => Some(rate),
        }
    }
}

#[cfg(feature = "prover")]
impl From<Rate> for Options {
    fn from(rate: Rate) -> Self {
        Self::smallest(rate)
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use sheaf_aggregation::{Group, Setup, Statement};
    use sheaf_xmss::{KoalaBear, PublicKey};

    use super::*;
    use crate::HEADER_BYTES;

    /// What a proof of so many signatures is expected to have.
    fn proof_bytes(scheme: &Scheme, signatures: usize, rate: Rate) -> usize {
        let key = |i: usize| {
            let mut root = [KoalaBear::default(); 8];
            root[0] = KoalaBear::new(i as u32);
            PublicKey::new(scheme, root, Default::default())
        };
        let group = Group {
            slot: 1,
            message: [1; 32],
            keys: (0..signatures).map(key).collect(),
        };
        let (statement, _) = Statement::new(*scheme, vec![group]).unwrap();
        let setup = Setup::new(&statement, rate.log_inverse().into()).unwrap();
        HEADER_BYTES + 4 * setup.expected_proof_elements()
    }

    #[test]
    fn up_to_the_limit_every_list_is_smaller_than_a_proof_and_beyond_it_none_by_much() {
        let list = |scheme: &Scheme, n| HEADER_BYTES + n * scheme.signature_bytes();
        let table = |limit: &dyn Fn(&Scheme, Rate) -> usize| {
            Scheme::ALL.map(|scheme| Rate::ALL.map(|rate| limit(&scheme, rate)))
        };
        let expected = table(&|scheme, rate| {
            let is_smaller = |&n: &usize| list(scheme, n) <= proof_bytes(scheme, n, rate);
            (1..).take_while(is_smaller).count()
        });
        let found = table(&Options::raw_up_to);
        assert_eq!(found, expected);
        for (scheme, limits) in Scheme::ALL.iter().zip(found) {
            for (rate, limit) in Rate::ALL.into_iter().zip(limits) {
                // Proofs grow by steps.
                for n in (limit + 1..limit + 32).chain([2 * limit, 16 * limit]) {
                    let (list, proof) = (list(scheme, n), proof_bytes(scheme, n, rate));
                    let name = scheme.name;
                    assert!(100 * proof <= 110 * list, "{n} of {name}: {list}, {proof}");
                }
            }
        }
    }

    #[test]
    fn what_is_asked_for_is_made() {
        let scheme = sheaf_xmss::PROD;
        let limit = Options::raw_up_to(&scheme, Rate::Quarter);
        for (options, signatures, rate) in [
            (Options::from(Rate::Quarter), limit, None),
            (Options::from(Rate::Quarter), limit + 1, Some(Rate::Quarter)),
            (Options::smallest(Rate::Quarter), limit, None),
            (Options::proof(Rate::Eighth), 1, Some(Rate::Eighth)),
            (Options::raw(), 1000, None),
        ] {
            assert_eq!(options.proof_rate(&scheme, signatures), rate, "{options:?}");
        }
    }
}
