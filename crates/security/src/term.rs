//! One way in which a false statement may be accepted.

use sheaf_transcript::field::EXTENSION_BITS;

/// The source of bounds that are a degree over the size of the field.
pub const SCHWARTZ_ZIPPEL: &str = "Schwartz-Zippel";

/// What a term measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A challenge helps the prover; these terms add up.
    Challenge,
    /// The hash function is broken; these stand apart.
    Hash,
}

/// One way in which a false statement may be accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorTerm {
    /// Where in the protocol; within its reduction, until a report says which one that is.
    pub name: String,
    /// The probability is at most `2^-bits` per attempt (for [`ErrorKind::Hash`]: the work is `2^bits`).
    pub bits: f64,
    /// The bound.
    pub formula: String,
    /// Who proved it.
    pub source: &'static str,
    /// What the term measures.
    pub kind: ErrorKind,
}

impl ErrorTerm {
    /// A challenge of the extension field that has to hit a root of a polynomial which is not zero and was fixed before it.
    ///
    /// The number of roots is the product of `factors`; a sum over several such challenges is one term as well.
    #[must_use]
    pub fn roots(name: &str, factors: &[usize], source: &'static str) -> Self {
        let roots: usize = factors.iter().product();
        let product: Vec<String> = factors.iter().map(usize::to_string).collect();
        Self {
            name: name.to_owned(),
            bits: EXTENSION_BITS - libm::log2(roots as f64),
            formula: format!("{} / |EF|", product.join(" * ")),
            source,
            kind: ErrorKind::Challenge,
        }
    }

    /// Says in words what the formula counts.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.formula = format!("{}: {reason}", self.formula);
        self
    }

    /// A collision that takes the work of `2^bits` evaluations of a hash.
    #[must_use]
    pub fn collision(name: &str, bits: f64, formula: &str, source: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            bits,
            formula: formula.to_owned(),
            source,
            kind: ErrorKind::Hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_says_the_number_that_its_bits_are_of() {
        let term = ErrorTerm::roots("rounds", &[2, 16], SCHWARTZ_ZIPPEL);
        assert_eq!(term.formula, "2 * 16 / |EF|");
        assert_eq!(term.bits, EXTENSION_BITS - 5.0);
        assert_eq!(term.kind, ErrorKind::Challenge);

        let one = ErrorTerm::roots("joining", &[1], SCHWARTZ_ZIPPEL).because("degree 1");
        assert_eq!(one.formula, "1 / |EF|: degree 1");
        assert_eq!(one.bits, EXTENSION_BITS);
    }

    /// `5 log2 p`, rounded down: the base that every such term stands on.
    #[test]
    fn the_field_has_as_many_bits_as_terms_are_charged_for() {
        let exact = 5.0 * libm::log2(f64::from(sheaf_transcript::field::ORDER));
        assert!((EXTENSION_BITS..EXTENSION_BITS + 0.01).contains(&exact));
    }
}
