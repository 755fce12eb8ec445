//! The programs by name, each with examples of any size.

use std::ops::RangeInclusive;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::Executable;
use sheaf_program::{E, F, Id};
use sheaf_xmss::{PROD, SignError};

use crate::{Case, fibonacci, membership, polynomial, poseidon_chain, sorting, xmss};

/// A program with what a stranger needs to try it.
#[derive(Debug)]
pub struct Guest {
    /// Its name.
    pub name: &'static str,
    /// What it computes, in one line.
    pub about: &'static str,
    /// What the size of an example counts.
    pub unit: &'static str,
    /// Sizes of examples. The largest may need more rows than there can be.
    pub sizes: RangeInclusive<u32>,
    /// A size that is proven in about a second, with a little less than a power of two of rows where it can be chosen so.
    pub size: u32,
    program: fn() -> Executable,
    case: fn(u32) -> Result<Case, SignError>,
}

impl Guest {
    /// The program of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|guest| guest.name == name)
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> Executable {
        (self.program)()
    }

    /// The program with this identity.
    #[must_use]
    pub fn with_id(id: &Id) -> Option<&'static Self> {
        ALL.iter().find(|guest| guest.program().program.id() == *id)
    }

    /// An example: the same for the same size, which is one of [`sizes`](Self::sizes).
    ///
    /// # Errors
    /// If it consists of signatures, and one can't be made.
    pub fn case(&self, size: u32) -> Result<Case, SignError> {
        (self.case)(size)
    }
}

/// All programs.
pub static ALL: [Guest; 6] = [
    Guest {
        name: "fibonacci",
        about: "(n, a, b) -> the n-th of a, b, a + b, ..: the shortest loop",
        unit: "steps",
        sizes: 0..=(1 << 22),
        size: (1 << 17) - 8,
        program: fibonacci::program,
        case: |size| {
            // Words with all their coefficients, as those of a real program have.
            let word = E::new([2, 3, 5, 7, 11].map(F::new));
            Ok(fibonacci::case(size, E::ONE, word))
        },
    },
    Guest {
        name: "membership",
        about: "(root, index, leaf) -> (): a path in a Merkle tree of depth 20",
        unit: "levels",
        sizes: membership::DEPTH..=membership::DEPTH,
        size: membership::DEPTH,
        program: membership::program,
        case: |_| Ok(membership::case(777_777)),
    },
    Guest {
        name: "polynomial",
        about: "(n, x) -> (digest, value): a polynomial of 5 n coefficients, known by its digest, at x",
        unit: "steps",
        sizes: 0..=(1 << 22),
        size: (1 << 14) - 8,
        program: polynomial::program,
        case: |size| Ok(polynomial::case(size, E::TWO)),
    },
    Guest {
        name: "poseidon",
        about: "(n, x) -> y: the permutation of width 24, n times",
        unit: "permutations",
        sizes: 0..=(1 << 22),
        size: (1 << 14) - 8,
        program: poseidon_chain::program,
        case: |size| Ok(poseidon_chain::case(size)),
    },
    Guest {
        name: "sorting",
        about: "n -> (digest, sorted): digests of n numbers below 4096, and of the same in order",
        unit: "numbers",
        sizes: 0..=((1 << sorting::BITS) - 1),
        size: (1 << sorting::BITS) - 1,
        program: sorting::program,
        case: |size| {
            let numbers: Vec<u32> = (0..size)
                .map(|i| i * i * 7 % (1 << sorting::BITS))
                .collect();
            Ok(sorting::case(&numbers))
        },
    },
    Guest {
        name: "xmss",
        about: "(n, slot, message) -> keys: n signatures of the scheme prod, of keys with a digest",
        unit: "signatures",
        sizes: 1..=(1 << 16),
        size: 128,
        program: || xmss::program(&PROD),
        case: |size| xmss::signed(&PROD, size),
    },
];
