//! A proof with its statement, and the one way in which both are bytes.
//!
//! ```text
//!     header        8   `shfp`, version of proofs, version of the machine's protocol, rate, kind 3
//!     identity     36   of the program: nine elements
//!     kinds        24   its header: six numbers
//!     instances     4   rows of each kind of zone A
//!     counts      4 k   rows of each of the k kinds of zone B
//!     live         12   live slices, a byte each
//!     positions     4   of the public tuple: n, at most 32
//!     public     20 n   the public tuple: five elements for each position
//!     body        4 m   the messages: m elements
//! ```
//!
//! Numbers and elements have four bytes, little-endian. The block of zone A is not there: it is the least that holds its instances. So what
//! [`Proof::from_bytes`] accepts is what [`Proof::to_bytes`] gives, byte by byte, but for elements of the body, which are looked at when they are
//! [verified](crate::verify()).

use p3_field::PrimeField32;
use sheaf_program::layout::{KINDS, POSITIONS};
use sheaf_program::{Counts, Header, Id};
use sheaf_transcript::field::{ORDER, coefficients, from_coefficients};
use sheaf_transcript::header::{self, KIND_RUN, MAGIC, MAX_PROOF_BYTES, kind_name};
use sheaf_transcript::{EF, F};
use thiserror::Error;

use crate::live::{Live, STAIRS};
use crate::statement::{PROTOCOL_VERSION, Statement, StatementError};

/// Byte 5 of a proof.
const MACHINE_VERSION: u8 = PROTOCOL_VERSION as u8;
const _: () = assert!(MACHINE_VERSION as u32 == PROTOCOL_VERSION);

/// The logarithms of inverse rates of proofs. Up to 3 every size has parameters, at 4 all but the largest.
pub const RATES: core::ops::RangeInclusive<usize> = 1..=4;

/// A proof, and what it is about.
///
/// Holding one means nothing: it may come from anywhere. [`verify`](crate::verify()) says whether it proves the statement, and whoever asks has to
/// compare the statement with what they want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The statement: counts and live slices are the run's.
    pub statement: Statement,
    /// The logarithm of the inverse rate.
    pub log_inv_rate: usize,
    /// The messages: four bytes per element, canonical, little-endian.
    pub body: Vec<u8>,
}

/// Why bytes are not a proof about a run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There are more bytes than any proof has.
    #[error("{found} bytes or more exceed the {MAX_PROOF_BYTES} that a proof may have")]
    TooLong {
        /// Number of bytes, or of those that were looked at.
        found: usize,
    },
    /// The bytes end before the statement does.
    #[error("the bytes end after {found}, within the {part}")]
    Truncated {
        /// Number of bytes.
        found: usize,
        /// The part that is not there as a whole.
        part: &'static str,
    },
    /// The first four bytes are not those of a proof.
    #[error("the first four bytes do not mark a proof")]
    Magic,
    /// The proof is of another version.
    #[error(
        "byte 4: the proof has version {found}, this library reads version {}",
        header::VERSION
    )]
    Version {
        /// The version of the proof.
        found: u8,
    },
    /// The proof is of another kind.
    #[error("byte 7: the proof is of kind {found} ({}), and not about the run of a program, kind {KIND_RUN}", kind_name(*.found))]
    Kind {
        /// The byte found.
        found: u8,
    },
    /// The proof is of another version of the machine's protocol.
    #[error(
        "byte 5: the proof has version {found} of the machine, this library reads version {MACHINE_VERSION}"
    )]
    Machine {
        /// The byte found.
        found: u8,
    },
    /// There is no such rate.
    #[error("byte 6: {found} is not the logarithm of an inverse rate, {} to {}", RATES.start(), RATES.end())]
    Rate {
        /// The byte found.
        found: u8,
    },
    /// A number of the statement is out of bounds.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// An element of the statement is not below the order of the field.
    #[error("{part}: {found} is not below p")]
    Element {
        /// The part of the statement.
        part: &'static str,
        /// The number found.
        found: u32,
    },
    /// The body is not a sequence of four-byte elements.
    #[error("a body of {found} bytes is not a sequence of four-byte elements")]
    Length {
        /// Number of bytes after the statement.
        found: usize,
    },
}

impl Proof {
    /// The bytes of the proof, which have its statement.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let statement = &self.statement;
        let Header { zone_a, zone_b } = *statement.header();
        let Counts {
            instances,
            zone_b: ref counts,
            ..
        } = *statement.counts();
        let elements = |elements: &[F]| -> Vec<u32> {
            elements
                .iter()
                .map(PrimeField32::as_canonical_u32)
                .collect()
        };
        let public = statement.public().iter().copied();
        let public: Vec<F> = public.flat_map(coefficients).collect();

