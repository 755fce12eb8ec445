//! A prover without signatures, who answers every check but the last.
//!
//! On an honest proof many terms vanish: idle rows, paddings, carries that do not
//! exist. A verifier that forgets one of them accepts honest proofs all the same. So
//! both verifiers are also run on proofs whose every message is *random*, up to
//! one element per check, which is solved for. If they compute the same functions,
//! both get as far as the opening of the commitment, where the claims that are left are
//! false; if not, one of them stops earlier.

use p3_field::{Field, PrimeCharacteristicRing};

use crate::field::{EF, P, ef, f, power};
use crate::poseidon::permute16;

/// What passes through the transcript between commitment and opening, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message, with its label.
    Message(&'static str, Vec<EF>),
    /// A challenge is drawn.
    Challenge,
}

/// A transcript made up to the opening, and what it leaves to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgery {
    /// Messages and challenges.
    pub events: Vec<Event>,
    /// Point and value.
    pub claim: (Vec<EF>, EF),
    /// How many checks there were.
    pub checks: usize,
}

/// Makes up messages.
pub(crate) struct Forger {
    pub events: Vec<Event>,
    pub checks: usize,
    /// The check that is not answered.
    spoiled: Option<usize>,
    seed: usize,
}

impl Forger {
    pub(crate) fn new(seed: usize, spoiled: Option<usize>) -> Self {
        Self {
            events: Vec::new(),
            checks: 0,
            spoiled,
            seed,
        }
    }

    fn random(&mut self) -> EF {
        self.seed += 1;
        let mut input = [f(0); 16];
        input[0] = f(self.seed);
        ef(&permute16(input)[..5])
    }

    /// Any message.
    pub(crate) fn message(&mut self, label: &'static str, count: usize) -> Vec<EF> {
        let values: Vec<EF> = (0..count).map(|_| self.random()).collect();
        self.events.push(Event::Message(label, values.clone()));
        values
    }

    /// A message for which the discrepancy is zero, unless this check is to be spoiled.
    pub(crate) fn answer(
        &mut self,
        label: &'static str,
        count: usize,
        discrepancy: &dyn Fn(&[EF]) -> EF,
    ) -> Vec<EF> {
        let mut values: Vec<EF> = (0..count).map(|_| self.random()).collect();
        let spoil = self.spoiled == Some(self.checks);
        if !spoil {
            let solved = (0..count).rev().any(|i| solve(&mut values, i, discrepancy));
            assert!(solved, "no element of {label} can be solved for");
        }
        assert_eq!(discrepancy(&values) == EF::ZERO, !spoil, "{label}");
        self.checks += 1;
        self.events.push(Event::Message(label, values.clone()));
        values
    }
}

/// Makes the discrepancy zero by the choice of one element, if it is `a + b x` or `a + b x^3` in it.
fn solve(values: &mut [EF], i: usize, discrepancy: &dyn Fn(&[EF]) -> EF) -> bool {
    let mut at = |x: EF| {
        values[i] = x;
        discrepancy(values)
    };
    let (a, sum) = (at(EF::ZERO), at(EF::ONE));
    let b = sum - a;
    let Some(x) = b.try_inverse().map(|inverse| -a * inverse) else {
        return false;
    };
    [x, cube_root(x)]
        .into_iter()
        .any(|root| at(root) == EF::ZERO)
}

/// `x^((2 p^5 - 1) / 3)`: the exponent is an inverse of 3 modulo `p^5 - 1`.
fn cube_root(x: EF) -> EF {
    let mut root = EF::ONE;
    // 2 p^5 - 1 in base p, from the top, divided by 3.
    let mut remainder = 0;
    for digit in [1].into_iter().chain([P - 1; 5]) {
        let dividend = remainder * u64::from(P) + u64::from(digit);
        remainder = dividend % 3;
        root = power(root, P as usize) * power(x, (dividend / 3) as usize);
    }
    assert_eq!(remainder, 0);
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cube_roots() {
        let mut forger = Forger::new(0, None);
        for _ in 0..5 {
            let x = forger.random();
            assert_eq!(cube_root(x.cube()), x);
        }
    }
}
