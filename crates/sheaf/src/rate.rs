//! The rate of the code, which trades proving time for proof size.

use std::fmt;

/// The rate of the Reed-Solomon code under a proof.
///
/// Halving the rate makes proofs smaller and faster to verify, and proving slower.
/// The security level is the same at every rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rate {
    /// Rate 1/2: the fastest proving, the largest proofs.
    #[default]
    Half,
    /// Rate 1/4.
    Quarter,
    /// Rate 1/8.
    Eighth,
    /// Rate 1/16: the slowest proving, the smallest proofs.
    Sixteenth,
}

impl Rate {
    /// All rates, from the fastest to prove to the smallest.
    pub const ALL: [Self; 4] = [Self::Half, Self::Quarter, Self::Eighth, Self::Sixteenth];

    /// `r` of the rate `2^-r`: 1 to 4.
    #[must_use]
    pub const fn log_inverse(self) -> u8 {
        match self {
            Self::Half => 1,
            Self::Quarter => 2,
            Self::Eighth => 3,
            Self::Sixteenth => 4,
        }
    }

    /// The rate `2^-r`, for `r` from 1 to 4.
    #[must_use]
    pub const fn from_log_inverse(r: u8) -> Option<Self> {
        match r {
            1 => Some(Self::Half),
            2 => Some(Self::Quarter),
            3 => Some(Self::Eighth),
            4 => Some(Self::Sixteenth),
            _ => None,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1/{}", 1 << self.log_inverse())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_round_trip() {
        for r in 0..=u8::MAX {
            let rate = Rate::from_log_inverse(r);
            assert_eq!(rate.is_some(), (1..=4).contains(&r));
            assert!(rate.is_none_or(|rate| rate.log_inverse() == r));
        }
        assert_eq!(
            Rate::ALL.map(|r| r.to_string()),
            ["1/2", "1/4", "1/8", "1/16"]
        );
    }
}