        let mut bytes = MAGIC.to_vec();
        bytes.extend([
            header::VERSION,
            MACHINE_VERSION,
            self.log_inv_rate as u8,
            KIND_RUN,
        ]);
        let before = [
            &elements(statement.id()),
            &zone_a[..],
            &zone_b,
            &[instances],
            counts,
        ];
        bytes.extend(
            before
                .into_iter()
                .flatten()
                .copied()
                .flat_map(u32::to_le_bytes),
        );
        bytes.extend(statement.live().0);
        let behind = [&[statement.public().len() as u32][..], &elements(&public)];
        bytes.extend(
            behind
                .into_iter()
                .flatten()
                .copied()
                .flat_map(u32::to_le_bytes),
        );
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Reads a proof from bytes, which may be any.
    ///
    /// Checks the header and that the statement is one; the rest is for [`verify`](crate::verify()). Memory is bounded by the length of `bytes`.
    ///
    /// # Errors
    /// If the bytes do not begin with a known header, a number of the statement is out of bounds, or the length is impossible.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader {
            length: bytes.len(),
            rest: bytes,
        };
        let log_inv_rate = reader.header()?;
        let id = reader.elements("identity of the program")?;
        let kinds = reader.numbers::<6>("header of the program")?;
        let header = Header {
            zone_a: [kinds[0], kinds[1], kinds[2]],
            zone_b: [kinds[3], kinds[4], kinds[5]],
        };
        if header.kinds() > KINDS {
            return Err(StatementError::Kinds(header.kinds()).into());
        }
        let statement = reader.statement(id, header)?;
        let body = reader.rest;
        if !body.len().is_multiple_of(4) {
            return Err(FormatError::Length { found: body.len() });
        }
        Ok(Self {
            statement,
            log_inv_rate,
            body: body.to_vec(),
        })
    }
}

/// What is left to read, of how much.
struct Reader<'a> {
    length: usize,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], FormatError> {
        let (&taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(FormatError::Truncated {
                found: self.length,
                part,
            })?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self, part: &'static str) -> Result<u32, FormatError> {
        self.take(part).map(u32::from_le_bytes)
    }

    fn numbers<const N: usize>(&mut self, part: &'static str) -> Result<[u32; N], FormatError> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = self.number(part)?;
        }
        Ok(numbers)
    }

    fn elements<const N: usize>(&mut self, part: &'static str) -> Result<[F; N], FormatError> {
        let numbers = self.numbers::<N>(part)?;
        match numbers.into_iter().find(|&number| number >= ORDER) {
            Some(found) => Err(FormatError::Element { part, found }),
            None => Ok(numbers.map(F::new)),
        }
    }

    /// The logarithm of the inverse rate.
    fn header(&mut self) -> Result<usize, FormatError> {
        let found = self.length;
        let [m0, m1, m2, m3, version, machine, rate, kind] = self.take("header")?;
        if [m0, m1, m2, m3] != MAGIC {
            return Err(FormatError::Magic);
        }
        // Another version may have another header, and another kind another meaning of the bytes between.
        if version != header::VERSION {
            return Err(FormatError::Version { found: version });
        }
        if kind != KIND_RUN {
            return Err(FormatError::Kind { found: kind });
        }
        if machine != MACHINE_VERSION {
            return Err(FormatError::Machine { found: machine });
        }
        let log_inv_rate = usize::from(rate);
        if !RATES.contains(&log_inv_rate) {
            return Err(FormatError::Rate { found: rate });
        }
        if found > MAX_PROOF_BYTES {
            return Err(FormatError::TooLong { found });
        }
        Ok(log_inv_rate)
    }

    /// The statement about the program of a header, which has no more kinds than a program may have.
    fn statement(&mut self, id: Id, header: Header) -> Result<Statement, FormatError> {
        let instances = self.number("counts")?;
        let zone_b = (0..header.kinds_b())
            .map(|_| self.number("counts"))
            .collect::<Result<_, _>>()?;
        let live = Live(self.take::<STAIRS>("live slices")?);
        let positions = self.number("public tuple")? as usize;
        if positions > POSITIONS {
            return Err(StatementError::Public(positions).into());
        }
        let public = (0..positions)
            .map(|_| self.elements("public tuple").map(from_coefficients))
            .collect::<Result<Vec<EF>, _>>()?;
        let counts = Counts::new(instances, zone_b);
        Ok(Statement::about(id, header, counts, live, public)?)
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests;
