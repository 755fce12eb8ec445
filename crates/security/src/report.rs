//! All terms of a proof.

use crate::term::{ErrorKind, ErrorTerm};

/// Every term of the error budget of one proof.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecurityReport {
    /// The terms, in transcript order.
    pub terms: Vec<ErrorTerm>,
}

impl SecurityReport {
    /// Adds the terms of a reduction, whose names then begin with that of the `step` at which it stands.
    pub fn add(&mut self, step: &str, terms: impl IntoIterator<Item = ErrorTerm>) {
        self.terms.extend(terms.into_iter().map(|term| ErrorTerm {
            name: format!("{step}: {}", term.name),
            ..term
        }));
    }

    /// `-log2` of the sum of all probabilities.
    #[must_use]
    pub fn algebraic_bits(&self) -> f64 {
        let sum: f64 = self
            .of_kind(ErrorKind::Challenge)
            .map(|term| libm::exp2(-term.bits))
            .sum();
        -libm::log2(sum)
    }

    /// The security level: the smaller of [`Self::algebraic_bits`] and the weakest hash term.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.of_kind(ErrorKind::Hash)
            .map(|term| term.bits)
            .fold(self.algebraic_bits(), f64::min)
    }

    /// The weakest term, of either kind.
    #[must_use]
    pub fn weakest(&self) -> Option<&ErrorTerm> {
        self.terms.iter().min_by(|a, b| a.bits.total_cmp(&b.bits))
    }

    /// The terms of one kind.
    pub fn of_kind(&self, kind: ErrorKind) -> impl Iterator<Item = &ErrorTerm> {
        self.terms.iter().filter(move |term| term.kind == kind)
    }
}

impl FromIterator<ErrorTerm> for SecurityReport {
    fn from_iter<I: IntoIterator<Item = ErrorTerm>>(terms: I) -> Self {
        Self {
            terms: terms.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(name: &str, bits: f64) -> ErrorTerm {
        ErrorTerm {
            bits,
            ..ErrorTerm::roots(name, &[1], "")
        }
    }

    #[test]
    fn probabilities_add_up() {
        let report: SecurityReport = [challenge("a", 130.0), challenge("b", 130.0)]
            .into_iter()
            .collect();
        assert_eq!(report.algebraic_bits(), 129.0);
        assert_eq!(report.bits(), 129.0);
    }

    #[test]
    fn a_hash_does_not_add_up_but_bounds_the_level() {
        let hash = |bits| ErrorTerm::collision("tree", bits, "", "");
        let with =
            |bits| -> SecurityReport { [challenge("a", 130.0), hash(bits)].into_iter().collect() };
        assert_eq!(with(130.0).algebraic_bits(), 130.0);
        assert_eq!(with(139.0).bits(), 130.0);
        assert_eq!(with(120.0).bits(), 120.0);
        assert_eq!(with(120.0).weakest().unwrap().name, "tree");
        assert_eq!(with(139.0).weakest().unwrap().name, "a");
    }

    #[test]
    fn names_say_where_a_reduction_stands() {
        let mut report = SecurityReport::default();
        report.add("columns", [challenge("sumcheck", 150.0)]);
        report.add("wiring", [challenge("batching", 149.0)]);
        let names: Vec<_> = report.terms.iter().map(|term| &term.name).collect();
        assert_eq!(names, ["columns: sumcheck", "wiring: batching"]);
        assert_eq!(report.weakest().unwrap().name, "wiring: batching");
    }
}
